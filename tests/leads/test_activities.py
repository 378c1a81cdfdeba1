"""Logging activities: once per identifier, in the right month, with its effect on the lead."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import log_activity
from leads.models import Activity, Lead
from leads.queries import usual_lead
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead
from tests.leads.conftest import tomorrow, visit

pytestmark = pytest.mark.django_db


def test_an_activity_is_credited_to_person_department_and_month_and_moves_the_lead_on(cast: Cast, lead: Lead) -> None:
    activity = visit(cast.officer, lead, met="对方总经理", next_step="送厂房方案", next_date=tomorrow())
    assert (activity.by, activity.department_id, activity.company_id) == (
        cast.officer,
        cast.promotion.pk,
        lead.company_id,
    )
    with cast.everywhere():
        lead.refresh_from_db()
        reminder = Notice.objects.get(kind="lead_step")
    assert (lead.next_step, lead.next_date, lead.last_activity_at) == ("送厂房方案", tomorrow(), activity.happened_at)
    assert (reminder.recipient_id, reminder.state) == (cast.officer.pk, "pending")
    assert timezone.localtime(reminder.due_at).strftime("%Y-%m-%d %H:%M") == f"{tomorrow()} 09:00"


def test_the_same_uuid_again_is_the_same_record(cast: Cast, lead: Lead) -> None:
    key = uuid.uuid4()
    first = visit(cast.officer, lead, uuid=key)
    again = visit(cast.officer, lead, uuid=key, summary="别的内容")
    assert (again.pk, again.summary, first.repeated, again.repeated) == (first.pk, first.summary, False, True)


def test_the_uuid_of_somebody_else_is_refused(cast: Cast, lead: Lead) -> None:
    activity = visit(cast.officer, lead)
    with pytest.raises(Conflict):
        visit(cast.colleague, lead, uuid=activity.uuid)


@pytest.mark.django_db(transaction=True)
def test_the_same_uuid_at_the_same_moment_is_one_record(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    key, ready, made = uuid.uuid4(), threading.Barrier(3, timeout=20), []

    def send() -> None:
        try:
            ready.wait()
            made.append(visit(cast.officer, lead, uuid=key).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 3
    assert len(set(made)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_activities_of_one_lead_at_the_same_moment_do_not_block_each_other(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    people = [cast.officer, cast.colleague, cast.manager, cast.leader] * 2
    ready, failed = threading.Barrier(len(people), timeout=20), []

    def send(user: User) -> None:
        try:
            ready.wait()
            visit(user, lead, next_step=f"{user} 跟进", next_date=tomorrow())
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    with cast.everywhere():
        assert Activity.objects.filter(lead=lead).count() == len(people)
        assert Notice.objects.filter(kind="lead_step", state="pending").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"happened_at": timedelta(days=1)}, "happened_at"),
        ({"happened_at": timedelta(minutes=20)}, "happened_at"),
        ({"happened_at": timedelta(days=-400)}, "happened_at"),
        ({"summary": " "}, "summary"),
        ({"next_date": date(2999, 1, 1)}, "next_step"),
        ({"next_step": "送方案", "next_date": date(2020, 1, 1)}, "next_date"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast: Cast, lead: Lead, values: dict[str, object], field: str) -> None:
    now = timezone.now()
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in values.items()}
    with pytest.raises(Refused) as refused:
        visit(cast.officer, lead, **values)
    assert refused.value.field == field
    with cast.everywhere():
        assert not Activity.objects.exists()


def test_a_phone_whose_clock_is_a_little_ahead_is_forgiven(cast: Cast, lead: Lead) -> None:
    assert visit(cast.officer, lead, happened_at=timezone.now() + timedelta(minutes=2)).happened_at <= timezone.now()


def test_an_older_activity_logged_late_does_not_turn_the_clock_back(cast: Cast, lead: Lead) -> None:
    latest = visit(cast.officer, lead).happened_at
    visit(cast.officer, lead, happened_at=timezone.now() - timedelta(days=3))
    with cast.everywhere():
        lead.refresh_from_db()
    assert lead.last_activity_at == latest


def test_without_a_new_step_the_planned_one_stays_until_it_is_done(cast: Cast, lead: Lead) -> None:
    visit(cast.officer, lead, next_step="送方案", next_date=tomorrow())
    visit(cast.officer, lead, kind="call")
    with cast.everywhere():
        lead.refresh_from_db()
    assert lead.next_step == "送方案"
    visit(cast.officer, lead, kind="call", step_done=True)
    with cast.everywhere():
        lead.refresh_from_db()
        assert not Notice.objects.filter(kind="lead_step", state="pending").exists()
    assert (lead.next_step, lead.next_date) == ("", None)


def test_a_moved_step_cancels_the_old_reminder_and_its_old_day_can_come_back(cast: Cast, lead: Lead) -> None:
    for days in (1, 2, 1):
        visit(cast.officer, lead, next_step="送方案", next_date=timezone.localdate() + timedelta(days=days))
    with cast.everywhere():
        states = list(Notice.objects.filter(kind="lead_step").order_by("id").values_list("state", flat=True))
        pending = Notice.objects.get(kind="lead_step", state="pending")
    assert sorted(states) == ["cancelled", "cancelled", "pending"]
    assert timezone.localtime(pending.due_at).date() == tomorrow()


def test_a_company_without_a_lead_is_logged_in_the_home_park(cast: Cast) -> None:
    with user_scope(cast.officer):
        activity = log_activity(
            by=cast.officer, company=cast.company, kind="call", happened_at=timezone.now(), summary="电话"
        )
    assert (activity.park_id, activity.lead_id) == (cast.zone.pk, None)


def test_lead_and_company_must_fit(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        other = make_company()
    with pytest.raises(Refused) as refused:
        visit(cast.officer, lead, company=other)
    assert refused.value.field == "company"
    with user_scope(cast.officer), pytest.raises(Refused) as nothing:
        log_activity(by=cast.officer, kind="call", happened_at=timezone.now(), summary="电话")
    assert nothing.value.field == "company"


@pytest.mark.parametrize("name", ["auditor", "park_admin", "stranger"])
def test_who_may_not_log_is_refused(cast: Cast, lead: Lead, name: str) -> None:
    person: User = getattr(cast, name)
    with pytest.raises(PermissionDenied):
        visit(person, lead)


def test_a_visit_entered_after_the_cut_off_counts_in_the_month_that_is_open(cast: Cast) -> None:
    # November 2026 closes on the third working day of December at 18:00: Thursday the 3rd.
    with time_machine.travel(datetime(2026, 11, 30, 2, tzinfo=UTC)), cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    happened = datetime(2026, 11, 28, 2, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 12, 3, 9, 59, tzinfo=UTC)):
        assert visit(cast.officer, lead, happened_at=happened).counted_month == date(2026, 11, 1)
    with time_machine.travel(datetime(2026, 12, 3, 10, 1, tzinfo=UTC)):
        assert visit(cast.officer, lead, happened_at=happened).counted_month == date(2026, 12, 1)


def test_the_month_is_that_of_shanghai(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 17, tzinfo=UTC)), cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    with time_machine.travel(datetime(2026, 11, 30, 17, tzinfo=UTC)):  # 1 December, 01:00 in Shanghai
        activity = visit(cast.officer, lead, happened_at=datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    assert activity.counted_month == date(2026, 12, 1)


def test_a_form_chooses_a_lead_by_itself_only_where_it_cannot_be_another() -> None:
    today = timezone.localdate()
    late, now, later = (Lead(next_date=today + timedelta(days=days)) for days in (-20, 0, 3))
    assert usual_lead([late, now, later]) is now
    assert usual_lead([late, Lead(), later]) is None
    assert usual_lead([late, now, now]) is None
    assert usual_lead([late]) is late
