"""A company from all sides: only what the reader's parks know."""

import pytest
from django.test import Client
from django.urls import reverse

from companies.actions import write_profile
from core.isolation import user_scope
from leads.models import Lead
from tests.desk.conftest import Counted, Story
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_referral, make_referrer
from tests.fixtures.rows import make_activity, make_company, make_lead

pytestmark = pytest.mark.django_db


def page(client: Client, cast: Cast, name: str, story: Story, query: str = "") -> str:
    client.force_login(cast.people[name])
    response = client.get(reverse("desk:company", args=[story.company.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_officer_sees_lead_project_request_and_contact(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "officer", story)
    for shown in ("二期扩产", "光电一期项目", "临时用电增容", "谈了二期用地", "王总", "送厂房方案"):
        assert shown in text


def test_the_telephone_is_masked_until_it_is_asked_for(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "officer", story)
    assert "13800001111" not in text
    assert "138****1111" in text


def test_the_overview_has_capital_both_ways_and_is_corrected_in_its_place(client: Client, cast: Cast) -> None:
    company = make_company("资本光学有限公司", capital_raw="1,100(万)", capital=11_000_000, created_by=cast.officer)
    address = reverse("desk:company", args=[company.pk])
    client.force_login(cast.officer)
    text = client.get(address).content.decode()
    assert "1,100 万元（登记为 1,100(万)）" in text
    assert f'data-edit="/edit/companies/{company.pk}/capital_raw/"' in text
    client.force_login(cast.leader)
    assert "data-edit" not in client.get(address).content.decode()


def test_what_a_sibling_park_knows_is_not_there(client: Client, cast: Cast, story: Story) -> None:
    assert "邻居的秘密" not in page(client, cast, "officer", story)
    text = page(client, cast, "operator_manager", story)
    for hidden in ("二期扩产", "光电一期项目", "临时用电增容", "谈了二期用地", "王总", "邻居的秘密"):
        assert hidden not in text


def test_the_zones_leader_sees_what_its_parks_know(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "leader", story)
    assert "邻居的秘密项目" in text
    assert "二期扩产" in text


def test_a_platform_administrator_sees_the_registry_only(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "admin", story)
    assert "示例光电有限公司" in text
    for hidden in ("二期扩产", "光电一期项目", "临时用电增容", "王总"):
        assert hidden not in text


def test_the_window_is_not_told_of_payments(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "window", story)
    assert "光电一期项目" in text
    assert "100 万元" not in text


def test_a_company_typed_in_by_another_park_does_not_exist(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        company = make_company("邻居自录企业", origin_park=cast.sibling)
    url = reverse("desk:company", args=[company.pk])
    for name, status in (("stranger", 404), ("operator_manager", 404), ("sibling_manager", 200), ("officer", 404)):
        client.force_login(cast.people[name])
        assert client.get(url).status_code == status, name
    assert client.get(reverse("desk:company", args=[99_999_999])).status_code == 404


def test_claim_is_offered_while_the_own_park_has_no_open_lead(client: Client, cast: Cast, story: Story) -> None:
    claim = reverse("leads:claim", args=[story.company.pk])
    assert claim not in page(client, cast, "officer", story)
    assert claim in page(client, cast, "operator_officer", story)
    assert claim not in page(client, cast, "auditor", story)


def test_the_timeline_is_narrowed_by_its_scope_as_a_part(client: Client, cast: Cast, story: Story) -> None:
    client.force_login(cast.officer)
    url = reverse("desk:company", args=[story.company.pk])
    headers = {"HX-Request": "true", "HX-Target": "tab"}
    activity = client.get(url, {"scope": "activity"}, headers=headers).content.decode()
    assert "谈了二期用地" in activity
    assert "临时用电增容" not in activity
    history = client.get(url, {"scope": "history"}, headers=headers).content.decode()
    assert "谈了二期用地" not in history
    assert "临时用电增容" in history
    assert "<html" not in history


def test_a_long_past_is_shown_in_two_steps(client: Client, cast: Cast, story: Story) -> None:
    with cast.everywhere():
        for n in range(40):
            make_activity(cast.zone, by=cast.officer, lead=story.lead, summary=f"第{n}次通话", kind="call")
    assert page(client, cast, "officer", story).count('<li class="ld-entry') == 25
    assert page(client, cast, "officer", story, "?all=1").count("次通话") == 40


def test_an_empty_company_says_what_belongs_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    text = client.get(reverse("desk:company", args=[cast.settled.pk])).content.decode()
    assert "与这家企业还没有往来记录" in text


def test_the_same_statements_whatever_hangs_on_it(client: Client, cast: Cast, story: Story) -> None:
    url = reverse("desk:company", args=[story.company.pk])
    client.force_login(cast.leader)
    client.get(url)
    few = Counted(client, url)
    with cast.everywhere():
        for n in range(12):
            lead = make_lead(cast.zone, owner=cast.colleague, company=story.company, stage="dropped", title=f"旧{n}")
            make_activity(cast.zone, by=cast.colleague, lead=lead)
    many = Counted(client, url)
    assert len(few) <= 21, "\n".join(few.sql)
    assert len(many) == len(few)


def test_who_referred_whom_and_how_many_demands_are_known(client: Client, cast: Cast, story: Story) -> None:
    with cast.everywhere():
        lead = Lead.objects.filter(company=story.company, park=cast.zone).first()
        make_referral(
            cast.zone, by=cast.officer, lead=lead, referrer=make_referrer(cast.zone, by=cast.officer, name="商会甲")
        )
        own = make_referrer(cast.zone, by=cast.officer, name="本企业", company=story.company)
        brought = make_lead(cast.zone, owner=cast.officer, company=make_company("示例配套有限公司"))
        make_referral(cast.zone, by=cast.officer, lead=brought, referrer=own)
    with user_scope(cast.officer):
        write_profile(by=cast.officer, company=story.company, park_id=cast.zone.pk, version=0, policy="要补贴")
    text = page(client, cast, "officer", story)
    for shown in ("商会甲", "示例配套有限公司", "1/4"):
        assert shown in text
