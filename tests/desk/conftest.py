"""A company with everything hanging on it, and the small rows of the other parks that must not be seen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company
from leads.models import Lead
from projects.models import Project
from services.models import Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.rows import (
    make_activity,
    make_contact,
    make_lead,
    make_milestone,
    make_payment,
    make_project,
    make_ticket,
)

FRAME = ("EXECUTE session", "EXECUTE person", "set_config")


@dataclass
class Story:
    """The zone's lead, project and request of `company`, and the sibling park's lead of the same company."""

    company: Company
    lead: Lead
    project: Project
    ticket: Ticket
    foreign: Lead


@pytest.fixture
def story(cast: Cast) -> Story:
    """One of everything around the cast's company."""
    today = timezone.localdate()
    with cast.everywhere():
        company = cast.company
        company.short_names = ["光电"]
        company.save()
        signed = make_lead(cast.zone, owner=cast.officer, company=company, stage="signed", title="一期")
        project = make_project(cast.zone, officer=cast.officer, lead=signed, name="光电一期项目", code="ZONE-2026-001")
        make_milestone(
            project, owner=cast.officer, due_on=today - timedelta(days=60), starts_on=today - timedelta(days=70)
        )
        make_payment(project, by=cast.officer)
        lead = make_lead(
            cast.zone,
            owner=cast.officer,
            company=company,
            title="二期扩产",
            next_step="送厂房方案",
            next_date=today - timedelta(days=2),
        )
        make_activity(cast.zone, by=cast.officer, lead=lead, summary="谈了二期用地")
        make_contact(cast.zone, company=company)
        ticket = make_ticket(cast.zone, company=company, by=cast.manager, title="临时用电增容", number="SQ2026-0042")
        foreign = make_lead(cast.sibling, owner=cast.sibling_manager, company=company, title="邻居的秘密项目")
        make_activity(cast.sibling, by=cast.sibling_manager, lead=foreign, summary="邻居的秘密谈话")
    return Story(company, lead, project, ticket, foreign)


class Counted:
    """The statements of one request, without those that open every page: session, person, access, scope."""

    def __init__(self, client: Client, url: str, **headers: Any) -> None:
        with CaptureQueriesContext(connection) as queries:
            self.response = client.get(url, headers=headers)
        reads = (query["sql"].strip() for query in queries)
        self.sql = [
            sql for sql in reads if sql.startswith(("SELECT", "WITH", "EXECUTE")) and not any(f in sql for f in FRAME)
        ]

    def __len__(self) -> int:
        return len(self.sql)
