"""Steps are done, moved with a reason, opened again; the state, the month and the reminders follow."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import Conflict, Refused, Stale
from notices.models import Notice
from parks.models import ParkRules
from projects.actions import (
    add_milestone,
    complete_milestone,
    end_project,
    hand_over_project,
    reopen_milestone,
    reschedule_milestone,
)
from projects.models import Milestone, Project, ProjectLog
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting

BEIJING = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 8, 3)


def step(cast: Cast, project: Project, kind: str = "registration") -> Milestone:
    with cast.everywhere():
        found: Milestone = Milestone.objects.select_related("project", "owner").get(project=project, kind=kind)
        return found


def reminders(cast: Cast, milestone: Milestone, state: str = "pending") -> set[tuple[str, str, str, datetime]]:
    """(moment, person, channel, when in Beijing) of what is written ahead."""
    with cast.everywhere():
        rows = Notice.objects.filter(key__startswith=f"milestone:{milestone.pk}:", state=state).select_related(
            "recipient"
        )
        return {
            (row.key.rsplit(":", 1)[1], row.recipient.username, row.channel, row.due_at.astimezone(BEIJING))
            for row in rows
        }


def test_reminders_are_written_ahead_for_three_moments_in_page_and_mail(cast: Cast, site: Site) -> None:
    """Registration is due on Monday 17 August: the first working day after is the 18th."""
    milestone = step(cast, site.project(responsible_leader=cast.leader))
    before, day, after = (datetime(2026, 8, n, 9, tzinfo=BEIJING) for n in (14, 17, 18))
    assert reminders(cast, milestone) == {
        *(("before", "officer", channel, before) for channel in ("page", "mail")),
        *(("day", "officer", channel, day) for channel in ("page", "mail")),
        *(("after", who, channel, after) for who in ("officer", "leader") for channel in ("page", "mail")),
    }


def test_the_reminder_after_waits_for_a_working_day(cast: Cast, site: Site, clock: time_machine.Traveller) -> None:
    """Due on 30 September, the last day before National Day: the first working day after is 8 October."""
    project = site.project()
    milestone = step(cast, project)
    with acting(cast.officer):
        reschedule_milestone(by=cast.officer, milestone=milestone, due_on=date(2026, 9, 30), reason="材料补正")
    assert {when for moment, _who, _channel, when in reminders(cast, milestone) if moment == "after"} == {
        datetime(2026, 10, 8, 9, tzinfo=BEIJING)
    }


def test_without_a_leader_the_departments_managers_hear_of_a_late_step(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    assert {who for moment, who, _channel, _when in reminders(cast, milestone) if moment == "after"} == {
        "officer",
        "manager",
    }


def test_how_long_before_is_the_parks_rule(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        ParkRules.objects.create(park=cast.zone, remind_days=7)
    milestone = step(cast, site.project())
    assert {when for moment, _who, _channel, when in reminders(cast, milestone) if moment == "before"} == {
        datetime(2026, 8, 10, 9, tzinfo=BEIJING)
    }


def test_moments_that_have_passed_are_not_made_up_for(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project(signed_on=date(2026, 6, 1)))
    assert milestone.due_on < TODAY
    assert reminders(cast, milestone) == set()


def test_done_takes_the_reminders_back_and_open_again_brings_them(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    written = reminders(cast, milestone)
    with acting(cast.officer):
        complete_milestone(by=cast.officer, milestone=milestone, done_on=TODAY)
    assert reminders(cast, milestone) == set()
    with acting(cast.officer):
        reopen_milestone(by=cast.officer, milestone=milestone, reason="执照信息有误")
    assert reminders(cast, milestone) == written


def test_moved_there_and_back_every_reminder_is_pending_once(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    written, first = reminders(cast, milestone), milestone.due_on
    for day in (date(2026, 9, 1), first):
        with acting(cast.officer):
            milestone = reschedule_milestone(by=cast.officer, milestone=milestone, due_on=day, reason="调整")
    assert reminders(cast, milestone) == written


def test_a_step_done_writes_the_day_and_moves_the_project_on(cast: Cast, site: Site) -> None:
    project = site.project()
    expected = {
        "registration": "registered",
        "filing": "registered",
        "construction": "construction",
        "production": "production",
    }
    for kind, state in expected.items():
        milestone = step(cast, project, kind)
        with acting(cast.officer):
            done = complete_milestone(by=cast.officer, milestone=milestone, done_on=TODAY)
        assert (done.done_on, done.version) == (TODAY, 2)
        with cast.everywhere():
            project.refresh_from_db()
        assert project.state == state
    production = step(cast, project, "production")
    with acting(cast.officer):
        reopen_milestone(by=cast.officer, milestone=production, reason="试产未通过")
    with cast.everywhere():
        project.refresh_from_db()
    assert project.state == "construction"


def test_nothing_is_done_in_the_future(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    with acting(cast.officer), pytest.raises(Refused) as refused:
        complete_milestone(by=cast.officer, milestone=milestone, done_on=date(2026, 8, 4))
    assert (refused.value.field, refused.value.code) == ("done_on", "in_future")


def test_done_is_done_once(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    with acting(cast.officer):
        complete_milestone(by=cast.officer, milestone=milestone, done_on=TODAY)
    with acting(cast.colleague), pytest.raises(Conflict):
        complete_milestone(by=cast.colleague, milestone=milestone, done_on=TODAY)


def test_moving_needs_a_reason_keeps_the_first_day_and_takes_the_month_along(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    with acting(cast.officer), pytest.raises(Refused) as refused:
        reschedule_milestone(by=cast.officer, milestone=milestone, due_on=date(2026, 9, 10), reason="  ")
    assert refused.value.field == "reason"
    with acting(cast.officer):
        moved = reschedule_milestone(
            by=cast.officer, milestone=milestone, due_on=date(2026, 9, 10), reason="等股权变更"
        )
    assert (moved.first_due_on, moved.due_on) == (date(2026, 8, 17), date(2026, 9, 10))
    assert moved.counted_month == date(2026, 9, 1)
    with cast.everywhere():
        line = ProjectLog.objects.get(milestone=moved)
    assert (line.kind, line.from_day, line.to_day, line.reason) == (
        "moved",
        date(2026, 8, 17),
        date(2026, 9, 10),
        "等股权变更",
    )


def test_the_owner_hears_when_somebody_else_moves_the_step(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    with acting(cast.manager):
        moved = reschedule_milestone(by=cast.manager, milestone=milestone, due_on=date(2026, 9, 10), reason="领导协调")
    with cast.everywhere():
        told = Notice.objects.get(kind="milestone_moved")
    assert (told.recipient, told.key) == (cast.officer, f"milestone-moved:{moved.pk}:{moved.version}")


@pytest.mark.parametrize("day", [date(206, 8, 1), date(2926, 8, 1)])
def test_a_mistyped_year_is_no_plan(cast: Cast, site: Site, day: date) -> None:
    milestone = step(cast, site.project())
    with acting(cast.officer), pytest.raises(Refused) as refused:
        reschedule_milestone(by=cast.officer, milestone=milestone, due_on=day, reason="改期")
    assert refused.value.code == "bad_day"


def test_a_version_that_was_changed_meanwhile_is_stale(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    with acting(cast.officer):
        reschedule_milestone(by=cast.officer, milestone=milestone, due_on=date(2026, 9, 10), reason="改期", version=1)
    with acting(cast.colleague), pytest.raises(Stale):
        reschedule_milestone(by=cast.colleague, milestone=milestone, due_on=date(2026, 9, 11), reason="改期", version=1)


def test_people_who_only_look_change_nothing(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    for by in (cast.auditor, cast.window, cast.park_admin):
        with acting(by), pytest.raises(PermissionDenied):
            complete_milestone(by=by, milestone=milestone, done_on=TODAY)


def test_the_zone_sees_an_inner_project_but_does_not_touch_it(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.inner_project())
    with acting(cast.manager):
        assert Milestone.objects.visible_to(cast.manager).filter(pk=milestone.pk).exists()
        with pytest.raises(PermissionDenied):
            complete_milestone(by=cast.manager, milestone=milestone, done_on=TODAY)


def test_a_step_is_added_at_the_end_with_its_reminders(cast: Cast, site: Site) -> None:
    project = site.project()
    with acting(cast.officer):
        added = add_milestone(by=cast.officer, project=project, name="能评", starts_on=TODAY, due_on=date(2026, 8, 20))
    assert (added.position, added.owner, added.title) == (9, cast.officer, "能评")
    assert {moment for moment, *_rest in reminders(cast, added)} == {"before", "day", "after"}


def test_a_step_may_not_be_given_to_somebody_elsewhere(cast: Cast, site: Site) -> None:
    project = site.project()
    with acting(cast.officer), pytest.raises(Refused) as refused:
        add_milestone(
            by=cast.officer, project=project, name="能评", starts_on=TODAY, due_on=TODAY, owner=cast.operator_officer
        )
    assert refused.value.field == "owner"


def test_handing_over_takes_open_steps_and_reminders_along_but_not_the_credit(cast: Cast, site: Site) -> None:
    project = site.project()
    registration = step(cast, project)
    with acting(cast.officer):
        complete_milestone(by=cast.officer, milestone=registration, done_on=TODAY)
    with acting(cast.manager):
        hand_over_project(
            by=cast.manager, project=project, case_officer=cast.colleague, responsible_leader=cast.leader, version=2
        )
    done, filing = step(cast, project), step(cast, project, "filing")
    with cast.everywhere():
        project.refresh_from_db()
        assert (done.owner, filing.owner, project.signed_by) == (cast.officer, cast.colleague, cast.officer)
    assert {who for _moment, who, *_rest in reminders(cast, filing)} == {"colleague", "leader"}


def test_an_ended_project_is_quiet_and_closed(cast: Cast, site: Site) -> None:
    project = site.project()
    milestone = step(cast, project)
    with acting(cast.manager):
        end_project(by=cast.manager, project=project, reason="企业战略调整")
    assert reminders(cast, milestone) == set()
    with acting(cast.officer), pytest.raises(Conflict):
        complete_milestone(by=cast.officer, milestone=milestone, done_on=TODAY)


def test_a_standard_step_is_named_in_the_readers_language(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())

    with translation.override("en"):
        assert (milestone.title, milestone.name) == ("Registration change", "工商变更")
        milestone.name = "营业执照"
        assert milestone.title == "营业执照"
