"""A lead of the officer's, and short ways to take it through the pipeline."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import User
from companies.models import Industry
from core.isolation import user_scope
from leads.actions import log_activity, move_lead
from leads.models import Activity, Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_lead


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """The officer's lead of the cast's unclaimed company, in planning; somebody there is known."""
    with cast.everywhere():
        make_contact(cast.zone, company=cast.company)
        return make_lead(cast.zone, owner=cast.officer, company=cast.company, department=cast.promotion)


def make_industry() -> Industry:
    """Manufacturing."""
    return Industry.objects.get_or_create(code="C", defaults={"name": "制造业"})[0]


def tomorrow() -> date:
    """The day after today in Shanghai."""
    return timezone.localdate() + timedelta(days=1)


def visit(by: User, lead: Lead, **values: Any) -> Activity:
    """An outbound visit an hour ago, logged by that person."""
    defaults: dict[str, Any] = {
        "kind": "outbound_visit",
        "happened_at": timezone.now() - timedelta(hours=1),
        "summary": "看了厂房，需要 2,000 平方米",
    }
    with user_scope(by):
        return log_activity(by=by, lead=lead, **(defaults | values))


def met_decider(cast: Cast, lead: Lead) -> None:
    """Somebody who decides was met, and the neighbours know of somebody whom they did not meet."""
    with cast.everywhere():
        make_contact(cast.zone, company=lead.company, is_decision_maker=True, met_on=timezone.localdate())
        make_contact(cast.inner, company=lead.company, is_decision_maker=True)


@pytest.fixture
def to_screening(cast: Cast) -> Callable[[Lead], Lead]:
    """Take a lead all the way to screening, as its owner does."""

    def taken(lead: Lead) -> Lead:
        visit(cast.officer, lead, next_step="送方案", next_date=tomorrow())
        met_decider(cast, lead)
        with user_scope(cast.officer):
            return move_lead(
                by=cast.officer,
                lead=lead,
                to_stage="screening",
                amount=Decimal(26_600_000),
                demands="厂房、电力",
                industry=make_industry(),
            )

    return taken


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    """A small photo."""
    buffer = BytesIO()
    Image.new("RGB", size, (20, 110, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


def reads(queries: Sequence[dict[str, str]]) -> list[str]:
    """The statements that read tables, without savepoints and settings."""
    return [query["sql"] for query in queries if " FROM " in query["sql"] or query["sql"].startswith("EXECUTE ")]
