"""The public pool: leads whose protection ran out or whose owner let go, free to be picked."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import people_with
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.worktime import local_date
from leads.actions.claims import pass_on
from leads.actions.holding import check_holding, check_zone, day_begins, end, lock_company, lock_person
from leads.actions.rows import change, held, require_change
from leads.actions.steps import remind
from leads.models import OPEN_STAGES, Claim, Lead, Stage
from notices.actions import queue
from parks.models import ParkRules
from parks.queries import rules_of

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

AT_ONCE = 200


@transaction.atomic
def release_lead(
    *, by: "User", lead: Lead, reason: str, version: int | None = None, claim: Claim | None = None
) -> Lead:
    """Let go of a lead that one cannot work on: it goes into the pool at once, its history stays.

    Where a `claim` is named it must still be the running one: who holds the lead by now does not lose it.
    """
    require_change(by, lead)
    row = held(lead, version)
    if claim is not None and not Claim.objects.filter(pk=claim.pk, ended_at=None).exists():
        raise Conflict(_("This claim has ended already."), code="claim_ended")
    if not row.is_open:
        raise Refused(_("This lead is closed."), code="lead_closed", status=409)
    if row.in_pool:
        raise Refused(_("This lead is in the public pool already."), code="in_pool", status=409)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    _into_pool(row, Claim.Ended.RELEASED, reason)
    if by.pk != row.owner_id:
        _tell_owner(row, partial(_released_text, row, by, reason.strip()))
    return row


def return_expired(*, park_id: int) -> int:
    """Put the leads of a park whose protection is over into the pool; returns how many.

    Safe at any time and in any number: what somebody holds just now, or already went, is left alone.
    """
    rules, day, count = rules_of(park_id), local_date(timezone.now()), 0
    while True:
        with transaction.atomic():
            due = Lead.objects.filter(park_id=park_id, stage__in=reclaimed(rules), protected_until__lt=day).held()
            locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
            rows = list(locked.select_related("company", "owner").order_by("protected_until", "id")[:AT_ONCE])
            for row in rows:
                _into_pool(row, Claim.Ended.EXPIRED)
                _tell_owner(row, partial(_expired_text, row))
        count += len(rows)
        if len(rows) < AT_ONCE:
            return count


def reclaimed(rules: ParkRules) -> list[str]:
    """The stages in which a lead without protection falls into the pool."""
    kept = set()
    if not rules.reclaim_negotiating:
        kept.add(Stage.NEGOTIATING)
    if not rules.reclaim_screening:
        kept.add(Stage.SCREENING)
    return [stage for stage in OPEN_STAGES if stage not in kept]


def _into_pool(lead: Lead, how: str, reason: str = "") -> None:
    change(lead, pooled_at=timezone.now(), next_step="", next_date=None)
    end(lead, how, reason)
    remind(lead)


@transaction.atomic
def pick_lead(*, by: "User", lead: Lead, version: int | None = None) -> Lead:
    """Take a lead out of the pool: of two at the same moment one gets it, the other is told who.

    Raises Refused for the last owner before the park's days are over, and beyond the daily or the holding limit.
    """
    require(by, "leads.claim", lead.park_id)
    lock_person(by)
    row = held(lead)
    if not row.in_pool:
        raise _no_longer_free(by, row)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this lead meanwhile. Look at it again and repeat your change."))
    rules = rules_of(row.park_id)
    _check_repick(by, row)
    _check_picks(by, row.park_id, rules)
    check_holding(by, row.park_id, rules)
    lock_company(row.company_id)
    check_zone(row)
    pass_on(row, by, kind=Claim.Kind.PICKED, ended=Claim.Ended.RELEASED)
    return row


def _no_longer_free(by: "User", lead: Lead) -> Conflict:
    if not lead.is_open:
        return Conflict(_("This lead is closed."), code="lead_closed")
    if lead.owner_id == by.pk:
        return Conflict(_("You hold this lead already."), code="already_held")
    if not Lead.objects.visible_to(by).filter(pk=lead.pk).exists():
        return Conflict(_("Somebody else was first: this lead is no longer in the pool."), code="already_picked")
    message = _("%(name)s was first: this lead is no longer in the pool.") % {"name": lead.owner}
    return Conflict(message, code="already_picked")


def pick_again_on(user: "User", lead: Lead) -> "date | None":
    """The day from which the last owner may pick a pooled lead again; None for everybody else, and once it has come."""
    if lead.owner_id != user.pk or lead.pooled_at is None:
        return None
    free = local_date(lead.pooled_at) + timedelta(days=rules_of(lead.park_id).repick_days)
    return free if local_date(timezone.now()) < free else None


def _check_repick(by: "User", lead: Lead) -> None:
    if (free := pick_again_on(by, lead)) is not None:
        day = date_format(free, "DATE_FORMAT")
        message = _("You held this lead last: others go first. You may pick it again from %(day)s.") % {"day": day}
        raise Refused(message, code="last_owner", status=409)


def _check_picks(by: "User", park_id: int, rules: ParkRules) -> None:
    since = day_begins(timezone.now())
    picks = Claim.objects.filter(park_id=park_id, owner=by, kind=Claim.Kind.PICKED, began_at__gte=since).count()
    if rules.pool_daily_picks and picks >= rules.pool_daily_picks:
        message = _("You picked %(n)s leads today, as many as the park allows a day.") % {"n": picks}
        raise Refused(message, code="daily_limit", status=409)


@transaction.atomic
def assign_from_pool(*, by: "User", leads: Iterable[Lead], to: "User", note: str = "") -> list[Lead]:
    """Give leads of the pool to somebody who works in their park; those picked meanwhile are left out.

    A manager's decision: the limits on picking do not bind it. Returns those that were given.
    """
    given: list[Lead] = []
    for lead in sorted(leads, key=lambda one: one.pk):
        require(by, "leads.assign", lead.park_id)
        row = held(lead)
        if not row.in_pool:
            continue
        if to.pk not in {person.pk for person in people_with("leads.change", row.park_id)}:
            message = _("%(name)s does not work on leads in this park.") % {"name": to}
            raise Refused(message, field="to", code="cannot_own")
        pass_on(row, to, kind=Claim.Kind.ASSIGNED, ended=Claim.Ended.RELEASED)
        if to.pk != by.pk:
            _tell_owner(row, partial(_assigned_text, row, by, note.strip()))
        given.append(row)
    if not given:
        raise Conflict(_("None of these leads is in the pool any more."), code="already_picked")
    return given


def _tell_owner(lead: Lead, text: "partial[tuple[str, str]]") -> None:
    queue(
        park_id=lead.park_id,
        recipients=[lead.owner],
        kind="lead_pool",
        key=f"lead:{lead.pk}:pool:{lead.version}",
        text=text,
        url=lead.get_absolute_url(),
    )


def _expired_text(lead: Lead) -> tuple[str, str]:
    subject = _("Fell into the public pool: %(lead)s") % {"lead": lead.name}
    return subject, _("Its protection ran out. Colleagues may pick it now; what you recorded stays with it.")


def _released_text(lead: Lead, by: "User", reason: str) -> tuple[str, str]:
    subject = _("Put into the public pool: %(lead)s") % {"lead": lead.name}
    return subject, _("%(name)s released it: %(reason)s") % {"name": by, "reason": reason}


def _assigned_text(lead: Lead, by: "User", note: str) -> tuple[str, str]:
    subject = _("A lead of the pool was given to you: %(lead)s") % {"lead": lead.name}
    return subject, _("%(name)s assigned it. %(note)s") % {"name": by, "note": note}
