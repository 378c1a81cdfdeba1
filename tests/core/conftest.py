"""Rows for the tests of pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

AMOUNTS = [300, None, 100, 100, None, 500, 200, None, 100, 400]


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    """Ten leads of the zone with amounts that repeat and are missing."""
    now = timezone.now()
    with cast.everywhere():
        return [
            make_lead(
                cast.zone,
                owner=cast.officer,
                company=make_company(f"示例{number}号有限公司"),
                amount=amount,
                stage="visiting" if number % 2 else "planning",
                stage_since=now - timedelta(days=number),
            )
            for number, amount in enumerate(AMOUNTS)
        ]
