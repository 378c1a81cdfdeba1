"""The pages of trips, receptions, events and referrers: they answer, say what is wrong at its field, and act."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import Event, EventPerson, Reception, Trip
from tests.fixtures import outward
from tests.fixtures.cast import Cast

LISTS = ("trips", "receptions", "events", "referrers", "rewards", "reward_rules", "thanks")
FORMS = ("trip_add", "reception_add", "event_add", "referrer_add")


@pytest.mark.parametrize("name", [*LISTS, *FORMS])
def test_lists_and_new_forms_answer(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.manager)
    assert client.get(reverse(f"leads:{name}")).status_code == 200


@pytest.mark.parametrize("tab", ["plan", "visits", "costs"])
def test_the_trip_shows_its_tabs(cast: Cast, client: Client, tab: str) -> None:
    with cast.everywhere():
        trip = outward.make_target(cast.zone, by=cast.officer).trip
    client.force_login(cast.officer)
    assert client.get(f"{trip.get_absolute_url()}?tab={tab}").status_code == 200
    for name in ("trip_edit", "trip_close", "trip_target_add", "trip_cost_add", "trip_sheet", "trip_cancel"):
        assert client.get(reverse(f"leads:{name}", args=[trip.pk])).status_code == 200


@pytest.mark.parametrize("tab", ["people", "tasks", "leads", "costs"])
def test_the_event_shows_its_tabs(cast: Cast, client: Client, tab: str) -> None:
    with cast.everywhere():
        event = outward.make_event_person(cast.zone, by=cast.officer).event
    client.force_login(cast.officer)
    assert client.get(f"{event.get_absolute_url()}?tab={tab}").status_code == 200
    forms = ("event_edit", "event_hold", "event_cancel", "event_guest_add", "event_colleagues_add", "event_paste")
    for name in (*forms, "event_task_add", "event_cost_add"):
        assert client.get(reverse(f"leads:{name}", args=[event.pk])).status_code == 200


def test_a_trip_is_planned_on_the_page_and_nonsense_stands_at_its_field(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    today = timezone.localdate()
    data = {
        "title": "珠三角小分队",
        "places": "深圳",
        "starts_on": today.isoformat(),
        "ends_on": (today - timedelta(days=1)).isoformat(),
        "leader": cast.officer.pk,
        "team": [cast.colleague.pk],
        "budget": "2万",
    }
    refused = client.post(reverse("leads:trip_add"), data)
    assert refused.status_code == 422
    assert "ends_on" in refused.context["form"].errors
    assert "珠三角小分队" in refused.content.decode()
    assert client.post(reverse("leads:trip_add"), data | {"budget": "1e400", "ends_on": today}).status_code == 422
    client.post(reverse("leads:trip_add"), data | {"ends_on": today.isoformat()})
    with cast.everywhere():
        trip = Trip.objects.get()
        assert trip.budget == Decimal(20_000)
        assert trip.members.count() == 2


def test_the_whole_plan_of_a_reception_is_made_on_its_page(cast: Cast, client: Client) -> None:
    with cast.everywhere():
        plan = outward.make_reception(cast.zone, by=cast.officer, company=cast.company)
    client.force_login(cast.officer)
    begin = timezone.localtime(plan.starts_at)
    hour = {"starts_at": f"{begin:%Y-%m-%dT%H:%M}", "ends_at": f"{begin + timedelta(minutes=30):%Y-%m-%dT%H:%M}"}
    guest = {"name": "Ms Ruiz", "title": "CEO", "diet": "素食", "smoking": "no", "is_head": "on"}
    client.post(reverse("leads:reception_guest_add", args=[plan.pk]), guest)
    item = hour | {"kind": "meeting", "title": "座谈", "title_en": "Talks", "host": cast.officer.pk, "meets": "双方"}
    client.post(reverse("leads:reception_item_add", args=[plan.pk]), item | {"internal_note": "先谈电价"})
    car = {"kind": "car", "name": "示A12345", "person": "司机甲", "phone": "13800004444"}
    client.post(reverse("leads:reception_provision_add", args=[plan.pk]), car)
    page = client.get(plan.get_absolute_url()).content.decode()
    assert all(word in page for word in ("Ms Ruiz", "素食", "座谈", "先谈电价", "示A12345"))
    guests = client.get(reverse("leads:reception_guest_sheet", args=[plan.pk]) + "?language=en").content.decode()
    assert "Talks" in guests
    assert "A warm welcome" in guests
    assert "工作台" in guests, "only the sheet is in the guests' language"
    assert not any(secret in guests for secret in ("先谈电价", "素食"))
    internal = client.get(reverse("leads:reception_internal_sheet", args=[plan.pk])).content.decode()
    assert "先谈电价" in internal
    assert "座谈" in internal
    abroad = client.get(reverse("leads:reception_internal_sheet", args=[plan.pk]) + "?language=en").content.decode()
    assert "Talks" in abroad
    client.post(reverse("leads:reception_confirm", args=[plan.pk]))
    with cast.everywhere():
        assert Reception.objects.get().state == "confirmed"


def test_a_tap_marks_attendance_and_takes_it_back(cast: Cast, client: Client) -> None:
    with cast.everywhere():
        one = outward.make_event_person(cast.zone, by=cast.officer)
    client.force_login(cast.officer)
    address = reverse("leads:event_person", args=[one.pk])
    client.post(address, {"do": "attended"})
    with cast.everywhere():
        assert EventPerson.objects.get().attended_at is not None
    client.post(address, {"do": "absent"})
    with cast.everywhere():
        assert EventPerson.objects.get().attended_at is None


def test_pasting_a_list_says_what_became_of_it(cast: Cast, client: Client) -> None:
    with cast.everywhere():
        event = outward.make_event(cast.zone, by=cast.officer)
    client.force_login(cast.officer)
    text = f"{cast.colleague}\n李四，示例一公司，总经理，13800005555\n李四，示例一公司"
    client.post(reverse("leads:event_paste", args=[event.pk]), {"text": text, "attended": "on"})
    with cast.everywhere():
        people = EventPerson.objects.filter(event=event)
        assert {(one.name, one.user_id) for one in people} == {
            ("李四", None),
            (str(cast.colleague), cast.colleague.pk),
        }
        assert all(one.attended_at for one in people)


def test_a_claim_names_the_event_it_came_of(cast: Cast, client: Client) -> None:
    with cast.everywhere():
        event: Event = outward.make_event(cast.zone, by=cast.officer)
    client.force_login(cast.officer)
    data = {"source": "event", "event": event.pk, "confidentiality": "park", "tier": "B"}
    claimed = client.post(reverse("leads:claim", args=[cast.company.pk]), data)
    assert claimed.status_code == 302, claimed.context["form"].errors
    with cast.everywhere():
        lead = event.leads.get()
        assert (lead.company, lead.source) == (cast.company, "event")


def test_a_referrers_telephone_is_masked_until_it_is_asked_for(cast: Cast, client: Client) -> None:
    with cast.everywhere():
        referrer = outward.make_referrer(cast.zone, by=cast.officer, phone="13812345678")
    client.force_login(cast.officer)
    assert "13812345678" not in client.get(referrer.get_absolute_url()).content.decode()
    shown = client.post(reverse("leads:referrer_reveal", args=[referrer.pk]), headers={"HX-Request": "true"})
    assert "13812345678" in shown.content.decode()
