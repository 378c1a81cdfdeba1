"""Every record that two people correct: different fields are both kept, the same field is asked about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from core.models import SavedView
from core.pages.merging import ORIGINAL, SALT, sealed, shown_values
from leads.models import (
    Activity,
    Event,
    PersonReveal,
    Reception,
    ReceptionGuest,
    ReceptionItem,
    ReceptionProvision,
    Referrer,
    RewardRule,
    Trip,
    TripMember,
    Undertaking,
)
from tests.fixtures import outward
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_contact, make_lead, make_undertaking, make_view

pytestmark = pytest.mark.django_db


def _activity(cast: Cast) -> models.Model:
    lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    make_contact(cast.zone, company=cast.company, name="王总")
    make_contact(cast.zone, company=cast.company, name="李总")
    return make_activity(cast.zone, by=cast.officer, lead=lead, kind="note", summary="原话", place="上海")


def _hour(cast: Cast) -> models.Model:
    begin = timezone.now() + timedelta(hours=1)
    plan = outward.make_reception(cast.zone, by=cast.officer, starts_at=begin, ends_at=begin + timedelta(hours=3))
    span = {"starts_at": begin, "ends_at": begin + timedelta(hours=1)}
    return ReceptionItem.objects.create(park=cast.zone, reception=plan, title="座谈", **span)


def _member(cast: Cast) -> models.Model:
    days = {"starts_on": date(2098, 1, 1), "ends_on": date(2098, 1, 9)}
    return TripMember.objects.get(trip=outward.make_trip(cast.zone, by=cast.officer, **days))


@dataclass(frozen=True)
class Case:
    """A record, its form, and two fields with what each of two people types there."""

    make: Callable[[Cast], models.Model]
    path: str
    model: type[models.Model]
    mine: dict[str, Any]
    theirs: dict[str, Any]
    who: tuple[str, str] = ("officer", "manager")


CASES = {
    "activity": Case(
        _activity, "/activities/{}/edit/", Activity, {"summary": "我的话"}, {"place": "苏州", "met": "陈总"}
    ),
    "promise": Case(
        lambda cast: make_undertaking(cast.zone, by=cast.officer),
        "/promises/{}/",
        Undertaking,
        {"text": "送图纸"},
        {"due_on": "2098-01-07"},
    ),
    "trip": Case(
        lambda cast: outward.make_trip(cast.zone, by=cast.officer),
        "/trips/{}/edit/",
        Trip,
        {"title": "我的标题"},
        {"places": "常州", "budget": "2万"},
    ),
    "member": Case(
        _member,
        "/trip-members/{}/",
        TripMember,
        {"starts_on": "2098-01-02"},
        {"ends_on": "2098-01-07"},
    ),
    "reception": Case(
        lambda cast: outward.make_reception(cast.zone, by=cast.officer),
        "/receptions/{}/edit/",
        Reception,
        {"title": "我的标题"},
        {"place": "南门"},
    ),
    "guest": Case(
        lambda cast: outward.make_guest(cast.zone, by=cast.officer),
        "/reception-guests/{}/edit/",
        ReceptionGuest,
        {"diet": "素食"},
        {"title": "董事长"},
    ),
    "hour": Case(_hour, "/reception-items/{}/edit/", ReceptionItem, {"meets": "王总见书记"}, {"title": "签约"}),
    "provision": Case(
        lambda cast: outward.make_provision(cast.zone, by=cast.officer),
        "/reception-provisions/{}/edit/",
        ReceptionProvision,
        {"note": "早到"},
        {"person": "李师傅", "is_ready": "on"},
    ),
    "event": Case(
        lambda cast: outward.make_event(cast.zone, by=cast.officer),
        "/events/{}/edit/",
        Event,
        {"title": "我的标题"},
        {"theme": "新能源"},
    ),
    "referrer": Case(
        lambda cast: outward.make_referrer(cast.zone, by=cast.officer),
        "/referrers/{}/edit/",
        Referrer,
        {"note": "我的备注"},
        {"phone": "13900009999"},
    ),
    "view": Case(
        lambda cast: make_view(cast.zone, owner=cast.manager, visibility="park"),
        "/views/{}/edit/",
        SavedView,
        {"is_pinned": "on"},
        {"name": "他的名字"},
        who=("manager", "leader"),
    ),
}


def browser(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.people[name])
    return client


def opened(client: Client, path: str) -> dict[str, Any]:
    """The form as a browser would send it back, in the state of its opening."""
    page = client.get(path)
    assert page.status_code == 200, path
    form = page.context["form"]
    assert 'name="original"' in page.content.decode()
    hidden = {bound.name: "" if bound.value() is None else bound.value() for bound in form.hidden_fields()}
    return shown_values(form) | hidden | {ORIGINAL: sealed(form)}


def shown(client: Client, path: str, names: dict[str, Any]) -> dict[str, list[str]]:
    values = shown_values(client.get(path).context["form"])
    return {name: values[name] for name in names}


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def path(cast: Cast, case: Case) -> str:
    with cast.everywhere():
        return case.path.format(case.make(cast).pk)


def test_what_two_people_wrote_into_different_fields_is_both_kept(cast: Cast, case: Case, path: str) -> None:
    mine, theirs = (browser(cast, name) for name in case.who)
    open_form, other_form = opened(mine, path), opened(theirs, path)
    assert theirs.post(path, other_form | case.theirs).status_code == 302
    changed = shown(theirs, path, case.theirs)
    answer = mine.post(path, open_form | case.mine)
    assert answer.status_code == 302, answer.context["form"].errors
    assert shown(mine, path, case.theirs) == changed
    assert shown(mine, path, case.mine) == {name: [value] for name, value in case.mine.items()}


def test_the_field_that_both_wrote_is_asked_about_and_nothing_is_lost(cast: Cast, case: Case, path: str) -> None:
    mine, theirs = (browser(cast, name) for name in case.who)
    name, *_rest = case.theirs
    open_form, other_form = opened(mine, path), opened(theirs, path)
    assert theirs.post(path, other_form | case.theirs).status_code == 302
    before = shown(theirs, path, {name: ""})
    own = "2098-01-08" if name.endswith("_on") else "第三种写法"
    answer = mine.post(path, open_form | case.mine | {name: own})
    asked = answer.context["form"]
    assert (answer.status_code, set(asked.conflicts)) == (412, {name})
    assert asked[name].value() == own
    assert "ld-conflict" in answer.content.decode()
    assert shown(theirs, path, {name: ""}) == before


def test_people_who_were_there_are_merged_as_a_whole(cast: Cast) -> None:
    case = CASES["activity"]
    with cast.everywhere():
        row: Any = case.make(cast)
        first, second = [str(pk) for pk in row.company.contacts.order_by("pk").values_list("pk", flat=True)[:2]]
    path, mine, theirs = case.path.format(row.pk), browser(cast, "officer"), browser(cast, "manager")
    open_form, other_form = opened(mine, path), opened(theirs, path)
    assert theirs.post(path, other_form | {"contacts": [second, first]}).status_code == 302
    again = opened(theirs, path)
    assert mine.post(path, open_form | {"summary": "我的话"}).status_code == 302
    assert theirs.post(path, again | {"contacts": []}).status_code == 302
    with cast.everywhere():
        saved = Activity.objects.get(pk=row.pk)
        assert (saved.summary, list(saved.people.all())) == ("我的话", [])


def test_a_company_that_another_chose_is_taken_with_its_name(cast: Cast) -> None:
    with cast.everywhere():
        row = outward.make_referrer(cast.zone, by=cast.officer)
        companies = [make_company(name) for name in ("示例甲电子有限公司", "示例乙电子有限公司")]
    path, mine, theirs = f"/referrers/{row.pk}/edit/", browser(cast, "officer"), browser(cast, "manager")
    open_form, other_form = opened(mine, path), opened(theirs, path)
    chosen = {"company_text": "示例甲", "company": companies[0].pk}
    assert theirs.post(path, other_form | chosen).status_code == 302
    assert mine.post(path, open_form | {"note": "我的备注"}).status_code == 302
    with cast.everywhere():
        assert Referrer.objects.get(pk=row.pk).company == companies[0]
    asked = mine.post(path, open_form | {"company_text": "shili", "company": companies[1].pk})
    assert asked.context["form"].conflicts["company_text"].mine == companies[1].name
    assert asked.context["form"].conflicts["company_text"].theirs == companies[0].name
    with cast.everywhere():
        assert Referrer.objects.get(pk=row.pk).company == companies[0]


def test_the_next_version_of_a_rule_follows_the_one_that_was_read(cast: Cast) -> None:
    with cast.everywhere():
        rule = outward.make_rule(cast.zone, by=cast.leader)
    path, mine, theirs = f"/reward-rules/{rule.pk}/next/", browser(cast, "leader"), browser(cast, "park_admin")
    open_form, other_form = opened(mine, path), opened(theirs, path)
    assert theirs.post(path, other_form | {"source": "会议纪要〔2026〕7号"}).status_code == 302
    assert mine.post(path, open_form | {"name": "新办法"}).status_code == 302
    with cast.everywhere():
        last = RewardRule.objects.filter(code=rule.code).latest("number")
    assert (last.number, last.name, last.source) == (rule.number + 2, "新办法", "会议纪要〔2026〕7号")


def test_who_may_not_read_the_telephone_finds_it_nowhere_in_the_form(cast: Cast) -> None:
    with cast.everywhere():
        referrer = outward.make_referrer(cast.zone, by=cast.officer, phone="13712345678")
        guest = outward.make_guest(cast.zone, by=cast.officer)
        ReceptionGuest.objects.filter(pk=guest.pk).update(phone="13712345678")
    paths = (f"/referrers/{referrer.pk}/edit/", f"/reception-guests/{guest.pk}/edit/")
    for path in paths:
        assert browser(cast, "officer").get(path).context["form"]["phone"].value() == "13712345678"
    with cast.everywhere():
        assert PersonReveal.objects.filter(by=cast.officer).count() == len(paths)
        role = Role.objects.get(code="officer")
        role.permissions.remove("contacts.reveal")
        role.save()
    for path in paths:
        without = browser(cast, "officer")
        form = opened(without, path)
        answer = without.get(path)
        assert "phone" not in form
        assert "13712345678" not in answer.content.decode() + str(signing.loads(form[ORIGINAL], salt=SALT))
        assert without.post(path, form).status_code == 302
    with cast.everywhere():
        assert PersonReveal.objects.filter(by=cast.officer).count() == len(paths)
        assert {Referrer.objects.get().phone, ReceptionGuest.objects.get().phone} == {"13712345678"}
