"""Telling people: queue, cancel, deliver, read.

A notice is a row of the transaction that caused it; a worker delivers it.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation

from core.errors import Refused
from core.isolation import scope, system_scope
from core.nudge import nudge
from notices import mail
from notices.models import Notice, Said

if TYPE_CHECKING:
    from accounts.models import User

TICK = "notices.tasks.tick"
LEASE = timedelta(seconds=45)  # more than one mail may take: EMAIL_TIMEOUT is 20 s for each answer
LOST_WORKERS = 3
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)  # seconds before the next try after a passing fault
ERROR_LENGTH = 500
SUBJECT_LENGTH = 200
_CHANNELS = (Notice.Channel.PAGE.value, Notice.Channel.MAIL.value)


def queue(
    *,
    park_id: int,
    recipients: Iterable["User"],
    kind: str,
    key: str,
    text: Callable[[], tuple[str, str]],
    url: str = "",
    due_at: datetime | None = None,
    channels: Sequence[str] = _CHANNELS,
    attachment_id: int | None = None,
) -> int:
    """Have these people told once, now or when `due_at` comes; returns the rows asked for, also those already there.

    `text()` gives subject and body, called once in each language of the house: a notice is read in the language that
    its reader has then. The same (park, key, recipient, channel) again changes nothing, except that a cancelled notice
    comes back to life. Mail goes to those with an address.
    """
    matter = Matter(recipients, kind, key, text, url, due_at, channels, attachment_id)
    return queue_all(park_id=park_id, matters=[matter])


class Matter(NamedTuple):
    """What `queue` is asked for, where several things are told together."""

    recipients: Iterable["User"]
    kind: str
    key: str
    text: Callable[[], tuple[str, str]]
    url: str = ""
    due_at: datetime | None = None
    channels: Sequence[str] = _CHANNELS
    attachment_id: int | None = None


def queue_all(*, park_id: int, matters: Iterable[Matter]) -> int:
    """Several notices as `queue` writes one, in two statements however many: a signing writes dozens of reminders."""
    now = timezone.now()
    rows = [row for matter in matters for row in _rows(park_id, matter, now)]
    if not rows:
        return 0
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    _revive(park_id, rows)
    if any(row.due_at <= now for row in rows):
        nudge(TICK)
    return len(rows)


def _rows(park_id: int, matter: Matter, now: datetime) -> Iterator[Notice]:
    people = {person.pk: person for person in matter.recipients if person.is_active}
    wordings = _worded(matter.text) if people else {}
    for person in people.values():
        others = dict(wordings)
        said = others.pop(person.language, None) or others.pop(settings.LANGUAGE_CODE)
        for channel in matter.channels:
            if channel != Notice.Channel.MAIL or person.email:
                yield Notice(
                    park_id=park_id,
                    recipient=person,
                    channel=channel,
                    kind=matter.kind,
                    key=matter.key,
                    subject=said.subject,
                    body=said.body,
                    wordings=others,
                    url=matter.url,
                    due_at=matter.due_at or now,
                    attachment_id=matter.attachment_id,
                )


def _revive(park_id: int, rows: Sequence[Notice]) -> None:
    """What was taken back before is told after all, when it is due now."""
    due = {(row.key, row.recipient_id): row.due_at for row in rows}
    keys, people = {key for key, _person in due}, {person for _key, person in due}
    cancelled = Notice.objects.filter(park_id=park_id, key__in=keys, recipient__in=people, state=Notice.State.CANCELLED)
    for row in cancelled.only("key", "recipient_id"):
        if (due_at := due.get((row.key, row.recipient_id))) is not None:
            again = Notice.objects.filter(pk=row.pk, park_id=park_id, state=Notice.State.CANCELLED)
            again.update(state=Notice.State.PENDING, due_at=due_at, attempts=0, failures=0)


def _worded(text: Callable[[], tuple[str, str]]) -> dict[str, Said]:
    """The notice in every language; a subject is one line, so that a mail's heads cannot be added to."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            subject, body = text()
        found[language] = Said(" ".join(subject.split())[:SUBJECT_LENGTH], str(body))
    return found


def cancel(*, park_id: int, key_prefix: str) -> int:
    """Take back what was not told yet: all pending notices of the park whose key begins so."""
    pending = Notice.objects.of_matter(park_id, key_prefix).filter(state=Notice.State.PENDING)
    return int(pending.update(state=Notice.State.CANCELLED))


def pass_on(*, park_id: int, key_prefix: str, giver: "User", receiver: "User") -> int:
    """Give somebody else what the giver has not read yet and what is still to be told, of one matter; how many pages.

    What the receiver was told already stays where it is. Mails that went out cannot follow.
    """
    matter = Notice.objects.of_matter(park_id, key_prefix).filter(recipient=giver)
    there = Notice.objects.of_matter(park_id, key_prefix).filter(recipient=receiver)
    told = there.filter(channel=OuterRef("channel"), key=OuterRef("key"))
    unread = Q(channel=Notice.Channel.PAGE, state=Notice.State.SENT, read_at=None)
    going = matter.filter(unread | Q(state=Notice.State.PENDING)).exclude(Exists(told))
    pages = going.filter(channel=Notice.Channel.PAGE).update(recipient=receiver)
    if receiver.email:
        going.update(recipient=receiver)
    return int(pages)


def claim_due(*, limit: int, channel: str) -> list[Notice]:
    """Lease due notices of all parks to this worker, the oldest first; nobody else gets them until the lease runs out.

    A notice whose worker was lost is claimed again; one that lost three workers is given up and stays visible.
    """
    now = timezone.now()
    with system_scope():
        _give_up_lost(now)
        free = Q(state=Notice.State.PENDING) | Q(state=Notice.State.SENDING, lease_until__lt=now)
        due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
        rows = list(due.filter(free, due_at__lte=now, channel=channel).order_by("due_at", "id")[:limit])
        lease, until = uuid.uuid4(), now + LEASE
        ids = [row.pk for row in rows]
        Notice.objects.filter(pk__in=ids).update(state=Notice.State.SENDING, lease=lease, lease_until=until)
    for row in rows:
        row.state, row.lease, row.lease_until = Notice.State.SENDING, lease, until
    return rows


def _give_up_lost(now: datetime) -> None:
    lost = Notice.objects.filter(state=Notice.State.SENDING, lease_until__lt=now, attempts__gte=LOST_WORKERS)
    lost.update(state=Notice.State.DEAD, lease=None, last_error=f"lost {LOST_WORKERS} workers")


def deliver(*, notice: Notice) -> bool:
    """Deliver one claimed notice; False when the mail server is out of reach, so that the caller stops for now.

    In the page: one update, so exactly once. By mail: at least once, always with the same Message-ID.
    """
    if notice.channel == Notice.Channel.PAGE:
        _finish(notice, state=Notice.State.SENT, sent_at=timezone.now())
        return True
    if not _begin(notice):
        return True
    try:
        mail.send(notice)
    except mail.FAULTS as fault:
        return _fail(notice, fault)
    _finish(notice, state=Notice.State.SENT, sent_at=timezone.now(), last_error="")
    return True


def _held(notice: Notice) -> Q:
    """Still ours: another worker may have claimed it after our lease ran out."""
    return Q(pk=notice.pk, park_id=notice.park_id, state=Notice.State.SENDING, lease=notice.lease)


def _begin(notice: Notice) -> bool:
    """Count the attempt before it is made, so that a notice that kills its worker is counted, too."""
    with scope(read=[notice.park_id], write=[notice.park_id]):
        held = Notice.objects.filter(_held(notice))
        return bool(held.update(attempts=F("attempts") + 1, lease_until=timezone.now() + LEASE))


def _finish(notice: Notice, **changes: object) -> None:
    with scope(read=[notice.park_id], write=[notice.park_id]):
        Notice.objects.filter(_held(notice)).update(lease=None, lease_until=None, **changes)


def _fail(notice: Notice, fault: Exception) -> bool:
    """Try again later after a passing fault; give up after a final one, or when the pauses are used up."""
    error = f"{type(fault).__name__}: {fault}"[:ERROR_LENGTH]
    if mail.is_final(fault) or notice.failures >= len(PAUSES):
        _finish(notice, state=Notice.State.DEAD, failures=F("failures") + 1, last_error=error)
        return True
    due_at = timezone.now() + timedelta(seconds=PAUSES[notice.failures])
    _finish(
        notice,
        state=Notice.State.PENDING,
        due_at=due_at,
        attempts=0,  # the worker is well; only lost ones count
        failures=F("failures") + 1,
        last_error=error,
    )
    return not mail.is_outage(fault)


def deliver_due(*, limit: int = 50) -> int:
    """One round of the worker: what is shown in the page first, since a slow mail server must not hold it up."""
    shown = claim_due(limit=limit, channel=Notice.Channel.PAGE)
    for notice in shown:
        deliver(notice=notice)
    mails = claim_due(limit=limit, channel=Notice.Channel.MAIL)
    for place, notice in enumerate(mails):
        if not deliver(notice=notice):
            _release(mails[place + 1 :])
            break
    return len(shown) + len(mails)


def _release(notices: Sequence[Notice]) -> None:
    """Hand back what was not begun; the mail server gets a minute."""
    due_at = timezone.now() + timedelta(seconds=PAUSES[0])
    for notice in notices:
        _finish(notice, state=Notice.State.PENDING, due_at=due_at)


def mark_read(*, by: "User", notice: Notice) -> Notice:
    """The recipient has seen it; the first time counts."""
    Notice.objects.visible_to(by).filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    notice.refresh_from_db(fields=["read_at"])
    return notice


def mark_all_read(*, by: "User") -> int:
    """Everything in this person's inbox."""
    return int(Notice.objects.visible_to(by).unopened().update(read_at=timezone.now()))


@transaction.atomic
def retry(*, by: "User", notice: Notice) -> Notice:
    """Send a dead letter once more, after whatever stopped it was put right."""
    dead = Notice.objects.given_up(by).filter(pk=notice.pk)
    changed = dead.update(state=Notice.State.PENDING, due_at=timezone.now(), attempts=0, failures=0)
    if not changed:
        raise Refused(translation.gettext("This notice is no longer waiting for a retry."), code="not_dead")
    nudge(TICK)
    notice.refresh_from_db()
    return notice
