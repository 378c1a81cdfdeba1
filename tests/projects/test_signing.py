"""Signing turns an admitted lead into a project with credit, code and plan; once."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection

from core.errors import Refused, Stale
from core.isolation import scope
from leads.models import Lead, StageChange
from parks.models import CalendarDay, MonthClose
from projects.actions import sign_project
from projects.models import Milestone, MilestoneTemplate, Project, ProjectLog
from projects.queries import unpublished_years_of
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting


def test_signing_makes_a_project_with_code_credit_month_and_log(cast: Cast, site: Site) -> None:
    project = site.project()
    with cast.everywhere():
        project = Project.objects.get(pk=project.pk)
        assert project.code == "ZONE-2026-001"
        assert (project.signed_by, project.department, project.created_by) == (
            cast.officer,
            cast.promotion,
            cast.manager,
        )
        assert project.counted_month == date(2026, 8, 1)
        assert project.state == "signed"
        assert project.lead.stage == "signed"
        assert StageChange.objects.get(lead=project.lead).to_stage == "signed"
        assert [line.kind for line in ProjectLog.objects.filter(project=project)] == ["signed"]


def test_credit_stays_with_the_owner_of_the_lead_at_that_time(cast: Cast, site: Site) -> None:
    project = site.project(owner=cast.colleague)
    with cast.everywhere():
        Lead.objects.filter(pk=project.lead_id).update(owner=cast.officer)
        project.refresh_from_db()
        assert project.signed_by == cast.colleague


def test_codes_count_on_within_park_and_year(cast: Cast, site: Site, clock: time_machine.Traveller) -> None:
    codes = [site.project().code for _ in range(2)]
    codes.append(site.project(signed_on=date(2025, 12, 30)).code)
    codes.append(site.inner_project().code)
    assert codes == ["ZONE-2026-001", "ZONE-2026-002", "ZONE-2025-001", "INNER-2026-001"]


def test_an_officer_may_not_sign(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    with acting(cast.officer), pytest.raises(PermissionDenied):
        sign_project(by=cast.officer, lead=lead, **site.terms())


def test_the_operator_may_not_sign_in_the_zone_nor_the_zone_in_the_inner_park(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        zone_lead, inner_lead = site.lead(), site.lead(cast.inner, cast.operator_officer)
    for by, lead in ((cast.operator_manager, zone_lead), (cast.manager, inner_lead)):
        with acting(by), pytest.raises(PermissionDenied):
            sign_project(by=by, lead=lead, **site.terms())


def test_a_lead_that_was_not_admitted_is_not_signed(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead(admitted=False)
    with acting(cast.manager), pytest.raises(Refused) as refused:
        sign_project(by=cast.manager, lead=lead, **site.terms())
    assert (refused.value.code, refused.value.status) == ("not_admitted", 409)


def test_a_lead_is_signed_once(cast: Cast, site: Site) -> None:
    lead = site.project().lead
    with acting(cast.manager), pytest.raises(Refused) as refused:
        sign_project(by=cast.manager, lead=lead, **site.terms())
    assert (refused.value.code, refused.value.status) == ("already_signed", 409)


def test_a_lead_that_was_changed_meanwhile_is_not_signed(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    with acting(cast.manager), pytest.raises(Stale):
        sign_project(by=cast.manager, lead=lead, version=lead.version + 1, **site.terms())


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"signed_on": date(2026, 8, 4)}, "signed_on", "in_future"),
        ({"signed_on": date(206, 8, 1)}, "signed_on", "too_old"),
        ({"agreed_amount": Decimal(0)}, "agreed_amount", "not_positive"),
        ({"agreed_amount": Decimal("-1")}, "agreed_amount", "not_positive"),
        ({"agreed_amount": Decimal("NaN")}, "agreed_amount", "not_positive"),
        ({"agreed_amount": Decimal("1e400")}, "agreed_amount", "too_large"),
        ({"agreed_amount": Decimal("1.005")}, "agreed_amount", "decimals"),
        ({"currency": "usd"}, "currency", "currency"),
        ({"currency": "USD"}, "rate", "rate_missing"),
        ({"currency": "USD", "rate": Decimal(0)}, "rate", "rate"),
        ({"currency": "USD", "rate": Decimal("Infinity")}, "rate", "rate"),
        ({"party_zone": " "}, "party_zone", "missing"),
        ({"party_enterprise": ""}, "party_enterprise", "missing"),
        ({"name": "长" * 161}, "name", "too_long"),
    ],
)
def test_bad_terms_are_refused_at_their_field(
    cast: Cast, site: Site, changed: dict[str, object], field: str, code: str
) -> None:
    with cast.everywhere():
        lead = site.lead()
    with acting(cast.manager), pytest.raises(Refused) as refused:
        sign_project(by=cast.manager, lead=lead, **site.terms(**changed))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_people_and_plans_of_other_parks_are_refused(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
        foreign = MilestoneTemplate.objects.create(park=cast.inner, name="别家的计划")
    cases: dict[str, dict[str, Any]] = {
        "case_officer": {"case_officer": cast.operator_officer},
        "responsible_leader": {"responsible_leader": cast.operator_manager},
        "template": {"template": foreign},
    }
    for field, changed in cases.items():
        with acting(cast.manager), pytest.raises(Refused) as refused:
            sign_project(by=cast.manager, lead=lead, **site.terms(**changed))
        assert refused.value.field == field


def test_a_leader_of_the_zone_may_answer_for_a_project_of_an_inner_park(cast: Cast, site: Site) -> None:
    assert site.inner_project(responsible_leader=cast.leader).responsible_leader == cast.leader


def test_an_agreement_in_dollars_counts_in_yuan_at_the_rate_of_the_day(cast: Cast, site: Site) -> None:
    project = site.project(agreed_amount=Decimal("1000000"), currency="USD", rate=Decimal("7.1234"))
    assert (project.agreed_amount, project.original_amount) == (Decimal("7123400.00"), Decimal("1000000"))


def test_a_signing_of_a_closed_month_counts_in_the_open_one(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        MonthClose.objects.create(park=cast.zone, month=date(2026, 7, 1), closed_at="2026-08-03T00:00Z")
    assert site.project(signed_on=date(2026, 7, 31)).counted_month == date(2026, 8, 1)


def test_before_the_cut_off_a_signing_of_last_month_counts_there(cast: Cast, site: Site) -> None:
    assert site.project(signed_on=date(2026, 7, 31)).counted_month == date(2026, 7, 1)


def test_the_plan_has_the_steps_of_the_article_in_parallel_lines(cast: Cast, site: Site) -> None:
    project = site.project()
    with cast.everywhere():
        steps = list(project.milestones.all())
    assert [step.kind for step in steps] == [
        "registration",
        "filing",
        "environment",
        "design",
        "tender",
        "construction",
        "fit_out",
        "production",
    ]
    assert len({step.line for step in steps}) > 2
    assert all(step.owner_id == cast.officer.pk and step.department_id == cast.promotion.pk for step in steps)


def test_the_plan_skips_national_day_and_works_on_make_up_days(
    cast: Cast, site: Site, clock: time_machine.Traveller
) -> None:
    """2026: closed from 1 to 7 October, worked on Sunday 20 September and Saturday 10 October."""
    clock.move_to("2026-09-18T10:00:00+08:00")
    with cast.everywhere():
        template = MilestoneTemplate.objects.create(park=cast.zone, name="短计划")
        for place, (after, takes) in enumerate([(0, 1), (0, 8), (0, 9), (1, 10)], start=1):
            template.steps.create(
                park=cast.zone, position=place, kind="other", name=f"步骤{place}", starts_after=after, takes=takes
            )
    project = site.project(signed_on=date(2026, 9, 18), template=template)
    with cast.everywhere():
        steps = list(project.milestones.values_list("starts_on", "due_on"))
    assert steps == [
        (date(2026, 9, 18), date(2026, 9, 20)),
        (date(2026, 9, 18), date(2026, 9, 30)),
        (date(2026, 9, 18), date(2026, 10, 8)),
        (date(2026, 9, 20), date(2026, 10, 10)),
    ]


def test_the_parks_own_closed_day_moves_the_plan(cast: Cast, site: Site) -> None:
    before = site.project()
    with cast.everywhere():
        CalendarDay.objects.create(park=cast.zone, day=date(2026, 8, 5), is_open=False, reason="园区活动")
    after = site.project()
    with cast.everywhere():
        first, second = (p.milestones.get(kind="registration").due_on for p in (before, after))
    assert (first, second) == (date(2026, 8, 17), date(2026, 8, 18))


def test_a_plan_into_an_unpublished_year_says_so(cast: Cast, site: Site) -> None:
    project = site.project()
    with cast.everywhere():
        assert unpublished_years_of(project) == [2027]


def test_the_default_plan_is_made_once(cast: Cast, site: Site) -> None:
    site.project()
    site.project()
    with cast.everywhere():
        assert MilestoneTemplate.objects.filter(park=cast.zone).count() == 1


@pytest.mark.django_db(transaction=True)
def test_projects_signed_at_the_same_moment_get_different_codes(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        leads = [site.lead() for _ in range(4)]
    barrier = Barrier(len(leads))

    def sign(lead: Lead) -> None:
        try:
            barrier.wait(10)
            with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
                sign_project(by=cast.manager, lead=lead, **site.terms())
        finally:
            connection.close()

    threads = [Thread(target=sign, args=[lead]) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with cast.everywhere():
        assert sorted(Project.objects.values_list("code", flat=True)) == [f"ZONE-2026-00{n}" for n in (1, 2, 3, 4)]


@pytest.mark.django_db(transaction=True)
def test_one_lead_signed_twice_at_the_same_moment_is_one_project(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    barrier, refused = Barrier(2), []

    def sign() -> None:
        try:
            barrier.wait(10)
            with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
                sign_project(by=cast.manager, lead=lead, **site.terms())
        except Refused as error:
            refused.append(error.status)
        finally:
            connection.close()

    threads = [Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == [409]
    with cast.everywhere():
        assert Project.objects.count() == 1
        assert Milestone.objects.count() == 8
