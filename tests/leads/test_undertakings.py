"""What was asked and promised: remembered, reminded of, settled, handed on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import (
    Word,
    change_undertaking,
    delete_activity,
    pass_on_undertakings,
    reopen_undertaking,
    settle_undertaking,
)
from leads.models import Lead, Undertaking
from leads.queries import open_undertakings
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.leads.conftest import tomorrow, visit

pytestmark = pytest.mark.django_db


def promised(cast: Cast, lead: Lead, **values: Any) -> Undertaking:
    """A plan promised for tomorrow."""
    visit(cast.officer, lead, promised=[Word("送平面图", tomorrow())], **values)
    with cast.everywhere():
        row: Undertaking = Undertaking.objects.select_related("owner").get(kind="promised")
        return row


def reminders(cast: Cast) -> list[tuple[int, str]]:
    with cast.everywhere():
        return list(Notice.objects.filter(kind="undertaking").order_by("id").values_list("recipient", "state"))


def test_what_was_asked_and_promised_is_written_with_the_visit(cast: Cast, lead: Lead) -> None:
    row = promised(cast, lead, asked=["要两路供电", " "])
    with cast.everywhere():
        asked = Undertaking.objects.get(kind="asked")
    assert (asked.text, asked.owner_id, asked.due_on) == ("要两路供电", cast.officer.pk, None)
    assert (row.text, row.owner, row.due_on, row.lead_id) == ("送平面图", cast.officer, tomorrow(), lead.pk)
    assert reminders(cast) == [(cast.officer.pk, "pending")]


def test_a_kept_promise_reminds_nobody_until_it_is_opened_again(cast: Cast, lead: Lead) -> None:
    row = promised(cast, lead)
    with user_scope(cast.colleague):
        settle_undertaking(by=cast.colleague, undertaking=row, state="kept", version=1)
        assert settle_undertaking(by=cast.colleague, undertaking=row, state="kept").version == 2
        with pytest.raises(Conflict):
            settle_undertaking(by=cast.colleague, undertaking=row, state="withdrawn", note="x")
    assert reminders(cast) == [(cast.officer.pk, "cancelled")]
    with user_scope(cast.officer):
        reopen_undertaking(by=cast.officer, undertaking=row)
    assert [state for _who, state in reminders(cast)] == ["cancelled", "pending"]


def test_withdrawing_needs_a_reason(cast: Cast, lead: Lead) -> None:
    row = promised(cast, lead)
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        settle_undertaking(by=cast.officer, undertaking=row, state="withdrawn")
    assert refused.value.field == "note"


def test_a_deleted_visit_takes_its_promises_along(cast: Cast, lead: Lead) -> None:
    row = promised(cast, lead)
    with user_scope(cast.officer):
        delete_activity(by=cast.officer, activity=row.activity)
        assert list(open_undertakings(cast.officer)) == []
    assert reminders(cast) == [(cast.officer.pk, "cancelled")]


def test_with_the_lead_go_the_open_promises_and_their_reminders(cast: Cast, lead: Lead) -> None:
    row = promised(cast, lead)
    with user_scope(cast.manager):
        assert pass_on_undertakings(lead=lead, giver=cast.officer, taker=cast.colleague) == [row]
    with cast.everywhere():
        row.refresh_from_db()
    assert row.owner_id == cast.colleague.pk
    assert (cast.colleague.pk, "pending") in reminders(cast)


def test_a_promise_is_due_neither_before_the_talk_nor_for_a_stranger(cast: Cast, lead: Lead) -> None:
    past = timezone.localdate() - timedelta(days=3)
    with pytest.raises(Refused):
        visit(cast.officer, lead, promised=[Word("早已过去", past)])
    with pytest.raises(Refused) as refused:
        visit(cast.officer, lead, promised=[Word("给外人", None, cast.stranger)])
    assert refused.value.field == "owner"
    row = promised(cast, lead)
    with user_scope(cast.officer), pytest.raises(Refused):
        change_undertaking(by=cast.officer, undertaking=row, due_on=past)


def test_it_is_settled_from_the_list_and_found_by_its_filters(cast: Cast, lead: Lead, client: Client) -> None:
    row = promised(cast, lead)
    client.force_login(cast.officer)
    assert "送平面图" in client.get("/promises/?owner=me&state=open").content.decode()
    assert "送平面图" not in client.get("/promises/?due=overdue").content.decode()
    answer = client.post(f"/promises/{row.pk}/kept/", {"next": "/promises/"})
    assert answer.headers["Location"] == "/promises/"
    client.get("/promises/")  # says once that it was kept
    assert "送平面图" not in client.get("/promises/?state=open").content.decode()
    assert client.get(f"/promises/{row.pk}/withdraw/").status_code == 200


def test_the_interface_of_programs_says_and_settles_the_same(cast: Cast, lead: Lead) -> None:
    api = APIClient()
    api.force_login(cast.officer)
    body = {
        "lead": lead.pk,
        "kind": "negotiation",
        "happened_at": timezone.now().isoformat(),
        "summary": "谈了供电",
        "met": "王总",
        "companions": [cast.colleague.pk],
        "asked": ["两路供电"],
        "promised": [{"text": "请供电公司来一次", "due_on": str(tomorrow()), "owner": cast.colleague.pk}],
    }
    made = api.post("/api/v1/activities/", body, format="json")
    assert made.status_code == 201, made.json()
    data = made.json()
    assert (data["people"][0]["name"], data["colleagues"], len(data["undertakings"])) == (
        "王总",
        [cast.colleague.pk],
        2,
    )
    promise = next(one for one in data["undertakings"] if one["kind"] == "promised")
    url = f"/api/v1/promises/{promise['id']}/"
    assert api.post(f"{url}settle/", {"state": "kept"}, format="json").status_code == 428
    assert api.post(f"{url}settle/", {"state": "kept"}, format="json", HTTP_IF_MATCH='"9"').status_code == 412
    done = api.post(f"{url}settle/", {"state": "kept"}, format="json", HTTP_IF_MATCH='"1"')
    assert (done.status_code, done.json()["state"]) == (200, "kept")
    one = f"/api/v1/activities/{data['id']}/"
    assert api.patch(one, {"summary": "改"}, format="json").status_code == 428
    changed = api.patch(one, {"summary": "改", "lead": None}, format="json", HTTP_IF_MATCH='"1"')
    assert (changed.json()["summary"], changed.json()["lead"], changed.headers["ETag"]) == ("改", lead.pk, '"2"')
    assert api.delete(one, HTTP_IF_MATCH='"2"').status_code == 204
    assert api.get(one).status_code == 404
    assert api.post(f"{one}restore/").status_code == 200
