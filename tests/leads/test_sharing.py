"""Leads shared with another park: what crosses, what never does, and both sides' fate and figures."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from companies.models import Company, Contact
from core.errors import Conflict, Refused
from core.isolation import ScopeError, current_scope, errand, scope, user_scope
from leads.actions import accept_offer, decline_offer, drop_lead, expire_offers, move_lead, offer_lead, withdraw_offer
from leads.actions.news import share_result
from leads.actions.sharing import Chosen
from leads.models import Activity, Lead, SharedResult, ShareOffer
from notices.models import Notice
from parks.models import ParkRules
from reports import queries
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_contact, make_lead

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inner_lead(cast: Cast) -> Lead:
    """A lead of the inner park with a contact and two activities."""
    with cast.everywhere():
        lead = make_lead(
            cast.inner, owner=cast.operator_officer, company=cast.company, title="电芯项目", amount=50_000_000
        )
        make_contact(cast.inner, company=cast.company)
        make_activity(cast.inner, by=cast.operator_officer, lead=lead, summary="可以公开的洽谈")
        make_activity(cast.inner, by=cast.operator_officer, lead=lead, summary="内部评估，不外传")
        return lead


def offered(cast: Cast, lead: Lead, **given: object) -> ShareOffer:
    by = cast.operator_manager
    with user_scope(by):
        chosen = Chosen(
            fields=["title"],
            contacts=list(Contact.objects.filter(company=lead.company)),
            activities=list(Activity.objects.filter(lead=lead, summary="可以公开的洽谈")),
        )
        values: dict[str, object] = {"own_percent": Decimal(30), "chosen": chosen, "note": "贵园更合适"} | given
        return offer_lead(by=by, lead=lead, to=cast.sibling, **values)  # type: ignore[arg-type]  # the test's own


def there(cast: Cast) -> ShareOffer:
    with user_scope(cast.sibling_manager):
        row: ShareOffer = ShareOffer.objects.select_related("park", "partner", "company").get()
        return row


def accepted(cast: Cast, lead: Lead) -> Lead:
    offered(cast, lead)
    with user_scope(cast.sibling_manager):
        return accept_offer(by=cast.sibling_manager, offer=there(cast), owner=cast.sibling_manager)


def test_the_other_park_sees_exactly_what_was_chosen(cast: Cast, inner_lead: Lead) -> None:
    offered(cast, inner_lead)
    side = there(cast)
    assert side.lead_id is None
    assert side.own_percent == 70
    assert side.shown["fields"] == {"title": "电芯项目"}
    assert [card["phone"] for card in side.shown["contacts"]] == ["13800001111"]
    assert [one["summary"] for one in side.shown["activities"]] == ["可以公开的洽谈"]
    assert "内部评估" not in str(side.shown)
    with scope(read=[cast.sibling.pk], write=[cast.sibling.pk]):
        assert not Lead.objects.exists()
        assert not Activity.objects.exists()
        assert not Contact.objects.exists()
        assert ShareOffer.objects.count() == 1
        assert Notice.objects.filter(kind="offer_new", recipient=cast.sibling_manager).exists()


def test_no_side_writes_the_others_row(cast: Cast, inner_lead: Lead) -> None:
    offer = offered(cast, inner_lead)
    with user_scope(cast.sibling_manager):
        assert ShareOffer.objects.filter(pk=offer.pk).update(note="改") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ShareOffer.objects.update(park=cast.inner)


def test_accepting_makes_a_linked_lead_with_its_own_owner(cast: Cast, inner_lead: Lead) -> None:
    lead = accepted(cast, inner_lead)
    assert (lead.park_id, lead.owner, lead.source, lead.title) == (
        cast.sibling.pk, cast.sibling_manager, "shared", "电芯项目"
    )  # fmt: skip
    assert lead.amount is None
    with scope(read=[cast.sibling.pk]):
        assert Contact.objects.get().name == "王总"
    with user_scope(cast.operator_manager):
        side = ShareOffer.objects.get()
        assert (side.state, side.partner_stage) == ("accepted", "planning")
        assert Notice.objects.filter(kind="offer_answered", recipient=cast.operator_officer).exists()


def test_the_fate_of_one_is_told_to_the_other_and_nothing_else(cast: Cast, inner_lead: Lead) -> None:
    lead = accepted(cast, inner_lead)
    with user_scope(cast.sibling_manager):
        drop_lead(by=cast.sibling_manager, lead=lead, reason="对方另有选择，内部原因")
    with user_scope(cast.operator_manager):
        side = ShareOffer.objects.get()
        assert side.partner_stage == "dropped"
        assert [one.stage for one in side.news.all()] == ["dropped"]
        told = " ".join(f"{n.subject} {n.body} {n.wordings}" for n in Notice.objects.filter(kind="offer_news"))
        assert "内部原因" not in told
    with user_scope(cast.operator_officer):
        move_lead(by=cast.operator_officer, lead=inner_lead, to_stage="contacting")
    assert there(cast).partner_stage == "contacting"


def test_declined_with_a_reason_withdrawn_and_expired(cast: Cast, inner_lead: Lead) -> None:
    offered(cast, inner_lead)
    with user_scope(cast.sibling_manager):
        with pytest.raises(Refused) as refused:
            decline_offer(by=cast.sibling_manager, offer=there(cast), reason=" ")
        assert refused.value.field == "reason"
        decline_offer(by=cast.sibling_manager, offer=there(cast), reason="产业不符")
    with user_scope(cast.operator_manager):
        assert ShareOffer.objects.get().reason == "产业不符"
    second = offered(cast, inner_lead)
    with user_scope(cast.operator_manager):
        withdraw_offer(by=cast.operator_manager, offer=second)
    with scope(read=[cast.sibling.pk]):
        side = ShareOffer.objects.get(uuid=second.uuid)
        assert (side.state, side.shown) == ("withdrawn", {})
    with user_scope(cast.sibling_manager), pytest.raises(Conflict):
        accept_offer(by=cast.sibling_manager, offer=side, owner=cast.sibling_manager)


def test_an_offer_ends_by_itself(cast: Cast, inner_lead: Lead) -> None:
    offer = offered(cast, inner_lead, days=3)
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        with user_scope(cast.sibling_manager), pytest.raises(Conflict):
            accept_offer(by=cast.sibling_manager, offer=there(cast), owner=cast.sibling_manager)
        with scope(read=[cast.inner.pk], write=[cast.inner.pk]):
            assert expire_offers(park_id=cast.inner.pk) == 1
            assert expire_offers(park_id=cast.inner.pk) == 0
            assert ShareOffer.objects.get(pk=offer.pk).state == "expired"
        assert there(cast).state == "expired"


def test_one_live_offer_per_lead_and_no_third_park(cast: Cast, inner_lead: Lead) -> None:
    lead = accepted(cast, inner_lead)
    with user_scope(cast.operator_manager), pytest.raises(Conflict):
        offer_lead(by=cast.operator_manager, lead=inner_lead, to=cast.zone, own_percent=Decimal(50))
    with user_scope(cast.sibling_manager), pytest.raises(Refused) as refused:
        offer_lead(by=cast.sibling_manager, lead=lead, to=cast.inner, own_percent=Decimal(50))
    assert refused.value.code == "shared_already"
    with user_scope(cast.operator_officer), pytest.raises(PermissionDenied):
        offer_lead(by=cast.operator_officer, lead=inner_lead, to=cast.sibling, own_percent=Decimal(50))


def test_a_company_of_the_offering_park_gets_a_copy_of_its_own(cast: Cast) -> None:
    with cast.everywhere():
        own = make_company("示例无码有限公司", origin_park=cast.inner)
        lead = make_lead(cast.inner, owner=cast.operator_officer, company=own)
    offered(cast, lead)
    assert there(cast).company_id is None
    with user_scope(cast.sibling_manager):
        lead = accept_offer(by=cast.sibling_manager, offer=there(cast), owner=cast.sibling_manager)
    assert lead.company != own
    assert (lead.company.name, lead.company.origin_park_id) == (own.name, cast.sibling.pk)
    assert Company.objects.get(pk=own.pk).origin_park_id == cast.inner.pk


def test_what_lands_counts_in_both_parks_as_agreed(cast: Cast, inner_lead: Lead) -> None:
    lead = accepted(cast, inner_lead)
    with user_scope(cast.sibling_manager):
        for _again in range(2):
            share_result(
                lead=lead, kind="signing", origin=lead.uuid, amount=Decimal("1000.01"), happened_on=date(2026, 1, 9)
            )
    with cast.everywhere():
        result = SharedResult.objects.get()
        # 30 % of 1000.01 = 300.003: what is below a cent stays where it landed.
        assert (result.park_id, result.part, result.amount) == (cast.inner.pk, Decimal("0.30"), Decimal("300.00"))
        cells = queries.running_cells(cast.inner.pk, result.counted_month)
    held = {
        cell.indicator: (cell.user_id, cell.total)
        for cell in cells
        if "sign" in cell.indicator or "am" in cell.indicator
    }
    assert held["signings"] == (cast.operator_officer.pk, Decimal("0.30"))
    assert held["amount_agreed"] == (cast.operator_officer.pk, Decimal("300.00"))


def test_an_errand_sees_one_park_and_takes_everything_back_on_an_error(cast: Cast) -> None:
    with pytest.raises(ScopeError), errand(park_id=cast.inner.pk):
        pass
    with scope(read=[cast.inner.pk], write=[cast.inner.pk]) as held:
        with errand(park_id=cast.sibling.pk):
            ParkRules.objects.create(park=cast.sibling)
            assert ParkRules.objects.count() == 1
        assert current_scope() == held
        assert not ParkRules.objects.exists()
        with pytest.raises(IntegrityError), errand(park_id=cast.elsewhere.pk):
            ParkRules.objects.bulk_create([ParkRules(park=cast.elsewhere), ParkRules(park=cast.elsewhere)])
        assert current_scope() == held
        with pytest.raises(DatabaseError), transaction.atomic():
            ParkRules.objects.create(park=cast.elsewhere)
    with scope(read=[cast.elsewhere.pk]):
        assert not ParkRules.objects.exists()


def test_only_named_modules_run_errands() -> None:
    files = [path for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts and path.parts[-2] != "tests"]
    callers = {str(p.relative_to(ROOT)) for p in files if "tests" not in p.parts and "errand(" in p.read_text()}
    assert callers == {
        "core/isolation.py",
        "leads/actions/news.py",
        "leads/actions/rulings.py",
        "leads/actions/sharing.py",
    }


def test_the_pages_offer_and_accept(client: Client, cast: Cast, inner_lead: Lead) -> None:
    client.force_login(cast.operator_manager)
    form = client.get(f"/leads/{inner_lead.pk}/offer/")
    assert "内部评估" in form.content.decode()
    data = {"to": cast.sibling.pk, "own_percent": "40", "fields_shown": ["amount"], "days": 7, "note": ""}
    assert client.post(f"/leads/{inner_lead.pk}/offer/", data).status_code == 302
    assert "示例光电有限公司" in client.get("/leads/offers/").content.decode()
    client.force_login(cast.sibling_manager)
    side = there(cast)
    text = client.get(side.get_absolute_url()).content.decode()
    assert "5,000 万元" in text
    assert "内部评估" not in text
    assert client.post(f"{side.get_absolute_url()}decline/", {"reason": ""}).status_code == 422
    answer = client.post(f"{side.get_absolute_url()}accept/", {"owner": cast.sibling_manager.pk})
    assert answer.status_code == 302
    client.force_login(cast.stranger)
    assert client.get(side.get_absolute_url()).status_code == 404
