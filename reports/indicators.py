"""What is counted in a month, as data: one entry per figure, all of it SQL over the stored `counted_month`.

`value` is 1 for what is counted, yuan for amounts, and 1 or 0 for what was or was not in time. Every figure is the
count and the sum of its records, so that the records behind a figure are the same statement without the grouping.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["count", "amount", "ratio"]


@dataclass(frozen=True)
class Indicator:
    """One figure. The SQL names the record's table `r`; `naming` joins what only the record list needs."""

    code: str
    label: str | Promise
    rule: str | Promise
    kind: Kind
    table: str
    where: str
    user: str
    day: str
    title: str
    url: str
    department: str = "r.department_id"
    value: str = "1"
    joins: str = ""
    naming: str = ""
    confidential: str = "false"
    record: str = ""
    """`app.Model` of records that not everybody sees; its `visible_to` decides who reads the title."""

    @property
    def source(self) -> str:
        """The rows of one park and month."""
        return f"{self.table} r {self.joins}"

    @property
    def condition(self) -> str:
        """Which of them count."""
        return f"r.park_id = %(park)s AND r.counted_month = %(month)s AND {self.where}"


def local_day(column: str) -> str:
    """The day in Beijing of a moment."""
    return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"


_LEAD = "LEFT JOIN leads_lead l ON l.park_id = r.park_id AND l.id = r.lead_id"
_COMPANY = "JOIN companies_company c ON c.id = r.company_id"
_PROJECT = "JOIN projects_project p ON p.park_id = r.park_id AND p.id = r.project_id"
# The outcome of the first resolution; later cycles after a reply do not change the month's figure.
_CLOCK = (
    "LEFT JOIN services_ticketclock k ON k.park_id = r.park_id AND k.ticket_id = r.id"
    " AND k.clock = 'resolution' AND k.cycle = 1"
)


def _visits(code: str, label: str | Promise, rule: str | Promise) -> Indicator:
    return Indicator(
        code=f"{code}s",
        label=label,
        rule=rule,
        kind="count",
        table="leads_activity",
        where=f"r.kind = '{code}'",
        user="r.by_id",
        day=local_day("r.happened_at"),
        naming=f"{_COMPANY} {_LEAD}",
        title="c.name",
        url="CASE WHEN r.lead_id IS NULL THEN '/companies/' || r.company_id ELSE '/leads/' || r.lead_id END || '/'",
        confidential="COALESCE(l.confidentiality <> 'park', false)",
        record="leads.Activity",
    )


INDICATORS: Final = (
    _visits("outbound_visit", _("Outbound visits"), _("Visits to companies outside, logged before the cut-off.")),
    _visits("inbound_visit", _("Inbound visits"), _("Visits of investors to the park, logged before the cut-off.")),
    Indicator(
        code="submissions_valid",
        label=_("Valid information"),
        rule=_("Information submitted that was judged valid."),
        kind="count",
        table="leads_submission",
        where="r.state = 'valid'",
        user="r.submitted_by_id",
        day=local_day("r.submitted_at"),
        title="r.title",
        url="'/submissions/' || r.id || '/'",
        confidential="true",
        record="leads.Submission",
    ),
    Indicator(
        code="new_leads",
        label=_("New leads"),
        rule=_("Leads claimed in the month, counted for who claimed them, whoever holds them now."),
        kind="count",
        table="leads_lead",
        where="true",
        user="r.created_by_id",
        department="r.claim_department_id",
        day=local_day("r.claimed_at"),
        naming=_COMPANY,
        title="c.name",
        url="'/leads/' || r.id || '/'",
        confidential="r.confidentiality <> 'park'",
        record="leads.Lead",
    ),
    Indicator(
        code="signings",
        label=_("Signings"),
        rule=_("Projects signed, credited to the owner of the lead."),
        kind="count",
        table="projects_project",
        where="true",
        user="r.signed_by_id",
        day="r.signed_on",
        title="r.name",
        url="'/projects/' || r.id || '/'",
    ),
    Indicator(
        code="amount_agreed",
        label=_("Amount agreed"),
        rule=_("Investment in the agreements signed in the month, in yuan; not money that has arrived."),
        kind="amount",
        table="projects_project",
        where="true",
        value="r.agreed_amount",
        user="r.signed_by_id",
        day="r.signed_on",
        title="r.name",
        url="'/projects/' || r.id || '/'",
    ),
    Indicator(
        code="funds_recognised",
        label=_("Funds recognised"),
        rule=_("Payments that a second person recognised on evidence, in yuan at the rate of the day of arrival."),
        kind="amount",
        table="projects_payment",
        where="r.state = 'recognised'",
        value="r.amount_yuan",
        user="r.claimed_by_id",
        day="r.paid_on",
        naming=_PROJECT,
        title="p.name",
        url="'/projects/' || r.project_id || '/'",
    ),
    Indicator(
        code="milestones_on_time",
        label=_("Milestones on time"),
        rule=_("Of the milestones due in the month, those done by their due day."),
        kind="ratio",
        table="projects_milestone",
        joins=_PROJECT,
        where="p.state <> 'terminated'",
        value="CASE WHEN r.done_on <= r.due_on THEN 1 ELSE 0 END",
        user="r.owner_id",
        day="r.due_on",
        title="p.name || ' · ' || r.name",
        url="'/projects/' || r.project_id || '/'",
    ),
    Indicator(
        code="requests_in_time",
        label=_("Requests in time"),
        rule=_("Of the requests first resolved in the month, those resolved within their limit."),
        kind="ratio",
        table="services_ticket",
        joins=_CLOCK,
        where="true",
        value="CASE WHEN COALESCE(k.breached_at IS NOT NULL OR k.met_at > k.due_at, r.breached) THEN 0 ELSE 1 END",
        user="COALESCE(k.holder_id, r.holder_id)",
        day=local_day("COALESCE(k.met_at, r.resolved_at, r.created_at)"),
        title="r.number || ' ' || r.title",
        url="'/tickets/' || r.id || '/'",
    ),
)
BY_CODE: Final = {indicator.code: indicator for indicator in INDICATORS}


def figures_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """Rows (indicator, user_id, department_id, n, total) of one park and month, grouped where the records lie."""
    return " UNION ALL ".join(
        f"SELECT '{i.code}' AS indicator, {i.user} AS user_id, {i.department} AS department_id,"  # noqa: S608 - our own data
        f" count(*) AS n, sum({i.value})::numeric(20, 2) AS total"
        f" FROM {i.source} WHERE {i.condition} GROUP BY 2, 3"
        for i in indicators
    )


def records_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """The records behind the figures, in the columns of `ReportFact`."""
    return " UNION ALL ".join(
        f"SELECT '{i.code}' AS indicator, r.id AS record_id, {i.user} AS user_id, {i.department} AS department_id,"  # noqa: S608 - as above
        f" ({i.value})::numeric(18, 2) AS value, {i.day} AS happened_on, left({i.title}, 240) AS label,"
        f" {i.url} AS url, {i.confidential} AS confidential"
        f" FROM {i.source} {i.naming} WHERE {i.condition}"
        for i in indicators
    )


def values_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """Only (indicator, record_id, user_id, department_id, value, label): what a correction can change."""
    return f"SELECT indicator, record_id, user_id, department_id, value, label FROM ({records_sql(indicators)}) now"  # noqa: S608
