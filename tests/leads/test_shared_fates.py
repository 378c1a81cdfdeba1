"""What a ruling of “shared” between two parks means for a lead that was signed or given up meanwhile."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.isolation import user_scope
from leads.actions import drop_lead
from leads.models import Lead, SharedResult, ShareNews, ShareOffer, Stage
from projects.models import Project
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_payment, make_project
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
