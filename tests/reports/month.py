"""A month of a park with known figures, made straight through the models."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.worktime import SHANGHAI
from leads.models import Activity
from parks.models import Park
from projects.models import Milestone, Payment, Project
from services.models import Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.rows import (
    make_activity,
    make_company,
    make_lead,
    make_milestone,
    make_payment,
    make_project,
    make_submission,
    make_ticket,
)

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day in Beijing."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def visit(cast: Cast, by: User, month: date = OCTOBER, park: Park | None = None, **given: Any) -> Activity:
    """One outbound visit on the ninth."""
    day = month.replace(day=9)
    values: dict[str, Any] = {
        "company": cast.company,
        "department": cast.promotion,
        "happened_at": at(day),
        "counted_month": month,
    } | given
    return make_activity(park or cast.zone, by=by, **values)


def signed(cast: Cast, by: User, amount: int, month: date = OCTOBER, name: str = "示例项目") -> Project:
    """One signed project with its lead, both counted in the month."""
    company = make_company(f"示例{name}有限公司")
    claimed = at(month.replace(day=2))
    lead = make_lead(
        cast.zone,
        owner=by,
        company=company,
        stage="signed",
        counted_month=month,
        department=cast.promotion,
        claimed_at=claimed,
    )
    return make_project(
        cast.zone, officer=by, lead=lead, name=name, agreed_amount=amount, signed_on=month.replace(day=12),
        counted_month=month, department=cast.promotion,
    )  # fmt: skip


def recognised(cast: Cast, project: Project, by: User, amount: int, month: date = OCTOBER) -> Payment:
    """One recognised payment."""
    return make_payment(
        project,
        by=by,
        amount=amount,
        amount_yuan=amount,
        state="recognised",
        decided_by=cast.manager,
        decided_at=at(month.replace(day=20)),
        counted_month=month,
        department=cast.promotion,
        paid_on=month.replace(day=15),
    )


def due(cast: Cast, project: Project, by: User, *, late: bool, month: date = OCTOBER) -> Milestone:
    """One milestone due on the twentieth, done that day or five days later."""
    day = month.replace(day=20)
    return make_milestone(
        project, owner=by, department=cast.promotion, counted_month=month, starts_on=day, due_on=day, first_due_on=day,
        done_on=day + timedelta(days=5 if late else 0),
    )  # fmt: skip


def solved(cast: Cast, by: User, *, late: bool, month: date = OCTOBER) -> Ticket:
    """One request resolved in the month."""
    moment = at(month.replace(day=15))
    return make_ticket(
        cast.zone, company=cast.settled, by=cast.enterprise, holder=by, owner=by, state="resolved", resolved_at=moment,
        breached=late, counted_month=month, department=cast.service, created_at=moment - timedelta(days=2),
    )  # fmt: skip


def busy_month(cast: Cast, month: date = OCTOBER) -> None:
    """What `FIGURES` says, with records beside it that must not count: a call, a claimed payment, an unjudged text."""
    officer, colleague = cast.officer, cast.colleague
    for _number in range(3):
        visit(cast, officer, month)
    visit(cast, officer, month, kind="inbound_visit")
    visit(cast, officer, month, kind="call")
    visit(cast, colleague, month)
    when = at(month.replace(day=5))
    make_submission(
        cast.zone, by=colleague, state="valid", judged_at=when, judged_by=cast.manager, counted_month=month,
        department=cast.promotion, submitted_at=when,
    )  # fmt: skip
    make_submission(cast.zone, by=colleague, submitted_at=when)
    project = signed(cast, officer, 30_000_000, month, f"甲{month:%m}")
    signed(cast, officer, 20_000_000, month, f"乙{month:%m}")
    recognised(cast, project, officer, 8_000_000, month)
    make_payment(project, by=officer)
    due(cast, project, officer, late=False, month=month)
    due(cast, project, officer, late=True, month=month)
    solved(cast, cast.window, late=False, month=month)
    solved(cast, cast.window, late=True, month=month)


FIGURES = {
    "officer": {
        "outbound_visits": (3, Decimal(3)), "inbound_visits": (1, Decimal(1)), "new_leads": (2, Decimal(2)),
        "signings": (2, Decimal(2)), "amount_agreed": (2, Decimal("50000000")),
        "funds_recognised": (1, Decimal("8000000")),
        "milestones_on_time": (2, Decimal(1)),
    },
    "colleague": {"outbound_visits": (1, Decimal(1)), "submissions_valid": (1, Decimal(1))},
    "window": {"requests_in_time": (2, Decimal(1))},
}  # fmt: skip
