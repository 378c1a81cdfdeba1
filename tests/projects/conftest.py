"""An admitted lead and signed projects of the cast, made on a frozen Monday: 2026-08-03, 10:00 in Beijing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from companies.models import Company
from core.isolation import user_scope
from leads.models import Admission, Lead, Stage
from parks.models import Park
from projects.actions import sign_project
from projects.models import Project
from tests.fixtures.cast import Cast

NOW = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still; a test moves it."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@contextmanager
def acting(user: User) -> Iterator[None]:
    """The scope that a request of this person would have, with their access read anew."""
    user.__dict__.pop("access", None)
    with user_scope(user):
        yield


@dataclass
class Site:
    """Leads and projects in any park of the cast."""

    cast: Cast
    made: int = field(default=0)

    def lead(
        self, park: Park | None = None, owner: User | None = None, *, admitted: bool = True, **values: Any
    ) -> Lead:
        """A lead in screening, admitted."""
        park = park or self.cast.zone
        owner = owner or self.cast.officer
        self.made += 1
        company = Company.objects.create(name=f"示例{self.made}号有限公司", name_text=f"示例{self.made}号有限公司")
        in_zone = park == self.cast.zone
        lead: Lead = Lead.objects.create(
            **{
                "park": park,
                "company": company,
                "title": f"示例{self.made}号项目",
                "stage": Stage.SCREENING,
                "stage_since": NOW,
                "owner": owner,
                "department": self.cast.promotion if in_zone else None,
                "claimed_at": NOW,
                "protected_until": date(2026, 12, 1),
                "counted_month": date(2026, 8, 1),
                "created_by": owner,
            }
            | values
        )
        if admitted:
            Admission.objects.create(
                park=park, lead=lead, decision="admitted", reason="符合产业定位", by=self.cast.manager, at=NOW
            )
        return lead

    def terms(self, **values: Any) -> dict[str, Any]:
        """What a signing needs besides the lead."""
        return {
            "name": "示例光电一期",
            "signed_on": date(2026, 8, 3),
            "agreed_amount": Decimal("266000000"),
            "party_zone": "测试开发区管委会",
            "party_operator": "",
            "party_enterprise": "示例光电有限公司",
            "case_officer": self.cast.officer,
        } | values

    def project(self, park: Park | None = None, by: User | None = None, **values: Any) -> Project:
        """A project signed through the action."""
        by = by or self.cast.manager
        with self.cast.everywhere():
            owner = values.pop("owner", None)
            lead = self.lead(park, owner)
        with acting(by):
            return sign_project(by=by, lead=lead, **self.terms(**values))

    def inner_project(self, **values: Any) -> Project:
        """A project of the inner park, signed by its operator's manager."""
        people = {"owner": self.cast.operator_officer, "case_officer": self.cast.operator_officer}
        return self.project(self.cast.inner, self.cast.operator_manager, **(people | values))


@pytest.fixture
def site(cast: Cast) -> Site:
    """Makes leads and projects."""
    return Site(cast)


@pytest.fixture
def slip() -> Callable[[], SimpleUploadedFile]:
    """A scanned bank slip."""

    def make() -> SimpleUploadedFile:
        data = BytesIO()
        Image.new("RGB", (40, 30), "white").save(data, "PNG")
        return SimpleUploadedFile("slip.png", data.getvalue(), content_type="image/png")

    return make
