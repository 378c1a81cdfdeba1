"""Agreeing on the credit of a lead: proposed and answered, settled by a manager, or the park's default."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import colleagues, people_with
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.locking import locked
from core.worktime import local_date
from leads.actions.rows import change, held
from leads.models import CreditShare, CreditSplit, Lead
from leads.queries.credit import Share, default_shares, departments_of, shares_on, split_on
from leads.shares import CENT, WHOLE
from notices.actions import cancel, queue

if TYPE_CHECKING:
    from accounts.models import User

MOST_PEOPLE = 10
State, Answer = CreditSplit.State, CreditShare.Answer


@transaction.atomic
def propose_split(
    *,
    by: "User",
    lead: Lead,
    shares: Sequence[Share],
    valid_from: date | None = None,
    note: str = "",
    version: int | None = None,
) -> CreditSplit:
    """Ask everybody concerned whether the credit shall be divided so from a day on; the last “yes” puts it in force.

    Concerned is who gets a share or holds one now; who would lose it stands in the set with 0 %. Proposing counts as
    the proposer's own “yes”. `version` is the lead's. Raises Refused, Stale, and Conflict while another proposal waits.
    """
    row, day = _begin(by, lead, valid_from, version)
    asked = _with_losers(row, _checked(row, shares), day)
    if by.pk not in {share.user.pk for share in asked} and not by.access.can("leads.assign", row.park_id):
        raise PermissionDenied("leads.change")
    _check_no_proposal(row)
    split = _write(row, asked, CreditSplit(basis=CreditSplit.Basis.AGREED, valid_from=day, note=note, made_by=by))
    answered = split.shares.filter(user=by).update(answer=Answer.ACCEPTED, answered_at=timezone.now())
    if answered and not _waiting(split):
        return _decide(split, State.IN_FORCE)
    _tell(split, [share.user for share in asked if share.user.pk != by.pk], "asked", _asked_text)
    return split


@transaction.atomic
def answer_split(
    *, by: "User", split: CreditSplit, accept: bool, reason: str = "", version: int | None = None
) -> CreditSplit:
    """One's own word on a proposal. A “no” ends it, with a reason; the last “yes” puts it in force."""
    share = split.shares.filter(user=by).first()
    if share is None:
        raise PermissionDenied("leads.view")
    row = _held(split, version)
    share.refresh_from_db()
    wanted = Answer.ACCEPTED if accept else Answer.DECLINED
    if share.answer == wanted:
        return row
    _check_open(row)
    if not accept and not reason.strip():
        raise Refused(_("Say why you do not agree."), field="reason", code="reason_missing")
    share.answer, share.answered_at, share.reason = wanted, timezone.now(), reason.strip()
    share.save(update_fields=["answer", "answered_at", "reason"])
    if not accept:
        return _decide(row, State.DECLINED)
    if not _waiting(row):
        return _decide(row, State.IN_FORCE)
    row.version += 1
    row.save(update_fields=["version"])
    return row


@transaction.atomic
def withdraw_split(*, by: "User", split: CreditSplit, version: int | None = None) -> CreditSplit:
    """Take a proposal back: who made it, or who assigns leads."""
    if split.made_by_id != by.pk:
        require(by, "leads.assign", split.park_id)
    row = _held(split, version)
    _check_open(row)
    return _decide(row, State.WITHDRAWN)


@transaction.atomic
def settle_split(
    *,
    by: "User",
    lead: Lead,
    shares: Sequence[Share],
    reason: str,
    valid_from: date | None = None,
    version: int | None = None,
) -> CreditSplit:
    """A manager who has no share in it decides, with a reason; a waiting proposal ends with it.

    `version` is the lead's.
    """
    require(by, "credit.settle", lead.park_id)
    row, day = _begin(by, lead, valid_from, version)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    settled = _with_losers(row, _checked(row, shares), day)
    if by.pk in {share.user.pk for share in settled}:
        raise Refused(_("Somebody else settles what you have a share in."), code="own_share", status=403)
    for waiting in CreditSplit.objects.select_for_update().filter(lead=row, state=State.PROPOSED):
        _decide(waiting, State.WITHDRAWN)
    basis = CreditSplit.Basis.SETTLED
    return _decide(
        _write(row, settled, CreditSplit(basis=basis, valid_from=day, note=reason, made_by=by)), State.IN_FORCE
    )


@transaction.atomic
def ensure_split(*, lead: Lead, day: date) -> CreditSplit:
    """What counts on the day of an event; the park's default is written down where nothing was agreed."""
    found = split_on(lead, day)
    if found is not None:
        return found
    now, basis = timezone.now(), CreditSplit.Basis.DEFAULT
    split = CreditSplit(basis=basis, valid_from=day, state=State.IN_FORCE, decided_at=now)
    return _write(lead, default_shares(lead, day), split)


def _begin(by: "User", lead: Lead, valid_from: date | None, version: int | None) -> tuple[Lead, date]:
    """The lead's row, held so that one set follows the other, and the day from which the new one counts.

    The lead's version rises with every set, so that of two who divide what they read one is told.
    """
    require(by, "leads.change", lead.park_id)
    today = local_date(timezone.now())
    day = valid_from or today
    if day > today:
        raise Refused(_("Credit is divided from today or from an earlier day on."), field="valid_from", code="future")
    row = held(lead, version)
    change(row)
    return row, day


def _checked(lead: Lead, shares: Sequence[Share]) -> list[Share]:
    """Persons of the park, each once, percentages that make 100."""
    people = [share.user.pk for share in shares]
    if not shares or len(shares) > MOST_PEOPLE:
        message = _("Between one and %(n)s people share a lead.") % {"n": MOST_PEOPLE}
        raise Refused(message, field="shares", code="people")
    if len(set(people)) != len(people):
        raise Refused(_("Name every person once."), field="shares", code="person_twice")
    if any(not 0 < share.percent <= WHOLE or share.percent % CENT for share in shares):
        message = _("A share is more than 0 and at most 100 %, with at most two decimals.")
        raise Refused(message, field="shares", code="percent")
    total = sum((share.percent for share in shares), Decimal(0))
    if total != WHOLE:
        raise Refused(_("The shares sum to %(sum)s %%, not to 100 %%.") % {"sum": total}, field="shares", code="sum")
    _check_people(lead, shares)
    return list(shares)


def _check_people(lead: Lead, shares: Sequence[Share]) -> None:
    staff = {person.pk for person in colleagues(frozenset({lead.park_id}))}
    for share in shares:
        if share.user.pk not in staff:
            message = _("%(name)s does not work in this park.") % {"name": share.user}
            raise Refused(message, field="shares", code="not_in_park")
        if not Lead.objects.visible_to(share.user).filter(pk=lead.pk).exists():
            message = _("%(name)s does not see this lead. Let more people see it first.") % {"name": share.user}
            raise Refused(message, field="shares", code="not_visible")


def _with_losers(lead: Lead, shares: list[Share], day: date) -> list[Share]:
    """Who holds a share now and gets none is concerned, too."""
    named = {share.user.pk for share in shares}
    now = shares_on(lead, max(day, local_date(timezone.now())))
    return shares + [Share(share.user, share.role, Decimal(0)) for share in now if share.user.pk not in named]


def _check_no_proposal(lead: Lead) -> None:
    if CreditSplit.objects.filter(lead=lead, state=State.PROPOSED).exists():
        raise Conflict(_("A proposal is waiting for answers. Withdraw it first."), code="proposal_waiting")


def _write(lead: Lead, shares: Iterable[Share], split: CreditSplit) -> CreditSplit:
    """Store a set that says on what basis and from when it holds, with its shares."""
    listed = list(shares)
    split.park_id, split.lead, split.note, split.made_at = lead.park_id, lead, split.note.strip(), timezone.now()
    split.save(force_insert=True)
    departments = departments_of(lead, [share.user for share in listed])
    CreditShare.objects.bulk_create(
        CreditShare(
            park_id=lead.park_id,
            split=split,
            user=share.user,
            department_id=departments[share.user.pk],
            role=share.role,
            percent=share.percent,
        )
        for share in listed
    )
    return split


def _held(split: CreditSplit, version: int | None) -> CreditSplit:
    row: CreditSplit = locked(CreditSplit.objects.select_related("lead__company", "made_by"), pk=split.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return row


def _check_open(split: CreditSplit) -> None:
    if split.state != State.PROPOSED:
        message = _("This proposal is decided: %(state)s.") % {"state": split.get_state_display()}
        raise Conflict(message, code="already_decided")


def _waiting(split: CreditSplit) -> bool:
    return bool(split.shares.filter(answer=Answer.WAITING).exists())


def _decide(split: CreditSplit, state: str) -> CreditSplit:
    """Write the outcome down for good and tell everybody concerned; questions not told yet are taken back."""
    split.state, split.decided_at, split.version = state, timezone.now(), split.version + 1
    split.save(update_fields=["state", "decided_at", "version"])
    cancel(park_id=split.park_id, key_prefix=f"credit:{split.pk}:asked")
    people = [share.user for share in split.shares.select_related("user")]
    people += [split.made_by] if split.made_by else []
    managers = people_with("credit.settle", split.park_id) if state == State.DECLINED else []
    _tell(split, [*people, *managers], str(state), _decided_text)
    return split


def _tell(
    split: CreditSplit, people: "Iterable[User]", what: str, text: "Callable[[CreditSplit], tuple[str, str]]"
) -> None:
    queue(
        park_id=split.park_id,
        recipients=people,
        kind=f"credit_{what}",
        key=f"credit:{split.pk}:{what}",
        text=partial(text, split),
        url=split.get_absolute_url(),
        channels=("page",),
    )


def _words_of(split: CreditSplit) -> str:
    shares = split.shares.select_related("user")
    return _(", ").join(f"{share.user} {share.percent.normalize():f}%" for share in shares)


def _asked_text(split: CreditSplit) -> tuple[str, str]:
    subject = _("Do you agree? Credit of %(lead)s") % {"lead": split.lead.name}
    names = {"name": split.made_by, "shares": _words_of(split), "day": date_format(split.valid_from, "DATE_FORMAT")}
    return subject, _("%(name)s proposes from %(day)s on: %(shares)s.") % names


def _decided_text(split: CreditSplit) -> tuple[str, str]:
    names = {"state": split.get_state_display(), "lead": split.lead.name}
    subject = _("Credit of %(lead)s: %(state)s") % names
    declined = split.shares.filter(answer=Answer.DECLINED).select_related("user").first()
    if declined is not None:
        return subject, _("%(name)s does not agree: %(reason)s") % {"name": declined.user, "reason": declined.reason}
    return subject, _words_of(split)
