"""Which visits count in the month: the park's rule, and what happens when what was missing comes."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from companies.models import Contact
from companies.queries import decision_maker_met
from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import add_file, delete_activity, edit_activity, restore_activity
from leads.models import Activity, Lead
from leads.queries import missing_evidence, month_counts
from parks.models import ParkRules
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_lead
from tests.leads.conftest import jpeg, visit

pytestmark = pytest.mark.django_db


def rule(cast: Cast, **values: object) -> None:
    """The zone's rule."""
    with cast.everywhere():
        ParkRules.objects.update_or_create(park=cast.zone, defaults=values)


def photo(name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(), "image/jpeg")


def test_without_a_rule_a_visit_counts_and_a_call_counts_for_nothing(cast: Cast, lead: Lead) -> None:
    out, came = visit(cast.officer, lead), visit(cast.officer, lead, kind="inbound_visit")
    call = visit(cast.officer, lead, kind="call")
    assert [(row.counts_as, row.counts) for row in (out, came, call)] == [
        ("outbound", True),
        ("inbound", True),
        ("", False),
    ]


def test_the_park_says_which_kinds_are_visits(cast: Cast, lead: Lead) -> None:
    rule(cast, outbound_kinds=["outbound_visit", "video"], inbound_kinds=[])
    assert visit(cast.officer, lead, kind="video").counts_as == "outbound"
    assert visit(cast.officer, lead, kind="inbound_visit").counts_as == ""


def test_a_visit_without_its_evidence_waits_and_counts_when_all_of_it_is_there(cast: Cast, lead: Lead) -> None:
    rule(cast, visit_needs_photo=True, visit_needs_person=True, visit_text_min=10)
    row = visit(cast.officer, lead, summary="看了")
    assert (row.counts, row.why_not) == (False, ["photo", "person", "text"])
    with user_scope(cast.officer):
        month = row.counted_month
        assert [one.pk for one in missing_evidence(cast.officer, month)] == [row.pk]
        assert month_counts(cast.officer, month).visits == 0
        add_file(by=cast.officer, activity=row, file=photo())
        row = edit_activity(by=cast.officer, activity=row, met="王总，李工", summary="看了厂房，需要两千平方米")
        assert (row.counts, row.why_not, row.met) == (True, [], "王总、李工")
        assert month_counts(cast.officer, month).visits == 1


def test_a_pdf_is_no_photo(cast: Cast, lead: Lead) -> None:
    rule(cast, visit_needs_photo=True)
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    assert visit(cast.officer, lead, files=[pdf]).why_not == ["photo"]
    assert visit(cast.officer, lead, files=[photo()]).counts


def test_the_second_visit_of_a_day_counts_when_the_first_is_taken_back(cast: Cast, lead: Lead) -> None:
    rule(cast, visit_once_a_day=True)
    noon = timezone.localtime().replace(hour=12, minute=0) - timedelta(days=1)
    first = visit(cast.officer, lead, happened_at=noon)
    second = visit(cast.colleague, lead, happened_at=noon + timedelta(hours=2))
    third = visit(cast.manager, lead, happened_at=noon + timedelta(hours=1))
    other_day = visit(cast.officer, lead, happened_at=noon - timedelta(days=1))
    guests = visit(cast.officer, lead, kind="inbound_visit", happened_at=noon)
    assert (first.counts, second.why_not, third.why_not) == (True, ["again"], ["again"])
    assert (other_day.counts, guests.counts) == (True, True)
    with user_scope(cast.officer):
        delete_activity(by=cast.officer, activity=first)
    with cast.everywhere():
        second.refresh_from_db()
        third.refresh_from_db()
        assert (second.counts, third.counts) == (True, False)  # as they were logged
    with user_scope(cast.officer):
        assert restore_activity(by=cast.officer, activity=first).why_not == ["again"]


def test_a_new_rule_leaves_what_was_logged_as_it_was(cast: Cast, lead: Lead) -> None:
    row = visit(cast.officer, lead)
    rule(cast, visit_needs_photo=True)
    with cast.everywhere():
        row.refresh_from_db()
    assert row.counts


def test_what_counted_in_a_closed_month_stays_and_late_evidence_counts_in_the_open_one(cast: Cast) -> None:
    rule(cast, visit_needs_photo=True, activity_edit_days=60)
    with time_machine.travel(datetime(2026, 11, 20, 2, tzinfo=UTC)), cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    with time_machine.travel(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        counted, bare = visit(cast.officer, lead, files=[photo()]), visit(cast.officer, lead)
    with time_machine.travel(datetime(2026, 12, 10, 2, tzinfo=UTC)), user_scope(cast.officer):
        for change in (delete_activity, edit_activity):
            with pytest.raises(Conflict) as refused:
                change(by=cast.officer, activity=counted)
            assert refused.value.code == "locked"
        add_file(by=cast.officer, activity=bare, file=photo())
        bare.refresh_from_db()
        assert (bare.counts, bare.counted_month) == (True, date(2026, 12, 1))


def test_it_is_corrected_by_its_author_for_some_days_and_by_a_manager_after_that(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 2, tzinfo=UTC)), cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    with time_machine.travel(datetime(2026, 11, 2, 3, tzinfo=UTC)):
        row = visit(cast.officer, lead)
    with time_machine.travel(datetime(2026, 11, 12, 3, tzinfo=UTC)):
        with user_scope(cast.officer), pytest.raises(Conflict):
            edit_activity(by=cast.officer, activity=row, summary="改")
        with user_scope(cast.colleague), pytest.raises(PermissionDenied):
            edit_activity(by=cast.colleague, activity=row, summary="改")
        with user_scope(cast.manager):
            assert edit_activity(by=cast.manager, activity=row, summary="改", version=1).version == 2


def test_the_same_photo_sent_twice_is_kept_once(cast: Cast, lead: Lead) -> None:
    row, key = visit(cast.officer, lead), uuid.uuid4()
    with user_scope(cast.officer):
        first = add_file(by=cast.officer, activity=row, file=photo(), uuid=key)
        again = add_file(by=cast.officer, activity=row, file=photo(), uuid=key)
        assert (first.pk, row.files.count()) == (again.pk, 1)


def test_a_decision_maker_met_is_noted_on_the_card(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company, is_decision_maker=True)
    visit(cast.officer, lead, kind="call", contacts=[contact])
    with cast.everywhere():
        assert Contact.objects.get(pk=contact.pk).met_on is None
    row = visit(cast.officer, lead, contacts=[contact])
    with cast.everywhere():
        assert Contact.objects.get(pk=contact.pk).met_on == timezone.localtime(row.happened_at).date()


def test_a_visit_taken_back_or_moved_takes_its_meeting_off_the_card(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company, is_decision_maker=True)
    now = timezone.now()

    def met() -> int | None:
        """How many days ago; in the open scope."""
        day = Contact.objects.get(pk=contact.pk).met_on
        return (timezone.localdate(now) - day).days if day else None

    first, _second = (
        visit(cast.officer, lead, contacts=[contact], happened_at=now - timedelta(days=n)) for n in (5, 2)
    )
    with user_scope(cast.officer):
        delete_activity(by=cast.officer, activity=first)
        assert met() == 2
        restore_activity(by=cast.officer, activity=first)
        assert met() == 5
        edit_activity(by=cast.officer, activity=first, happened_at=now - timedelta(days=4))
        assert met() == 4
        edit_activity(by=cast.officer, activity=first, kind="call")
        assert met() == 2
        for row in Activity.objects.filter(lead=lead):
            delete_activity(by=cast.officer, activity=row)
        assert met() is None
        assert not decision_maker_met(cast.company.pk, cast.zone.pk)


def test_people_of_another_company_or_park_cannot_have_been_met(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        foreign = make_contact(cast.zone, company=cast.settled)
    with pytest.raises(Refused) as refused:
        visit(cast.officer, lead, contacts=[foreign])
    assert refused.value.field == "contacts"
    with pytest.raises(Refused) as stranger:
        visit(cast.officer, lead, companions=[cast.stranger])
    assert stranger.value.field == "companions"


def test_the_page_says_what_is_missing_and_takes_the_photo(cast: Cast, lead: Lead, client: Client) -> None:
    rule(cast, visit_needs_photo=True)
    row = visit(cast.officer, lead, companions=[cast.colleague], asked=["要电"])
    client.force_login(cast.officer)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "缺照片" in page
    assert f"/activities/{row.pk}/files/" in page
    assert "要电" in page
    answer = client.post(f"/activities/{row.pk}/files/", {"files": photo()}, follow=True)
    assert "本次走访计数" in answer.content.decode()
    listed = client.get("/activities/?standing=waiting").content.decode()
    assert row.company.name not in listed
    assert row.company.name in client.get("/activities/?standing=counts&by=me").content.decode()


def test_what_was_deleted_is_gone_from_the_lists_and_can_be_restored_on_its_page(
    cast: Cast, lead: Lead, client: Client
) -> None:
    row = visit(cast.officer, lead)
    client.force_login(cast.officer)
    client.post(f"/activities/{row.pk}/delete/")
    assert row.summary not in client.get("/activities/").content.decode()
    assert "恢复" in client.get(row.get_absolute_url()).content.decode()
    client.post(f"/activities/{row.pk}/restore/")
    assert row.summary in client.get("/activities/").content.decode()
    with cast.everywhere():
        assert Activity.objects.get().counts
