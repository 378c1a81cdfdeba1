"""What a ruling of “shared” between two parks means for a lead that was signed or given up meanwhile."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.isolation import user_scope
from leads.actions import accept_offer, drop_lead, move_lead, offer_lead
from leads.actions.news import share_result
from leads.models import Lead, SharedResult, ShareNews, ShareOffer, Stage
from projects.models import Project
from reports import queries
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_payment, make_project
from tests.leads.test_conflicts import carry, case, claim, contest, rule, sides, told

pytestmark = pytest.mark.django_db


def contested(cast: Cast) -> Lead:
    """Held in the zone, claimed in the inner park, brought before the zone."""
    lead = claim(cast.officer, cast.zone, cast)
    contest(cast.operator_officer, cast.inner, cast)
    carry()
    return lead


def links(cast: Cast) -> dict[str, ShareOffer]:
    with cast.everywhere():
        rows = ShareOffer.objects.filter(state="accepted").select_related("park", "lead")
        return {row.park.code: row for row in rows}


def side_page(cast: Cast) -> str:
    client = Client()
    client.force_login(cast.operator_officer)
    return client.get(sides(cast)["second"].get_absolute_url()).content.decode()


def test_a_lead_given_up_before_the_ruling_is_tied_and_the_other_park_told(cast: Cast) -> None:
    lead = contested(cast)
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, why="cancelled", reason="客户暂缓投资")
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    carry()
    assert {code: row.partner_stage for code, row in links(cast).items()} == {"zone": "planning", "inner": "dropped"}
    assert told(cast, "offer_news") == ["operator_officer"]
    with cast.everywhere():
        assert list(ShareNews.objects.values_list("park__code", "stage")) == [("inner", "dropped")]
    page = side_page(cast)
    assert str(Stage.DROPPED.label) in page
    assert "客户暂缓投资" not in page, "only that it ended crosses, not why"


def test_what_was_signed_and_recognised_before_the_ruling_is_divided_once(cast: Cast) -> None:
    lead = contested(cast)
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(stage="signed", signed_amount=20_000_000)
        lead.refresh_from_db()
        project: Project = make_project(cast.zone, officer=cast.officer, lead=lead)
        decided: dict[str, Any] = {"decided_by": cast.manager, "decided_at": timezone.now()}
        month = timezone.localdate().replace(day=1)
        make_payment(project, by=cast.officer, state="recognised", counted_month=month, **decided)
        make_payment(project, by=cast.officer)
        agreed = project.agreed_amount
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    carry()
    with cast.everywhere():
        rows = SharedResult.objects.order_by("kind").values_list("park__code", "kind", "part", "amount")
        assert list(rows) == [
            ("inner", "funds", Decimal(0), Decimal(300_000)),
            ("inner", "signing", Decimal("0.30"), agreed * Decimal("0.30")),
        ]
    assert told(cast, "offer_news") == ["operator_officer"]


def test_after_the_ruling_each_side_shows_how_the_other_ends(cast: Cast) -> None:
    lead = contested(cast)
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    assert cast.zone.name in side_page(cast)
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=Lead.objects.get(pk=lead.pk), why="cancelled", reason="客户暂缓投资")
    assert links(cast)["inner"].partner_stage == "dropped"
    assert told(cast, "offer_news") == ["operator_officer"]
    client = Client()
    client.force_login(cast.people["sibling_manager"])
    assert client.get(sides(cast)["second"].get_absolute_url()).status_code == 404


def offered_first(cast: Cast, lead: Lead, *, accept: bool) -> ShareOffer:
    """The zone's lead goes to the sibling, 60 to 40, before the inner park's claim is ruled."""
    with user_scope(cast.manager):
        offer = offer_lead(by=cast.manager, lead=lead, to=cast.sibling, own_percent=Decimal(60))
    if accept:
        accept_first(cast)
    return offer


def accept_first(cast: Cast) -> None:
    person = cast.sibling_manager
    with user_scope(person):
        accept_offer(by=person, offer=ShareOffer.objects.get(state="pending"), owner=person)


def results(cast: Cast) -> dict[str, tuple[Decimal, Decimal]]:
    with cast.everywhere():
        return {row.park.code: (row.part, row.amount) for row in SharedResult.objects.select_related("park")}


def test_a_lead_shared_with_a_third_park_is_tied_by_a_ruling_and_all_follow_its_fate(cast: Cast) -> None:
    lead = contested(cast)
    offered_first(cast, lead, accept=True)
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    carry()
    with cast.everywhere():
        ties = ShareOffer.objects.filter(state="accepted").values_list("park__code", "partner__code", "ruled")
        assert sorted(ties) == [
            ("inner", "zone", True), ("sibling", "zone", False), ("zone", "inner", True), ("zone", "sibling", False)
        ]  # fmt: skip
        make_contact(cast.zone, company=cast.company)
    with user_scope(cast.officer):
        move_lead(by=cast.officer, lead=Lead.objects.get(pk=lead.pk), to_stage="contacting")
    with cast.everywhere():
        stages = ShareOffer.objects.exclude(park=cast.zone).values_list("park__code", "partner_stage")
        assert dict(stages) == {"inner": "contacting", "sibling": "contacting"}
        theirs = Lead.objects.get(park=cast.inner)
    with user_scope(cast.operator_officer):
        drop_lead(by=cast.operator_officer, lead=theirs, why="cancelled", reason="客户暂缓投资")
    with cast.everywhere():
        told_here = ShareOffer.objects.filter(park=cast.zone).values_list("partner__code", "partner_stage")
        assert dict(told_here) == {"inner": "dropped", "sibling": "planning"}
        third = ShareOffer.objects.get(park=cast.sibling)
        assert third.partner_stage == "contacting", "what becomes of the inner park's lead is nothing to the sibling"
    client = Client()
    client.force_login(cast.officer)
    page = client.get(lead.get_absolute_url()).content.decode()
    assert cast.inner.name in page
    assert cast.sibling.name in page


def test_each_tie_divides_what_the_ones_before_it_left_and_the_figures_are_the_whole(cast: Cast) -> None:
    lead = contested(cast)
    offered_first(cast, lead, accept=True)
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    day = timezone.localdate()
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(stage="signed", signed_amount=10_000_000)
        lead.refresh_from_db()
        month = day.replace(day=1)
        project = make_project(
            cast.zone, officer=cast.officer, lead=lead, agreed_amount=Decimal("10000000.01"), counted_month=month
        )
    with user_scope(cast.officer):
        share_result(
            lead=lead, kind="signing", origin=lead.uuid, amount=project.agreed_amount, happened_on=project.signed_on
        )
    # 40 % of the whole; 30 % of the 60 % that are left.
    shared = results(cast)
    assert shared == {
        "sibling": (Decimal("0.40"), Decimal("4000000.00")),
        "inner": (Decimal("0.18"), Decimal("1800000.00")),
    }
    with cast.everywhere():
        cells = queries.running_cells(cast.zone.pk, month)
    own = {cell.indicator: cell.total for cell in cells if cell.indicator in {"signings", "amount_agreed"}}
    assert own == {"signings": Decimal("0.42"), "amount_agreed": Decimal("4200000.01")}


def test_an_offer_that_was_on_its_way_is_accepted_after_the_ruling(cast: Cast) -> None:
    lead = contested(cast)
    offered_first(cast, lead, accept=False)
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(stage="signed", signed_amount=10_000_000)
        lead.refresh_from_db()
        project = make_project(cast.zone, officer=cast.officer, lead=lead, agreed_amount=Decimal(10_000_000))
    with user_scope(cast.officer):
        share_result(
            lead=lead, kind="signing", origin=lead.uuid, amount=project.agreed_amount, happened_on=project.signed_on
        )
    assert results(cast) == {"inner": (Decimal("0.30"), Decimal(3_000_000))}
    accept_first(cast)
    assert results(cast) == {
        "inner": (Decimal("0.30"), Decimal(3_000_000)),
        "sibling": (Decimal("0.28"), Decimal(2_800_000)),
    }, "what was signed while the offer was on its way is divided, too"


def test_what_the_two_had_offered_each_other_gives_way_to_the_ruling(cast: Cast) -> None:
    lead = contested(cast)
    with user_scope(cast.manager):
        offer = offer_lead(by=cast.manager, lead=lead, to=cast.inner, own_percent=Decimal(60))
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    with cast.everywhere():
        states = ShareOffer.objects.filter(uuid=offer.uuid).values_list("park__code", "state")
        assert dict(states) == {"zone": "replaced", "inner": "replaced"}
        live = ShareOffer.objects.filter(state="accepted").values_list("park__code", "own_percent")
        assert dict(live) == {"zone": Decimal(70), "inner": Decimal(30)}
