"""A project's past in one stream: what was done with the company and its lead, and the project's own log."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.money import short_money
from core.pages import TimelineEntry
from leads.timeline import timeline_of_company
from projects.models import Project, ProjectLog

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

MOST = 100
LOG_ICONS = {
    ProjectLog.Kind.SIGNED: "signature",
    ProjectLog.Kind.DONE: "circle-check",
    ProjectLog.Kind.MOVED: "calendar-due",
    ProjectLog.Kind.REOPENED: "rotate-clockwise",
    ProjectLog.Kind.ADDED: "plus",
    ProjectLog.Kind.CLAIMED: "cash",
    ProjectLog.Kind.RECOGNISED: "checks",
    ProjectLog.Kind.REJECTED: "x",
    ProjectLog.Kind.HANDED_OVER: "user-share",
    ProjectLog.Kind.ENDED: "player-stop",
}


def timeline_of(user: "User", project: Project, scope: str = "") -> list[TimelineEntry]:
    """The newest hundred entries; `scope` narrows to `activity` or `history`."""
    entries = timeline_of_company(user, project.company, scope, park_id=project.park_id)
    if scope != "activity":
        entries += _log(project)
    return sorted(entries, key=lambda entry: entry.when, reverse=True)[:MOST]


def _log(project: Project) -> list[TimelineEntry]:
    rows = project.log.select_related("by", "milestone", "payment").order_by("-at", "-id")[:MOST]
    return [
        TimelineEntry(
            icon=LOG_ICONS[ProjectLog.Kind(row.kind)],
            when=row.at,
            who=str(row.by),
            title=_title(row),
            text=_details(row),
            kind="history",
        )
        for row in rows
    ]


def _title(row: ProjectLog) -> str:
    if row.milestone is not None:
        return f"{row.get_kind_display()}: {row.milestone.title}"
    if row.payment is not None:
        return f"{row.get_kind_display()}: {short_money(row.payment.amount_yuan)}"
    return row.get_kind_display()


def _details(row: ProjectLog) -> str:
    """Days and reason, in as few words as they take."""
    days = {
        ProjectLog.Kind.MOVED: f"{_day(row.from_day)} → {_day(row.to_day)}",
        ProjectLog.Kind.DONE: _("Done on %(date)s") % {"date": _day(row.to_day)},
        ProjectLog.Kind.ADDED: _("Due on %(date)s") % {"date": _day(row.to_day)},
        ProjectLog.Kind.SIGNED: _("Signed on %(date)s") % {"date": _day(row.to_day)},
        ProjectLog.Kind.CLAIMED: _("Paid on %(date)s") % {"date": _day(row.to_day)},
    }
    parts = [days.get(ProjectLog.Kind(row.kind), ""), row.reason]
    return " · ".join(part for part in parts if part)


def _day(day: "date | None") -> str:
    return f"{day:%Y-%m-%d}" if day else "—"
