"""Who gets the credit of a lead: agreed, settled or by default, always 100 %."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import answer_split, ensure_split, propose_split, settle_split
from leads.models import CreditShare, CreditSplit, Lead
from leads.queries.credit import Share, shares_on, split_on
from leads.shares import by_role, evenly, partner_part, parts_of
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_split

pytestmark = pytest.mark.django_db


def share(user: User, percent: str, role: str = "assist") -> Share:
    return Share(user, role, Decimal(percent))


def halves(cast: Cast) -> list[Share]:
    return [share(cast.officer, "60", "owner"), share(cast.colleague, "40")]


def shown(lead: Lead) -> dict[str, Decimal]:
    return {str(one.user): one.percent for one in shares_on(lead, timezone.localdate())}


def test_a_hundred_is_divided_by_largest_remainder() -> None:
    assert evenly(3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    # 100.01 × 70 % = 70.007, × 30 % = 30.003: the cent left goes to the larger remainder.
    assert parts_of(Decimal("100.01"), [Decimal(30), Decimal(70)]) == [Decimal("30.00"), Decimal("70.01")]


def test_what_is_below_a_cent_stays_in_the_park_that_shared() -> None:
    assert partner_part(Decimal("0.07"), Decimal(50)) == Decimal("0.03")


@given(
    st.decimals(0, 10**12, places=2),
    st.lists(st.decimals(Decimal("0.01"), 100, places=2), min_size=1, max_size=10),
)
def test_not_a_cent_is_lost(total: Decimal, weights: list[Decimal]) -> None:
    parts = parts_of(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)


@given(st.lists(st.sampled_from(["first", "assist"]), max_size=9).filter(lambda roles: roles.count("first") < 2))
@example(["first", *["assist"] * 8])
def test_the_default_is_whole_and_no_assist_gets_more_than_the_owner(roles: list[str]) -> None:
    percents = by_role(["owner", *roles], first=Decimal(30), assist=Decimal(10))
    assert sum(percents) == 100
    assert all(percents[0] >= given for given, role in zip(percents[1:], roles, strict=True) if role == "assist")


def test_everybody_concerned_agrees_before_it_is_in_force(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        split = propose_split(by=cast.officer, lead=lead, shares=halves(cast))
        assert split.state == "proposed"
        assert shown(lead) == {"officer": Decimal(100)}
    with cast.everywhere():
        assert Notice.objects.filter(recipient=cast.colleague, kind="credit_asked").exists()
    with user_scope(cast.colleague):
        assert answer_split(by=cast.colleague, split=split, accept=True).state == "in_force"
        assert shown(lead) == {"officer": Decimal(60), "colleague": Decimal(40)}


def test_a_no_ends_it_with_a_reason_and_the_managers_hear(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        split = propose_split(by=cast.officer, lead=lead, shares=halves(cast))
    with user_scope(cast.colleague):
        with pytest.raises(Refused):
            answer_split(by=cast.colleague, split=split, accept=False)
        assert answer_split(by=cast.colleague, split=split, accept=False, reason="应为一半").state == "declined"
        assert split_on(lead, timezone.localdate()) is None
    with cast.everywhere():
        assert Notice.objects.filter(recipient=cast.manager, kind="credit_declined").exists()


def test_who_would_lose_a_share_is_asked_too(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.manager):
        split = propose_split(by=cast.manager, lead=lead, shares=[share(cast.colleague, "100", "owner")])
        asked = {one.user: one.percent for one in split.shares.all()}
        assert asked == {cast.colleague: Decimal(100), cast.officer: Decimal(0)}


def test_a_stranger_to_the_lead_neither_proposes_nor_answers(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.colleague), pytest.raises(PermissionDenied):
        propose_split(by=cast.colleague, lead=lead, shares=[share(cast.officer, "100", "owner")])
    with user_scope(cast.officer):
        split = propose_split(by=cast.officer, lead=lead, shares=halves(cast))
    with user_scope(cast.manager), pytest.raises(PermissionDenied):
        answer_split(by=cast.manager, split=split, accept=True)


@pytest.mark.parametrize(
    ("percents", "code"), [(["60", "39.99"], "sum"), (["60", "40.001"], "percent"), (["100", "0"], "percent")]
)
def test_bad_percentages_are_refused(cast: Cast, lead: Lead, percents: list[str], code: str) -> None:
    people = (cast.officer, cast.colleague)
    shares = [share(user, percent) for user, percent in zip(people, percents, strict=True)]
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        propose_split(by=cast.officer, lead=lead, shares=shares)
    assert refused.value.code == code


def test_nobody_is_given_a_share_of_a_lead_that_they_do_not_see(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(confidentiality="own")
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        propose_split(by=cast.officer, lead=lead, shares=halves(cast))
    assert refused.value.code == "not_visible"


def test_a_manager_settles_with_a_reason_but_not_for_himself(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        propose_split(by=cast.officer, lead=lead, shares=halves(cast))
        with pytest.raises(Conflict):
            propose_split(by=cast.officer, lead=lead, shares=halves(cast))
    with user_scope(cast.manager):
        own = [share(cast.manager, "50"), share(cast.officer, "50", "owner")]
        with pytest.raises(Refused) as refused:
            settle_split(by=cast.manager, lead=lead, shares=own, reason="共同谈成")
        assert refused.value.code == "own_share"
        split = settle_split(by=cast.manager, lead=lead, shares=halves(cast), reason="共同谈成")
        assert split.state == "in_force"
        assert not CreditSplit.objects.filter(lead=lead, state="proposed").exists()


def test_the_default_gives_the_first_contact_a_share(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        make_activity(cast.zone, by=cast.colleague, lead=lead, kind="call")
        split = ensure_split(lead=lead, day=timezone.localdate())
        assert {str(one.user): one.percent for one in split.shares.all()} == {"officer": 70, "colleague": 30}
        assert ensure_split(lead=lead, day=timezone.localdate()) == split


def test_a_later_decision_counts_from_its_day_on(cast: Cast, lead: Lead) -> None:
    today = timezone.localdate()
    yesterday, long_ago = today - timedelta(days=1), date(2026, 1, 1)
    with cast.everywhere():
        first = ensure_split(lead=lead, day=long_ago)
        now = timezone.now()
        later = make_split(lead, made_by=cast.manager, shares={cast.colleague: "100"}, state="in_force",
                           decided_at=now, valid_from=today)  # fmt: skip
        assert split_on(lead, yesterday) == first
        assert split_on(lead, today) == later


def test_of_two_that_count_for_a_day_the_one_decided_last_does(cast: Cast, lead: Lead) -> None:
    today, now = timezone.localdate(), timezone.now()
    with cast.everywhere():
        make_split(lead, made_by=cast.manager, state="in_force", decided_at=now - timedelta(days=2), valid_from=today)
        corrected = make_split(lead, made_by=cast.manager, shares={cast.colleague: "100"}, state="in_force",
                               decided_at=now, valid_from=today - timedelta(days=9))  # fmt: skip
        assert split_on(lead, today) == corrected
        assert shown(lead) == {"colleague": Decimal(100)}


def test_the_database_refuses_what_does_not_make_a_hundred(cast: Cast, lead: Lead) -> None:
    with cast.everywhere(), connection.cursor() as cursor:
        make_split(lead, made_by=cast.officer, shares={cast.officer: "60", cast.colleague: "39.99"})
        with pytest.raises(IntegrityError, match="sum to 100"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        CreditShare.objects.create(
            park=cast.zone, split=CreditSplit.objects.get(), user=cast.manager, role="assist", percent="0.01"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_keeps_what_is_decided(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        split = ensure_split(lead=lead, day=timezone.localdate())
        with pytest.raises(DatabaseError), transaction.atomic():
            CreditSplit.objects.filter(pk=split.pk).update(valid_from=date(2026, 1, 1))
        with pytest.raises(DatabaseError), transaction.atomic():
            CreditShare.objects.filter(split=split).update(percent=50)
        with pytest.raises(DatabaseError), transaction.atomic():
            CreditShare.objects.filter(split=split).delete()


def test_the_pages_propose_answer_and_show(client: Client, cast: Cast, lead: Lead) -> None:
    client.force_login(cast.officer)
    rows = {"person_0": cast.officer.pk, "role_0": "owner", "percent_0": "60"}
    rows |= {"person_1": cast.colleague.pk, "role_1": "assist", "percent_1": "39"}
    form = rows | {"valid_from": timezone.localdate().isoformat(), "note": "共同拜访"}
    url = f"/leads/{lead.pk}/credit/propose/"
    wrong = client.post(url, form)
    assert wrong.status_code == 422
    assert "99" in wrong.content.decode()
    assert client.post(url, form | {"percent_1": "40"}).status_code == 302
    page = client.get(f"/leads/{lead.pk}/").content.decode()
    assert "panel-credit" in page
    client.force_login(cast.colleague)
    assert "credit-asked" in client.get(f"/leads/{lead.pk}/credit/").content.decode()
    with cast.everywhere():
        split = CreditSplit.objects.get(lead=lead)
    assert client.post(f"/leads/credit/{split.pk}/accept/").status_code == 302
    with cast.everywhere():
        assert shown(lead) == {"officer": Decimal(60), "colleague": Decimal(40)}
