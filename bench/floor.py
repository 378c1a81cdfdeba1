"""Bare Django views that show the same rows in a plain table: what a page cannot do without."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from companies.models import Company
from leads.models import Activity, Lead
from reports.models import ReportLine

TABLE = """<!doctype html><title>floor</title><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>"""


def _table(rows: "QuerySet[Any, Any] | list[Any]") -> HttpResponse:
    template = engines["django"].from_string(TABLE)
    return HttpResponse(template.render({"rows": rows}))


COMPANY = ("id", "name", "credit_code", "industry__name", "province", "city", "registered_on", "capital_raw")


@login_required
def companies(request: HttpRequest) -> HttpResponse:
    """Fifty companies by name."""
    return _table(Company.objects.order_by("name", "id").values_list(*COMPANY)[:50])


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Fifty companies with two characters in their name, by the same index."""
    keys = [request.GET["q"]]
    return _table(Company.objects.filter(search_keys__contains=keys).order_by("name", "id").values_list(*COMPANY)[:50])


LEAD = ("id", "company__name", "title", "stage", "owner__display_name", "amount", "next_step", "last_activity_at")


@login_required
def leads(request: HttpRequest) -> HttpResponse:
    """Fifty leads by last activity."""
    rows = Lead.objects.filter(park_id=request.GET["park"]).order_by("-last_activity_at", "-id")
    return _table(rows.values_list(*LEAD)[:50])


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Counts and sums by stage, and twenty cards of each open stage."""
    mine = Lead.objects.filter(park_id=request.GET["park"])
    rows: list[Any] = list(mine.order_by().values_list("stage").annotate(Count("id"), Sum("amount")))
    for stage in ("planning", "contacting", "visiting", "negotiating", "screening"):
        rows += mine.filter(stage=stage).order_by("-stage_since", "-id").values_list(*LEAD)[:20]
    return _table(rows)


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """One lead and its last twenty activities."""
    rows: list[Any] = list(Lead.objects.filter(pk=request.GET["id"]).values_list(*LEAD))
    done = Activity.objects.filter(park_id=request.GET["park"], lead_id=request.GET["id"])
    rows += done.order_by("-happened_at", "-id").values_list(
        "id", "kind", "happened_at", "summary", "by__display_name"
    )[:20]
    return _table(rows)


@login_required
def ranking(request: HttpRequest) -> HttpResponse:
    """The lines of one closed month."""
    lines = ReportLine.objects.filter(report_id=request.GET["id"]).order_by("subject", "rank", "id")
    return _table(lines.values_list("rank", "name", "score", "figures", "points", "previous_rank"))


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """One officer's twenty next steps, and the month's visits by what they count as."""
    mine = Lead.objects.filter(park_id=request.GET["park"], owner_id=int(request.GET["officer"]))
    rows: list[Any] = list(mine.order_by("next_date", "id").values_list(*LEAD)[:20])
    done = Activity.objects.filter(park_id=request.GET["park"], by_id=int(request.GET["officer"]), counts=True)
    rows += done.filter(counted_month=date(2026, 10, 1)).order_by().values_list("counts_as").annotate(Count("id"))
    return _table(rows)


# The tables whose rows count in a month, by whom.
COUNTED = {
    "leads_activity": "by_id",
    "leads_submission": "submitted_by_id",
    "leads_lead": "created_by_id",
    "projects_project": "signed_by_id",
    "projects_payment": "claimed_by_id",
    "projects_milestone": "owner_id",
    "services_ticket": "owner_id",
    "leads_eventperson": "user_id",
}


def month_sql(park_id: int, month: date) -> list[tuple[Any, ...]]:
    """The bare SQL of a month: what counts of each kind, by person; no shares, limits or kinds of visits."""
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for table, person in COUNTED.items():
            cursor.execute(
                f"SELECT {person}, count(*) FROM {table} WHERE park_id = %s AND counted_month = %s GROUP BY 1",  # noqa: S608 - ours
                [park_id, month],
            )
            rows += cursor.fetchall()
    return rows


urlpatterns = [
    path("companies/", companies),
    path("search/", search),
    path("leads/", leads),
    path("board/", board),
    path("record/", record),
    path("ranking/", ranking),
    path("today/", today),
]
