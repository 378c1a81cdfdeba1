"""Two people act at once on one row, on real connections: the second sees what the first did, and loses nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import claim_company, hand_over_all, log_activity, pick_lead
from leads.actions.reception import log_visit
from leads.models import Activity, Handover, Lead
from parks.models import Park, ParkRules
from services.actions import hand_over, submit_ticket, take_ticket
from services.actions.clockwork import hold
from services.models import Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_reception
from tests.fixtures.rows import make_company, make_item, make_lead

pytestmark = pytest.mark.django_db(transaction=True)


def while_it_waits(first: User, change: Callable[[], Any], second: User, act: Callable[[], Any]) -> list[Any]:
    """`change` in one person's transaction, `act` in another's; the first commits only when the second waits for it."""
    answers: list[Any] = []

    def work() -> None:
        try:
            with user_scope(second):
                answers.append(act())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with user_scope(first):
        change()
        thread.start()
        _until_blocked(thread)
    thread.join(60)
    return answers


def _until_blocked(thread: threading.Thread) -> None:
    """Until somebody waits for this connection's transaction, or `work` ended without waiting."""
    with connection.cursor() as cursor:
        for _attempt in range(12_000):
            cursor.execute(
                # Not pg_stat_activity: what it shows stays the same until the transaction ends.
                "SELECT pg_sleep(0.005), EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[1] or not thread.is_alive():
                return
    raise AssertionError("nobody waited")


def test_a_request_that_changes_hands_and_company_while_one_waits_for_it_is_read_as_it_is_then(cast: Cast) -> None:
    with cast.everywhere():
        item = make_item(cast.inner)
    with user_scope(cast.enterprise):
        asked: dict[str, Any] = {"park": cast.inner, "item": item, "title": "工商变更", "text": "请协助"}
        ticket = submit_ticket(by=cast.enterprise, company=cast.settled, **asked)
    chief, officer = cast.operator_manager, cast.operator_officer
    with user_scope(chief):
        take_ticket(by=chief, ticket=ticket)

    def changed() -> None:
        hand_over(by=chief, ticket=ticket, to=officer)
        Ticket.objects.filter(pk=ticket.pk).update(company=cast.company)

    def read() -> tuple[Any, Any]:
        held = hold(ticket)
        return held.holder, held.company

    assert while_it_waits(chief, changed, chief, read) == [(officer, cast.company)]


def test_a_merge_meanwhile_keeps_no_lead_from_being_handed_over(cast: Cast) -> None:
    with cast.everywhere():
        leads = [make_lead(cast.zone, owner=cast.officer, company=make_company(f"示例{n}有限公司")) for n in "甲乙"]
        onto = make_company("示例存续有限公司")

    def merged() -> None:
        Lead.objects.filter(pk=leads[0].pk).update(company=onto)

    def given() -> list[Handover]:
        return hand_over_all(
            by=cast.manager, giver=cast.officer, receivers=[cast.colleague], park_id=cast.zone.pk, note="离岗"
        )

    answers = while_it_waits(cast.manager, merged, cast.manager, given)
    assert len(answers[0]) == 2, answers
    with cast.everywhere():
        assert set(Lead.objects.values_list("owner__username", flat=True)) == {"colleague"}


@pytest.mark.parametrize("same", [True, False], ids=["sent again", "two people"])
def test_a_reception_that_is_logged_twice_at_once_leads_to_one_visit(cast: Cast, *, same: bool) -> None:
    with cast.everywhere():
        began = timezone.now() - timedelta(hours=1)
        plan = make_reception(cast.zone, by=cast.officer, company=cast.company, starts_at=began)
    other = cast.officer if same else cast.colleague
    first, second = uuid4(), uuid4()

    def logged(by: User, uuid: UUID) -> Activity:
        return log_visit(by=by, reception=plan, happened_at=began, summary="看了厂房", uuid=uuid)

    (answer,) = while_it_waits(
        cast.officer, lambda: logged(cast.officer, first), other, lambda: logged(other, first if same else second)
    )
    with cast.everywhere():
        visit = Activity.objects.get(reception=plan)
    if same:
        assert (answer, answer.repeated) == (visit, True)
    else:
        assert answer.code == "visit_logged"


def test_of_two_parks_of_a_zone_that_claim_a_company_at_once_the_second_meets_the_conflict(cast: Cast) -> None:
    def claims(by: User, park: Park) -> Callable[[], Lead]:
        return lambda: claim_company(by=by, company=cast.company, park_id=park.pk)

    (answer,) = while_it_waits(
        cast.operator_officer,
        claims(cast.operator_officer, cast.inner),
        cast.sibling_manager,
        claims(cast.sibling_manager, cast.sibling),
    )
    assert isinstance(answer, Conflict), answer
    assert answer.code == "zone_conflict"
    with cast.everywhere():
        assert Lead.objects.get().park == cast.inner


def test_who_picks_two_leads_at_once_gets_no_more_than_the_day_allows(cast: Cast) -> None:
    with cast.everywhere():
        ParkRules.objects.create(park=cast.zone, pool_daily_picks=1)
        pooled: dict[str, Any] = {"owner": cast.colleague, "pooled_at": timezone.now()}
        first, second = (make_lead(cast.zone, company=make_company(f"示例{n}有限公司"), **pooled) for n in "甲乙")
    officer = cast.officer
    (answer,) = while_it_waits(
        officer, lambda: pick_lead(by=officer, lead=first), officer, lambda: pick_lead(by=officer, lead=second)
    )
    assert isinstance(answer, Refused), answer
    assert answer.code == "daily_limit"


def test_of_two_visits_of_a_day_logged_at_once_one_counts(cast: Cast) -> None:
    with cast.everywhere():
        ParkRules.objects.create(park=cast.zone, visit_once_a_day=True)
        lead = make_lead(cast.zone, owner=cast.officer)
    began = timezone.now() - timedelta(hours=1)

    def visits(by: User) -> Callable[[], Activity]:
        told: dict[str, Any] = {"kind": "outbound_visit", "happened_at": began, "summary": "看了厂房"}
        return lambda: log_activity(by=by, company=lead.company, park_id=cast.zone.pk, **told)

    (answer,) = while_it_waits(cast.officer, visits(cast.officer), cast.colleague, visits(cast.colleague))
    assert isinstance(answer, Activity), answer
    with cast.everywhere():
        assert sorted(Activity.objects.values_list("counts", flat=True)) == [False, True]
