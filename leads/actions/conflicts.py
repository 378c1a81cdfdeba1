"""Two want one company: the case is opened with reason and evidence, both sides are heard, somebody else rules.

Inside one park everything happens at once. Between parks each row is written by its own park, and `courier` carries
the case to the zone and the ruling back.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import people_with
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.files import store_attachment
from core.locking import locked
from core.nudge import nudge
from core.upkeep import RUN
from core.worktime import local_date, local_moment
from leads.actions.activities import MOST_FILES
from leads.actions.claims import lay_claim, pass_on
from leads.actions.holding import held_in_zone, lock_company, protection
from leads.actions.rows import held
from leads.actions.rulings import share_credit
from leads.actions.stages import drop_row
from leads.models import (
    OPEN_STAGES,
    Claim,
    ClaimConflict,
    ConflictFile,
    ConflictSide,
    DropReason,
    Lead,
    Ruling,
    Source,
    Tier,
)
from notices.actions import cancel, queue
from parks.queries import calendar_of, rules_of

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

MORNING = time(9, 0)


@transaction.atomic
def open_conflict(
    *, by: "User", company: "Company", park_id: int, reason: str, files: Iterable[UploadedFile] = ()
) -> ConflictSide:
    """Put a second claim on a held company before those who rule; returns the claimant's own side of the case."""
    require(by, "leads.claim", park_id)
    evidence = _checked(reason, files)
    lock_company(company.pk)
    holding = holding_lead(company.pk, park_id)
    if holding is not None and holding.owner_id == by.pk:
        raise Refused(_("You hold this company yourself."), field="company", code="own_claim", status=409)
    if holding is None and not held_in_zone(company.pk, park_id):
        raise Refused(_("Nobody holds this company: claim it."), field="company", code="not_held", status=409)
    side = ConflictSide(
        park_id=park_id, place=ConflictSide.Place.SECOND, company=company, person=by, statement=reason.strip()
    )
    side.filed_at = timezone.now()
    try:
        with transaction.atomic():
            side.save(force_insert=True)
    except IntegrityError as twice:
        message = _("You have put this before the park already.")
        raise Conflict(message, field="company", code="already_open") from twice
    _attach(side, by, evidence)
    if holding is None:
        nudge(RUN)
        return side
    side.carried_at = side.filed_at
    side.save(update_fields=["carried_at"])
    first = first_side(side, holding)
    bring_before(side, first, holding, ruling_park=park_id)
    return side


def _checked(statement: str, files: Iterable[UploadedFile]) -> list[UploadedFile]:
    if not statement.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    listed = list(files)
    if len(listed) > MOST_FILES:
        raise Refused(_("At most %(n)s files at a time.") % {"n": MOST_FILES}, field="files", code="too_many_files")
    return listed


def _attach(side: ConflictSide, by: "User", files: Iterable[UploadedFile]) -> None:
    for file in files:
        attachment = store_attachment(park_id=side.park_id, by=by, file=file)
        ConflictFile.objects.create(park_id=side.park_id, side=side, attachment=attachment)


def holding_lead(company_id: int, park_id: int) -> Lead | None:
    """The lead by which a park holds a company, whoever may see it."""
    rows = Lead.objects.filter(park_id=park_id, company_id=company_id, stage__in=OPEN_STAGES).held()
    found: Lead | None = rows.select_related("company", "owner").first()
    return found


def first_side(second: ConflictSide, holding: Lead) -> ConflictSide:
    """The side of who holds the company, in that person's park; once."""
    side, made = ConflictSide.objects.get_or_create(
        park_id=holding.park_id,
        case=second.case,
        place=ConflictSide.Place.FIRST,
        defaults={
            "company_id": second.company_id,
            "lead": holding,
            "person": holding.owner,
            "filed_at": second.filed_at,
            "carried_at": timezone.now(),
            "is_demo": second.is_demo,
        },
    )
    if made:
        tell_claimant(side, "first", _first_text)
    found: ConflictSide = side
    return found


def bring_before(second: ConflictSide, first: ConflictSide, holding: Lead, *, ruling_park: int) -> ClaimConflict:
    """The case in the park that rules, with its deadline and its reminders; once."""
    now = timezone.now()
    conflict, made = ClaimConflict.objects.get_or_create(
        park_id=ruling_park,
        uuid=second.case,
        defaults={
            "company_id": second.company_id,
            "first_park_id": first.park_id,
            "first_person_id": first.person_id,
            "first_since": holding.claimed_at,
            "second_park_id": second.park_id,
            "second_person_id": second.person_id,
            "opened_at": second.filed_at,
            "rule_by": _rule_by(ruling_park, now),
            "is_demo": second.is_demo,
        },
    )
    if made:
        _tell_rulers(conflict, "new", _new_text)
        _tell_rulers(conflict, "soon", _soon_text, local_moment(local_date(conflict.rule_by), MORNING))
        _tell_rulers(conflict, "late", _late_text, conflict.rule_by)
    found: ClaimConflict = conflict
    return found


def _rule_by(park_id: int, now: datetime) -> datetime:
    calendar = calendar_of(park_id)
    day = calendar.add_working_days(local_date(now), rules_of(park_id).ruling_days)
    return local_moment(day, calendar.hours(day)[-1].end)


@transaction.atomic
def state_side(
    *, by: "User", side: ConflictSide, reason: str, files: Iterable[UploadedFile] = (), version: int | None = None
) -> ConflictSide:
    """Say one's own side of an open case, and add evidence; only the claimant."""
    if side.person_id != by.pk:
        raise PermissionDenied("own side")
    evidence = _checked(reason, files)
    row = held_side(side, version)
    if not row.is_open:
        raise case_over(row)
    row.statement, row.version = reason.strip(), row.version + 1
    row.save(update_fields=["statement", "version"])
    _attach(row, by, evidence)
    return row


def held_side(side: ConflictSide, version: int | None = None) -> ConflictSide:
    """One side's row, locked; `Stale` when it is not the version that was read."""
    row: ConflictSide = locked(ConflictSide.objects.all(), pk=side.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return row


def case_over(case: ConflictSide | ClaimConflict) -> Refused:
    """Why nothing more is done with a case."""
    return Refused(
        _("This case is over: %(state)s.") % {"state": case.get_state_display()}, code="case_over", status=409
    )


def may_rule(user: "User", conflict: ClaimConflict) -> bool:
    """Those who rule in the case's park, but never a claimant."""
    parties = {conflict.first_person_id, conflict.second_person_id}
    return user.access.can("leads.rule", conflict.park_id) and user.pk not in parties


@transaction.atomic
def rule_conflict(
    *,
    by: "User",
    conflict: ClaimConflict,
    ruling: str,
    reason: str,
    first_share: int | None = None,
    version: int | None = None,
) -> ClaimConflict:
    """Rule, once and with a reason; `first_share` is the first claimant's credit in percent where it is shared."""
    if not may_rule(by, conflict):
        raise PermissionDenied("leads.rule")
    row: ClaimConflict = locked(ClaimConflict.objects.all(), pk=conflict.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    _check_ruling(row, ruling, reason, first_share)
    row.state, row.ruling, row.reason = ClaimConflict.State.RULED, ruling, reason.strip()
    row.first_share = first_share if ruling == Ruling.SHARED else None
    row.ruled_by, row.ruled_at, row.version = by, timezone.now(), row.version + 1
    row.save(update_fields=["state", "ruling", "reason", "first_share", "ruled_by", "ruled_at", "version"])
    cancel(park_id=row.park_id, key_prefix=f"conflict:{row.uuid}:rule:")
    if row.between_parks:
        nudge(RUN)
        return row
    if ruling == Ruling.SHARED:
        share_credit(by=by, conflict=row)
    for place in ConflictSide.Place.values:
        apply_to(row, park_id=row.park_id, place=place)
    row.applied_at = timezone.now()
    row.save(update_fields=["applied_at"])
    return row


def _check_ruling(conflict: ClaimConflict, ruling: str, reason: str, first_share: int | None) -> None:
    if not conflict.is_open:
        raise case_over(conflict)
    if ruling not in Ruling.values:
        raise Refused(_("Choose how you rule."), field="ruling", code="no_such_ruling")
    if ruling == Ruling.SHARED and (first_share is None or not 1 <= first_share <= 99):
        message = _("Say how much of the credit the first gets: 1 to 99 percent.")
        raise Refused(message, field="first_share", code="share_missing")
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")


@transaction.atomic
def apply_to(conflict: ClaimConflict, *, park_id: int, place: str) -> None:
    """Let a ruling take effect on one side, in that side's park: the lead, what is told, the notice. Once."""
    side = ConflictSide.objects.filter(park_id=park_id, case=conflict.uuid, place=place).first()
    if side is None or not (row := held_side(side)).is_open:
        return
    first = place == ConflictSide.Place.FIRST
    row.state, row.ruling, row.outcome = ClaimConflict.State.RULED, conflict.ruling, conflict.reason
    row.share = conflict.first_share if first else conflict.second_share
    row.ruled_at, row.version = conflict.ruled_at, row.version + 1
    if first and conflict.ruling == Ruling.SECOND:
        _take_from(conflict, row)
    elif not first and conflict.between_parks and conflict.ruling != Ruling.FIRST:
        row.lead = _give_to(row)
    elif not conflict.between_parks:
        row.lead = holding_lead(row.company_id, park_id)
    row.save(update_fields=["state", "ruling", "outcome", "share", "ruled_at", "lead", "version"])
    tell_claimant(row, f"ruled:{place}", _ruled_text)


def _take_from(conflict: ClaimConflict, side: ConflictSide) -> None:
    """The second wins: inside one park the lead changes hands, between parks the first's is closed."""
    lead = side.lead and held(side.lead)
    if lead is None or not lead.is_open:
        return
    if conflict.between_parks:
        drop_row(lead, _ruler(conflict), DropReason.RULED, conflict.reason)
    else:
        ended = Claim.Ended.RULED
        pass_on(lead, conflict.second_person, kind=Claim.Kind.RULED, ended=ended, reason=conflict.reason)


def _ruler(conflict: ClaimConflict) -> "User":
    if conflict.ruled_by is None:
        raise ValueError("a ruling without a ruler")
    return conflict.ruled_by


def _give_to(side: ConflictSide) -> Lead:
    """The second's own lead in their park, unless that park holds the company meanwhile."""
    if (there := holding_lead(side.company_id, side.park_id)) is not None:
        return there
    until = protection(Tier.B, rules_of(side.park_id), local_date(timezone.now()))
    lead = Lead(park_id=side.park_id, company=side.company, source=Source.OWN, protected_until=until)
    try:
        with transaction.atomic():
            return lay_claim(lead, side.person, kind=Claim.Kind.RULED, agreed=True)
    except Conflict:  # in the park's own pool: the ruling gives it to the claimant
        pooled: Lead = Lead.objects.in_pool().get(
            park_id=side.park_id, company_id=side.company_id, stage__in=OPEN_STAGES
        )
        row = held(pooled)
        pass_on(row, side.person, kind=Claim.Kind.RULED, ended=Claim.Ended.RELEASED)
        return row


def tell_claimant(side: ConflictSide, what: str, text: "Callable[[ConflictSide], tuple[str, str]]") -> None:
    """A word to the claimant of one side; `what` makes it one word only."""
    queue(
        park_id=side.park_id,
        recipients=[side.person],
        kind="conflict",
        key=f"conflict:{side.case}:{what}",
        text=partial(text, side),
        url=side.get_absolute_url(),
    )


def _tell_rulers(
    conflict: ClaimConflict,
    what: str,
    text: "Callable[[ClaimConflict], tuple[str, str]]",
    due_at: datetime | None = None,
) -> None:
    parties = {conflict.first_person_id, conflict.second_person_id}
    queue(
        park_id=conflict.park_id,
        recipients=[one for one in people_with("leads.rule", conflict.park_id) if one.pk not in parties],
        kind="conflict_ruling",
        key=f"conflict:{conflict.uuid}:rule:{what}",
        text=partial(text, conflict),
        url=conflict.get_absolute_url(),
        due_at=due_at,
    )


def _new_text(conflict: ClaimConflict) -> tuple[str, str]:
    until = timezone.localtime(conflict.rule_by).strftime("%Y-%m-%d %H:%M")
    subject = _("Conflict to rule: %(company)s") % {"company": conflict.company}
    names = {"second": conflict.second_person, "first": conflict.first_person, "until": until}
    return subject, _("%(second)s claims what %(first)s holds. Please rule by %(until)s.") % names


def _soon_text(conflict: ClaimConflict) -> tuple[str, str]:
    subject = _("Rule today: %(company)s") % {"company": conflict.company}
    return subject, _("The time for ruling on this conflict ends today.")


def _late_text(conflict: ClaimConflict) -> tuple[str, str]:
    subject = _("Still to be ruled: %(company)s") % {"company": conflict.company}
    return subject, _("The time for ruling on this conflict is over.")


def _first_text(side: ConflictSide) -> tuple[str, str]:
    subject = _("Your claim is contested: %(company)s") % {"company": side.company}
    return subject, _("Somebody else claims this company. State your side and add evidence; it will be ruled.")


def _ruled_text(side: ConflictSide) -> tuple[str, str]:
    names = {"ruling": side.get_ruling_display(), "company": side.company}
    return _("Ruled: %(ruling)s · %(company)s") % names, side.outcome
