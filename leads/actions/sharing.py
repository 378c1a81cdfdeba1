"""Offering a lead to another park; accepting, declining, withdrawing it. Both sides are written in one transaction.

One row on each side, each belonging to its own park. What the offerer chose to show is copied into the other side's
row; the other park never reads anything else of the lead, its company's people or its activities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import people_with
from companies.actions import add_company, add_contact, reveal_contact
from companies.actions.registry import AlreadyThereError
from companies.models import Company, Contact
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.isolation import errand
from core.locking import Turn, locked, wait_turn
from core.worktime import local_date
from leads.actions.claims import claim_company
from leads.actions.news import share_landed, tell_side
from leads.actions.rows import held
from leads.models import Activity, Lead, ShareOffer, Source
from leads.sayings import shared_by
from leads.shares import CENT
from notices.actions import cancel, queue
from parks.models import Park
from parks.queries import rules_of

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User

MOST_SHOWN = 50
# What of the lead itself may be shown.
FIELDS: Final = {
    "title": gettext_lazy("Intended project"),
    "amount": gettext_lazy("Intended investment (yuan)"),
    "demands": gettext_lazy("Key demands"),
    "stage": gettext_lazy("Stage"),
}
CARD = ("name", "title", "phone", "email", "wechat", "is_decision_maker")
State, Direction = ShareOffer.State, ShareOffer.Direction


@dataclass(frozen=True)
class Chosen:
    """What the other park may see."""

    fields: Sequence[str] = ()
    contacts: Sequence[Contact] = field(default=())
    activities: Sequence[Activity] = field(default=())


@transaction.atomic
def offer_lead(
    *,
    by: "User",
    lead: Lead,
    to: Park,
    own_percent: Decimal,
    chosen: Chosen | None = None,
    note: str = "",
    days: int | None = None,
) -> ShareOffer:
    """Offer an open lead to another park, showing exactly what was chosen; `own_percent` of the credit stays here.

    The offer ends by itself after `days` (by default the park's rule). Raises Refused, and Conflict while another
    offer of this lead lives.
    """
    require(by, "leads.share", lead.park_id)
    row, chosen = held(lead), chosen or Chosen()
    _check_offer(row, to, own_percent)
    now, days = timezone.now(), days or rules_of(row.park_id).offer_days
    offer = ShareOffer(
        park_id=row.park_id,
        direction=Direction.OUTGOING,
        partner=to,
        lead=row,
        company=row.company,
        company_name=row.company.name,
        shown=_shown(by, row, chosen),
        own_percent=own_percent,
        note=note.strip(),
        offered_by=by,
        offered_at=now,
        expires_on=local_date(now) + timedelta(days=days),
    )
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError as live:
        raise Conflict(_("This lead is offered or shared already."), code="already_offered") from live
    _post(offer, row.company)
    return offer


def _check_offer(lead: Lead, to: Park, own_percent: Decimal) -> None:
    if not lead.is_open:
        raise Refused(_("This lead is closed."), code="lead_closed", status=409)
    if lead.source == Source.SHARED:
        message = _("This lead was shared by another park; it is not handed on to a third.")
        raise Refused(message, code="shared_already", status=409)
    if ShareOffer.objects.filter(park_id=lead.park_id, lead=lead, state=State.ACCEPTED).exists():
        raise Conflict(_("This lead is offered or shared already."), code="already_offered")
    if to.pk == lead.park_id or not to.is_active or to.kind == Park.Kind.PLATFORM:
        raise Refused(_("Choose another park."), field="to", code="same_park")
    if not people_with("leads.share", to.pk):
        raise Refused(_("Nobody in that park can answer offers yet."), field="to", code="nobody_there")
    if not 0 <= own_percent <= 100 or own_percent % CENT:
        raise Refused(_("Between 0 and 100 %, with at most two decimals."), field="own_percent", code="percent")


def _shown(by: "User", lead: Lead, chosen: Chosen) -> dict[str, Any]:
    """The copy of what was chosen; who was looked up among the contacts is written down as always."""
    if len(chosen.contacts) + len(chosen.activities) > MOST_SHOWN:
        raise Refused(_("At most %(n)s contacts and activities.") % {"n": MOST_SHOWN}, code="too_many")
    for contact in chosen.contacts:
        if (contact.park_id, contact.company_id) != (lead.park_id, lead.company_id):
            raise Refused(_("This contact belongs to another company."), field="contacts", code="mismatch")
        reveal_contact(by=by, contact=contact)
    if any((one.park_id, one.lead_id) != (lead.park_id, lead.pk) for one in chosen.activities):
        raise Refused(_("This activity belongs to another lead."), field="activities", code="mismatch")
    values = {name: getattr(lead, name) for name in FIELDS if name in chosen.fields}
    return {
        "company": {"name": lead.company.name, "credit_code": lead.company.credit_code},
        "fields": {
            name: str(value) if isinstance(value, Decimal) else value for name, value in values.items() if value
        },
        "contacts": [{name: getattr(one, name) for name in CARD} for one in chosen.contacts],
        "activities": [
            {"kind": one.kind, "on": local_date(one.happened_at).isoformat(), "summary": one.summary}
            for one in chosen.activities
        ],
    }


def _post(offer: ShareOffer, company: Company) -> None:
    """The receiving side's own row, and a word to those who answer offers there."""
    with errand(park_id=offer.partner_id):
        there: ShareOffer = ShareOffer.objects.create(
            park_id=offer.partner_id,
            uuid=offer.uuid,
            direction=Direction.INCOMING,
            partner_id=offer.park_id,
            company=company if company.origin_park_id is None else None,
            company_name=offer.company_name,
            shown=offer.shown,
            own_percent=offer.partner_percent,
            note=offer.note,
            offered_by=offer.offered_by,
            offered_at=offer.offered_at,
            expires_on=offer.expires_on,
        )
        queue(
            park_id=there.park_id,
            recipients=people_with("leads.share", there.park_id),
            kind="offer_new",
            key=f"offer:{there.pk}:new",
            text=partial(_new_text, there),
            url=there.get_absolute_url(),
        )


@transaction.atomic
def accept_offer(*, by: "User", offer: ShareOffer, owner: "User", version: int | None = None) -> Lead:
    """Take the offer: a lead of one's own park with the chosen owner, linked to the other one.

    Contacts that were shown become cards of this park. Raises Conflict where the company has an open lead here.
    """
    require(by, "leads.share", offer.park_id)
    row = _held(offer, version)
    _check_waiting(row, Direction.INCOMING)
    if owner.pk not in {person.pk for person in people_with("leads.claim", row.park_id)}:
        message = _("%(name)s does not work on leads in this park.") % {"name": owner}
        raise Refused(message, field="owner", code="cannot_own")
    company = row.company or _own_copy(by, row)
    lead = _claim(owner, company, row)
    _keep_contacts(by, company, row)
    today = local_date(timezone.now())
    with errand(park_id=row.partner_id):
        there = _side(row.partner_id, row.uuid)
        _answer(there, by, State.ACCEPTED, partner_stage=lead.stage, partner_stage_on=today)
        stage = there.lead.stage if there.lead else ""
        tell_side(there, "answered", "answered", partial(_answered_text, there))
    linked = {"lead": lead, "company": company, "partner_stage": stage, "partner_stage_on": today}
    _answer(row, by, State.ACCEPTED, **linked)
    with errand(park_id=row.partner_id):
        # It may have been signed while the offer was on its way.
        if there.lead:
            share_landed(there.lead)
    queue(
        park_id=row.park_id,
        recipients=[owner] if owner.pk != by.pk else [],
        kind="lead_assigned",
        key=f"offer:{row.pk}:owner",
        text=partial(_owner_text, row),
        url=lead.get_absolute_url(),
    )
    return lead


@transaction.atomic
def decline_offer(*, by: "User", offer: ShareOffer, reason: str, version: int | None = None) -> ShareOffer:
    """Not for us, with a reason; the offering park is told."""
    require(by, "leads.share", offer.park_id)
    row = _held(offer, version)
    _check_waiting(row, Direction.INCOMING)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    _answer(row, by, State.DECLINED, reason=reason.strip())
    with errand(park_id=row.partner_id):
        there = _side(row.partner_id, row.uuid)
        _answer(there, by, State.DECLINED, reason=reason.strip())
        tell_side(there, "answered", "answered", partial(_answered_text, there))
    return row


@transaction.atomic
def withdraw_offer(*, by: "User", offer: ShareOffer, version: int | None = None) -> ShareOffer:
    """Take an offer back before it is answered; what was shown is erased on the other side."""
    require(by, "leads.share", offer.park_id)
    row = _held(offer, version)
    _check_waiting(row, Direction.OUTGOING)
    _end(row, State.WITHDRAWN, by)
    return row


def expire_offers(*, park_id: int) -> int:
    """End the offers of a park that nobody answered in time; returns how many. In a scope of that park."""
    late = ShareOffer.objects.filter(
        park_id=park_id, direction=Direction.OUTGOING, state=State.PENDING, expires_on__lt=timezone.localdate()
    )
    ended = 0
    for offer in late.order_by("pk"):
        with transaction.atomic():
            row = _held(offer, None)
            if row.is_over:
                _end(row, State.EXPIRED, None)
                tell_side(row, "expired", "expired", partial(_expired_text, row))
                ended += 1
    return ended


def _end(row: ShareOffer, state: str, by: "User | None") -> None:
    """Both sides end; the copy of what was shown goes, since nobody has a use for it any more."""
    _answer(row, by, state)
    with errand(park_id=row.partner_id):
        there = _side(row.partner_id, row.uuid)
        cancel(park_id=there.park_id, key_prefix=f"offer:{there.pk}:")
        _answer(there, None, state, shown={})


def replace_offers(*, lead: Lead, partner_id: int) -> None:
    """A ruling stands in place of what two parks offered each other or agreed on this lead. In its park's scope."""
    live = ShareOffer.objects.filter(park_id=lead.park_id, lead=lead, partner_id=partner_id, state__in=ShareOffer.LIVE)
    for offer in live:
        row = _held(offer, None)
        if row.state == State.PENDING:
            _end(row, State.REPLACED, None)
        elif row.state == State.ACCEPTED:
            _replace(row)
            with errand(park_id=row.partner_id):
                _replace(_side(row.partner_id, row.uuid))


def _replace(row: ShareOffer) -> None:
    row.state, row.version = State.REPLACED, row.version + 1
    row.save(update_fields=["state", "version"])


def _held(offer: ShareOffer, version: int | None) -> ShareOffer:
    """One side's row. Both sides take the offer's own lock first, so that an answer and a withdrawal cannot cross."""
    wait_turn(Turn.OFFER, offer.uuid.int)
    row = _side(offer.park_id, offer.uuid)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return row


def _side(park_id: int, uuid: "UUID") -> ShareOffer:
    """One park's row of this offer, locked."""
    rows = ShareOffer.objects.select_related("partner", "park", "company", "lead__owner", "offered_by")
    row: ShareOffer = locked(rows.filter(park_id=park_id), uuid=uuid)
    return row


def _check_waiting(offer: ShareOffer, direction: str) -> None:
    if offer.direction != direction:
        raise Refused(_("This is for the other park to do."), code="other_side", status=409)
    if offer.is_over:
        raise Conflict(_("The time to answer this offer is over."), code="expired")
    if offer.state != State.PENDING:
        message = _("This offer is over: %(state)s.") % {"state": offer.get_state_display()}
        raise Conflict(message, code="already_answered")


def _answer(offer: ShareOffer, by: "User | None", state: str, **values: Any) -> None:
    values |= {"state": state, "answered_by": by, "answered_at": timezone.now(), "version": offer.version + 1}
    for name, value in values.items():
        setattr(offer, name, value)
    offer.save(update_fields=list(values))


def _own_copy(by: "User", offer: ShareOffer) -> Company:
    """A company that only the offering park knew is typed in here, too: each park keeps its own until a code joins it
    to the registry (docs/decisions/0041)."""
    known = offer.shown["company"]
    try:
        return add_company(by=by, park_id=offer.park_id, name=known["name"], credit_code=known["credit_code"])
    except AlreadyThereError as there:
        return there.company


def _claim(owner: "User", company: Company, offer: ShareOffer) -> Lead:
    shown = offer.shown["fields"]
    return claim_company(
        by=owner,
        company=company,
        park_id=offer.park_id,
        title=shown.get("title", ""),
        source=Source.SHARED,
        source_note=offer.partner.name,
        amount=Decimal(shown["amount"]) if "amount" in shown else None,
        demands=shown.get("demands", ""),
        agreed=True,
    )


def _keep_contacts(by: "User", company: Company, offer: ShareOffer) -> None:
    if not by.access.can("contacts.change", offer.park_id):
        return
    for card in offer.shown["contacts"]:
        purpose = shared_by(park=offer.partner.name)
        add_contact(by=by, park_id=offer.park_id, company=company, purpose=purpose, **card)


def _new_text(offer: ShareOffer) -> tuple[str, str]:
    names = {"company": offer.company_name, "park": offer.partner.name, "until": offer.expires_on}
    subject = _("%(park)s offers you a lead: %(company)s") % names
    return subject, _("Please answer by %(until)s.") % names


def _answered_text(offer: ShareOffer) -> tuple[str, str]:
    names = {"company": offer.company_name, "park": offer.partner.name, "state": offer.get_state_display()}
    return _("%(park)s: %(company)s %(state)s") % names, offer.reason


def _expired_text(offer: ShareOffer) -> tuple[str, str]:
    names = {"company": offer.company_name, "park": offer.partner.name}
    return _("Not answered in time: %(company)s") % names, _("%(park)s did not answer the offer.") % names


def _owner_text(offer: ShareOffer) -> tuple[str, str]:
    names = {"company": offer.company_name, "park": offer.partner.name}
    return _("A shared lead is yours: %(company)s") % names, _("%(park)s offered it.") % names
