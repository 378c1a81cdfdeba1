"""Closing a month, publishing its report, listing later corrections. A closed month never changes."""

import hashlib
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import people_with
from core.errors import Refused
from core.locking import locked
from core.models import Attachment
from core.worktime import SHANGHAI, local_date
from notices.actions import queue
from parks.models import MonthClose, Park
from parks.queries import calendar_of, counted_month, lock_months, month_range, next_month, rules_of
from reports import queries, workbook
from reports.indicators import records_sql
from reports.models import Report, ReportLine, Restatement, Scheme
from reports.ranking import OFFICER, Line
from reports.scoring import DEFAULT_ITEMS, DEFAULT_NAME

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RESTATE_MONTHS = 3


def default_scheme(*, park_id: int, month: date) -> Scheme:
    """The scheme in force; the default one is written down as the park's first version where there is none."""
    scheme = queries.scheme_for(park_id, month)
    if scheme.pk:
        return scheme
    first = {"name": DEFAULT_NAME, "items": DEFAULT_ITEMS, "valid_from": month}
    return Scheme.objects.get_or_create(park_id=park_id, version=1, defaults=first)[0]


@transaction.atomic
def close_month(*, park_id: int, month: date, by: User | None = None) -> Report:
    """Freeze a month that is over as a draft report: figures, ranks and every record behind them.

    Again, or twice at once, answers with the same report. Raises Refused for a month that is not over, lies in the
    future or before anything was recorded.
    """
    month = month.replace(day=1)
    lock_months(park_id)
    report: Report | None = Report.objects.filter(park_id=park_id, month=month).select_related("scheme").first()
    if report is not None:
        return report
    now = timezone.now()
    _check_month(park_id, month, now)
    report = _freeze(park_id, month, now, by)
    _tell_draft(report)
    return report


def _check_month(park_id: int, month: date, now: datetime) -> None:
    names = {"month": f"{month:%Y-%m}"}
    _start, end = month_range(month)
    if month > queries.this_month(now):
        raise Refused(_("%(month)s lies in the future.") % names, field="month", code="future_month")
    if now < end:
        raise Refused(_("%(month)s is not over yet.") % names, field="month", code="month_not_over")
    last = queries.previous_month(queries.this_month(now))
    first = min(queries.first_month(park_id) or last, last)
    if month < first:
        names["first"] = f"{first:%Y-%m}"
        raise Refused(
            _("Nothing was recorded in this park before %(first)s; there is no month %(month)s to close.") % names,
            field="month",
            code="unknown_month",
        )


def _freeze(park_id: int, month: date, now: datetime, by: User | None) -> Report:
    MonthClose.objects.get_or_create(park_id=park_id, month=month, defaults={"closed_at": now, "closed_by": by})
    report: Report = Report.objects.create(
        park_id=park_id,
        month=month,
        scheme=default_scheme(park_id=park_id, month=month),
        closed_at=now,
        closed_by=by,
        objection_until=objection_end(park_id, now),
    )
    _freeze_records(report)
    ranking = queries.ranking_of(park_id, month, queries.frozen_cells(report), report.scheme)
    ReportLine.objects.bulk_create([_line(report, line) for line in [*ranking.officers, *ranking.departments]])
    report.totals = {code: figure.stored() for code, figure in ranking.totals.items()}
    report.save(update_fields=["totals"])
    return report


def objection_end(park_id: int, now: datetime) -> datetime:
    """The end of the objection window: so many working days later, at the hour at which months close."""
    rules = rules_of(park_id)
    day = calendar_of(park_id).add_working_days(local_date(now), rules.objection_days)
    return datetime.combine(day, rules.cutoff_time, tzinfo=SHANGHAI)


def _freeze_records(report: Report) -> None:
    columns = "indicator, record_id, user_id, department_id, value, percent, happened_on, label, url, confidential"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO reports_reportfact (park_id, report_id, {columns})"  # noqa: S608 - our own columns
            f" SELECT %(park)s, %(report)s, {columns} FROM ({records_sql()}) records",
            {"park": report.park_id, "month": report.month, "report": report.pk},
        )


def _line(report: Report, line: Line) -> ReportLine:
    subject = line.subject
    return ReportLine(
        park_id=report.park_id,
        report=report,
        subject=subject.subject,
        user_id=subject.id if subject.subject == OFFICER else None,
        department_id=subject.department_id,
        name=subject.name,
        heads=subject.heads,
        rank=line.rank,
        previous_rank=line.previous_rank,
        score=line.score,
        figures={code: figure.stored() for code, figure in line.figures.items()},
        points={code: str(points) for code, points in line.points.items()},
    )


@transaction.atomic
def publish_report(*, report: Report, by: User | None = None) -> Report:
    """Publish a draft: its workbook is stored for ever and mailed. Again answers with the published report.

    From here on the database refuses every change of it.
    """
    held: Report = locked(Report.objects.select_related("park", "scheme"), pk=report.pk)
    if held.state == Report.State.PUBLISHED:
        return held
    held.published_at = timezone.now()
    held.state = Report.State.PUBLISHED
    content = workbook.workbook_of(held)
    held.workbook = content
    held.sha256 = hashlib.sha256(content).hexdigest()
    held.save(update_fields=["published_at", "state", "workbook", "sha256"])
    _tell_published(held, _stored_file(held, content, by))
    return held


def _stored_file(report: Report, content: bytes, by: User | None) -> Attachment:
    """The workbook as a stored file, for the mails."""
    file = Attachment(
        park_id=report.park_id,
        name=workbook.file_name(report),
        content_type=XLSX,
        size=len(content),
        sha256=report.sha256,
        uploaded_by=by,
    )
    file.file.save(file.uuid.hex, ContentFile(content), save=False)
    file.save()
    return file


def readers_of(report: Report) -> list[User]:
    """Leaders and managers of the park, and everybody who is ranked in the report."""
    ranked = ReportLine.objects.filter(park_id=report.park_id, report=report, subject=OFFICER).values("user_id")
    people: list[User] = [
        *people_with("reports.close", report.park_id),
        *people_with("leads.assign", report.park_id),
        *User.objects.filter(pk__in=ranked, is_active=True),
    ]
    return list({person.pk: person for person in people}.values())


def _tell_draft(report: Report) -> None:
    names = {"month": f"{report.month:%Y-%m}", "until": f"{report.objection_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
    queue(
        park_id=report.park_id,
        recipients=readers_of(report),
        kind="report_draft",
        key=f"report:{report.pk}:draft",
        url=report.get_absolute_url(),
        channels=("page",),
        text=lambda: (
            _("%(month)s is closed; objections until %(until)s") % names,
            _("The draft ranking can be read now. It is published when the objection window ends."),
        ),
    )


def _tell_published(report: Report, file: Attachment) -> None:
    names = {"month": f"{report.month:%Y-%m}", "park": report.park.name}
    queue(
        park_id=report.park_id,
        recipients=readers_of(report),
        kind="report",
        key=f"report:{report.pk}:published",
        url=report.get_absolute_url(),
        attachment_id=file.pk,
        text=lambda: (
            _("Monthly report %(month)s of %(park)s") % names,
            _("The report is published. The workbook with every record behind its figures is attached."),
        ),
    )


def restate(*, park_id: int) -> int:
    """List corrections of the last closed months in the month that is open now; returns how many are new.

    The closed months stay as they are. Looks without a lock first, since most of the time nothing has changed.
    """
    since = queries.months_back(queries.this_month(), RESTATE_MONTHS)
    reports = list(Report.objects.filter(park_id=park_id, month__gte=since).order_by("month"))
    if not any(queries.changes_since(report) for report in reports):
        return 0
    with transaction.atomic():
        lock_months(park_id)
        return sum(_restate(report) for report in reports)


def _restate(report: Report) -> int:
    changes, now = queries.changes_since(report), timezone.now()
    if changes:
        listed_in = max(counted_month(report.park_id, local_date(now), now), next_month(report.month))
        for change in changes:
            change.listed_in, change.at = listed_in, now
        Restatement.objects.bulk_create(changes)
    return len(changes)


def ensure_reports(*, park: Park, now: datetime | None = None, at_most: int = RESTATE_MONTHS) -> None:
    """Whatever is due in one park: months past their cut-off closed, drafts past their window published.

    Corrections of closed months are listed, too. Asks the database what is missing, so that a missed, late or doubled
    run changes nothing.
    """
    now = now or timezone.now()
    for month in queries.months_to_close(park.pk, now, at_most):
        close_month(park_id=park.pk, month=month)
    drafts = Report.objects.filter(park_id=park.pk, state=Report.State.DRAFT, objection_until__lte=now)
    for report in drafts.order_by("month"):
        publish_report(report=report)
    restate(park_id=park.pk)
