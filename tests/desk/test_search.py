"""Search and palette: found by characters, initials and code, and only what one may see."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.desk.conftest import Counted, Story
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_contact

pytestmark = pytest.mark.django_db


def found(client: Client, cast: Cast, name: str, text: str, url: str = "desk:palette") -> str:
    client.force_login(cast.people[name])
    response = client.get(reverse(url), {"q": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["光电", "gd", "guangdian", "91320206", "示例光电有限公司", "  光电 "])
@pytest.mark.parametrize("url", ["desk:palette", "desk:search"])
def test_a_company_is_found_by_any_key(client: Client, cast: Cast, story: Story, text: str, url: str) -> None:
    answer = found(client, cast, "officer", text, url)
    assert f'href="/companies/{story.company.pk}/"' in answer
    assert f'href="/leads/{story.lead.pk}/"' in answer
    assert f'href="/projects/{story.project.pk}/"' in answer


def test_the_palette_answers_options_alone(client: Client, cast: Cast, story: Story) -> None:
    answer = found(client, cast, "officer", "光电")
    assert "<html" not in answer
    assert 'role="option"' in answer


@pytest.mark.parametrize("text", ["SQ2026-0042", "用电增容"])
def test_a_request_is_found_by_number_and_title(client: Client, cast: Cast, story: Story, text: str) -> None:
    assert f'href="/tickets/{story.ticket.pk}/"' in found(client, cast, "window", text)


def test_a_project_is_found_by_its_code(client: Client, cast: Cast, story: Story) -> None:
    assert f'href="/projects/{story.project.pk}/"' in found(client, cast, "officer", "2026-001")


def test_a_person_is_found_by_a_telephone_that_stays_hidden(client: Client, cast: Cast, story: Story) -> None:
    answer = found(client, cast, "officer", "1111")
    assert "王总" in answer
    assert "13800001111" not in answer


def test_menus_are_found_by_name_and_by_permission(client: Client, cast: Cast) -> None:
    assert reverse("leads:board") in found(client, cast, "officer", "看板")
    assert reverse("accounts:people") not in found(client, cast, "officer", "人员")
    assert reverse("accounts:people") in found(client, cast, "park_admin", "人员")


def test_groups_follow_permissions(client: Client, cast: Cast, story: Story) -> None:
    window = found(client, cast, "window", "光电")
    assert f"/companies/{story.company.pk}/" in window
    assert f"/leads/{story.lead.pk}/" not in window
    admin = found(client, cast, "admin", "光电")
    assert f"/companies/{story.company.pk}/" in admin
    for hidden in (f"/leads/{story.lead.pk}/", f"/projects/{story.project.pk}/", f"/tickets/{story.ticket.pk}/"):
        assert hidden not in admin


def test_foreign_rows_are_not_found(client: Client, cast: Cast, story: Story) -> None:
    for name in ("operator_manager", "stranger"):
        answer = found(client, cast, name, "光电")
        for hidden in ("二期扩产", "光电一期项目", "邻居的秘密"):
            assert hidden not in answer
    assert "邻居的秘密" in found(client, cast, "sibling_manager", "光电")
    assert "用电增容" not in found(client, cast, "stranger", "用电").split("<div", 1)[-1]


def test_an_enterprise_may_not_search_the_desk(client: Client, cast: Cast) -> None:
    client.force_login(cast.enterprise)
    assert client.get(reverse("desk:palette"), {"q": "光电"}).status_code == 403


def test_without_a_text_the_own_leads_and_the_menus(client: Client, cast: Cast, story: Story) -> None:
    answer = found(client, cast, "officer", "", "desk:search")
    assert f'href="/leads/{story.lead.pk}/"' in answer
    assert reverse("leads:board") in answer


def test_nothing_found_offers_to_add_the_company(client: Client, cast: Cast) -> None:
    answer = found(client, cast, "officer", "并不存在的企业", "desk:search")
    assert f"{reverse('companies:add')}?name=" in answer
    assert f"{reverse('companies:add')}?name=" not in found(client, cast, "auditor", "并不存在的企业", "desk:search")


@pytest.mark.parametrize("text", ["\x00", "%", "_", "'", "a" * 5000, "<script>alert(1)</script>", "（", "\\"])
def test_hostile_texts_are_only_texts(client: Client, cast: Cast, story: Story, text: str) -> None:
    for url in ("desk:palette", "desk:search"):
        assert "<script>alert" not in found(client, cast, "officer", text, url)


def test_at_most_eight_of_a_kind_in_six_statements(client: Client, cast: Cast, story: Story) -> None:
    with cast.everywhere():
        for n in range(12):
            make_company(f"示例光电{n}号有限公司")
    client.force_login(cast.officer)
    url = reverse("desk:palette") + "?q=光电"
    client.get(url)
    counted = Counted(client, url)
    assert counted.response.content.decode().count("/companies/") == 8
    assert len(counted) <= 6, "\n".join(counted.sql)


def test_a_slash_asks_for_menus_alone_and_an_at_sign_for_people(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_contact(cast.zone, company=cast.company, name="colleague of the other side")
    client.force_login(cast.officer)
    menus = client.get("/search/palette/", {"q": "/线索"}).context["groups"]
    assert [str(label) for label, _hits in menus] == ["前往"]
    people = client.get("/search/palette/", {"q": "@colleague"}).context["groups"]
    assert [[str(hit.title) for hit in hits] for _label, hits in people] == [
        ["colleague of the other side"],
        ["colleague"],
    ]
    assert client.get("/search/palette/", {"q": "@stranger"}).context["groups"] == []
    assert client.get("/search/palette/", {"q": "/"}).context["groups"]
