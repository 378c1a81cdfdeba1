"""Reception plans and events as actions: bookings, reminders, the one visit, attendance, costs, calendar files."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from core.errors import Conflict, Refused
from core.ics import Entry, calendar_file
from core.isolation import user_scope
from core.worktime import SHANGHAI
from leads.actions.events import add_event_cost, mark_attended, paste_people, plan_event, register
from leads.actions.reception import confirm_reception, log_visit, plan_reception, put_part
from leads.models import Activity, Event, EventPerson, Lead, Reception, ReceptionGuest, ReceptionItem
from leads.queries.events import results_of_event, training_attendance
from leads.queries.reception import double_bookings, reception_entries
from notices.models import Notice
from parks.queries import month_of
from tests.fixtures import outward
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact


def at(days: int, hour: int) -> datetime:
    """An hour of a day relative to today."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(hour), SHANGHAI)


def planned(cast: Cast, **values: Any) -> Reception:
    """The day after tomorrow, nine to five."""
    defaults: dict[str, Any] = {"title": "来访", "starts_at": at(2, 9), "ends_at": at(2, 17), "host": cast.officer}
    with user_scope(cast.officer):
        return plan_reception(by=cast.officer, park_id=cast.zone.pk, company=cast.company, **(defaults | values))


def hour(cast: Cast, plan: Reception, begins: int, ends: int) -> ReceptionItem:
    """An hour that the officer hosts."""
    with user_scope(cast.officer):
        return put_part(
            ReceptionItem,
            by=cast.officer,
            reception=plan,
            title="座谈",
            starts_at=at(2, begins),
            ends_at=at(2, ends),
            host=cast.officer,
        )


def test_a_host_in_two_places_is_a_warning(cast: Cast) -> None:
    one, two = planned(cast), planned(cast, title="另一家")
    hour(cast, one, 9, 11)
    hour(cast, two, 10, 12)
    late = hour(cast, two, 13, 14)
    with user_scope(cast.officer):
        found = double_bookings(two)
        assert [(booked.host, booked.item.pk == late.pk) for booked in found] == [(cast.officer, False)]
        assert [
            entry.kind for entry in reception_entries(cast.officer, timezone.localdate(), at(2, 0).date(), own=True)
        ] == [
            "reception",
            "reception",
        ]


def test_confirming_tells_the_hosts_again_on_the_eve(cast: Cast) -> None:
    plan = planned(cast, host=cast.manager)
    hour(cast, plan, 9, 10)
    with user_scope(cast.officer):
        with pytest.raises(Refused) as bare:
            confirm_reception(by=cast.officer, reception=plan)
        assert bare.value.code == "no_guests"
        put_part(ReceptionGuest, by=cast.officer, reception=plan, name="陈总")
        confirm_reception(by=cast.officer, reception=plan)
    with cast.everywhere():
        eve = Notice.objects.filter(kind="reception_eve", channel="page", state="pending")
        assert {one.recipient for one in eve} == {cast.manager, cast.officer}
        assert {one.due_at for one in eve} == {at(1, 15)}


def test_an_hour_lies_within_the_visit(cast: Cast) -> None:
    plan = planned(cast)
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        put_part(ReceptionItem, by=cast.officer, reception=plan, title="早到", starts_at=at(1, 9), ends_at=at(1, 10))
    assert refused.value.field == "starts_at"


def test_the_visit_is_logged_once_from_the_plan(cast: Cast, lead: Lead) -> None:
    plan = planned(cast, starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() + timedelta(hours=2))
    assert plan.lead == lead
    with user_scope(cast.officer):
        visit = log_visit(by=cast.officer, reception=plan, happened_at=timezone.now(), summary="看了厂房", met="陈总")
        assert (visit.kind, visit.lead, visit.met) == ("inbound_visit", lead, "陈总")
        with pytest.raises(Conflict):
            log_visit(by=cast.officer, reception=plan, happened_at=timezone.now(), summary="再记一次")
        assert Reception.objects.get().state == "done"


def test_the_page_logs_the_visit_with_guests_and_hosts_of_the_plan(client: Client, cast: Cast, lead: Lead) -> None:
    plan = planned(cast, starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() + timedelta(hours=2))
    with cast.everywhere():
        known = make_contact(cast.zone, company=cast.company, name="陈总")
        for guest in ({"name": "陈总", "contact": known}, {"name": "来宾张", "title": "助理"}):
            ReceptionGuest.objects.create(park=cast.zone, reception=plan, **guest)
        hours = {"starts_at": plan.starts_at, "ends_at": plan.ends_at, "host": cast.colleague}
        ReceptionItem.objects.create(park=cast.zone, reception=plan, title="座谈", **hours)
    client.force_login(cast.officer)
    url = reverse("leads:reception_visit", args=[plan.pk])
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in ("contacts", "met", "companions")}
    assert shown == {"contacts": [str(known.pk)], "met": "来宾张 助理", "companions": [str(cast.colleague.pk)]}
    assert client.post(url, shown).status_code == 422
    promise = {"summary": "看了展厅", "promised": "送平面图", "promised_due": timezone.localdate()}
    assert client.post(url, shown | promise).status_code == 302
    with cast.everywhere():
        visit = Activity.objects.get(reception=plan)
        assert (visit.kind, visit.lead, visit.met) == ("inbound_visit", lead, "陈总、来宾张 助理")
        assert [one.user for one in visit.companions.all()] == [cast.colleague]
        assert visit.undertakings.get().text == "送平面图"
    assert plan.get_absolute_url() in client.get(visit.get_absolute_url()).content.decode()


def test_a_copy_moves_the_hours_to_the_new_day(cast: Cast) -> None:
    plan = planned(cast)
    hour(cast, plan, 9, 10)
    copy = planned(cast, starts_at=at(9, 9), ends_at=at(9, 17), copy_from=plan)
    with user_scope(cast.officer):
        assert [item.starts_at for item in copy.items.all()] == [at(9, 9)]


@pytest.mark.parametrize("ends", [at(1, 9), at(1, 8), at(300, 9)])
def test_an_event_ends_after_it_begins(cast: Cast, ends: datetime) -> None:
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        plan_event(by=cast.officer, park_id=cast.zone.pk, kind="fair", title="推介会", starts_at=at(1, 9), ends_at=ends)
    assert refused.value.field == "ends_at"


def test_training_counts_for_those_who_came(cast: Cast) -> None:
    with cast.everywhere():
        training: Event = outward.make_event(cast.zone, by=cast.manager, kind="training")
    with user_scope(cast.manager):
        came = register(by=cast.manager, event=training, user=cast.officer)
        register(by=cast.manager, event=training, user=cast.colleague)
        mark_attended(by=cast.manager, person=came, attended=True)
        month = month_of(timezone.localdate(training.starts_at))
        counted = EventPerson.objects.get(pk=came.pk).counted_month
        assert counted is not None
        assert training_attendance(cast.zone.pk, counted) == {cast.officer.pk: 1}
        assert counted >= month


def test_nobody_attends_before_the_event(cast: Cast) -> None:
    with cast.everywhere():
        event: Event = outward.make_event(cast.zone, by=cast.manager, starts_at=at(3, 9), ends_at=at(3, 12))
    with user_scope(cast.manager), pytest.raises(Refused) as refused:
        paste_people(by=cast.manager, event=event, text="李四，示例公司", attended=True)
    assert refused.value.code == "not_begun"


@pytest.mark.parametrize("text", ["", "  \n ", "\n".join(f"人{n}" for n in range(501)), "x" * 70])
def test_a_list_without_people_is_refused(cast: Cast, text: str) -> None:
    with cast.everywhere():
        event: Event = outward.make_event(cast.zone, by=cast.manager)
    with user_scope(cast.manager), pytest.raises(Refused) as refused:
        paste_people(by=cast.manager, event=event, text=text)
    assert refused.value.field == "text"


def test_the_price_of_a_lead_and_of_a_signing(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        event: Event = outward.make_event(cast.zone, by=cast.officer)
        Lead.objects.filter(pk=lead.pk).update(event=event, stage="signed", amount=5_000_000)
    with user_scope(cast.officer):
        add_event_cost(by=cast.officer, event=event, kind="venue", amount=Decimal(9000), spent_on=timezone.localdate())
        found = results_of_event(cast.officer, event)
    assert (found.leads_made, found.signed, found.conversion) == (1, 1, 100)
    assert (found.per_lead, found.per_signing) == (Decimal(9000), Decimal(9000))


def test_a_calendar_file_is_folded_escaped_and_read_back() -> None:
    title = "接待：示例公司, 第一; 组\\ " + "很长" * 40
    entry = Entry("1@luodi", title, date(2026, 11, 3), date(2026, 11, 5), place="苏州, 无锡", text="一\n二")
    data = calendar_file([entry], stamp=timezone.now())
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    unfolded = data.replace(b"\r\n ", b"").decode()
    assert "LOCATION:苏州\\, 无锡" in unfolded
    assert "DESCRIPTION:一\\n二" in unfolded
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2026, 11, 3), date(2026, 11, 6))


def test_the_trip_and_the_reception_come_as_calendar_files(cast: Cast, client: Client) -> None:
    plan = planned(cast)
    hour(cast, plan, 9, 10)
    with cast.everywhere():
        trip = outward.make_trip(cast.zone, by=cast.officer)
    client.force_login(cast.officer)
    for name, row in (("reception_ics", plan), ("trip_ics", trip)):
        answer = client.get(reverse(f"leads:{name}", args=[row.pk]))
        assert answer["Content-Type"].startswith("text/calendar")
        assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
