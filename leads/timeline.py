"""What happened with a lead or a company, newest first: activities, stages, decisions, edits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User, named
from core.links import to
from core.models import Attachment
from core.pages import TimelineEntry
from core.prepared import Prepared
from core.sayings import read
from core.templatetags.formats import day
from leads.counting import missing_words
from leads.history import edits_of_lead
from leads.models import (
    Activity,
    ActivityFile,
    Admission,
    Claim,
    Lead,
    Source,
    Stage,
    Undertaking,
)

if TYPE_CHECKING:
    from companies.models import Company

MOST = 100
FOREVER, INSTANT = timedelta(days=36_500), timedelta(microseconds=1)
# Entries, and the moment at which their source broke off.
Part = tuple[list[TimelineEntry], datetime | None]
ICONS: Final = {
    "outbound_visit": "walk",
    "inbound_visit": "door-enter",
    "negotiation": "messages",
    "call": "phone",
    "sms": "message",
    "wechat": "brand-wechat",
    "mail": "mail",
    "video": "video",
    "note": "note",
}


# Four tables, one statement: put together by the ORM they cost three times as much.
SAID: Final = Prepared(
    "said_in_activities",
    """
SELECT activity_id, what, text, state, due_on FROM (
  SELECT m.activity_id, 'met' what, CASE WHEN c.id IS NULL THEN m.name ELSE trim(c.name || ' ' || c.title) END text,
         '' state, NULL::date due_on, m.id FROM leads_personmet m LEFT JOIN companies_contact c ON c.id = m.contact_id
  WHERE m.activity_id = ANY(%(activities)s)
  UNION ALL
  SELECT p.activity_id, 'colleague', coalesce(nullif(u.display_name, ''), u.username), '', NULL, p.id
  FROM leads_companion p JOIN accounts_user u ON u.id = p.user_id WHERE p.activity_id = ANY(%(activities)s)
  UNION ALL
  SELECT activity_id, kind, text, state, due_on, id FROM leads_undertaking WHERE activity_id = ANY(%(activities)s)
  UNION ALL
  SELECT activity_id, 'file', '', '', NULL, id FROM leads_activityfile WHERE activity_id = ANY(%(activities)s)
) said ORDER BY what, id""",
)
# The append-only logs. The first report is the stage log's first line, an end by dropping or signing its last: neither
# is told twice.
LOG: Final = Prepared(
    "log_of_leads",
    """
SELECT what, at, coalesce(nullif(u.display_name, ''), u.username), before, after, text FROM (
  SELECT 'stage' what, at, by_id, from_stage before, to_stage after, note text FROM leads_stagechange
  WHERE lead_id = ANY(%(leads)s)
  UNION ALL
  SELECT 'admission', at, by_id, '', decision, reason FROM leads_admission WHERE lead_id = ANY(%(leads)s)
  UNION ALL
  SELECT 'held', began_at, owner_id, '', kind, '' FROM leads_claim
  WHERE lead_id = ANY(%(leads)s) AND kind <> 'reported'
  UNION ALL
  SELECT 'pooled', ended_at, owner_id, '', ended, reason FROM leads_claim
  WHERE lead_id = ANY(%(leads)s) AND ended IN ('expired', 'released')
  UNION ALL
  SELECT 'source', at, by_id, before, after, reason FROM leads_sourcechange WHERE lead_id = ANY(%(leads)s)
) log JOIN accounts_user u ON u.id = by_id WHERE at < %(until)s ORDER BY at DESC LIMIT %(most)s""",
)


@dataclass(frozen=True)
class Told:
    """Entries, newest first, and the moment before which the next ones lie (None where there are no more)."""

    entries: list[TimelineEntry]
    older: datetime | None = None


def told_of_lead(user: User, lead: Lead, scope: str = "", before: datetime | None = None) -> Told:
    """One lead's past, as far as one look reaches, from that moment on."""
    activities = Activity.objects.visible_to(user).filter(lead=lead)
    return _merged(activities, [lead], scope, before)


def timeline_of_company(
    user: User, company: "Company", scope: str = "", *, park_id: int | None = None, leads: list[Lead] | None = None
) -> list[TimelineEntry]:
    """What the reader's parks (or one of them) did with a company, with and without a lead.

    `leads`: those of the company, where the caller has read them already.
    """
    asked = {"company": company} | ({} if park_id is None else {"park_id": park_id})
    activities = Activity.objects.visible_to(user).filter(**asked)
    if leads is None:
        rows = Lead.objects.visible_to(user).filter(**asked)
        leads = list(rows.select_related("company"))
    return _merged(activities, leads, scope, None).entries


def _merged(activities: Any, leads: list[Lead], scope: str, before: datetime | None) -> Told:
    """Each source is read along its index, at most `MOST` rows; the merge ends where the first of them broke off."""
    until = before or timezone.now() + FOREVER
    entries: list[TimelineEntry] = []
    ends: list[datetime] = []
    for told, broke_off in _sources_of(activities, leads, scope, until):
        entries += [entry for entry in told if entry.when < until]
        ends += [broke_off] if broke_off else []
    entries.sort(key=lambda entry: entry.when, reverse=True)
    if not ends:
        return Told(entries)
    # What happened at the very moment of the break comes with the next look, unless that moment is all there is.
    cut = max(ends)
    newer = [entry for entry in entries if entry.when > cut]
    return Told(newer, cut + INSTANT) if newer else Told([entry for entry in entries if entry.when == cut], cut)


def _sources_of(activities: Any, leads: list[Lead], scope: str, until: datetime) -> Iterator[Part]:
    """The entries of each source with the moment at which it broke off, if it did."""
    if scope != "history":
        newest = activities.filter(happened_at__lt=until).order_by("-happened_at", "-id")
        deeds = [Deed(*row) for row in newest.values_list(*DEED)[:MOST]]
        said = _said_in(deeds)
        files = _files_of([deed.pk for deed in deeds if "file" in said.get(deed.pk, ())])
        yield _whole([_activity(deed, said.get(deed.pk, {}), files.get(deed.pk, [])) for deed in deeds])
    if scope != "activity" and leads:
        yield _whole([TELLERS[line.what](line) for line in _log_of(leads, until)])
    if scope == "history":
        yield from (edits_of_lead(lead, until, MOST) for lead in leads)


def _whole(entries: list[TimelineEntry]) -> Part:
    return entries, entries[-1].when if len(entries) >= MOST else None


def _said_in(deeds: "list[Deed]") -> dict[int, dict[str, list[str]]]:
    """Whom one met, the colleagues, what was asked and promised, and whether there are files, by activity."""
    found: dict[int, dict[str, list[str]]] = {}
    if not deeds:
        return found
    for activity, what, text, state, due in SAID.rows(activities=[deed.pk for deed in deeds]):
        found.setdefault(activity, {}).setdefault(what, []).append(_settled(text, state, due))
    return found


def _files_of(activities: list[int]) -> dict[int, list[Attachment]]:
    """The photos and files of those activities that have any."""
    found: dict[int, list[Attachment]] = {}
    if activities:
        for link in ActivityFile.objects.filter(activity__in=activities).select_related("attachment").order_by("id"):
            found.setdefault(link.activity_id, []).append(link.attachment)
    return found


class Deed(NamedTuple):
    """What a timeline tells of an activity; a model with all its columns costs twice as much."""

    pk: int
    kind: str
    happened_at: datetime
    place: str
    summary: str
    next_step: str
    next_date: date | None
    why_not: list[str]
    username: str
    display_name: str


DEED: Final = (*Deed._fields[:-2], *named("by"))


def _activity(deed: Deed, said: dict[str, list[str]], files: list[Attachment]) -> TimelineEntry:
    meta: list[tuple[str | Promise, str]] = [
        (_("Whom we met"), "、".join(said.get("met", ()))),
        (_("Place"), deed.place),
        (_("Colleagues"), "、".join(said.get("colleague", ()))),
        (_("Asked"), "；".join(said.get(Undertaking.Kind.ASKED, ()))),
        (_("Promised"), "；".join(said.get(Undertaking.Kind.PROMISED, ()))),
        (_("Next step"), _dated(deed.next_step, deed.next_date)),
    ]
    missing = missing_words(deed.why_not)
    return TimelineEntry(
        icon=ICONS.get(deed.kind, "note"),
        when=deed.happened_at,
        who=deed.display_name or deed.username,
        title=Activity.Kind(deed.kind).label,
        text=deed.summary,
        meta=[(label, value) for label, value in meta if value],
        attachments=files,
        url=to("leads:activity", deed.pk),
        hint=_("Does not count yet: %(missing)s") % {"missing": missing} if missing else "",
    )


def _settled(text: str, state: str, due: date | None) -> str:
    words = _dated(text, due)
    return f"{words} {Undertaking.State(state).label}" if state not in {"", Undertaking.State.OPEN} else words


def _dated(text: str, due: date | None) -> str:
    return f"{text} ({day(due)})" if due else text


class Line(NamedTuple):
    """A line of one of the append-only logs: what it is, when and by whom, from what to what, and the words."""

    what: str
    at: datetime
    who: str
    before: str
    after: str
    text: str


def _log_of(leads: list[Lead], until: datetime) -> Iterator[Line]:
    """The newest lines of all logs of these leads."""
    rows = LOG.rows(leads=[lead.pk for lead in leads], until=until, most=MOST)
    return (Line(*row)._replace(text=read(row[-1])) for row in rows)


def _stage(line: Line) -> TimelineEntry:
    both = {"before": Stage(line.before).label if line.before else "", "after": Stage(line.after).label}
    return TimelineEntry(
        icon={Stage.SIGNED: "trophy", Stage.DROPPED: "archive"}.get(Stage(line.after), "flag"),
        when=line.at,
        who=line.who,
        title=_("Stage: %(before)s → %(after)s") % both if line.before else _("Claimed"),
        text=line.text,
        kind="history",
    )


def _decision(line: Line) -> TimelineEntry:
    decision = Admission.Decision(line.after)
    return TimelineEntry(
        icon="circle-check" if decision == Admission.Decision.ADMITTED else "circle-x",
        when=line.at,
        who=line.who,
        title=_("Admission: %(decision)s") % {"decision": decision.label},
        text=line.text,
    )


def _hold(line: Line) -> TimelineEntry:
    """Who holds the lead from then on: said as the doer where they took it, as the receiver where it was given."""
    kind = Claim.Kind(line.after)
    if kind in {Claim.Kind.PICKED, Claim.Kind.REOPENED}:
        return TimelineEntry(icon="flag", when=line.at, who=line.who, title=str(kind.label), kind="history")
    title = _("%(how)s → %(who)s") % {"how": kind.label, "who": line.who}
    return TimelineEntry(icon="user-share", when=line.at, who="", title=title, kind="history")


def _pooled(line: Line) -> TimelineEntry:
    why = Claim.Ended(line.after).label
    return TimelineEntry(
        icon="droplet",
        when=line.at,
        who=line.who,
        title=_("Into the public pool: %(why)s") % {"why": why},
        text=line.text,
        kind="history",
    )


def _source(line: Line) -> TimelineEntry:
    both = {"before": Source(line.before).label, "after": Source(line.after).label}
    return TimelineEntry(
        icon="pencil-check",
        when=line.at,
        who=line.who,
        title=_("Source: %(before)s → %(after)s") % both,
        text=line.text,
        kind="history",
    )


TELLERS: Final[dict[str, Callable[[Line], TimelineEntry]]] = {
    "stage": _stage,
    "admission": _decision,
    "held": _hold,
    "pooled": _pooled,
    "source": _source,
}


def newest_activities(user: User, limit: int = 20) -> list[Activity]:
    """What the reader's parks did last: for the desk."""
    since = timezone.now() - timedelta(days=30)
    rows = Activity.objects.visible_to(user).filter(happened_at__gte=since).with_people()
    return list(rows.order_by("-happened_at", "-id")[:limit])
