"""Lights, boards and lists of what is due, computed by the database."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from parks.models import ParkRules
from projects.actions import complete_milestone, end_project
from projects.gantt import chart_of
from projects.models import Milestone, MilestoneTemplate, Project
from projects.queries import (
    by_light,
    by_state,
    milestones_due,
    milestones_overdue,
    red_projects,
    with_light,
    with_next,
)
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting

TODAY = date(2026, 8, 3)


def planned(cast: Cast, site: Site, days_left: Iterable[int], **values: Any) -> Project:
    """A project whose open steps are due so many days from today."""
    with cast.everywhere():
        template = MilestoneTemplate.objects.create(park=cast.zone, name="空计划")
    project = site.project(template=template, **values)
    with cast.everywhere():
        for place, days in enumerate(days_left, start=1):
            due = TODAY + timedelta(days=days)
            Milestone.objects.create(
                park=cast.zone,
                project=project,
                company_id=project.company_id,
                position=place,
                kind="other",
                name=f"步骤{place}",
                starts_on=due,
                due_on=due,
                first_due_on=due,
                owner=cast.officer,
                counted_month=due.replace(day=1),
            )
    return project


def light(cast: Cast, project: Project) -> str:
    with acting(cast.manager):
        found: str = with_light(Project.objects.visible_to(cast.manager)).get(pk=project.pk).light
        return found


@pytest.mark.parametrize(
    ("days_left", "colour"),
    [
        ((10, 20), "green"),
        ((0, 20), "green"),
        ((-1, 10, 20), "yellow"),
        ((-30, 10, 20), "yellow"),
        ((-31, 10, 20), "red"),
        ((-1, -1, 10, 20), "yellow"),
        ((-1, -1, -1, 10, 20), "red"),
        ((-1,), "red"),
        ((), "grey"),
    ],
)
def test_the_light_follows_days_late_and_the_share_of_late_steps(
    cast: Cast, site: Site, days_left: tuple[int, ...], colour: str
) -> None:
    assert light(cast, planned(cast, site, days_left)) == colour


def test_the_thresholds_are_the_parks(cast: Cast, site: Site) -> None:
    project = planned(cast, site, (-10, -10, 10))
    assert light(cast, project) == "red"
    with cast.everywhere():
        rules = ParkRules.objects.create(park=cast.zone, late_red_share=70)
    assert light(cast, project) == "yellow"
    with cast.everywhere():
        ParkRules.objects.filter(pk=rules.pk).update(late_red_days=5)
    assert light(cast, project) == "red"


def test_steps_that_are_done_are_not_late_and_an_ended_project_has_no_light(cast: Cast, site: Site) -> None:
    project = planned(cast, site, (-40, 10))
    with cast.everywhere():
        late = project.milestones.get(position=1)
    with acting(cast.officer):
        complete_milestone(by=cast.officer, milestone=late, done_on=TODAY)
    assert light(cast, project) == "green"
    with acting(cast.manager):
        end_project(by=cast.manager, project=project, reason="终止")
    assert light(cast, project) == "grey"


def test_a_day_begins_in_beijing(cast: Cast, site: Site, clock: time_machine.Traveller) -> None:
    project = planned(cast, site, (0, 20, 30))
    clock.move_to("2026-08-03T23:59:00+08:00")
    assert light(cast, project) == "green"
    clock.move_to("2026-08-04T00:01:00+08:00")
    assert light(cast, project) == "yellow"


def test_boards_count_and_sum_in_one_statement(
    cast: Cast, site: Site, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    planned(cast, site, (10,), agreed_amount=Decimal(100))
    planned(cast, site, (10,), agreed_amount=Decimal(30))
    planned(cast, site, (-90,), agreed_amount=Decimal(7))
    with acting(cast.manager):
        rows = Project.objects.visible_to(cast.manager)
        with django_assert_num_queries(2):  # type: ignore[operator]  # the thresholds, and the grouped statement
            lights = by_light(rows)
        with django_assert_num_queries(1):  # type: ignore[operator]  # as above
            states = by_state(rows)
    assert [(group.code, group.count, group.agreed) for group in lights] == [
        ("red", 1, Decimal(7)),
        ("yellow", 0, Decimal(0)),
        ("green", 2, Decimal(130)),
    ]
    assert [(group.code, group.count) for group in states if group.count] == [("signed", 3)]


def test_red_projects_say_what_since_when_and_whose(cast: Cast, site: Site) -> None:
    planned(cast, site, (-40, 10, 20), name="晚四十天")
    planned(cast, site, (-80, 10, 20), name="晚八十天")
    planned(cast, site, (10,), name="正常")
    with acting(cast.manager):
        first, second = red_projects(cast.manager)
        assert (first.name, second.name) == ("晚八十天", "晚四十天")
        assert first.next_step is not None
        assert (first.next_step.title, first.next_step.due_on, first.next_step.owner) == (
            "步骤1",
            TODAY - timedelta(days=80),
            "officer",
        )


def test_what_is_due_and_overdue_is_ones_own_and_of_living_projects(cast: Cast, site: Site) -> None:
    planned(cast, site, (-2, 0, 5, 9))
    ended = planned(cast, site, (-2, 0))
    with acting(cast.manager):
        end_project(by=cast.manager, project=ended, reason="终止")
    with acting(cast.officer):
        overdue = [m.due_on for m in milestones_overdue(cast.officer)]
        due = [m.due_on for m in milestones_due(cast.officer, TODAY + timedelta(days=7))]
    assert overdue == [TODAY - timedelta(days=2)]
    assert due == [TODAY, TODAY + timedelta(days=5)]
    with acting(cast.colleague):
        assert not milestones_overdue(cast.colleague).exists()


def test_the_next_step_is_the_open_one_that_is_due_first(cast: Cast, site: Site) -> None:
    project = planned(cast, site, (9, 3, 5))
    with acting(cast.manager):
        row = with_next(Project.objects.visible_to(cast.manager)).get(pk=project.pk)
    assert (row.next_step.title, row.next_due) == ("步骤2", TODAY + timedelta(days=3))


def test_a_strangers_lists_are_empty(cast: Cast, site: Site) -> None:
    planned(cast, site, (-80,))
    with acting(cast.stranger):
        assert red_projects(cast.stranger) == []
        assert not milestones_overdue(cast.stranger).exists()


def test_the_chart_shows_spans_moves_and_lateness_within_its_scale(cast: Cast, site: Site) -> None:
    project = planned(cast, site, (-10, 20))
    with cast.everywhere():
        steps = list(project.milestones.select_related("owner"))
    chart = chart_of(steps, TODAY)
    assert chart is not None
    assert [bar.state for bar in chart.bars] == ["late", "ahead"]
    assert chart.bars[0].days_late == 10
    assert [tick.label for tick in chart.ticks] == ["26-07", "26-08"]
    for bar in chart.bars:
        assert 0 <= float(bar.start.rstrip("%")) <= 100
        assert float(bar.start.rstrip("%")) + float(bar.width.rstrip("%")) <= 100.7
    assert chart_of([], TODAY) is None
