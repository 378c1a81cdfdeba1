"""What is counted in a month, as data: one entry per figure, all of it SQL over the stored `counted_month`.

`value` is 1 for what is counted, yuan for amounts, and 1 or 0 for what was or was not in time. Every figure is the
count and the sum of its records, so that the records behind a figure are the same statement without the grouping.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

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
    record_id: str = "r.id"
    percent: str = "100"
    """The person's share of the record, where its credit is divided."""
    beside: "Indicator | None" = None
    """A second source of the same figure."""

    @property
    def is_shared(self) -> bool:
        """Several people may have a part of one record."""
        return self.percent != "100"

    @property
    def sources(self) -> "tuple[Indicator, ...]":
        """Where its records lie."""
        return (self, self.beside) if self.beside else (self,)

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
# Credit is divided by the shares of the event's day: of the sets valid by then, the one decided last. A record without
# a set, from before credit was kept, is wholly its own person's.
_SPLIT = """LEFT JOIN LATERAL (
    SELECT s.id FROM leads_creditsplit s
    WHERE s.park_id = r.park_id AND s.lead_id = {lead} AND s.state = 'in_force' AND s.valid_from <= {day}
    ORDER BY s.decided_at DESC, s.id DESC LIMIT 1
) split ON true
LEFT JOIN leads_creditshare h ON h.park_id = r.park_id AND h.split_id = split.id AND h.percent > 0"""
# Of a lead that is shared with other parks this park counts what was agreed or ruled; the rest counts there. Each tie
# divides what the ones before it left, as `leads.actions.news.share_result` does it.
_OWN = """CROSS JOIN LATERAL (
    WITH RECURSIVE tie AS (
        SELECT o.own_percent, row_number() OVER (ORDER BY o.answered_at, o.id) AS place FROM leads_shareoffer o
        WHERE o.park_id = r.park_id AND o.lead_id = {lead} AND o.state = 'accepted'
    ), kept AS (
        SELECT 0::bigint AS place, {value}::numeric AS value
        UNION ALL
        SELECT tie.place, kept.value - trunc(kept.value * (100 - tie.own_percent) / 100, 2)
        FROM kept JOIN tie ON tie.place = kept.place + 1
    )
    SELECT value FROM kept ORDER BY place DESC LIMIT 1
) own"""


def _part(whole: str) -> str:
    """A person's part, to the cent: whole cents by percentage, the cents left over to the largest remainders.

    As `leads.shares.parts_of` does it; the parts of a record sum to exactly its value.
    """
    exact = f"{whole} * COALESCE(h.percent, 100) / 100"
    cents = f"trunc({exact}, 2)"
    order = f"ORDER BY {exact} - {cents} DESC, h.percent DESC, h.id"
    left = f"({whole} - sum({cents}) OVER (PARTITION BY r.id)) * 100"
    return f"{cents} + CASE WHEN row_number() OVER (PARTITION BY r.id {order}) <= {left} THEN 0.01 ELSE 0 END"


_COMPANY = "JOIN companies_company c ON c.id = r.company_id"
_PROJECT = "JOIN projects_project p ON p.park_id = r.park_id AND p.id = r.project_id"
# The outcome of the first resolution; later cycles after a reply do not change the month's figure.
_CLOCK = (
    "LEFT JOIN services_ticketclock k ON k.park_id = r.park_id AND k.ticket_id = r.id"
    " AND k.clock = 'resolution' AND k.cycle = 1"
)


_HELD: Final = "COALESCE(h.percent, 100)"
_SIGNED = _SPLIT.format(lead="r.lead_id", day="r.signed_on")
_PAID = f"{_PROJECT} " + _SPLIT.format(lead="p.lead_id", day="r.paid_on")


def _own_part(lead: str, value: str) -> str:
    """Joins what of a value counts in this park, as `own.value`."""
    return " " + _OWN.format(lead=lead, value=value)


def _landed_elsewhere(kind: str, column: str) -> Indicator:
    """This park's part of what landed in the other park of a shared lead. Negative ids keep the two tables apart."""
    return Indicator(
        code="",
        label="",
        rule="",
        kind="count",
        table="leads_sharedresult",
        where=f"r.kind = '{kind}'",
        joins="JOIN leads_lead l ON l.park_id = r.park_id AND l.id = r.lead_id "
        + _SPLIT.format(lead="r.lead_id", day="r.happened_on"),
        value=_part(f"r.{column}"),
        user="COALESCE(h.user_id, l.owner_id)",
        department="CASE WHEN h.id IS NULL THEN l.department_id ELSE h.department_id END",
        day="r.happened_on",
        naming="JOIN leads_shareoffer o ON o.park_id = r.park_id AND o.id = r.offer_id"
        " JOIN parks_park k ON k.id = o.partner_id",
        title="k.name || ' · ' || CASE WHEN l.confidentiality = 'park' THEN o.company_name ELSE '#' || l.id END",
        url="'/leads/' || r.lead_id || '/'",
        record_id="-r.id",
        percent=_HELD,
    )


class Credited(TypedDict):
    """The columns that say whose a part is."""

    user: str
    department: str
    percent: str


def _credited(person: str) -> Credited:
    """Who gets the part: the holder of a share, or the person of the record itself."""
    return {
        "user": f"COALESCE(h.user_id, {person})",
        "department": "CASE WHEN h.id IS NULL THEN r.department_id ELSE h.department_id END",
        "percent": _HELD,
    }


def _visits(code: str, label: str | Promise, rule: str | Promise) -> Indicator:
    return Indicator(
        code=f"{code}s",
        label=label,
        rule=rule,
        kind="count",
        table="leads_activity",
        # Which kinds these are and what evidence they need is the park's rule, applied when the visit was logged.
        where=f"r.counts AND r.counts_as = '{code.removesuffix('_visit')}'",
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
        rule=_("Projects signed, divided by the shares that were held in the lead on the day of signing."),
        kind="count",
        table="projects_project",
        joins=_SIGNED + _own_part("r.lead_id", "1.00"),
        where="true",
        value=_part("own.value"),
        beside=_landed_elsewhere("signing", "part"),
        **_credited("r.signed_by_id"),
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
        joins=_SIGNED + _own_part("r.lead_id", "r.agreed_amount"),
        where="true",
        value=_part("own.value"),
        beside=_landed_elsewhere("signing", "amount"),
        **_credited("r.signed_by_id"),
        day="r.signed_on",
        title="r.name",
        url="'/projects/' || r.id || '/'",
    ),
    Indicator(
        code="funds_recognised",
        label=_("Funds recognised"),
        rule=_(
            "Payments that a second person recognised on evidence, in yuan at the rate of the day of arrival; divided"
            " by the shares that were held in the lead on that day."
        ),
        kind="amount",
        table="projects_payment",
        joins=_PAID + _own_part("p.lead_id", "r.amount_yuan"),
        where="r.state = 'recognised'",
        value=_part("own.value"),
        beside=_landed_elsewhere("funds", "amount"),
        day="r.paid_on",
        **_credited("r.claimed_by_id"),
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
    Indicator(
        code="training_attended",
        label=_("Training attended"),
        rule=_("Training sessions of the month at which the officer was marked as present."),
        kind="count",
        table="leads_eventperson",
        joins="JOIN leads_event e ON e.park_id = r.park_id AND e.id = r.event_id",
        where="e.kind = 'training' AND r.user_id IS NOT NULL AND r.attended_at IS NOT NULL",
        user="r.user_id",
        day=local_day("e.starts_at"),
        title="e.title",
        url="'/events/' || e.id || '/'",
    ),
)
BY_CODE: Final = {indicator.code: indicator for indicator in INDICATORS}


SHARED: Final = tuple(indicator.code for indicator in INDICATORS if indicator.is_shared)


def figures_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """Rows (indicator, user_id, department_id, n, total) of one park and month, grouped where the records lie."""
    return " UNION ALL ".join(
        f"SELECT '{i.code}' AS indicator, user_id, department_id, count(*) AS n, sum(value)::numeric(20, 2) AS total"  # noqa: S608 - our own data
        f" FROM (SELECT {s.user} AS user_id, {s.department} AS department_id, {s.value} AS value"
        f" FROM {s.source} WHERE {s.condition}) parts GROUP BY 2, 3"
        for i in indicators
        for s in i.sources
    )


def records_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """The records behind the figures, in the columns of `ReportFact`; of a shared one, a row for each part."""
    return " UNION ALL ".join(
        f"SELECT '{i.code}' AS indicator, {s.record_id} AS record_id, {s.user} AS user_id,"  # noqa: S608 - as above
        f" {s.department} AS department_id, ({s.value})::numeric(18, 2) AS value,"
        f" ({s.percent})::numeric(5, 2) AS percent, {s.day} AS happened_on, left({s.title}, 240) AS label,"
        f" {s.url} AS url, {s.confidential} AS confidential"
        f" FROM {s.source} {s.naming} WHERE {s.condition}"
        for i in indicators
        for s in i.sources
    )


def part_key(codes: str, user: str) -> str:
    """Tells the parts of one record apart: whose it is, where parts there are; else the record is its own key."""
    listed = ", ".join(f"'{code}'" for code in SHARED)
    return f"CASE WHEN {codes} IN ({listed}) THEN COALESCE({user}, 0) ELSE 0 END"


def values_sql(indicators: Iterable[Indicator] = INDICATORS) -> str:
    """What a correction can change: the columns of the key (indicator, record_id, part), whose it is, value, label."""
    return (
        f"SELECT indicator, record_id, {part_key('indicator', 'user_id')} AS part, user_id, department_id, value, label"  # noqa: S608 - as above
        f" FROM ({records_sql(indicators)}) now"
    )
