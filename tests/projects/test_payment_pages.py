"""Payments over the pages: claimed with evidence, decided by a second person."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Oversight, User
from projects.actions import claim_payment
from projects.models import Payment
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting
from tests.projects.test_payments import claim

Slip = Callable[[], SimpleUploadedFile]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_payment_is_claimed_with_its_slip_and_recognised_by_the_manager(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.project()
    officer, manager = signed_in(cast.officer), signed_in(cast.manager)
    form = {"paid_on": "2026-08-03", "amount": "2660万", "currency": "CNY", "evidence": "bank_slip", "files": [slip()]}
    claimed = officer.post(f"/projects/{project.pk}/payments/add/", form)
    assert claimed["Location"] == f"/projects/{project.pk}/?tab=funds"
    with cast.everywhere():
        payment = Payment.objects.get()
    inbox = manager.get("/payments/", {"state": "claimed"})
    assert f"/payments/{payment.pk}/recognise/" in inbox.text
    decided = manager.post(
        f"/payments/{payment.pk}/recognise/?next=/payments/", {"version": 1, "next": "/payments/?state=claimed"}
    )
    assert decided["Location"] == "/payments/?state=claimed"
    with cast.everywhere():
        payment.refresh_from_db()
    assert (payment.state, payment.amount_yuan) == ("recognised", Decimal(26_600_000))


def test_the_page_wants_a_file(cast: Cast, site: Site) -> None:
    project = site.project()
    form = {"paid_on": "2026-08-03", "amount": "1", "currency": "CNY", "evidence": "bank_slip"}
    answer = signed_in(cast.officer).post(f"/projects/{project.pk}/payments/add/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"files"}


@pytest.mark.parametrize(
    ("name", "data"), [("空.png", b""), ("x.jpg", b"<html><script>alert(1)</script></html>"), ("x.svg", b"<svg/>")]
)
def test_hostile_files_are_refused_at_their_field(cast: Cast, site: Site, name: str, data: bytes) -> None:
    project = site.project()
    form = {"paid_on": "2026-08-03", "amount": "1", "currency": "CNY", "evidence": "invoice"}
    answer = signed_in(cast.officer).post(
        f"/projects/{project.pk}/payments/add/", form | {"files": [SimpleUploadedFile(name, data)]}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"files"}
    with cast.everywhere():
        assert not Payment.objects.exists()


def test_one_does_not_find_a_button_to_decide_on_ones_own_claim(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), by=cast.manager, files=[slip()])
    url = f"/payments/{payment.pk}/recognise/"
    assert url not in signed_in(cast.manager).get("/payments/").text
    assert url in signed_in(cast.leader).get("/payments/").text
    assert signed_in(cast.manager).post(url, {"version": 1}).status_code == 409


def test_a_decided_payment_is_a_conflict_for_the_second_person(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    first = signed_in(cast.manager).post(f"/payments/{payment.pk}/recognise/", {"version": 1})
    second = signed_in(cast.leader).post(f"/payments/{payment.pk}/reject/", {"reason": "不对", "version": 1})
    assert (first.status_code, second.status_code) == (302, 409)


def test_review_level_lets_the_zone_recognise_over_the_page(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.inner_project()
    with acting(cast.operator_officer):
        payment = claim_payment(
            by=cast.operator_officer,
            project=project,
            paid_on=date(2026, 8, 3),
            amount=Decimal(1),
            evidence="invoice",
            files=[slip()],
        )
    url = f"/payments/{payment.pk}/recognise/"
    assert signed_in(cast.manager).post(url, {"version": 1}).status_code == 403
    Oversight.objects.filter(park=cast.inner).update(level="review")
    assert signed_in(cast.manager).post(url, {"version": 1}).status_code == 302
