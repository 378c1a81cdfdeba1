"""What happened with a lead or a company, newest first: activities, stages, decisions, edits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

from django.apps import apps
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import short_money
from core.pages import TimelineEntry
from core.templatetags.formats import day, moment
from leads.counting import missing_words
from leads.models import Activity, Admission, Claim, Lead, SourceChange, Stage, StageChange, Undertaking

if TYPE_CHECKING:
    from django.db.models import Field

    from companies.models import Company

MOST = 100
ONE_SITTING = timedelta(minutes=10)
FOREVER, INSTANT = timedelta(days=36_500), timedelta(microseconds=1)
# Entries, and the moment at which the source broke off.
Source = tuple[list[TimelineEntry], datetime | None]
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
CORRECTED: Final = ("kind", "happened_at", "place", "summary", "deleted_at")
# The columns whose changes people want to read; stages have a log of their own.
SHOWN: Final = ("title", "owner_id", "tier", "amount", "source_note", "demands", "confidentiality", "next_step")


@dataclass(frozen=True)
class Told:
    """Entries, newest first, and the moment before which the next ones lie (None where there are no more)."""

    entries: list[TimelineEntry]
    older: datetime | None = None


def timeline_of_lead(user: User, lead: Lead, scope: str = "") -> list[TimelineEntry]:
    """One lead's newest past. `scope` is empty for everything, `activity` or `history`."""
    return told_of_lead(user, lead, scope).entries


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
    parks = {park_id} if park_id is not None else user.access.read_parks
    activities = Activity.objects.visible_to(user).filter(company=company, park_id__in=parks)
    if leads is None:
        rows = Lead.objects.visible_to(user).filter(company=company, park_id__in=parks)
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


def _sources_of(activities: Any, leads: list[Lead], scope: str, until: datetime) -> Iterator[Source]:
    """The entries of each source with the moment at which it broke off, if it did."""
    if scope != "history":
        rows = activities.filter(happened_at__lt=until).with_story().order_by("-happened_at", "-id")[:MOST]
        yield _whole([_activity(row) for row in rows])
    if scope != "activity" and leads:
        for source in (_stages, _decisions, _holds, _sources):
            yield _whole(list(source(leads, until)))
    if scope == "history":
        yield from (_edits(lead, until) for lead in leads)


def _whole(entries: list[TimelineEntry]) -> Source:
    return entries, entries[-1].when if len(entries) >= MOST else None


def _activity(activity: Activity) -> TimelineEntry:
    said = {kind: _said(activity, kind) for kind in Undertaking.Kind}
    meta: list[tuple[str | Promise, str]] = [
        (_("Whom we met"), activity.met),
        (_("Place"), activity.place),
        (_("Colleagues"), activity.colleagues),
        (_("Asked"), said[Undertaking.Kind.ASKED]),
        (_("Promised"), said[Undertaking.Kind.PROMISED]),
        (_("Next step"), _dated(activity.next_step, activity.next_date)),
    ]
    missing = missing_words(activity)
    return TimelineEntry(
        icon=ICONS.get(activity.kind, "note"),
        when=activity.happened_at,
        who=str(activity.by),
        title=activity.get_kind_display(),
        text=activity.summary,
        meta=[(label, value) for label, value in meta if value],
        attachments=[link.attachment for link in activity.files.all()],
        url=activity.get_absolute_url(),
        hint=_("Does not count yet: %(missing)s") % {"missing": missing} if missing else "",
    )


def _said(activity: Activity, kind: str) -> str:
    rows = [row for row in activity.undertakings.all() if row.kind == kind]
    return "；".join(_settled(row) for row in rows)


def _settled(row: Undertaking) -> str:
    words = _dated(row.text, row.due_on)
    return words if row.state == Undertaking.State.OPEN else f"{words} {row.get_state_display()}"


def _dated(text: str, due: date | None) -> str:
    return f"{text} ({day(due)})" if due else text


def _stages(leads: list[Lead], until: datetime) -> Iterator[TimelineEntry]:
    for change in (
        StageChange.objects.filter(lead__in=leads, at__lt=until).select_related("by").order_by("-at", "-id")[:MOST]
    ):
        after = change.get_to_stage_display()
        claimed = not change.from_stage
        yield TimelineEntry(
            icon={Stage.SIGNED: "trophy", Stage.DROPPED: "archive"}.get(Stage(change.to_stage), "flag"),
            when=change.at,
            who=str(change.by),
            title=_("Claimed") if claimed else _("Stage: %(before)s → %(after)s") % _both(change, after),
            text=change.note,
            kind="history",
        )


def _both(change: StageChange, after: str) -> dict[str, str]:
    return {"before": change.get_from_stage_display(), "after": after}


def _decisions(leads: list[Lead], until: datetime) -> Iterator[TimelineEntry]:
    for decision in (
        Admission.objects.filter(lead__in=leads, at__lt=until).select_related("by").order_by("-at", "-id")[:MOST]
    ):
        yield TimelineEntry(
            icon="circle-check" if decision.decision == Admission.Decision.ADMITTED else "circle-x",
            when=decision.at,
            who=str(decision.by),
            title=_("Admission: %(decision)s") % {"decision": decision.get_decision_display()},
            text=decision.reason,
        )


def _holds(leads: list[Lead], until: datetime) -> Iterator[TimelineEntry]:
    """Who held the lead; the first report is the stage log's first line, an end by dropping or signing its last."""
    told = (Claim.Ended.EXPIRED, Claim.Ended.RELEASED)
    for claim in (
        Claim.objects.filter(lead__in=leads, began_at__lt=until)
        .select_related("owner")
        .order_by("-began_at", "-id")[:MOST]
    ):
        if claim.kind != Claim.Kind.REPORTED:
            yield TimelineEntry(
                icon="flag", when=claim.began_at, who=str(claim.owner), title=claim.get_kind_display(), kind="history"
            )
        if claim.ended_at and claim.ended in told:
            yield TimelineEntry(
                icon="droplet",
                when=claim.ended_at,
                who=str(claim.owner),
                title=_("Into the public pool: %(why)s") % {"why": claim.get_ended_display()},
                text=claim.reason,
                kind="history",
            )


def _sources(leads: list[Lead], until: datetime) -> Iterator[TimelineEntry]:
    for row in (
        SourceChange.objects.filter(lead__in=leads, at__lt=until).select_related("by").order_by("-at", "-id")[:MOST]
    ):
        both = {"before": row.get_before_display(), "after": row.get_after_display()}
        yield TimelineEntry(
            icon="pencil-check",
            when=row.at,
            who=str(row.by),
            title=_("Source: %(before)s → %(after)s") % both,
            text=row.reason,
            kind="history",
        )


def _edits(lead: Lead, until: datetime) -> Source:
    """Field edits from the history that the database writes, newest state last."""
    events = _events(lead, until)
    return list(_sittings(events)), events[0].pgh_created_at if len(events) >= MOST else None


def _sittings(events: list[Any]) -> Iterator[TimelineEntry]:
    """What one person did in one sitting is one entry."""
    names = User.objects.in_bulk({event.person for event in events if event.person} | _owners(events))
    open_edit: list[Any] = []
    for before, after in pairwise(events):
        if open_edit and (
            after.person != open_edit[-1].person or after.pgh_created_at - open_edit[-1].pgh_created_at > ONE_SITTING
        ):
            yield from _edit(open_edit, names)
            open_edit = []
        open_edit = [*(open_edit or [before]), after]
    yield from _edit(open_edit, names)


def _events(lead: Lead, until: datetime) -> list[Any]:
    model: Any = apps.get_model("leads", "LeadEvent")
    events: QuerySet[Any] = model.objects.filter(park_id=lead.park_id, pgh_obj_id=lead.pk, pgh_created_at__lt=until)
    return list(events.annotate(person=F("pgh_context__metadata__user")).order_by("-pgh_id")[:MOST])[::-1]


def _owners(events: Iterable[Any]) -> set[int]:
    return {event.owner_id for event in events}


def _edit(events: list[Any], names: dict[int, User]) -> Iterator[TimelineEntry]:
    """The first event of the list is the state before the edit."""
    if len(events) < 2:
        return
    before, after = events[0], events[-1]
    changes = [_change(name, before, after, names) for name in SHOWN if getattr(before, name) != getattr(after, name)]
    if changes:
        yield TimelineEntry(
            icon="pencil",
            when=after.pgh_created_at,
            who=str(names.get(after.person, "")),
            title=_("Edited"),
            meta=changes,
            kind="history",
        )


def _change(name: str, before: Any, after: Any, names: dict[int, User]) -> tuple[str, str]:
    label = str(_column(name).verbose_name)
    return label, f"{_worded(name, before, names)} → {_worded(name, after, names)}"


def _column(name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", Lead._meta.get_field(name.removesuffix("_id")))


def _worded(name: str, row: Any, names: dict[int, User]) -> str:
    value = getattr(row, name)
    if value in (None, ""):
        return "—"
    if name == "owner_id":
        return str(names.get(value, value))
    if name == "amount":
        return short_money(value)
    choices = dict(_column(name).flatchoices)
    text = str(choices.get(value, value))
    return text if len(text) <= 60 else f"{text[:60]}…"


def edits_of_activity(activity: Activity) -> list[tuple[datetime, str, list[tuple[str, str, str]]]]:
    """Who corrected what, newest first: when, who, and for each column its name, what it said and what it says."""
    model: Any = apps.get_model("leads", "ActivityEvent")
    events = model.objects.filter(park_id=activity.park_id, pgh_obj_id=activity.pk)
    rows = list(events.annotate(person=F("pgh_context__metadata__user")).order_by("-pgh_id")[:MOST])[::-1]
    names = User.objects.in_bulk({row.person for row in rows if row.person})
    found = [
        (after.pgh_created_at, str(names.get(after.person, "")), _corrected(before, after))
        for before, after in pairwise(rows)
    ]
    return [edit for edit in reversed(found) if edit[2]]


def _corrected(before: Any, after: Any) -> list[tuple[str, str, str]]:
    changed = [name for name in CORRECTED if getattr(before, name) != getattr(after, name)]
    return [(str(_label(name)), _shown(before, name), _shown(after, name)) for name in changed]


def _label(name: str) -> str | Promise:
    return cast("Field[Any, Any]", Activity._meta.get_field(name)).verbose_name


def _shown(row: Any, name: str) -> str:
    value = getattr(row, name)
    if name == "kind":
        return str(dict(Activity.Kind.choices).get(value, value))
    return moment(value) if isinstance(value, datetime) else str(value or "—")


def newest_activities(user: User, limit: int = 20) -> list[Activity]:
    """What the reader's parks did last: for the desk."""
    since = timezone.now() - timedelta(days=30)
    rows = Activity.objects.visible_to(user).filter(happened_at__gte=since).with_people()
    return list(rows.order_by("-happened_at", "-id")[:limit])
