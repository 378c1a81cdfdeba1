"""The hold on a lead: begun, renewed by progress, ended; the warnings before it runs out. For the actions of leads."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.doors import ask
from core.errors import Conflict, Refused
from core.locking import Turn, wait_turn
from core.sayings import trimmed
from core.worktime import local_date, local_moment
from leads.models import OPEN_STAGES, Claim, Lead, ShareOffer, Tier
from leads.models.leads import HELD_IN_ZONE
from notices.actions import cancel, queue
from parks.models import ParkRules
from parks.queries import rules_of

if TYPE_CHECKING:
    from accounts.models import User

WARN_DAYS: Final = (7, 3, 1)
WARN_AT = time(9, 0)


def protection(tier: str, rules: ParkRules, begins: date) -> date:
    """The last protected day of a claim that begins on that day."""
    days = {Tier.A.value: rules.protection_days_a, Tier.C.value: rules.protection_days_c}
    return begins + timedelta(days=days.get(tier, rules.protection_days))


def begin(lead: Lead, kind: str) -> Claim:
    """A claim of the lead's present owner runs from now on, until the lead's `protected_until`."""
    claim: Claim = Claim.objects.create(
        park_id=lead.park_id,
        lead=lead,
        owner_id=lead.owner_id,
        department_id=lead.department_id,
        kind=kind,
        began_at=timezone.now(),
        protected_until=lead.protected_until,
    )
    warn(lead)
    return claim


def end(lead: Lead, how: str, reason: str = "") -> None:
    """The running claim ends; nobody is warned any more."""
    running = Claim.objects.filter(park_id=lead.park_id, lead=lead, ended_at=None)
    running.update(ended_at=timezone.now(), ended=how, reason=trimmed(reason, 240), version=F("version") + 1)
    cancel(park_id=lead.park_id, key_prefix=_warnings(lead))


def renew(lead: Lead) -> bool:
    """Progress protects a held lead for the park's days of renewal from today, within the cap of one claim.

    The caller holds the row. Nothing happens where the protection already lasts longer.
    """
    rules = rules_of(lead.park_id)
    if not rules.renewal_days or lead.in_pool or not lead.is_open:
        return False
    claim = Claim.objects.filter(park_id=lead.park_id, lead=lead, ended_at=None).first()
    began = local_date(claim.began_at if claim else lead.claimed_at)
    until = local_date(timezone.now()) + timedelta(days=rules.renewal_days)
    if rules.protection_cap_days:
        until = min(until, began + timedelta(days=rules.protection_cap_days))
    if until <= lead.protected_until:
        return False
    protect_until(lead, until, renewals=F("renewals") + 1)
    return True


def protect_until(lead: Lead, until: date, **changes: object) -> None:
    """Move the end of the protection: on the lead, on its claim, and the warnings with it."""
    lead.protected_until = until
    Lead.objects.filter(pk=lead.pk, park_id=lead.park_id).update(protected_until=until)
    running = Claim.objects.filter(park_id=lead.park_id, lead=lead, ended_at=None)
    running.update(protected_until=until, version=F("version") + 1, **changes)
    warn(lead)


def _warnings(lead: Lead) -> str:
    return f"lead:{lead.pk}:protection:"


def warn(lead: Lead) -> None:
    """Write the warnings ahead: seven, three and one day before the end, each once; earlier ones are taken back."""
    cancel(park_id=lead.park_id, key_prefix=_warnings(lead))
    for days in WARN_DAYS:
        due = local_moment(lead.protected_until - timedelta(days=days), WARN_AT)
        if due > timezone.now():
            queue(
                park_id=lead.park_id,
                recipients=[lead.owner],
                kind="lead_protection",
                # The owner is part of the row's uniqueness, the day of the key: a renewal makes new ones.
                key=f"{_warnings(lead)}{lead.protected_until:%Y%m%d}:{days}",
                text=partial(_warning_text, lead, days),
                url=lead.get_absolute_url(),
                due_at=due,
                channels=("page", "mail") if days == WARN_DAYS[-1] else ("page",),
            )


def _warning_text(lead: Lead, days: int) -> tuple[str, str]:
    subject = ngettext("Protection ends in %(n)s day: %(lead)s", "Protection ends in %(n)s days: %(lead)s", days) % {
        "n": days,
        "lead": lead.name,
    }
    until = date_format(lead.protected_until, "DATE_FORMAT")
    return subject, _("After %(until)s the lead falls into the public pool. Progress extends the protection.") % {
        "until": until
    }


def lock_company(company_id: int) -> None:
    """Claims of one company follow each other, across parks too."""
    wait_turn(Turn.CLAIMS_OF_COMPANY, company_id)


def lock_person(user: "User") -> None:
    """Picks and claims of one person follow each other, so that limits hold."""
    wait_turn(Turn.CLAIMS_BY_PERSON, user.pk)


def check_zone(lead: Lead) -> None:
    """Whether another park of the zone holds the company: all that is said is that there is a conflict.

    A park with which the lead is shared agreed to work on it together: its claim stands in nobody's way.
    """
    if held_in_zone(lead.company_id, lead.park_id, shared_with(lead)):
        message = _("Conflict: another claim on this company runs in the zone. You can put yours before the zone.")
        raise Conflict(message, field="company", code="zone_conflict")


def held_in_zone(company_id: int, park_id: int, partners: Sequence[int] = ()) -> bool:
    """Does a park of the zone other than this one and its partners hold the company?"""
    return ask(HELD_IN_ZONE, company_id, park_id, list(partners))


def shared_with(lead: Lead) -> list[int]:
    """The parks with which a lead is shared."""
    links = ShareOffer.objects.filter(park_id=lead.park_id, lead=lead, state=ShareOffer.State.ACCEPTED)
    return list(links.values_list("partner_id", flat=True))


def check_holding(user: "User", park_id: int, rules: ParkRules) -> None:
    """Nobody holds more open leads than the park allows."""
    if not rules.holding_limit:
        return
    count = Lead.objects.filter(park_id=park_id, owner=user, stage__in=OPEN_STAGES).held().count()
    if count >= rules.holding_limit:
        message = _("You hold %(n)s open leads, as many as the park allows. Release one first.") % {"n": count}
        raise Refused(message, code="holding_limit", status=409)


def day_begins(now: datetime) -> datetime:
    """Midnight of the day in Beijing."""
    return local_moment(local_date(now), time(0, 0))
