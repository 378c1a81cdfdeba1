"""A card that was let go over the wrong column goes back as if nothing had happened."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from companies.models import Company
from leads.models import Lead, StageChange
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_claim

pytestmark = pytest.mark.django_db


def moved(client: Client, lead: Lead) -> Any:
    fields = {"from_stage": "planning", "to_stage": "contacting", "version": lead.version}
    return client.post(f"/leads/{lead.pk}/move/", fields, headers={"accept": "application/json"}).json()


def standing(cast: Cast, lead: Lead) -> tuple[object, ...]:
    with cast.everywhere():
        row = Lead.objects.get(pk=lead.pk)
        claim = row.claims.get(ended_at=None)
        return row.stage, row.stage_since, row.protected_until, claim.protected_until, claim.renewals


def test_an_undone_move_gives_back_stage_age_and_protection(client: Client, cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        make_claim(lead)
    before = standing(cast, lead)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        client.force_login(cast.officer)
        undo = moved(client, lead)["undo"]
        after = standing(cast, lead)
        assert after[0] == "contacting"
        assert after[1] != before[1]
        answer = client.post(undo["url"], {"token": undo["token"]}, headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert standing(cast, lead) == before
    with cast.everywhere():
        assert list(StageChange.objects.filter(lead=lead).order_by("id").values_list("to_stage", flat=True))[-2:] == [
            "contacting",
            "planning",
        ]


def test_a_move_is_not_undone_twice_late_or_by_another_leads_token(client: Client, cast: Cast, lead: Lead) -> None:
    client.force_login(cast.officer)
    undo = moved(client, lead)["undo"]
    said = {"accept": "application/json"}
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client.force_login(cast.officer)
        assert client.post(undo["url"], {"token": undo["token"]}, headers=said).json()["code"] == "too_late"
    client.force_login(cast.officer)
    assert client.post(undo["url"], {"token": undo["token"] + "x"}, headers=said).status_code == 409
    assert client.post(undo["url"], {"token": undo["token"]}, headers=said).status_code == 200
    assert client.post(undo["url"], {"token": undo["token"]}, headers=said).status_code == 412


def test_what_is_said_of_a_move_names_the_company_as_it_is_written(client: Client, cast: Cast, lead: Lead) -> None:
    Company.objects.filter(pk=lead.company_id).update(name="示例A&B<有限>公司")
    client.force_login(cast.officer)
    assert any("示例A&B<有限>公司" in message for message in moved(client, lead)["messages"])


def test_the_board_prints_one_card_anew(client: Client, cast: Cast, lead: Lead) -> None:
    client.force_login(cast.officer)
    part = client.get(f"/leads/board/?card={lead.pk}", headers={"HX-Request": "true"}).content.decode()
    assert f'data-card="{lead.pk}"' in part
    assert "<html" not in part
