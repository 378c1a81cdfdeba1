"""Promotion intelligence: submitted, judged in time by somebody else, made a lead."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from core.errors import Refused, Stale
from core.isolation import user_scope
from leads.actions import claim_submission, judge_submission, submit_information
from leads.models import Lead, Submission
from notices.models import Notice
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def submit(cast: Cast, by: str = "officer", **values: object) -> Submission:
    person = getattr(cast, by)
    defaults: dict[str, object] = {
        "title": "示例激光拟建华东基地",
        "content": "正在看地，约 50 亩",
        "company": cast.company,
    }
    with user_scope(person):
        return submit_information(by=person, park_id=cast.zone.pk, **(defaults | values))  # type: ignore[arg-type]


def test_it_is_to_be_judged_by_the_end_of_the_third_working_day(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 19, 2, tzinfo=UTC)):  # Thursday
        submission = submit(cast)
    assert timezone.localtime(submission.judge_by).strftime("%Y-%m-%d %H:%M") == "2026-11-24 18:00"
    assert (submission.department_id, submission.state) == (cast.promotion.pk, "pending")


def test_those_who_judge_are_told_now_and_when_the_time_is_over(cast: Cast) -> None:
    submission = submit(cast)
    with cast.everywhere():
        told = Notice.objects.filter(channel="page").order_by("recipient__username", "kind")
        assert list(told.values_list("recipient__username", "kind")) == [
            ("leader", "submission_late"),
            ("leader", "submission_new"),
            ("leader", "submission_soon"),
            ("manager", "submission_late"),
            ("manager", "submission_new"),
            ("manager", "submission_soon"),
        ]
        assert set(told.filter(kind="submission_late").values_list("due_at", flat=True)) == {submission.judge_by}


def test_a_judgement_counts_it_tells_the_submitter_and_stops_the_reminder(cast: Cast) -> None:
    submission = submit(cast)
    with user_scope(cast.manager):
        judged = judge_submission(by=cast.manager, submission=submission, valid=True, reason="属实")
    assert (judged.state, judged.judged_by, judged.counted_month) == (
        "valid",
        cast.manager,
        timezone.localdate().replace(day=1),
    )
    with cast.everywhere():
        assert Notice.objects.filter(recipient=cast.officer, kind="submission_judged", channel="page").count() == 1
        assert set(Notice.objects.filter(kind="submission_late").values_list("state", flat=True)) == {"cancelled"}


def test_information_that_is_not_valid_needs_a_reason_and_does_not_count(cast: Cast) -> None:
    submission = submit(cast)
    with user_scope(cast.manager):
        with pytest.raises(Refused) as refused:
            judge_submission(by=cast.manager, submission=submission, valid=False)
        assert refused.value.field == "reason"
        judged = judge_submission(by=cast.manager, submission=submission, valid=False, reason="已在谈")
    assert (judged.state, judged.counted_month) == ("invalid", None)


def test_it_is_judged_once_by_somebody_else_who_may(cast: Cast) -> None:
    submission = submit(cast, by="manager")
    with user_scope(cast.manager), pytest.raises(Refused) as own:
        judge_submission(by=cast.manager, submission=submission, valid=True)
    assert own.value.code == "own_submission"
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        judge_submission(by=cast.officer, submission=submission, valid=True)
    with user_scope(cast.leader):
        judge_submission(by=cast.leader, submission=submission, valid=True, version=1)
        with pytest.raises(Stale):
            judge_submission(by=cast.leader, submission=submission, valid=False, reason="x", version=1)
        with pytest.raises(Refused) as twice:
            judge_submission(by=cast.leader, submission=submission, valid=False, reason="x")
    assert twice.value.status == 409


def test_judged_after_the_cut_off_it_counts_in_the_month_that_is_open_then(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 27, 2, tzinfo=UTC)):
        early, late = submit(cast), submit(cast)
    with time_machine.travel(datetime(2026, 12, 2, 2, tzinfo=UTC)), user_scope(cast.manager):
        assert judge_submission(by=cast.manager, submission=early, valid=True).counted_month == date(2026, 11, 1)
    with time_machine.travel(datetime(2026, 12, 7, 2, tzinfo=UTC)), user_scope(cast.manager):
        assert judge_submission(by=cast.manager, submission=late, valid=True).counted_month == date(2026, 12, 1)


def test_valid_information_becomes_one_lead_that_keeps_its_source(cast: Cast) -> None:
    submission = submit(cast)
    with user_scope(cast.manager):
        with pytest.raises(Refused):
            claim_submission(by=cast.manager, submission=submission)
        judge_submission(by=cast.manager, submission=submission, valid=True)
        lead = claim_submission(by=cast.manager, submission=submission)
        with pytest.raises(Refused):
            claim_submission(by=cast.manager, submission=submission)
        submission.refresh_from_db()
    assert (lead.source, lead.company_id, submission.lead_id) == ("submission", cast.company.pk, lead.pk)


def test_without_a_company_it_asks_for_one(cast: Cast) -> None:
    submission = submit(cast, company=None, company_name="某激光企业")
    with user_scope(cast.manager):
        judge_submission(by=cast.manager, submission=submission, valid=True)
        with pytest.raises(Refused) as refused:
            claim_submission(by=cast.manager, submission=submission)
    assert refused.value.field == "company"


def test_officers_see_their_own_and_managers_see_all(cast: Cast) -> None:
    submission = submit(cast)
    for name, seen in {
        "officer": 1,
        "colleague": 0,
        "manager": 1,
        "auditor": 1,
        "stranger": 0,
        "sibling_manager": 0,
    }.items():
        person = getattr(cast, name)
        with user_scope(person):
            assert Submission.objects.visible_to(person).filter(pk=submission.pk).count() == seen, name


def test_a_manager_makes_it_a_lead_for_somebody_who_signs_for_it(client: Client, cast: Cast) -> None:
    submission = submit(cast)
    with user_scope(cast.manager):
        judge_submission(by=cast.manager, submission=submission, valid=True)
    client.force_login(cast.manager)
    ask = f"/submissions/{submission.pk}/company/"
    assert ask in client.get(submission.get_absolute_url()).content.decode()
    assert client.post(ask, {"to": cast.stranger.pk}).status_code == 422
    assert client.post(ask, {"to": cast.colleague.pk, "note": "周三前联系"}).status_code == 302
    with cast.everywhere():
        lead = Lead.objects.get(submissions=submission)
        assert (lead.owner, lead.created_by, lead.source) == (cast.colleague, cast.manager, "submission")
        assert lead.handovers.get().state == "pending"
