"""Where a lead came from: asked at the claim, shown on its page, put right with all that hangs on it."""

import pytest
from django.test import Client
from django.utils import timezone

from core.isolation import user_scope
from leads.actions import correct_source, drop_lead
from leads.models import Event, Lead, Referral, Referrer
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_event, make_referrer
from tests.fixtures.rows import make_company, make_lead, make_side, make_submission

pytestmark = pytest.mark.django_db
CLAIM = {"tier": "B", "confidentiality": "park", "title": "", "amount": ""}


@pytest.fixture
def fair(cast: Cast) -> Event:
    with cast.everywhere():
        return make_event(cast.zone, by=cast.officer, title="光电产业沙龙")


@pytest.fixture
def friend(cast: Cast) -> Referrer:
    with cast.everywhere():
        return make_referrer(cast.zone, by=cast.officer, kind="hometown", name="乡贤甲")


@pytest.mark.parametrize(("source", "known"), [("hometown", 1), ("own", 0)])
def test_who_brought_a_company_is_said_when_it_is_claimed(
    client: Client, cast: Cast, friend: Referrer, source: str, known: int
) -> None:
    client.force_login(cast.officer)
    url = f"/companies/{cast.company.pk}/claim/"
    assert "乡贤甲" in client.get(url).content.decode()
    page = client.post(url, CLAIM | {"source": source, "referrer": friend.pk}, follow=True).content.decode()
    with cast.everywhere():
        assert Referral.objects.filter(referrer=friend, share=100).count() == known
    assert (friend.get_absolute_url() in page) == bool(known)


def test_the_page_of_a_lead_asks_who_brought_it_and_shows_it(
    client: Client, cast: Cast, lead: Lead, friend: Referrer
) -> None:
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(source="agent")
    client.force_login(cast.officer)
    ask = f"/leads/{lead.pk}/referrer/"
    assert "登记推荐人" in client.get(lead.get_absolute_url()).content.decode()
    client.post(ask, {"referrer": friend.pk, "referred_on": timezone.localdate(), "share": 60})
    page = client.get(lead.get_absolute_url()).content.decode()
    assert "乡贤甲" in page
    assert "登记推荐人" not in page
    # Whoever may not see referrers learns nothing of them.
    client.force_login(cast.window)
    assert "乡贤甲" not in client.get(lead.get_absolute_url()).content.decode()


def test_a_source_is_put_right_with_its_event(client: Client, cast: Cast, lead: Lead, fair: Event) -> None:
    client.force_login(cast.manager)
    form = {"source": "event", "event": fair.pk, "reason": "展会名片", "version": lead.version}
    client.post(f"/leads/{lead.pk}/source/", form)
    page = client.get(lead.get_absolute_url()).content.decode()
    assert f'href="{fair.get_absolute_url()}"' in page
    assert "光电产业沙龙" in page
    with user_scope(cast.manager):
        row = correct_source(by=cast.manager, lead=lead, source="own", reason="其实是自己找到的")
    assert row.event is None


def test_information_that_became_a_lead_is_named_on_it(client: Client, cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(source="submission")
        told = make_submission(cast.zone, by=cast.officer, title="拟扩产北方基地", lead=lead)
    client.force_login(cast.officer)
    page = client.get(lead.get_absolute_url()).content.decode()
    assert told.get_absolute_url() in page
    assert "拟扩产北方基地" in page


def test_a_dropped_lead_says_why_even_without_words(client: Client, cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, why="elsewhere")
    client.force_login(cast.officer)
    page = client.get(lead.get_absolute_url()).content.decode()
    assert page.count("选址他处") >= 2  # the banner, and the log
    assert "保护期至" not in page


def test_the_second_claimant_sees_the_open_case_on_the_lead(client: Client, cast: Cast, lead: Lead) -> None:
    contest = f"/companies/{lead.company_id}/contest/"
    client.force_login(cast.colleague)
    assert contest in client.get(lead.get_absolute_url()).content.decode()
    with cast.everywhere():
        side = make_side(cast.zone, person=cast.colleague, company=lead.company, place="second")
    page = client.get(lead.get_absolute_url()).content.decode()
    assert side.get_absolute_url() in page
    assert contest not in page


def test_the_last_owner_is_told_when_to_pick_again(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=make_company(), pooled_at=timezone.now())
    pick = f"/leads/{lead.pk}/pick/"
    client.force_login(cast.officer)
    page = client.get(lead.get_absolute_url()).content.decode()
    assert pick not in page
    assert "起再次领取" in page
    client.force_login(cast.colleague)
    assert pick in client.get(lead.get_absolute_url()).content.decode()


def test_cards_move_only_for_those_who_may_and_messages_are_links(client: Client, cast: Cast, lead: Lead) -> None:
    move = f'data-move="/leads/{lead.pk}/move/"'
    client.force_login(cast.colleague)
    assert move not in client.get("/leads/board/").content.decode()
    client.force_login(cast.officer)
    assert move in client.get("/leads/board/").content.decode()
    step = {"next_step": "送方案", "next_date": timezone.localdate(), "version": lead.version}
    page = client.post(f"/leads/{lead.pk}/step/", step, follow=True).content.decode()
    assert f'<a href="{lead.get_absolute_url()}">{lead}</a>' in page
    heads = client.get("/leads/board/", headers={"HX-Request": "true", "HX-Target": "board-heads"}).content.decode()
    assert 'id="count-planning" hx-swap-oob="true">1<' in heads
