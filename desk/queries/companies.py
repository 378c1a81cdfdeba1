"""Everything that the reader's parks know of one company; every part is limited and has a list behind it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from companies.models import TargetProfile
from companies.queries import Card, Tie, contacts_of, may_change, near, neighbours_of, profiles_of, ties_of
from companies.queries.duplicates import MergeCard, merges_of
from core.money import short_money
from core.pages import TimelineEntry
from core.prepared import Prepared
from core.templatetags.formats import day
from leads.queries import leads_of_company
from leads.queries.referrals import Ties, referrals_of_company
from leads.timeline import timeline_of_company
from projects.models import Project, ProjectLog
from projects.queries import with_light
from projects.timeline import LOG_ICONS
from services.models import Ticket

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company
    from leads.models import Lead

SHOWN = 5
MOST = 100
MONEY_KINDS = (ProjectLog.Kind.CLAIMED, ProjectLog.Kind.RECOGNISED, ProjectLog.Kind.REJECTED)


@dataclass
class Around:
    """What hangs on a company for one reader; lists hold one row more than is shown when there are more."""

    # None where they were not read; empty where there is none.
    leads: list["Lead"] | None = None
    referrals: Ties = field(default_factory=Ties)
    projects: list[Project] = field(default_factory=list)
    tickets: list[Any] = field(default_factory=list)
    contacts: list[Card] = field(default_factory=list)
    similar: list["Company"] = field(default_factory=list)
    profiles: list[TargetProfile] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    neighbours: list["Company"] = field(default_factory=list)
    merges: list[MergeCard] = field(default_factory=list)
    changeable: bool = False

    def open_lead(self, park_id: int | None) -> "Lead | None":
        """The one that is worked on: of the reader's own park first."""
        open_leads = [lead for lead in self.leads or [] if lead.is_open]
        own = [lead for lead in open_leads if lead.park_id == park_id]
        return next(iter([*own, *open_leads]), None)

    def profile(self, park_id: int | None) -> TargetProfile | None:
        """The one that the header speaks of: of the reader's own park first."""
        own = [profile for profile in self.profiles if profile.park_id == park_id]
        return next(iter([*own, *self.profiles]), None)


# What is there at all, in one statement: of most companies little is known, and each part costs one of its own. (Two
# equations, not `IN`, which would find no index.)
THERE = {
    "projects": "SELECT FROM projects_project WHERE company_id = %(company)s",
    "tickets": "SELECT FROM services_ticket WHERE company_id = %(company)s",
    "contacts": "SELECT FROM companies_contact WHERE company_id = %(company)s",
    "profiles": "SELECT FROM companies_targetprofile WHERE company_id = %(company)s",
    "brought": "SELECT FROM leads_referral r JOIN leads_lead l ON l.id = r.lead_id WHERE l.company_id = %(company)s",
    "brings": "SELECT FROM leads_referrer WHERE company_id = %(company)s",
    "relations": "SELECT FROM companies_relation WHERE from_company_id = %(company)s OR to_company_id = %(company)s",
    "alike": """SELECT FROM companies_company c JOIN companies_company o ON o.name_key = c.name_key AND o.id <> c.id
                WHERE c.id = %(company)s AND c.name_key <> '' AND o.merged_into_id IS NULL""",
    "pairs": """SELECT FROM companies_duplicate
                WHERE (left_id = %(company)s OR right_id = %(company)s) AND state IN ('open', 'later')""",
    "merges": "SELECT FROM companies_merge WHERE survivor_id = %(company)s",
    "known": "SELECT FROM companies_parkrelation WHERE from_company_id = %(company)s OR to_company_id = %(company)s",
}

ALL_OF_THEM = Prepared("around_company", "SELECT " + ", ".join(f"EXISTS ({one})" for one in THERE.values()))


def there(company: "Company") -> dict[str, bool]:
    """Which of the parts hold anything that row security lets the reader's parks see."""
    [found] = ALL_OF_THEM.rows(company=company.pk)
    return dict(zip(THERE, found, strict=True))


def around(user: "User", company: "Company") -> Around:
    """Leads, projects, requests, contacts, profiles, relations and companies like it: a dozen statements at most."""
    can, has = user.access.can, there(company)
    similar, merges = near(user, company) if has["alike"] or has["pairs"] or has["merges"] else ([], [])
    return Around(
        leads=leads_of_company(user, company) if can("leads.view") else None,
        projects=projects_of(user, company) if has["projects"] else [],
        tickets=tickets_of(user, company) if has["tickets"] else [],
        contacts=contacts_of(user, company) if has["contacts"] and can("contacts.view") else [],
        referrals=referrals_of_company(user, company)
        if (has["brought"] or has["brings"]) and can("referrers.view")
        else Ties(),
        similar=similar,
        merges=merges_of(user, merges) if can("duplicates.view") else [],
        profiles=profiles_of(user, company) if has["profiles"] and can("profiles.view") else [],
        ties=ties_of(user, company) if has["relations"] or has["known"] else [],
        neighbours=neighbours_of(user, company),
        changeable=may_change(user, company),
    )


def projects_of(user: "User", company: "Company") -> list[Project]:
    """Its projects in the parks where the reader sees projects, the newest first, with their lights."""
    parks = user.access.parks_with("projects.view")
    rows = Project.objects.visible_to(user).filter(company=company, park_id__in=parks)
    return list(with_light(rows).select_related("case_officer").order_by("-signed_on", "-pk")[:MOST]) if parks else []


def tickets_of(user: "User", company: "Company") -> list[Any]:
    """Its requests, the newest first."""
    if not user.access.can("tickets.view"):
        return []
    rows = Ticket.objects.visible_to(user).filter(company=company).select_related("item", "holder", "created_by")
    return list(rows.defer("text", "rating_text").order_by("-pk")[:MOST])


def story_of(user: "User", company: "Company", known: Around, scope: str = "") -> list[TimelineEntry]:
    """What happened, newest first: activities, stages, admissions, the projects' own log, requests."""
    entries = timeline_of_company(user, company, scope, leads=known.leads)
    if scope != "activity":
        entries += _project_events(user, known.projects)
        entries += _request_events(known.tickets)
    return sorted(entries, key=lambda entry: entry.when, reverse=True)[:MOST]


def _project_events(user: "User", projects: list[Project]) -> Iterable[TimelineEntry]:
    """Payments only for those who see payments."""
    if not projects:
        return []
    rows = ProjectLog.objects.visible_to(user).filter(project__in=projects)
    rows = rows.exclude(Q(kind__in=MONEY_KINDS) & ~Q(park_id__in=user.access.parks_with("payments.view")))
    rows = rows.select_related("by", "milestone", "payment").order_by("-at", "-id")[:MOST]
    names = {project.pk: project for project in projects}
    return [_event(row, names[row.project_id]) for row in rows]


def _event(row: ProjectLog, project: Project) -> TimelineEntry:
    about = row.milestone.title if row.milestone else short_money(row.payment.amount_yuan) if row.payment else ""
    told = day(row.to_day) if row.to_day else ""
    return TimelineEntry(
        icon=LOG_ICONS[ProjectLog.Kind(row.kind)],
        when=row.at,
        who=str(row.by),
        title=f"{row.get_kind_display()}: {about}" if about else row.get_kind_display(),
        text=" · ".join(part for part in (project.name, told, row.reason) if part),
        kind="history",
        url=project.get_absolute_url(),
    )


def _request_events(tickets: list[Any]) -> Iterable[TimelineEntry]:
    for row in tickets:
        name = {"title": row.title}
        yield TimelineEntry(
            icon="headset",
            when=row.created_at,
            who=str(row.created_by),
            title=_("Request: %(title)s") % name,
            text=f"{row.number} · {row.item}",
            kind="history",
            url=row.get_absolute_url(),
        )
        if row.resolved_at:
            yield TimelineEntry(
                icon="circle-check",
                when=row.resolved_at,
                who=str(row.holder or ""),
                title=_("Request resolved: %(title)s") % name,
                kind="history",
                url=row.get_absolute_url(),
            )
