"""Trips: a team, its targets, days, costs, and what came of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from leads.actions.trips import (
    add_target,
    add_trip_cost,
    cancel_trip,
    close_trip,
    edit_trip,
    move_target,
    plan_trip,
    remove_trip_cost,
    set_days,
    start_trip,
)
from leads.models import Lead, Trip
from leads.queries.trips import days_out, overlaps_of, results_of, running_trips, targets_of, trip_entries
from notices.models import Notice
from parks.queries import calendar_of
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_trip
from tests.fixtures.rows import make_company, make_lead
from tests.leads.conftest import visit

TODAY = timezone.localdate


def planned(cast: Cast, by: User | None = None, **values: Any) -> Trip:
    """A trip of the officer with a colleague: yesterday to tomorrow."""
    by = by or cast.officer
    defaults: dict[str, Any] = {
        "title": "长三角小分队",
        "places": "苏州、无锡",
        "starts_on": TODAY() - timedelta(days=1),
        "ends_on": TODAY() + timedelta(days=1),
        "leader": cast.officer,
        "team": [cast.colleague],
    }
    with user_scope(by):
        return plan_trip(by=by, park_id=cast.zone.pk, **(defaults | values))


def test_the_leader_goes_along_and_the_team_is_told(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        assert {member.user for member in trip.members.all()} == {cast.officer, cast.colleague}
        assert {member.department_id for member in trip.members.all()} == {cast.promotion.pk}
    with cast.everywhere():
        told = Notice.objects.filter(kind="trip_planned", channel="page")
        assert [notice.recipient for notice in told] == [cast.colleague]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_on": TODAY() - timedelta(days=9)}, "ends_on"),
        ({"ends_on": TODAY() + timedelta(days=200)}, "ends_on"),
        ({"starts_on": TODAY() + timedelta(days=2000), "ends_on": TODAY() + timedelta(days=2000)}, "starts_on"),
        ({"budget": Decimal("1e400")}, "budget"),
        ({"budget": Decimal(-1)}, "budget"),
        ({"budget": Decimal("NaN")}, "budget"),
        ({"title": "  "}, "title"),
    ],
)
def test_nonsense_is_refused_at_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(cast, **values)
    assert refused.value.field == field


def test_only_people_of_the_park_go_along(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        planned(cast, team=[cast.stranger])
    assert refused.value.code == "not_in_park"


def test_moving_the_trip_moves_whole_members_and_clips_the_others(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        late = trip.members.get(user=cast.colleague)
        set_days(by=cast.officer, member=late, starts_on=TODAY(), ends_on=TODAY())
        edit_trip(by=cast.officer, trip=trip, starts_on=TODAY(), ends_on=TODAY() + timedelta(days=3))
        days = {m.user_id: (m.starts_on, m.ends_on) for m in trip.members.all()}
    assert days[cast.officer.pk] == (TODAY(), TODAY() + timedelta(days=3))
    assert days[cast.colleague.pk] == (TODAY(), TODAY())


def test_days_outside_the_trip_are_refused(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        member = trip.members.get(user=cast.colleague)
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        set_days(by=cast.officer, member=member, starts_on=TODAY() - timedelta(days=5), ends_on=TODAY())
    assert refused.value.code == "outside_trip"


def test_working_days_leave_the_weekend_out(cast: Cast) -> None:
    monday = TODAY() - timedelta(days=TODAY().weekday()) + timedelta(days=28)
    trip = planned(cast, starts_on=monday, ends_on=monday + timedelta(days=6))
    with user_scope(cast.officer):
        calendar = calendar_of(cast.zone.pk)
        away = days_out(trip.members.all(), calendar)[0]
        expected = sum(calendar.is_working_day(monday + timedelta(days=n)) for n in range(7))
    assert (away.days, away.working_days) == (7, expected)
    assert away.working_days < 7


def test_a_second_trip_at_the_same_time_is_a_warning(cast: Cast) -> None:
    first, second = planned(cast), planned(cast, title="珠三角小分队", leader=cast.manager)
    with user_scope(cast.officer):
        assert [(one.user, one.trip) for one in overlaps_of(second)] == [(cast.colleague, first)]
        cancel_trip(by=cast.officer, trip=first, reason="对方改期")
        assert overlaps_of(second) == []


def test_a_target_gets_its_open_lead_once_and_the_order_can_be_changed(cast: Cast, lead: Lead) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        first = add_target(by=cast.officer, trip=trip, company=lead.company)
        second = add_target(
            by=cast.officer, trip=trip, company=make_company("示例机器人有限公司", origin_park=cast.zone)
        )
        assert (first.lead, second.lead) == (lead, None)
        with pytest.raises(Conflict):
            add_target(by=cast.officer, trip=trip, company=lead.company)
        move_target(by=cast.officer, target=second, up=True)
        assert [target.company_id for target in targets_of(cast.officer, trip)] == [second.company_id, first.company_id]


def test_a_target_with_a_confidential_lead_is_hidden_with_it(cast: Cast) -> None:
    with cast.everywhere():
        secret = make_lead(cast.zone, owner=cast.officer, company=cast.company, confidentiality="own")
    trip = planned(cast)
    with user_scope(cast.officer):
        add_target(by=cast.officer, trip=trip, company=secret.company)
    with user_scope(cast.colleague):
        assert targets_of(cast.colleague, trip) == []
    with user_scope(cast.manager):
        assert len(targets_of(cast.manager, trip)) == 1


def test_visits_of_the_trip_and_its_costs_give_the_price_of_a_visit(cast: Cast, lead: Lead) -> None:
    trip = planned(cast)
    visit(cast.officer, lead, trip=trip)
    visit(cast.colleague, lead, trip=trip)
    with user_scope(cast.officer):
        add_trip_cost(by=cast.officer, trip=trip, kind="travel", amount=Decimal("900.50"), spent_on=TODAY())
        wrong = add_trip_cost(by=cast.officer, trip=trip, kind="meals", amount=Decimal(5), spent_on=TODAY())
        remove_trip_cost(by=cast.officer, cost=wrong)
        found = results_of(cast.officer, trip)
    assert (found.visits, found.leads_touched, found.leads_made) == (2, 1, 1)
    assert (found.spent, found.per_visit) == (Decimal("900.50"), Decimal("450.25"))


@pytest.mark.parametrize("amount", [Decimal("1e400"), Decimal(0), Decimal(-3), Decimal("0.001"), Decimal("Infinity")])
def test_a_cost_is_an_amount_of_money(cast: Cast, amount: Decimal) -> None:
    trip = planned(cast)
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        add_trip_cost(by=cast.officer, trip=trip, kind="travel", amount=amount, spent_on=TODAY())
    assert refused.value.field == "amount"


def test_a_visit_is_logged_on_a_trip_only_by_those_who_were_on_it_that_day(cast: Cast, lead: Lead) -> None:
    trip = planned(cast)
    with pytest.raises(Refused) as stranger:
        visit(cast.manager, lead, trip=trip)
    assert stranger.value.code == "not_on_trip"
    with pytest.raises(Refused) as refused:
        visit(cast.officer, lead, trip=trip, happened_at=timezone.now() - timedelta(days=8))
    assert refused.value.code == "outside_trip"


def test_closing_asks_for_a_report_and_ends_the_trip(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        start_trip(by=cast.officer, trip=trip)
        assert running_trips(cast.colleague) == [trip]
        with pytest.raises(Refused) as refused:
            close_trip(by=cast.officer, trip=trip, report=" ")
        assert refused.value.field == "report"
        close_trip(by=cast.officer, trip=trip, report="走访四家，两家有意向。")
        assert running_trips(cast.colleague) == []
        with pytest.raises(Refused) as closed:
            edit_trip(by=cast.officer, trip=trip, title="另一个")
        assert closed.value.code == "trip_closed"


def test_a_stale_version_is_refused(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        edit_trip(by=cast.officer, trip=trip, title="新名称", version=1)
        with pytest.raises(Stale):
            edit_trip(by=cast.officer, trip=trip, title="旧名称", version=1)


def test_others_see_the_trip_but_do_not_run_it(cast: Cast) -> None:
    trip = planned(cast, team=[])
    with user_scope(cast.colleague):
        assert Trip.objects.visible_to(cast.colleague).get() == trip
        with pytest.raises(PermissionDenied):
            edit_trip(by=cast.colleague, trip=trip, title="别人的")
    with user_scope(cast.manager):
        edit_trip(by=cast.manager, trip=trip, title="部门安排")
    with user_scope(cast.stranger):
        assert not Trip.objects.visible_to(cast.stranger).exists()


def test_the_calendar_gets_the_trips_of_its_days(cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.manager):
        entries = trip_entries(cast.manager, TODAY(), TODAY())
        assert [entry.url for entry in entries] == [trip.get_absolute_url()]
        assert trip_entries(cast.manager, TODAY(), TODAY(), own=True) == []
        assert trip_entries(cast.manager, TODAY() + timedelta(days=9), TODAY() + timedelta(days=10)) == []


def test_a_visit_that_waited_on_a_telephone_keeps_its_trip(client: Client, cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        trip = make_trip(cast.zone, by=cast.officer)
        other = make_trip(cast.zone, by=cast.colleague)
    client.force_login(cast.officer)
    assert [one["id"] for one in client.get("/offline/me/").json()["trips"]] == [trip.pk]
    visit = {
        "kind": "outbound_visit",
        "lead": lead.pk,
        "summary": "看了厂房",
        "happened_at": timezone.now().isoformat(),
    }
    saved = client.post("/api/v1/activities/", visit | {"trip": trip.pk}, content_type="application/json")
    assert (saved.status_code, saved.json()["trip"]) == (201, trip.pk)
    refused = client.post("/api/v1/activities/", visit | {"trip": other.pk}, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "trip"
    assert trip.get_absolute_url() in client.get(f"/activities/{saved.json()['id']}/").content.decode()
    assert client.get(f"/api/v1/activities/?trip={trip.pk}").json()["results"][0]["id"] == saved.json()["id"]


def test_only_who_logs_visits_is_offered_to_log_one(client: Client, cast: Cast) -> None:
    trip = planned(cast)
    with user_scope(cast.officer):
        add_target(by=cast.officer, trip=trip, company=cast.company)
        start_trip(by=cast.officer, trip=trip)
    for user, offered in ((cast.officer, True), (cast.auditor, False)):
        client.force_login(user)
        assert ('href="/log/' in client.get(trip.get_absolute_url()).content.decode().partition("<main")[2]) is offered
