"""The catalogue: the usual services, what an administrator changes, and what running requests keep."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department
from core.errors import Refused
from services import actions
from services.defaults import SERVICES
from services.models import CatalogueItem
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_item
from tests.services.conftest import Desk

pytestmark = pytest.mark.django_db


def test_a_new_park_gets_the_usual_services_once(cast: Cast) -> None:
    with cast.everywhere():
        assert actions.ensure_catalogue(cast.zone) == len(SERVICES)
        assert actions.ensure_catalogue(cast.zone) == 0
        limits = dict(CatalogueItem.objects.filter(park=cast.zone).values_list("code", "resolve_minutes"))
        question = CatalogueItem.objects.get(park=cast.zone, code="question")
    assert (limits["question"], limits["recruitment"], limits["complaint"]) == (450, 5 * 450, 10 * 450)
    assert (question.response_minutes, question.department) == (120, cast.service)


def test_what_was_changed_or_withdrawn_stays(cast: Cast) -> None:
    with cast.everywhere():
        actions.ensure_catalogue(cast.zone)
        item = CatalogueItem.objects.get(park=cast.zone, code="legal")
        actions.change_item(by=cast.park_admin, item=item, name="法律咨询", is_active=False)
        actions.ensure_catalogue(cast.zone)
        item.refresh_from_db()
    assert (item.name, item.is_active) == ("法律咨询", False)


def test_an_inner_parks_services_fall_to_the_zones_window_when_it_has_none(cast: Cast) -> None:
    Department.objects.create(park=cast.zone, code="tax", name="税务窗口", kind="authority")
    with cast.everywhere():
        actions.ensure_catalogue(cast.inner)
        departments = {row.code: row.department for row in CatalogueItem.objects.filter(park=cast.inner)}
    assert departments["tax-registration"].code == "tax"
    assert departments["legal"] == cast.service


def test_every_default_is_told_in_both_languages_and_belongs_to_a_category() -> None:
    codes = [fact.code for fact in SERVICES]
    assert len(codes) == len(set(codes))
    for fact in SERVICES:
        assert fact.category in CatalogueItem.Category.values
        assert all((fact.name, fact.name_en, fact.description, fact.description_en))
        assert bool(fact.documents) == bool(fact.documents_en)


def test_a_changed_limit_does_not_touch_running_requests(desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    with cast.everywhere():
        actions.change_item(by=cast.operator_manager, item=desk.item, resolve_minutes=60)
    before = ticket.resolve_due_at
    desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", ticket, message="收到")
    assert ticket.resolve_due_at == before


def test_the_administrator_adds_and_changes_services(client: Client, cast: Cast) -> None:
    client.force_login(cast.park_admin)
    form = {
        "park": cast.zone.pk,
        "name": "车辆通行证",
        "code": "pass",
        "category": "operation",
        "response_hours": "1",
        "resolve_days": "2",
        "position": "5",
        "is_active": "on",
    }
    assert client.post(reverse("services:item_add"), form).status_code == 302
    with cast.everywhere():
        item = CatalogueItem.objects.get(code="pass")
    assert (item.park, item.response_minutes, item.resolve_minutes) == (cast.zone, 60, 900)
    assert client.post(reverse("services:item_add"), form).status_code == 409
    changed = {**form, "resolve_days": "3", "name": "通行证"}
    assert client.post(reverse("services:item_edit", args=[item.pk]), changed).status_code == 302
    with cast.everywhere():
        item.refresh_from_db()
    assert (item.name, item.resolve_minutes, item.code) == ("通行证", 1350, "pass")


@pytest.mark.parametrize(
    ("field", "value"), [("resolve_days", "1e400"), ("resolve_days", "-1"), ("response_hours", "abc"), ("name", "")]
)
def test_bad_limits_are_refused_at_their_field(client: Client, cast: Cast, field: str, value: str) -> None:
    client.force_login(cast.park_admin)
    form = {
        "park": cast.zone.pk,
        "name": "事项",
        "code": "x",
        "category": "operation",
        "response_hours": "1",
        "resolve_days": "2",
        "position": "0",
    }
    response = client.post(reverse("services:item_add"), {**form, field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_another_parks_service_or_park_is_not_reached(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        foreign = make_item(cast.elsewhere)
        inner = make_item(cast.inner)
    client.force_login(cast.park_admin)
    assert client.get(reverse("services:item_edit", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("services:item_edit", args=[inner.pk])).status_code in {403, 404}
    form = {
        "park": cast.elsewhere.pk,
        "name": "x",
        "code": "x",
        "category": "growth",
        "response_hours": 1,
        "resolve_days": 1,
    }
    assert client.post(reverse("services:item_add"), form | {"position": 0}).status_code == 422


def test_a_department_of_elsewhere_is_refused(cast: Cast) -> None:
    foreign = Department.objects.create(park=cast.elsewhere, code="d", name="外地")
    with cast.everywhere():
        item = make_item(cast.zone)
        with pytest.raises(Refused) as refusal:
            actions.change_item(by=cast.park_admin, item=item, department=foreign)
    assert refusal.value.field == "department"


@pytest.mark.parametrize(("who", "status"), [("park_admin", 302), ("officer", 403), ("enterprise", 403)])
def test_who_may_fill_the_catalogue(client: Client, cast: Cast, who: str, status: int) -> None:
    client.force_login(cast.people[who])
    assert client.post(reverse("services:catalogue_defaults")).status_code == status
