"""Funds are claimed with evidence and count only after a second person has recognised them, once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from accounts.models import Oversight
from core.errors import Conflict, Refused, Stale
from core.isolation import scope
from notices.models import Notice
from parks.models import MonthClose
from projects.actions import add_evidence, claim_payment, end_project, recognise_payment, reject_payment
from projects.models import Payment, Project
from projects.queries import payments_to_decide, totals, with_twins
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting

Slip = Callable[[], SimpleUploadedFile]


def claim(cast: Cast, project: Project, **values: Any) -> Payment:
    by = values.pop("by", cast.officer)
    terms: dict[str, Any] = {
        "paid_on": date(2026, 8, 3),
        "amount": Decimal("26600000"),
        "evidence": "bank_slip",
    } | values
    with acting(by):
        return claim_payment(by=by, project=project, **terms)


def test_a_claim_waits_with_its_evidence_and_the_recognisers_are_told(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with cast.everywhere():
        assert (payment.state, payment.counted_month, payment.department) == ("claimed", None, cast.promotion)
        assert payment.files.get().attachment.name == "slip.png"
        told = Notice.objects.filter(key=f"payment:{payment.pk}:claimed", channel="page")
        assert {notice.recipient for notice in told} == {cast.manager, cast.leader}


def test_foreign_funds_count_at_the_rate_of_the_day(cast: Cast, site: Site) -> None:
    payment = claim(cast, site.project(), amount=Decimal("1234567.89"), currency="USD", rate=Decimal("7.123456"))
    assert payment.amount_yuan == Decimal("8794390.04")


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"paid_on": date(2026, 8, 4)}, "paid_on", "in_future"),
        ({"amount": Decimal(0)}, "amount", "not_positive"),
        ({"amount": Decimal("-5")}, "amount", "not_positive"),
        ({"amount": Decimal("1e400")}, "amount", "too_large"),
        ({"amount": Decimal("0.001")}, "amount", "decimals"),
        ({"currency": "EUR"}, "rate", "rate_missing"),
        ({"currency": "EUR", "rate": Decimal(-1)}, "rate", "rate"),
        ({"currency": "EUR", "rate": Decimal("0.0000001")}, "rate", "rate"),
        ({"currency": "JPY", "rate": Decimal("0.000001"), "amount": Decimal("0.01")}, "amount", "too_large"),
        ({"currency": "EUR€"}, "currency", "currency"),
        ({"evidence": "word"}, "evidence", "evidence"),
    ],
)
def test_bad_claims_are_refused_at_their_field(
    cast: Cast, site: Site, changed: dict[str, Any], field: str, code: str
) -> None:
    project = site.project()
    with pytest.raises(Refused) as refused:
        claim(cast, project, **changed)
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("name", "data"), [("slip.jpg", b""), ("slip.jpg", b"<html><script>1</script></html>"), ("slip.svg", b"<svg/>")]
)
def test_hostile_and_empty_evidence_is_refused_and_nothing_is_claimed(
    cast: Cast, site: Site, name: str, data: bytes
) -> None:
    project = site.project()
    with pytest.raises(Refused) as refused:
        claim(cast, project, files=[SimpleUploadedFile(name, data)])
    assert refused.value.field == "files"
    with cast.everywhere():
        assert not Payment.objects.exists()


def test_recognition_counts_it_and_tells_the_claimer(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with acting(cast.manager):
        payment = recognise_payment(by=cast.manager, payment=payment)
    assert (payment.state, payment.decided_by, payment.counted_month) == ("recognised", cast.manager, date(2026, 8, 1))
    with cast.everywhere():
        assert Notice.objects.get(key=f"payment:{payment.pk}:decided", channel="page").recipient == cast.officer
        assert not Notice.objects.filter(key=f"payment:{payment.pk}:claimed", state="pending").exists()


def test_the_month_is_that_of_recognition_when_the_events_month_is_closed(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(signed_on=date(2026, 7, 1)), paid_on=date(2026, 7, 30), files=[slip()])
    with cast.everywhere():
        MonthClose.objects.create(park=cast.zone, month=date(2026, 7, 1), closed_at="2026-08-03T01:00Z")
    with acting(cast.manager):
        assert recognise_payment(by=cast.manager, payment=payment).counted_month == date(2026, 8, 1)


def test_nobody_recognises_what_they_claimed(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), by=cast.manager, files=[slip()])
    for decide in (recognise_payment, reject_payment):
        with acting(cast.manager), pytest.raises(Refused) as refused:
            decide(by=cast.manager, payment=payment, reason="自己")
        assert (refused.value.code, refused.value.status) == ("second_person", 409)


def test_the_database_too_wants_a_second_person(cast: Cast, site: Site) -> None:
    payment = claim(cast, site.project())
    with cast.everywhere(), pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(
            state="recognised", decided_by=cast.officer, decided_at="2026-08-03T02:00Z"
        )


def test_an_officer_does_not_recognise(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with acting(cast.colleague), pytest.raises(PermissionDenied):
        recognise_payment(by=cast.colleague, payment=payment)


def test_without_a_file_recognition_needs_words(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project())
    with acting(cast.manager), pytest.raises(Refused) as refused:
        recognise_payment(by=cast.manager, payment=payment)
    assert (refused.value.field, refused.value.code) == ("reason", "no_evidence")
    with acting(cast.manager):
        assert recognise_payment(by=cast.manager, payment=payment, reason="已核对原件").state == "recognised"


def test_evidence_is_added_while_the_claim_waits_and_not_after(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project())
    with acting(cast.officer):
        add_evidence(by=cast.officer, payment=payment, files=[slip()])
    with acting(cast.manager):
        recognise_payment(by=cast.manager, payment=payment)
    with acting(cast.officer), pytest.raises(Conflict):
        add_evidence(by=cast.officer, payment=payment, files=[slip()])


def test_rejecting_needs_a_reason_and_counts_nothing(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with acting(cast.manager), pytest.raises(Refused) as refused:
        reject_payment(by=cast.manager, payment=payment, reason=" ")
    assert refused.value.field == "reason"
    with acting(cast.manager):
        payment = reject_payment(by=cast.manager, payment=payment, reason="抬头不符")
    assert (payment.state, payment.counted_month) == ("rejected", None)


def test_the_same_decision_again_changes_nothing_another_one_conflicts(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with acting(cast.manager):
        first = recognise_payment(by=cast.manager, payment=payment)
        again = recognise_payment(by=cast.manager, payment=payment)
        assert (again.version, again.decided_at) == (first.version, first.decided_at)
        with pytest.raises(Conflict):
            reject_payment(by=cast.manager, payment=payment, reason="改主意")
    with acting(cast.leader), pytest.raises(Conflict) as conflict:
        recognise_payment(by=cast.leader, payment=payment)
    assert "manager" in str(conflict.value)


def test_a_claim_read_in_an_old_version_is_stale(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    with acting(cast.manager), pytest.raises(Stale):
        recognise_payment(by=cast.manager, payment=payment, version=payment.version + 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_deciding_at_the_same_moment_make_one_decision(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), files=[slip()])
    barrier, outcomes = Barrier(2), []

    def decide(name: str) -> None:
        try:
            barrier.wait(10)
            with scope(read=[cast.zone.pk, cast.inner.pk, cast.sibling.pk], write=[cast.zone.pk]):
                recognise_payment(by=cast.people[name], payment=payment)
            outcomes.append("recognised")
        except Conflict as conflict:
            outcomes.append(conflict.code)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=[name]) for name in ("manager", "leader")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["already_decided", "recognised"]
    with cast.everywhere():
        assert Payment.objects.get().state == "recognised"
        assert Notice.objects.filter(kind="payment_decided", channel="page").count() == 1


def test_the_zone_recognises_in_an_inner_park_only_where_it_may_review(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.inner_project()
    payment = claim(cast, project, by=cast.operator_officer, files=[slip()])
    with acting(cast.manager), pytest.raises(PermissionDenied):
        recognise_payment(by=cast.manager, payment=payment)
    Oversight.objects.filter(park=cast.inner).update(level="review")
    second = claim(cast, project, by=cast.operator_officer, files=[slip()])
    with cast.everywhere():
        told = Notice.objects.filter(key=f"payment:{second.pk}:claimed", channel="page")
        assert {notice.recipient for notice in told} == {cast.operator_manager, cast.manager, cast.leader}
    with acting(cast.manager):
        recognised = recognise_payment(by=cast.manager, payment=payment)
    assert (recognised.park_id, recognised.decided_by) == (cast.inner.pk, cast.manager)
    with acting(cast.manager), pytest.raises(PermissionDenied):
        claim_payment(by=cast.manager, project=project, paid_on=date(2026, 8, 3), amount=Decimal(1), evidence="invoice")


def test_nothing_is_claimed_for_an_ended_project(cast: Cast, site: Site) -> None:
    project = site.project()
    with acting(cast.manager):
        end_project(by=cast.manager, project=project, reason="终止")
    with pytest.raises(Conflict):
        claim(cast, project)


def test_what_waits_for_me_leaves_out_my_own_claims_and_other_parks(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.project()
    waiting = claim(cast, project, files=[slip()])
    claim(cast, project, by=cast.manager, amount=Decimal(5))
    claim(cast, site.inner_project(), by=cast.operator_officer)
    with acting(cast.manager):
        assert list(payments_to_decide(cast.manager)) == [waiting]


def test_the_three_amounts_stay_apart(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.project()
    first = claim(cast, project, files=[slip()], amount=Decimal(100))
    claim(cast, project, amount=Decimal(30))
    third = claim(cast, project, amount=Decimal(7))
    with acting(cast.manager):
        recognise_payment(by=cast.manager, payment=first)
        reject_payment(by=cast.manager, payment=third, reason="重复")
        found = totals(Project.objects.visible_to(cast.manager))
    assert (found.projects, found.agreed) == (1, Decimal("266000000"))
    assert (found.claimed, found.recognised) == (Decimal(130), Decimal(100))


def test_the_same_sum_on_the_same_day_is_pointed_out(cast: Cast, site: Site) -> None:
    project = site.project()
    claims = [claim(cast, project), claim(cast, project), claim(cast, project, amount=Decimal(9))]
    with acting(cast.manager):
        marked = dict(with_twins(Payment.objects.visible_to(cast.manager)).values_list("pk", "has_twin"))
    assert [marked[payment.pk] for payment in claims] == [True, True, False]
