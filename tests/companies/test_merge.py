"""A merge moves everything that hangs on a company, in all parks, and can be undone exactly."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

import companies.tasks  # noqa: F401 - tells the worker of its jobs
from accounts.models import Membership
from companies.actions import bring_over, mark_different, merge_companies, undo_merge
from companies.actions.merge import carry_out, give_up_lost
from companies.actions.unmerge import carry_out_undo
from companies.duplicates import propose_for
from companies.models import Company, Duplicate, Merge, MergeRow, Relation
from core.errors import Conflict, Refused
from core.isolation import scope, user_scope
from core.jobs import run_next
from core.merging import references
from core.models import Attachment, Job
from leads.actions import claim_company, drop_lead, log_activity
from leads.models import Activity, Lead
from notices.models import Notice
from services.models import TicketMessage
from tests.companies.test_duplicate_rules import ONE, TWO
from tests.fixtures import rows
from tests.fixtures.cast import Cast, found_company

pytestmark = pytest.mark.django_db


def pair_of(one: Company, other: Company, **values: Any) -> Duplicate:
    """The two put before a person."""
    left, right = sorted((one, other), key=lambda company: company.pk)
    park = left.origin_park_id or right.origin_park_id
    return Duplicate.objects.create(left=left, right=right, park_id=park, evidence="core", score=75, **values)


def merged(cast: Cast, survivor: Company, loser: Company, **values: Any) -> Merge:
    """Asked for and carried out."""
    pair = Duplicate.objects.of(survivor).of(loser).first() or pair_of(survivor, loser)
    by = values.pop("by", cast.park_admin)
    with user_scope(by):
        merge = merge_companies(by=by, duplicate=pair, survivor=survivor, **values)
    return carry_out(merge.pk)


def undone(cast: Cast, merge: Merge) -> Merge:
    """Asked for and carried out."""
    with user_scope(cast.park_admin):
        undo_merge(by=cast.park_admin, merge=merge)
    return carry_out_undo(merge.pk)


@pytest.fixture
def two(cast: Cast) -> tuple[Company, Company]:
    """The company of the registry, and the same one without its code."""
    survivor = found_company("示例微电子有限公司", ONE, city="无锡")
    loser = found_company("示例微电子（无锡）有限公司", short_names=["示例微电"], website="https://example.com/")
    return survivor, loser


def everything_of(cast: Cast, company: Company) -> None:
    """One of each kind in two parks, and a portal session."""
    for park, owner in ((cast.zone, cast.officer), (cast.elsewhere, cast.stranger)):
        lead = rows.make_lead(park, owner=owner, company=company)
        rows.make_activity(park, by=owner, lead=lead)
        rows.make_contact(park, company=company)
        project = rows.make_project(park, officer=owner, lead=lead)
        rows.make_milestone(project, owner=owner)
        rows.make_payment(project, by=owner)
        ticket = rows.make_ticket(park, company=company, by=owner)
        TicketMessage.objects.create(
            park=park, ticket=ticket, company=company, by=owner, body="您好", at=timezone.now()
        )
        rows.make_attachment(park, by=owner, company_id=company.pk)
    Relation.objects.create(from_company=cast.settled, to_company=company, kind="investor")
    Membership.objects.filter(user=cast.enterprise).update(company_id=company.pk)


def counts(company: Company) -> dict[str, int]:
    """How many rows of each reference point at it."""
    return {
        str(one): found
        for one in references()
        if (found := one.model._base_manager.filter(**{one.field.name: company.pk}).count())
    }


def test_everything_follows_in_all_parks_and_comes_back(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    with cast.everywhere():
        everything_of(cast, loser)
        before = counts(loser)
    assert len(before) >= 11
    merge = merged(cast, survivor, loser)
    assert merge.done_at is not None
    assert merge.undo_until == merge.done_at + timedelta(days=30)
    with cast.everywhere():
        assert counts(loser) == {}
        assert counts(survivor) == before | {"companies.Company.merged_into": 1}
    survivor.refresh_from_db()
    loser.refresh_from_db()
    assert loser.lasting == survivor
    assert survivor.former_names == ["示例微电子（无锡）有限公司"]
    assert survivor.short_names == ["示例微电"]
    assert (survivor.website, survivor.city) == ("https://example.com/", "无锡")
    assert list(Company.objects.live().search("示例微电")) == [survivor]
    undone(cast, merge)
    with cast.everywhere():
        assert counts(loser) == before
        assert counts(survivor) == {}
    survivor.refresh_from_db()
    assert (survivor.former_names, survivor.short_names, survivor.website) == ([], [], "")
    assert Company.objects.get(pk=loser.pk).merged_into_id is None
    assert Duplicate.objects.get().state == "open"


def test_every_reference_to_a_company_is_one_that_a_merge_knows() -> None:
    """A number, list or document that names a company otherwise would be missed: it must be a key or CompanyIdField."""
    from django.apps import apps

    covered = {(one.model, one.field.name) for one in references()}
    odd = []
    for model in apps.get_models(include_auto_created=True):
        if getattr(model, "pgh_tracked_model", None) or getattr(model, "tells_of_merges", False):
            continue
        assert not getattr(model._meta, "private_fields", ()), f"{model}: generic relations are not moved yet"
        for field in model._meta.local_fields:
            names_one = field.related_model is Company or (
                "company" in field.name
                and (field.get_internal_type().endswith("IntegerField") or hasattr(field, "base_field"))
            )
            if names_one and (model, field.name) not in covered:
                odd.append(f"{model._meta.label}.{field.name}")
    assert odd == []
    assert all(one.model._meta.pk.get_internal_type() in {"BigAutoField", "AutoField"} for one in references())


def test_the_database_sends_to_the_lasting_company_whatever_is_written_to_the_merged_one(
    cast: Cast, two: tuple[Company, Company]
) -> None:
    survivor, loser = two
    with cast.everywhere():
        lead = rows.make_lead(cast.zone, owner=cast.officer, company=loser)
    merged(cast, survivor, loser)
    with cast.everywhere():
        contact = rows.make_contact(cast.zone, company=loser)
        contact.refresh_from_db()
        assert contact.company_id == survivor.pk
        # The phone still holds the lead as it was before the merge.
        told: dict[str, Any] = {"kind": "call", "happened_at": timezone.now(), "summary": "已联系"}
        activity = log_activity(by=cast.officer, lead=lead, **told)
        direct = log_activity(by=cast.officer, company=loser, park_id=cast.zone.pk, **told)
        assert set(Activity.objects.filter(pk__in=[activity.pk, direct.pk]).values_list("company", flat=True)) == {
            survivor.pk
        }
        attachment = rows.make_attachment(cast.zone, by=cast.officer, company_id=loser.pk)
        attachment.refresh_from_db()
        assert attachment.company_id == survivor.pk
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Attachment.objects.filter(pk=attachment.pk).update(name="anders")


def test_two_open_leads_of_one_park_one_stays_is_told_and_follows_when_settled(
    cast: Cast, two: tuple[Company, Company]
) -> None:
    survivor, loser = two
    with cast.everywhere():
        mine = rows.make_lead(cast.zone, owner=cast.officer, company=survivor)
        theirs = rows.make_lead(cast.zone, owner=cast.colleague, company=loser)
        far = rows.make_lead(cast.elsewhere, owner=cast.stranger, company=loser)
    merge = merged(cast, survivor, loser)
    with cast.everywhere():
        held = dict(Lead.objects.values_list("pk", "company"))
        assert held == {mine.pk: survivor.pk, theirs.pk: loser.pk, far.pk: survivor.pk}
        told = Notice.objects.filter(kind="merge_left", channel="page")
        assert set(told.values_list("park", "recipient__username")) == {
            (cast.zone.pk, name) for name in ("park_admin", "leader", "manager")
        }
        with pytest.raises(Refused):
            bring_over(by=cast.manager, merge=merge, park_id=cast.zone.pk)
        # The one that stayed can be worked on: saved whole, it stays.
        theirs.title = "二期"
        theirs.save()
        drop_lead(by=cast.manager, lead=mine, reason="合并到同事的线索")
        assert bring_over(by=cast.manager, merge=merge, park_id=cast.zone.pk) == 1
        assert Lead.objects.get(pk=theirs.pk).company_id == survivor.pk
    undone(cast, merge)
    with cast.everywhere():
        assert Lead.objects.get(pk=theirs.pk).company_id == loser.pk


def test_a_relation_between_the_two_stays_behind_instead_of_pointing_at_itself(
    cast: Cast, two: tuple[Company, Company]
) -> None:
    survivor, loser = two
    relation = Relation.objects.create(from_company=survivor, to_company=loser, kind="parent")
    merge = merged(cast, survivor, loser)
    relation.refresh_from_db()
    assert relation.to_company_id == loser.pk
    assert [entry for entry in merge.shared_rows if entry[2] == "stayed"] == [
        ["companies.Relation.to_company", relation.pk, "stayed"]
    ]


def test_undo_leaves_what_was_made_since_and_what_was_changed_since(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    third = found_company("第三示例有限公司")
    with cast.everywhere():
        kept, given = (rows.make_contact(cast.zone, company=loser) for _ in range(2))
    merge = merged(cast, survivor, loser)
    with cast.everywhere():
        since = rows.make_contact(cast.zone, company=survivor)
        type(given).objects.filter(pk=given.pk).update(company=third)
    Company.objects.filter(pk=survivor.pk).update(website="https://example.org/")
    undone(cast, merge)
    with cast.everywhere():
        held = dict(type(kept).objects.values_list("pk", "company"))
        assert held == {kept.pk: loser.pk, given.pk: third.pk, since.pk: survivor.pk}
        outcomes = dict(MergeRow.objects.values_list("row_id", "outcome"))
        assert outcomes == {kept.pk: "returned", given.pk: "elsewhere"}
    assert Company.objects.get(pk=survivor.pk).website == "https://example.org/"


def test_the_same_merge_twice_is_one(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    merge = merged(cast, survivor, loser)
    version = Company.objects.get(pk=survivor.pk).version
    assert carry_out(merge.pk).version == merge.version
    with user_scope(cast.park_admin):
        again = merge_companies(by=cast.park_admin, duplicate=Duplicate.objects.get(), survivor=survivor)
    assert again == merge
    assert Company.objects.get(pk=survivor.pk).version == version
    with user_scope(cast.park_admin), pytest.raises(Conflict):
        merge_companies(by=cast.park_admin, duplicate=Duplicate.objects.get(), survivor=loser)


def test_after_thirty_days_or_another_merge_it_stays(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    merge = merged(cast, survivor, loser)
    last = found_company("示例微电子集团有限公司")
    later = merged(cast, last, survivor, reason="同一家")
    assert Company.objects.get(pk=loser.pk).lasting == last
    with user_scope(cast.park_admin), pytest.raises(Refused):
        undo_merge(by=cast.park_admin, merge=merge)
    undone(cast, later)
    assert Company.objects.get(pk=loser.pk).lasting == survivor
    later_on = time_machine.travel(timezone.now() + timedelta(days=31))
    with later_on, user_scope(cast.park_admin), pytest.raises(Refused):
        undo_merge(by=cast.park_admin, merge=merge)


def test_the_chosen_facts_are_taken_and_the_name_given_up_becomes_a_former_one(
    cast: Cast, two: tuple[Company, Company]
) -> None:
    survivor, loser = two
    Company.objects.filter(pk=loser.pk).update(city="南京")
    merged(cast, survivor, loser, taken=["name", "city"])
    survivor.refresh_from_db()
    assert (survivor.name, survivor.former_names) == ("示例微电子（无锡）有限公司", ["示例微电子有限公司"])
    assert (survivor.city, survivor.credit_code) == ("南京", ONE)


def test_a_code_goes_along_when_chosen_and_two_valid_codes_need_a_reason(cast: Cast) -> None:
    one, two = found_company("示例微电子有限公司", ONE), found_company("示例微电子集团有限公司", TWO)
    pair = pair_of(one, two)
    with user_scope(cast.park_admin), pytest.raises(Refused) as refused:
        merge_companies(by=cast.park_admin, duplicate=pair, survivor=one)
    assert refused.value.field == "reason"
    merge = merged(cast, one, two, taken=["credit_code"], reason="换发了代码")
    assert Company.objects.live().get(credit_code=TWO) == one
    undone(cast, merge)
    assert {*Company.objects.values_list("pk", "credit_code").filter(pk__in=[one.pk, two.pk])} == {
        (one.pk, ONE),
        (two.pk, TWO),
    }


def test_a_park_merges_its_own_into_the_registry_without_writing_there(cast: Cast) -> None:
    registry = found_company("示例微电子有限公司", ONE)
    own = found_company("示例微电子（老王的客户）", origin_park=cast.zone, website="https://example.com/")
    pair = pair_of(registry, own)
    for who, allowed in ((cast.officer, False), (cast.stranger, False), (cast.admin, False), (cast.manager, True)):
        with user_scope(who):
            if not allowed:
                with pytest.raises(PermissionDenied):
                    merge_companies(by=who, duplicate=pair, survivor=registry)
    with user_scope(cast.manager):
        with pytest.raises(Refused):
            merge_companies(by=cast.manager, duplicate=pair, survivor=own)
        with pytest.raises(Refused):
            merge_companies(by=cast.manager, duplicate=pair, survivor=registry, taken=["website"])
    merged(cast, registry, own, by=cast.manager)
    registry.refresh_from_db()
    assert (registry.website, registry.former_names, registry.short_names) == ("", [], [])
    assert Company.objects.get(pk=own.pk).lasting == registry


def test_not_the_same_needs_a_reason_and_holds_for_the_survivor_too(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    third = found_company("示例微电子设备有限公司")
    pair = pair_of(loser, third)
    with user_scope(cast.park_admin):
        with pytest.raises(Refused):
            mark_different(by=cast.park_admin, duplicate=pair, reason=" ")
        mark_different(by=cast.park_admin, duplicate=pair, reason="不同法人")
    merged(cast, survivor, loser)
    assert Duplicate.objects.of(survivor).of(third).get().state == "different"
    propose_for([third])
    assert Duplicate.objects.of(survivor).of(third).get().state == "different"


def test_the_journal_of_a_park_is_behind_its_boundary(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    with cast.everywhere():
        rows.make_contact(cast.zone, company=loser)
        rows.make_contact(cast.elsewhere, company=loser)
    merge = merged(cast, survivor, loser)
    with scope(read=[cast.zone.pk]):
        assert MergeRow.objects.filter(merge=merge).count() == 1


def test_the_worker_carries_it_out_and_says_why_it_could_not(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    pair = pair_of(survivor, loser)
    with user_scope(cast.park_admin):
        merge = merge_companies(by=cast.park_admin, duplicate=pair, survivor=survivor)
    Company.objects.filter(pk=loser.pk).update(merged_into=cast.company)
    assert run_next()
    merge.refresh_from_db()
    assert (merge.state, bool(merge.error)) == ("failed", True)
    assert Duplicate.objects.get(pk=pair.pk).state == "open"
    Company.objects.filter(pk=loser.pk).update(merged_into=None)
    with user_scope(cast.park_admin):
        merge = merge_companies(by=cast.park_admin, duplicate=pair, survivor=survivor)
    assert run_next()
    merge.refresh_from_db()
    assert merge.state == "done"
    with cast.everywhere():
        assert set(Job.objects.values_list("state", flat=True)) == {"failed", "done"}


def test_a_merge_whose_worker_was_lost_or_broke_down_can_be_asked_for_again(
    cast: Cast, two: tuple[Company, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, loser = two
    pair = pair_of(survivor, loser)
    with user_scope(cast.park_admin):
        lost = merge_companies(by=cast.park_admin, duplicate=pair, survivor=survivor)
    with cast.everywhere():
        Job.objects.filter(uuid=str(lost.job)).update(state="failed", error="lost")
        give_up_lost(park_id=cast.zone.pk)
    lost.refresh_from_db()
    assert (lost.state, lost.error) == ("failed", "lost")
    with user_scope(cast.park_admin):
        broken = merge_companies(by=cast.park_admin, duplicate=pair, survivor=survivor)
    with monkeypatch.context() as patched:
        patched.setattr("companies.actions.merge._merge", lambda *_all: 1 / 0)
        assert run_next()
    broken.refresh_from_db()
    assert (broken.state, bool(broken.error), Duplicate.objects.get(pk=pair.pk).state) == ("failed", True, "open")


def test_a_claim_of_the_merged_company_is_a_claim_of_the_lasting_one(cast: Cast, two: tuple[Company, Company]) -> None:
    survivor, loser = two
    merged(cast, survivor, loser)
    with cast.everywhere():
        lead = claim_company(by=cast.officer, company=loser, park_id=cast.zone.pk)
        lead.refresh_from_db()
        assert lead.company_id == survivor.pk
        with pytest.raises(Conflict):
            claim_company(by=cast.colleague, company=loser, park_id=cast.zone.pk)


def test_a_visit_that_waited_on_a_phone_during_the_merge_arrives_at_the_survivor_once(
    cast: Cast, two: tuple[Company, Company], client: Client
) -> None:
    survivor, loser = two
    with cast.everywhere():
        rows.make_lead(cast.zone, owner=cast.colleague, company=survivor)
        stayed = rows.make_lead(cast.zone, owner=cast.officer, company=loser)
    merged(cast, survivor, loser)
    client.force_login(cast.officer)
    for given in ({"company": loser.pk}, {"company": loser.pk, "lead": stayed.pk}, {"lead": stayed.pk}):
        body = given | {"kind": "outbound_visit", "summary": "离线", "uuid": str(uuid4())}
        body["happened_at"] = timezone.now().isoformat()
        answers = [client.post("/api/v1/activities/", body, "application/json") for _time in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200], answers[0].content.decode()
    with cast.everywhere():
        assert list(Activity.objects.values_list("company", flat=True)) == [survivor.pk] * 3
