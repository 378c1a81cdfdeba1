"""Which journey a visit belongs to: said where it is logged, put right where it was forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from leads.models import Activity, Lead, Trip
from leads.queries.trips import running_trips
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_trip
from tests.leads.conftest import visit

pytestmark = pytest.mark.django_db
PICKER = 'name="trip"'


@pytest.fixture
def trip(cast: Cast) -> Trip:
    """The officer's, yesterday to tomorrow."""
    today = timezone.localdate()
    with cast.everywhere():
        return make_trip(
            cast.zone, by=cast.officer, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1)
        )


def composed(client: Client, lead: Lead, **values: Any) -> Any:
    """What the composer sends, as a part."""
    data = {"kind": "outbound_visit", "summary": "看了厂房", "request_key": "6b0f8d3c-0000-4000-8000-000000000001"}
    return client.post(reverse("leads:log", args=[lead.pk]), data | values, headers={"HX-Request": "true"})


def test_the_composer_offers_the_journey_under_way_and_keeps_it(
    client: Client, cast: Cast, lead: Lead, trip: Trip
) -> None:
    client.force_login(cast.officer)
    for headers in ({}, {"HX-Request": "true", "HX-Target": "tab"}):
        page = client.get(lead.get_absolute_url(), headers=headers).content.decode()
        assert f'<option value="{trip.pk}" selected>' in page
    composed(client, lead, trip=trip.pk)
    with cast.everywhere():
        assert Activity.objects.get().trip == trip


def test_who_is_on_no_journey_is_asked_nothing_and_pays_for_nothing(
    client: Client, cast: Cast, lead: Lead, trip: Trip
) -> None:
    client.force_login(cast.manager)
    page = client.get(lead.get_absolute_url())
    assert PICKER not in page.content.decode()
    with CaptureQueriesContext(connection) as asked:
        client.get(lead.get_absolute_url())
    assert not [one for one in asked.captured_queries if 'FROM "leads_trip' in one["sql"]]


def test_a_journey_that_does_not_fit_is_told_at_its_field_and_nothing_is_lost(
    client: Client, cast: Cast, lead: Lead, trip: Trip
) -> None:
    client.force_login(cast.manager)
    page = composed(client, lead, trip=trip.pk).content.decode()
    assert "您不在该行程的人员名单中" in page
    assert "看了厂房" in page
    client.force_login(cast.officer)
    early = timezone.localtime() - timedelta(days=8)
    page = composed(client, lead, trip=trip.pk, happened_at=f"{early:%Y-%m-%dT%H:%M}").content.decode()
    assert "当天您不在该行程中" in page
    assert composed(client, lead, trip=2**40).status_code == 200
    with cast.everywhere():
        assert not Activity.objects.exists()


def test_a_member_who_left_earlier_is_no_longer_under_way(cast: Cast, client: Client, lead: Lead, trip: Trip) -> None:
    with cast.everywhere():
        trip.members.update(ends_on=trip.starts_on)
        assert [one.until for one in running_trips(cast.officer)] == [trip.starts_on]
    client.force_login(cast.officer)
    page = client.get(reverse("leads:log", args=[lead.pk])).content.decode()
    assert PICKER in page
    assert f'<option value="{trip.pk}" selected>' not in page


def test_a_forgotten_journey_is_put_right_on_the_page_and_in_the_api(
    client: Client, cast: Cast, lead: Lead, trip: Trip
) -> None:
    row = visit(cast.officer, lead)
    client.force_login(cast.officer)
    url = reverse("leads:activity_edit", args=[row.pk])
    shown = client.get(url).context["form"]
    data = {name: shown[name].value() or "" for name in ("kind", "summary", "version", "met", "place")}
    data["happened_at"] = f"{timezone.localtime(row.happened_at):%Y-%m-%dT%H:%M}"
    client.post(url, data | {"trip": trip.pk})
    assert trip.title in client.get(row.get_absolute_url()).content.decode()
    # Moved to a day on which nobody was out: the trip has to be taken off, too.
    early = f"{timezone.localtime() - timedelta(days=8):%Y-%m-%dT%H:%M}"
    refused = client.post(url, data | {"version": row.version + 1, "trip": trip.pk, "happened_at": early})
    assert "trip" in refused.context["form"].errors
    api = APIClient()
    api.force_login(cast.officer)
    path, etag = f"/api/v1/activities/{row.pk}/", {"If-Match": f'"{row.version + 1}"'}
    moved = api.patch(path, {"happened_at": early + ":00+08:00"}, format="json", headers=etag)
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (400, "trip")
    assert api.patch(path, {"trip": None}, format="json", headers=etag).json()["trip"] is None
