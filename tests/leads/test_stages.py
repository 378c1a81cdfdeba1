"""The pipeline: what each stage demands, the log, dropping, admission, and the one path that writes a stage."""

import ast
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.utils import timezone

from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from leads.actions import decide_admission, delete_activity, drop_lead, mark_signed, move_lead, reopen_lead
from leads.demands import demanded
from leads.models import Admission, Lead, StageChange
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_lead
from tests.leads.conftest import make_industry, met_decider, tomorrow, visit

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def refused_field(by: object, lead: Lead, to_stage: str, **given: object) -> str | None:
    with user_scope(by), pytest.raises(Refused) as refused:  # type: ignore[arg-type]
        move_lead(by=by, lead=lead, to_stage=to_stage, **given)  # type: ignore[arg-type]
    return refused.value.field


def test_contacting_demands_somebody_to_talk_to_and_the_move_is_logged(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        moved = move_lead(by=cast.officer, lead=lead, from_stage="planning", to_stage="contacting", version=1)
        log = StageChange.objects.get(lead=lead)
    assert (moved.stage, moved.version) == ("contacting", 2)
    assert (log.from_stage, log.to_stage, log.by_id) == ("planning", "contacting", cast.officer.pk)


def test_a_first_call_serves_for_contacting_but_a_note_or_another_parks_contact_does_not(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
        make_contact(cast.inner, company=cast.company)
    visit(cast.officer, lead, kind="note")
    assert refused_field(cast.officer, lead, "contacting") is None
    visit(cast.officer, lead, kind="call")
    with user_scope(cast.officer):
        assert move_lead(by=cast.officer, lead=lead, to_stage="contacting").stage == "contacting"


def test_visiting_demands_a_next_step_with_a_day_that_lies_ahead(cast: Cast, lead: Lead) -> None:
    assert refused_field(cast.officer, lead, "visiting") == "next_step"
    assert refused_field(cast.officer, lead, "visiting", next_step="去上海拜访") == "next_date"
    yesterday = timezone.localdate() - timedelta(days=1)
    assert refused_field(cast.officer, lead, "visiting", next_step="拜访", next_date=yesterday) == "next_date"
    with user_scope(cast.officer):
        moved = move_lead(by=cast.officer, lead=lead, to_stage="visiting", next_step="拜访", next_date=tomorrow())
    assert (moved.stage, moved.next_step, moved.next_date) == ("visiting", "拜访", tomorrow())


def test_negotiating_demands_a_visit_a_decision_maker_who_was_met_and_the_demands(cast: Cast, lead: Lead) -> None:
    def missing(**given: Any) -> list[str]:
        return [demand.code for demand in demanded(lead, "negotiating", given)]

    step = {"next_step": "洽谈", "next_date": tomorrow()}
    with cast.everywhere():
        make_contact(cast.zone, company=lead.company, is_decision_maker=True)  # known, not met
    taken_back = visit(cast.officer, lead)
    with user_scope(cast.officer):
        delete_activity(by=cast.officer, activity=taken_back)
        assert missing(**step) == ["visit", "decision_maker", "demands"]
    visit(cast.officer, lead)
    # Not even with a reason: a card or a visit has to say that one was met.
    assert refused_field(cast.officer, lead, "negotiating", reason="总经理出国", demands="厂房", **step) is None
    met_decider(cast, lead)
    assert refused_field(cast.officer, lead, "negotiating", **step) == "demands"
    with user_scope(cast.officer):
        moved = move_lead(by=cast.officer, lead=lead, to_stage="negotiating", demands="厂房", **step)  # type: ignore[arg-type]
        assert moved.stage == "negotiating"


def test_screening_demands_amount_and_industry(cast: Cast, lead: Lead) -> None:
    visit(cast.officer, lead, next_step="洽谈", next_date=tomorrow())
    met_decider(cast, lead)
    given: dict[str, Any] = {"demands": "厂房"}
    assert refused_field(cast.officer, lead, "screening", **given) == "amount"
    assert refused_field(cast.officer, lead, "screening", amount=Decimal(1), **given) == "industry"
    with user_scope(cast.officer):
        moved = move_lead(
            by=cast.officer, lead=lead, to_stage="screening", amount=Decimal(1), industry=make_industry(), **given
        )
    assert (moved.stage, moved.industry) == ("screening", make_industry())


def test_who_passes_over_stages_gives_what_each_of_them_demands(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        missing = [demand.code for demand in demanded(lead, "screening")]
    visiting, negotiating = ["next_step", "next_date"], ["visit", "decision_maker", "demands"]
    assert missing == [*visiting, *negotiating, "amount", "industry"]


def test_a_refused_move_changes_nothing(cast: Cast, lead: Lead) -> None:
    refused_field(cast.officer, lead, "screening")
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.stage, lead.version, StageChange.objects.count()) == ("planning", 1, 0)


def test_moving_back_demands_a_reason(cast: Cast, lead: Lead, to_screening: Callable[[Lead], Lead]) -> None:
    lead = to_screening(lead)
    assert refused_field(cast.officer, lead, "visiting") == "reason"
    with user_scope(cast.officer):
        assert move_lead(by=cast.officer, lead=lead, to_stage="visiting", reason="材料不全").stage == "visiting"


@pytest.mark.parametrize("stage", ["signed", "dropped", "planning", "nowhere", ""])
def test_a_move_does_not_sign_drop_stay_or_invent(cast: Cast, lead: Lead, stage: str) -> None:
    assert refused_field(cast.officer, lead, stage) == "to_stage"


def test_a_move_from_a_stage_or_version_that_is_gone_is_stale(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        with pytest.raises(Stale):
            move_lead(by=cast.officer, lead=lead, from_stage="visiting", to_stage="contacting")
        move_lead(by=cast.officer, lead=lead, to_stage="contacting", version=1)
        with pytest.raises(Stale):
            move_lead(by=cast.officer, lead=lead, to_stage="planning", version=1, reason="r")


def test_only_owner_and_managers_move_a_lead(cast: Cast, lead: Lead) -> None:
    for person in (cast.colleague, cast.auditor, cast.window):
        with user_scope(person), pytest.raises(PermissionDenied):
            move_lead(by=person, lead=lead, to_stage="contacting")
    with user_scope(cast.manager):
        assert move_lead(by=cast.manager, lead=lead, to_stage="contacting").stage == "contacting"


def test_the_stage_log_cannot_be_rewritten(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        move_lead(by=cast.officer, lead=lead, to_stage="contacting")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            StageChange.objects.filter(lead=lead).update(note="anders")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            StageChange.objects.filter(lead=lead).delete()


def test_dropping_demands_a_reason_and_cancels_the_reminder(cast: Cast, lead: Lead) -> None:
    visit(cast.officer, lead, next_step="送方案", next_date=tomorrow())
    with user_scope(cast.officer):
        for why, field in (("other", "reason"), ("no such", "why"), ("ruled", "why")):
            with pytest.raises(Refused) as refused:
                drop_lead(by=cast.officer, lead=lead, why=why, reason="  ")
            assert refused.value.field == field
        dropped = drop_lead(by=cast.officer, lead=lead, why="policy", reason="环评不符")
        with pytest.raises(Refused):
            drop_lead(by=cast.officer, lead=lead, reason="再来一次")
    assert (dropped.stage, dropped.dropped_why, dropped.dropped_reason) == ("dropped", "policy", "环评不符")
    assert dropped.next_date is None
    with cast.everywhere():
        assert not Notice.objects.filter(kind="lead_step", state="pending").exists()


def test_a_reopened_lead_stands_where_it_stood(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        move_lead(by=cast.officer, lead=lead, to_stage="contacting")
        drop_lead(by=cast.officer, lead=lead, reason="没有消息")
        assert reopen_lead(by=cast.officer, lead=lead).stage == "contacting"
        with pytest.raises(Refused):
            reopen_lead(by=cast.officer, lead=lead)


def test_a_lead_whose_company_was_claimed_meanwhile_is_not_reopened(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, reason="没有消息")
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.colleague, company=cast.company)
    with user_scope(cast.officer), pytest.raises(Conflict):
        reopen_lead(by=cast.officer, lead=lead)


def test_admission_is_decided_in_screening_with_a_reason_by_those_who_may(
    cast: Cast, lead: Lead, to_screening: Callable[[Lead], Lead]
) -> None:
    with user_scope(cast.manager), pytest.raises(Refused):
        decide_admission(by=cast.manager, lead=lead, decision="admitted", reason="符合定位")
    lead = to_screening(lead)
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        decide_admission(by=cast.officer, lead=lead, decision="admitted", reason="符合定位")
    with user_scope(cast.manager):
        for decision, reason, field in (("maybe", "符合", "decision"), ("admitted", " ", "reason")):
            with pytest.raises(Refused) as refused:
                decide_admission(by=cast.manager, lead=lead, decision=decision, reason=reason)
            assert refused.value.field == field
        decide_admission(by=cast.manager, lead=lead, decision="admitted", reason="符合园区定位")
        with pytest.raises(Stale):
            decide_admission(by=cast.manager, lead=lead, decision="refused", reason="晚了", version=lead.version)
    with cast.everywhere():
        assert Admission.objects.count() == 1
        assert Notice.objects.filter(kind="lead_admission", recipient=cast.officer, channel="page").exists()


def test_signing_needs_the_last_decision_to_admit(cast: Cast, lead: Lead, to_screening: Callable[[Lead], Lead]) -> None:
    lead = to_screening(lead)
    with user_scope(cast.manager):
        with pytest.raises(Refused):
            mark_signed(by=cast.manager, lead=lead)
        decide_admission(by=cast.manager, lead=lead, decision="admitted", reason="可以")
        decide_admission(by=cast.manager, lead=lead, decision="refused", reason="复核未过")
        with pytest.raises(Refused):
            mark_signed(by=cast.manager, lead=lead)
        decide_admission(by=cast.manager, lead=lead, decision="admitted", reason="补正后可以")
        assert mark_signed(by=cast.manager, lead=lead).stage == "signed"
        with pytest.raises(Refused):
            mark_signed(by=cast.manager, lead=lead)


def test_an_admission_does_not_outlive_a_return_to_negotiation(
    cast: Cast, lead: Lead, to_screening: Callable[[Lead], Lead]
) -> None:
    lead = to_screening(lead)
    with user_scope(cast.manager):
        decide_admission(by=cast.manager, lead=lead, decision="admitted", reason="可以")
        move_lead(by=cast.manager, lead=lead, to_stage="negotiating", reason="投资额变了")
        move_lead(by=cast.manager, lead=lead, to_stage="screening", reason="重新评审")
        with pytest.raises(Refused):
            mark_signed(by=cast.manager, lead=lead)


WRITERS = {
    "Lead", "StageChange", "change", "save", "setattr", "create", "update", "bulk_create", "bulk_update",
    "update_or_create", "get_or_create", "acreate", "aupdate",
}  # fmt: skip


def stage_writes(source: str) -> list[int]:
    """The lines of a module that set a lead's stage or add to its log."""
    lines: list[int] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            lines += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "stage"]
        elif isinstance(node, ast.Call):
            written = ast.unparse(node.func)
            about_log = "StageChange" in written and written.split(".")[-1] in WRITERS
            values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "update_fields")]
            parts = [part for value in values for part in ast.walk(value)]
            named: set[object] = {keyword.arg for keyword in node.keywords}
            named |= {part.value for part in parts if isinstance(part, ast.Constant)}
            if about_log or (written.split(".")[-1] in WRITERS and "stage" in named):
                lines.append(node.lineno)
    return lines


def test_one_code_path_writes_a_stage() -> None:
    apps = ("leads", "projects", "services", "desk", "reports", "portal", "companies", "core", "parks", "accounts")
    modules = [path for app in apps for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    found = {path.relative_to(ROOT).as_posix(): stage_writes(path.read_text()) for path in modules}
    # What a partner park is told of a stage is a row of its own, not the stage.
    assert {path for path, lines in found.items() if lines} - {"leads/actions/news.py"} == {"leads/actions/stages.py"}


@pytest.mark.parametrize(
    "source",
    [
        "lead.stage = 'signed'",
        "Lead.objects.filter(pk=1).update(stage='signed')",
        "Lead.objects.create(stage='signed')",
        "Lead.objects.bulk_update(rows, ['stage'])",
        "lead.save(update_fields=['stage'])",
        "setattr(lead, 'stage', 'signed')",
        "StageChange.objects.create(lead=lead)",
    ],
)
def test_the_search_for_other_paths_finds_them(source: str) -> None:
    assert stage_writes(source) == [1]
