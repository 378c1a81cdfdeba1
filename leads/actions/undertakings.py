"""What was asked and promised: written down with the activity, remembered until it is settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import colleagues
from core.errors import Conflict, Refused, Stale
from core.locking import all_locked, locked
from core.worktime import local_date, local_moment
from leads.models import Activity, Lead, Undertaking
from notices.actions import cancel, queue

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20
LONGEST = 240
REMIND_AT = time(9, 0)


@dataclass(frozen=True)
class Word:
    """A promise as it is given: what, until when, and who sees to it (the author when nobody is named)."""

    text: str
    due_on: date | None = None
    owner: "User | None" = None


def note_words(activity: Activity, *, by: "User", asked: Iterable[str], promised: Iterable[Word]) -> None:
    """Write down what the company asked and what it was promised."""
    asks = [Word(text) for text in asked]
    for kind, words in ((Undertaking.Kind.ASKED, asks), (Undertaking.Kind.PROMISED, promised)):
        given = [word for word in words if word.text.strip()]
        if len(given) > MOST:
            raise Refused(_("At most %(n)s at a time.") % {"n": MOST}, field=kind.value, code="too_many")
        for word in given:
            _note(activity, by, kind, word)


@transaction.atomic
def add_undertaking(*, by: "User", activity: Activity, kind: str, word: Word) -> Undertaking:
    """One more thing asked or promised, remembered later."""
    may_settle(by, activity.park_id)
    row = locked(Activity.objects.select_related("company"), pk=activity.pk)
    if row.deleted_at:
        raise Conflict(_("It was deleted. Restore it first."), code="deleted")
    return _note(row, by, Undertaking.Kind(kind), word, at=("text", "due_on"))


def _note(
    activity: Activity, by: "User", kind: Undertaking.Kind, word: Word, at: tuple[str, str] | None = None
) -> Undertaking:
    """`at` names the fields of words and day where they have fields of their own; in a log form all stand in one."""
    text, owner = word.text.strip(), word.owner or by
    said, due = at or (kind.value, kind.value)
    if not text or len(text) > LONGEST:
        raise Refused(_("Say it in at most %(n)s characters.") % {"n": LONGEST}, field=said, code="text_length")
    _check_owner(by, owner, activity.park_id)
    if word.due_on and word.due_on < local_date(activity.happened_at):
        raise Refused(_("The day lies before the talk. Choose a later one."), field=due, code="due_in_past")
    row: Undertaking = Undertaking.objects.create(
        park_id=activity.park_id,
        activity=activity,
        company_id=activity.company_id,
        lead_id=activity.lead_id,
        kind=kind,
        text=text,
        owner=owner,
        due_on=word.due_on,
    )
    remind_of(row)
    return row


def _check_owner(by: "User", owner: "User", park_id: int) -> None:
    """Who sees to it works where it was promised: others could neither read it nor say that it was kept."""
    if owner.pk != by.pk and owner.pk not in {person.pk for person in colleagues(frozenset({park_id}))}:
        raise Refused(_("Choose a colleague of this park."), field="owner", code="not_a_colleague")


def may_settle(by: "User", park_id: int) -> None:
    """Whoever logs activities in the park may say that a promise was kept."""
    if not by.access.can("activities.log", park_id):
        raise PermissionDenied("activities.log")


def _held(row: Undertaking, version: int | None) -> Undertaking:
    held: Undertaking = locked(Undertaking.objects.all(), pk=row.pk)
    if version is not None and held.version != version:
        raise Stale(_("This was changed meanwhile. Look at it again and repeat your change."))
    return held


def _write(row: Undertaking, **values: Any) -> Undertaking:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])
    remind_of(row)
    return row


@transaction.atomic
def settle_undertaking(
    *, by: "User", undertaking: Undertaking, state: str, note: str = "", version: int | None = None
) -> Undertaking:
    """Kept, or withdrawn with a reason; the reminder goes."""
    may_settle(by, undertaking.park_id)
    row = _held(undertaking, version)
    if row.state == state:
        return row
    if row.state != Undertaking.State.OPEN:
        raise Conflict(_("This is settled already."), code="settled")
    if state == Undertaking.State.WITHDRAWN and not note.strip():
        raise Refused(_("Say why it will not be kept."), field="note", code="note_missing")
    return _write(row, state=state, closed_at=timezone.now(), closed_by=by, note=note.strip())


@transaction.atomic
def reopen_undertaking(*, by: "User", undertaking: Undertaking, version: int | None = None) -> Undertaking:
    """It was not settled after all."""
    may_settle(by, undertaking.park_id)
    row = _held(undertaking, version)
    if row.state == Undertaking.State.OPEN:
        return row
    return _write(row, state=Undertaking.State.OPEN, closed_at=None, closed_by=None, note="")


@transaction.atomic
def change_undertaking(
    *,
    by: "User",
    undertaking: Undertaking,
    text: str | None = None,
    due_on: date | None = None,
    owner: "User | None" = None,
    version: int | None = None,
) -> Undertaking:
    """Another day, another person, better words; `due_on=None` takes the day away."""
    may_settle(by, undertaking.park_id)
    row = _held(undertaking, version)
    if row.state != Undertaking.State.OPEN:
        raise Conflict(_("This is settled already."), code="settled")
    words = row.text if text is None else text.strip()
    if not words or len(words) > LONGEST:
        raise Refused(_("Say it in at most %(n)s characters.") % {"n": LONGEST}, field="text", code="text_length")
    if due_on and due_on != row.due_on and due_on < local_date(timezone.now()):
        raise Refused(_("This day is over. Choose a later one."), field="due_on", code="due_in_past")
    if owner is not None and owner.pk != row.owner_id:
        _check_owner(by, owner, row.park_id)
    return _write(row, text=words, due_on=due_on, owner=owner or row.owner)


def pass_on_undertakings(*, lead: Lead, giver: "User", taker: "User") -> list[Undertaking]:
    """With a lead that is handed over go the giver's open promises; the hand-over that calls this checks the rights.

    Those of deleted talks go along in silence, in case the talk is restored; returned are the others.
    """
    rows = Undertaking.objects.filter(
        park_id=lead.park_id, company_id=lead.company_id, owner=giver, state=Undertaking.State.OPEN
    )
    passed = [_write(row, owner=taker) for row in all_locked(rows.select_related("activity", "company"))]
    return [row for row in passed if row.activity.deleted_at is None]


def remind_of(row: Undertaking) -> None:
    """Replace the reminder by the one that the row asks for now."""
    prefix = f"undertaking:{row.pk}:"
    cancel(park_id=row.park_id, key_prefix=prefix)
    due = local_moment(row.due_on, REMIND_AT) if row.due_on else None
    if due is None or due <= timezone.now() or row.state != Undertaking.State.OPEN or row.activity.deleted_at:
        return
    queue(
        park_id=row.park_id,
        recipients=[row.owner],
        kind="undertaking",
        key=f"{prefix}{row.version}",
        text=partial(_due_text, row),
        url=row.get_absolute_url(),
        due_at=due,
        channels=("page",),
    )


def _due_text(row: Undertaking) -> tuple[str, str]:
    subject = _("Promised for today: %(what)s") % {"what": row.text}
    return subject, _("%(company)s counts on it.") % {"company": row.company.name}
