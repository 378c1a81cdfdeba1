"""A merge and something else at the same moment, on real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from companies.actions import add_contact, merge_companies, undo_merge
from companies.actions.merge import carry_out
from companies.actions.unmerge import carry_out_undo
from companies.models import Company, Contact, Merge
from core.errors import Refused
from core.isolation import user_scope
from leads.actions import claim_company, log_activity
from leads.models import Activity, Lead
from tests.companies.test_duplicate_rules import ONE
from tests.companies.test_merge import pair_of
from tests.fixtures import rows
from tests.fixtures.cast import Cast, found_company

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[Any]:
    """All at once, each on a connection of its own; what they answer or raise."""
    start = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(60)
            answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def asked(cast: Cast) -> Merge:
    """A merge that the worker is about to carry out."""
    survivor, loser = found_company("示例微电子有限公司", ONE), found_company("示例微电子（无锡）有限公司")
    with user_scope(cast.park_admin):
        return merge_companies(by=cast.park_admin, duplicate=pair_of(survivor, loser), survivor=survivor)


def as_person(user: Any, work: Callable[[], Any]) -> Callable[[], Any]:
    """As a request does it."""

    def run() -> Any:
        with user_scope(user):
            return work()

    return run


def test_what_is_written_while_the_merge_runs_arrives_at_the_survivor(cast: Cast, asked: Merge) -> None:
    loser = Company.objects.get(pk=asked.loser_id)
    park = cast.zone.pk
    with cast.everywhere():
        lead = rows.make_lead(cast.elsewhere, owner=cast.stranger, company=loser)
    visit: dict[str, Any] = {"kind": "note", "happened_at": timezone.now(), "summary": "同时"}
    works: list[Callable[[], Any]] = [lambda: carry_out(asked.pk), lambda: carry_out(asked.pk)]
    works += [
        as_person(cast.officer, lambda: log_activity(by=cast.officer, company=loser, park_id=park, **visit)),
        as_person(cast.officer, lambda: claim_company(by=cast.officer, company=loser, park_id=park)),
        as_person(cast.stranger, lambda: log_activity(by=cast.stranger, lead=lead, **visit)),
        as_person(cast.colleague, lambda: add_contact(by=cast.colleague, park_id=park, company=loser, name="王工")),
    ]
    answers = together(*works)
    assert [one for one in answers if isinstance(one, Exception)] == []
    with cast.everywhere():
        for model, count in ((Activity, 2), (Lead, 2), (Contact, 1)):
            held = list(model.objects.values_list("company", flat=True))
            assert held == [asked.survivor_id] * count, model


def test_two_merges_of_one_company_into_two_are_one(cast: Cast, asked: Merge) -> None:
    third = found_company("示例微电子集团股份有限公司")
    with user_scope(cast.park_admin):
        other = merge_companies(
            by=cast.park_admin,
            duplicate=pair_of(Company.objects.get(pk=asked.survivor_id), third),
            survivor=third,
            reason="同一家",
        )
    answers = together(lambda: carry_out(asked.pk), lambda: carry_out(other.pk))
    lasting = Company.objects.get(pk=asked.loser_id).lasting
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(refused) <= 1
    assert [one for one in answers if isinstance(one, Exception)] == refused
    assert not lasting.is_merged


def test_undone_twice_at_once_is_undone_once(cast: Cast, asked: Merge) -> None:
    carry_out(asked.pk)
    with user_scope(cast.park_admin):
        undo_merge(by=cast.park_admin, merge=Merge.objects.get(pk=asked.pk))
    answers = together(lambda: carry_out_undo(asked.pk), lambda: carry_out_undo(asked.pk))
    assert [one.state for one in answers] == ["undone", "undone"]
    assert not Company.objects.get(pk=asked.loser_id).is_merged
