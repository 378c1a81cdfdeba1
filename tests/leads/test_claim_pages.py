"""The pages and the API of claims: pool, conflicts, sources; who may, what is said, nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.isolation import scope, user_scope
from desk.queries.inbox import piles_of
from desk.queries.waiting import waiting_for
from leads.actions import claim_company, hand_over_lead, open_conflict, release_lead
from leads.models import ClaimConflict, ConflictSide, Lead, Submission
from leads.queries.conflicts import by_source
from reports import queries as figures
from reports.indicators import BY_CODE
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead, make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        user.language = "en"
        user.save()
        own = Client()
        own.force_login(user)
        return own

    return signed_in


def pooled(cast: Cast, name: str = "示例公海有限公司") -> Lead:
    with user_scope(cast.officer):
        lead = claim_company(by=cast.officer, company=make_company(name), park_id=cast.zone.pk)
        return release_lead(by=cast.officer, lead=lead, reason="跟进不过来")


def contested(cast: Cast) -> ClaimConflict:
    with user_scope(cast.officer):
        claim_company(by=cast.officer, company=cast.company, park_id=cast.zone.pk)
    with user_scope(cast.colleague):
        open_conflict(by=cast.colleague, company=cast.company, park_id=cast.zone.pk, reason="上月已登门")
        return ClaimConflict.objects.get()


def test_the_pool_lists_what_nobody_holds_and_a_click_takes_it(cast: Cast, as_: Callable[[User], Client]) -> None:
    lead = pooled(cast)
    with cast.everywhere():
        held = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    page = as_(cast.colleague).get("/leads/pool/").content.decode()
    assert (f"/leads/{lead.pk}/pick/" in page, f"/leads/{held.pk}/" in page) == (True, False)
    assert f"/leads/{lead.pk}/pick/" not in as_(cast.officer).get("/leads/pool/").content.decode()
    taken = as_(cast.colleague).post(f"/leads/{lead.pk}/pick/")
    assert taken["Location"] == f"/leads/{lead.pk}/"
    too_late = as_(cast.manager).post(f"/leads/{lead.pk}/pick/", headers={"Accept": "application/json"})
    assert (too_late.status_code, too_late.json()["code"]) == (409, "already_picked")
    assert "colleague" in too_late.json()["detail"]


def test_the_last_owners_lists_leave_the_pool_out_and_the_filter_finds_it(
    cast: Cast, as_: Callable[[User], Client]
) -> None:
    lead = pooled(cast)
    client = as_(cast.officer)
    for query, seen in (("owner=me", False), ("pool=true", True), ("pool=false", False), ("", True)):
        assert (f"/leads/{lead.pk}/" in client.get(f"/leads/?{query}").content.decode()) is seen, query
    assert "Public pool" in client.get(f"/leads/{lead.pk}/").content.decode()


def test_a_lead_is_let_go_and_given_again_by_the_forms(cast: Cast, as_: Callable[[User], Client]) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    officer, manager = as_(cast.officer), as_(cast.manager)
    empty = officer.post(f"/leads/{lead.pk}/release/", {"reason": "", "version": 1})
    assert (empty.status_code, set(empty.context["form"].errors)) == (422, {"reason"})
    assert officer.post(f"/leads/{lead.pk}/release/", {"reason": "转岗", "version": 1}).status_code == 302
    assert officer.get("/leads/pool/assign/").status_code == 403
    assert "示例光电" in manager.get("/leads/pool/assign/").content.decode()
    given = manager.post("/leads/pool/assign/", {"leads": [lead.pk], "to": cast.colleague.pk})
    assert given["Location"] == "/leads/pool/"
    with cast.everywhere():
        assert Lead.objects.get(pk=lead.pk).owner == cast.colleague


def test_filters_by_tier_protection_and_idle_days(cast: Cast, as_: Callable[[User], Client]) -> None:
    day, now = timezone.localdate(), timezone.now()
    with cast.everywhere():
        soon = make_lead(cast.zone, owner=cast.officer, company=make_company("示例甲有限公司"), tier="A",
                         protected_until=day + timedelta(days=5))  # fmt: skip
        idle = make_lead(cast.zone, owner=cast.officer, company=make_company("示例乙有限公司"),
                         stage_since=now - timedelta(days=40), protected_until=day - timedelta(days=1))  # fmt: skip
    client = as_(cast.officer)
    for query, found in (
        ("tier=A", soon),
        ("protected=7", soon),
        ("protected=over", idle),
        ("idle=30", idle),
    ):
        rows = [row.pk for row in client.get(f"/leads/?{query}").context["rows"]]
        assert rows == [found.pk], query
    page = client.get("/leads/").content.decode()
    assert "5 days left" in page
    assert "Protection is over" in page
    assert client.get("/leads/board/").status_code == 200


def test_a_refused_claim_leads_to_the_case_and_both_see_only_their_side(
    cast: Cast, as_: Callable[[User], Client]
) -> None:
    with user_scope(cast.officer):
        claim_company(by=cast.officer, company=cast.company, park_id=cast.zone.pk)
    colleague = as_(cast.colleague)
    refused = colleague.post(f"/companies/{cast.company.pk}/claim/", {"source": "own", "confidentiality": "park"})
    assert refused.status_code == 409
    contest = f"/companies/{cast.company.pk}/contest/"
    assert contest in refused.content.decode()
    empty = colleague.post(contest, {"reason": ""})
    assert set(empty.context["form"].errors) == {"reason"}
    opened = colleague.post(contest, {"reason": "上月已登门"})
    with cast.everywhere():
        first, second = ConflictSide.objects.order_by("place")
    assert opened["Location"] == f"/conflict-sides/{second.pk}/"
    assert contest_pile(cast) == 1
    assert "上月已登门" in colleague.get(opened["Location"]).content.decode()
    assert colleague.get(f"/conflict-sides/{first.pk}/").status_code == 404
    assert colleague.get("/conflicts/").status_code == 403
    officer = as_(cast.officer)
    stated = officer.post(f"/conflict-sides/{first.pk}/state/", {"reason": "首报在先", "version": 1})
    assert stated.status_code == 302
    assert officer.get(f"/conflict-sides/{second.pk}/").status_code == 404


def test_the_ruler_reads_both_sides_and_rules(cast: Cast, as_: Callable[[User], Client]) -> None:
    case = contested(cast)
    leader = as_(cast.leader)
    assert "officer" in leader.get("/conflicts/?state=open").content.decode()
    page = leader.get(f"/conflicts/{case.pk}/").content.decode()
    assert "上月已登门" in page
    assert f"/conflicts/{case.pk}/rule/" in page
    assert f"/conflicts/{case.pk}/rule/" not in as_(cast.auditor).get(f"/conflicts/{case.pk}/").content.decode()
    missing = leader.post(f"/conflicts/{case.pk}/rule/", {"ruling": "shared", "reason": "r", "version": 1})
    assert set(missing.context["form"].errors) == {"first_share"}
    ruled = leader.post(f"/conflicts/{case.pk}/rule/", {"ruling": "second", "reason": "跟进在先", "version": 1})
    assert ruled["Location"] == f"/conflicts/{case.pk}/"
    assert "跟进在先" in leader.get(f"/conflicts/{case.pk}/").content.decode()


def test_a_conflict_waits_in_the_inbox_of_those_who_rule(cast: Cast) -> None:
    contested(cast)
    with user_scope(cast.leader):
        pile = next(pile for pile in piles_of(cast.leader, waiting_for(cast.leader)) if pile.code == "rule")
    assert (pile.count, pile.rows[0].note) == (1, "officer ↔ colleague")
    with user_scope(cast.officer):
        assert all(pile.code != "rule" for pile in piles_of(cast.officer, waiting_for(cast.officer)))


def test_sources_show_what_they_led_to_and_are_corrected_by_managers(cast: Cast, as_: Callable[[User], Client]) -> None:
    with cast.everywhere():
        for number, stage in enumerate(("signed", "dropped", "visiting")):
            company = make_company(f"示例来源{number}有限公司")
            agreed = {"signed_amount": 80} if stage == "signed" else {}
            lead = make_lead(
                cast.zone, owner=cast.officer, company=company, stage=stage, source="event", amount=100, **agreed
            )
        [line] = by_source(Lead.objects.filter(park=cast.zone))
    assert (line.source, line.count, line.open, line.signed, line.conversion) == ("event", 3, 1, 1, 50)
    assert line.amount == Decimal(80)
    assert "?source=event" in as_(cast.officer).get("/leads/sources/").content.decode()
    assert as_(cast.officer).get(f"/leads/{lead.pk}/source/").status_code == 403
    done = as_(cast.manager).post(f"/leads/{lead.pk}/source/", {"source": "fund", "reason": "推荐函", "version": 1})
    assert done.status_code == 302


def test_new_leads_count_for_who_claimed_them_after_a_hand_over(cast: Cast) -> None:
    with user_scope(cast.officer):
        lead = claim_company(by=cast.officer, company=cast.company, park_id=cast.zone.pk)
    with user_scope(cast.manager):
        hand_over_lead(by=cast.manager, lead=lead, to=cast.colleague)
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        wanted = figures.Wanted(BY_CODE["new_leads"], cast.officer.pk, None)
        figure, records = figures.running_records(cast.zone.pk, lead.counted_month, wanted, 0, 10)
        assert (figure.n, [(row.record_id, row.department_id) for row in records]) == (
            1,
            [(lead.pk, cast.promotion.pk)],
        )
        other = figures.Wanted(BY_CODE["new_leads"], cast.colleague.pk, None)
        assert figures.running_records(cast.zone.pk, lead.counted_month, other, 0, 10)[0].n == 0


def test_similar_information_is_shown_beside_a_new_one(cast: Cast, as_: Callable[[User], Client]) -> None:
    with cast.everywhere():
        make_submission(cast.zone, by=cast.colleague, title="旧消息", company_name="某企业")
        new = make_submission(cast.zone, by=cast.officer, title="新消息", company_name="某企业")
        light = Submission.objects.get(pk=new.pk).deadline_light
    assert light == "green"
    assert "旧消息" in as_(cast.manager).get(f"/submissions/{new.pk}/").content.decode()


def api(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, url: str, data: dict[str, Any], **headers: str) -> Any:
    return client.post(url, data, content_type="application/json", headers=headers)


def test_claims_are_made_and_let_go_and_picked_by_the_api(cast: Cast) -> None:
    officer = api(cast.officer)
    made = post(officer, "/api/v1/claims/", {"company": cast.company.pk, "source": "event"})
    assert (made.status_code, made.json()["kind"]) == (201, "reported")
    claim, lead = made.json()["id"], made.json()["lead"]
    again = post(api(cast.colleague), "/api/v1/claims/", {"company": cast.company.pk})
    assert (again.status_code, again.json()["code"]) == (409, "already_claimed")
    assert post(officer, f"/api/v1/claims/{claim}/release/", {"reason": "转岗"}).status_code == 428
    let_go = post(officer, f"/api/v1/claims/{claim}/release/", {"reason": "转岗"}, **{"If-Match": '"1"'})
    assert (let_go.status_code, let_go.json()["ended"]) == (200, "released")
    assert [row["id"] for row in officer.get("/api/v1/leads/?pool=true").json()["results"]] == [lead]
    picked = post(api(cast.colleague), f"/api/v1/leads/{lead}/pick/", {}, **{"If-Match": "*"})
    assert (picked.status_code, picked.json()["owner"], picked.json()["pooled_at"]) == (200, cast.colleague.pk, None)
    stolen = post(api(cast.manager), f"/api/v1/leads/{lead}/source/", {"source": "fund", "reason": "推荐函"},
                  **{"If-Match": picked["ETag"]})  # fmt: skip
    assert stolen.json()["source"] == "fund"
    assert post(officer, f"/api/v1/leads/{lead}/pick/", {}, **{"If-Match": "*"}).status_code == 409


def test_conflicts_are_opened_read_and_ruled_by_the_api(cast: Cast) -> None:
    with user_scope(cast.officer):
        claim_company(by=cast.officer, company=cast.company, park_id=cast.zone.pk)
    side = post(api(cast.colleague), "/api/v1/conflict-sides/", {"company": cast.company.pk, "reason": "上月已登门"})
    assert (side.status_code, side.json()["place"]) == (201, "second")
    assert api(cast.colleague).get("/api/v1/conflicts/").status_code == 403
    leader = api(cast.leader)
    [case] = leader.get("/api/v1/conflicts/").json()["results"]
    ruling = {"ruling": "first", "reason": "首报在先"}
    assert post(leader, f"/api/v1/conflicts/{case['id']}/rule/", ruling).status_code == 428
    ruled = post(leader, f"/api/v1/conflicts/{case['id']}/rule/", ruling, **{"If-Match": '"1"'})
    assert (ruled.status_code, ruled.json()["state"], ruled.json()["version"]) == (200, "ruled", 2)


def test_a_case_is_withdrawn_by_its_page_and_by_the_api(cast: Cast, as_: Callable[[User], Client]) -> None:
    with user_scope(cast.officer):
        claim_company(by=cast.officer, company=cast.company, park_id=cast.zone.pk)
    contest = f"/companies/{cast.company.pk}/contest/"
    page = as_(cast.colleague).post(contest, {"reason": "上月已登门"})["Location"]
    assert f"{page}withdraw/" in as_(cast.colleague).get(page).content.decode()
    assert as_(cast.colleague).post(f"{page}withdraw/", {"reason": "", "version": 1}).status_code == 422
    assert as_(cast.colleague).post(f"{page}withdraw/", {"reason": "对方在先", "version": 1}).status_code == 302
    assert f"{page}withdraw/" not in as_(cast.colleague).get(page).content.decode()
    side = post(api(cast.colleague), "/api/v1/conflict-sides/", {"company": cast.company.pk, "reason": "再提"}).json()
    url = f"/api/v1/conflict-sides/{side['id']}/withdraw/"
    assert post(api(cast.colleague), url, {"reason": "撤回"}).status_code == 428
    assert post(api(cast.colleague), url, {"reason": "撤回"}, **{"If-Match": '"9"'}).status_code == 412
    done = post(api(cast.colleague), url, {"reason": "撤回"}, **{"If-Match": f'"{side["version"]}"'})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert contest_pile(cast) == 0


def contest_pile(cast: Cast) -> int:
    """How many cases about one's claims Today shows the officer."""
    with user_scope(cast.officer):
        return next(
            (pile.count for pile in piles_of(cast.officer, waiting_for(cast.officer)) if pile.code == "contested"), 0
        )
