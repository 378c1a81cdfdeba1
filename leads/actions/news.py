"""What becomes of a shared lead, told to the other park: a stage and a day; and its part of what landed.

Nothing else crosses. Each side keeps its own rows (`core.isolation.errand`).
"""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from core.isolation import errand
from core.locking import locked
from core.worktime import local_date
from leads.actions.credit import ensure_split
from leads.hooks import landed_of
from leads.models import Lead, SharedResult, ShareNews, ShareOffer, Stage
from leads.shares import WHOLE, partner_part
from notices.actions import queue
from parks.queries import counted_month

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


def ties_of(lead: Lead) -> list[ShareOffer]:
    """This side of what ties a lead to other parks': an accepted offer, rulings; in the order in which they came."""
    rows = ShareOffer.objects.filter(park_id=lead.park_id, lead=lead, state=ShareOffer.State.ACCEPTED)
    return list(rows.order_by("answered_at", "id"))


def tell_partners(lead: Lead, stage: str, at: "datetime") -> None:
    """The other parks learn that this lead entered a stage, and nothing more."""
    for tie in ties_of(lead):
        with errand(park_id=tie.partner_id):
            tell_fate(_side(tie.partner_id, tie.uuid), stage, local_date(at))


def tell_fate(side: ShareOffer, stage: str, day: date) -> None:
    """Keep on one side, and tell there, that the other's lead entered a stage. In the scope of the side's park."""
    side.partner_stage, side.partner_stage_on = stage, day
    side.version += 1
    side.save(update_fields=["partner_stage", "partner_stage_on", "version"])
    news = ShareNews.objects.create(park_id=side.park_id, offer=side, stage=stage, on=day)
    tell_side(side, f"news:{news.pk}", "news", partial(_news_text, side, stage))


def share_landed(lead: Lead) -> None:
    """The other parks' part of everything that landed before the leads were tied."""
    for kind, origin, amount, happened_on in landed_of(lead):
        share_result(lead=lead, kind=kind, origin=origin, amount=amount, happened_on=happened_on)


def share_result(*, lead: Lead, kind: str, origin: UUID, amount: Decimal, happened_on: date) -> None:
    """The other parks' parts of a signing or of recognised funds count there, in the month that is open there.

    `amount` is the whole in yuan; called by the action that records it. Each tie divides what the ones before it left
    (the reports do the same in SQL, `reports.indicators`). The same origin again changes nothing.
    """
    left, yuan_left = Decimal(1), amount
    for tie in ties_of(lead):
        part, yuan = partner_part(left, tie.own_percent), partner_part(yuan_left, tie.own_percent)
        left, yuan_left = left - part, yuan_left - yuan
        if tie.own_percent < WHOLE:
            _credit(tie, kind=kind, origin=origin, part=part, amount=yuan, happened_on=happened_on)


def _credit(tie: ShareOffer, *, kind: str, origin: UUID, part: Decimal, amount: Decimal, happened_on: date) -> None:
    with errand(park_id=tie.partner_id):
        there = _side(tie.partner_id, tie.uuid)
        if there.lead is None:
            return
        ensure_split(lead=there.lead, day=happened_on)
        SharedResult.objects.get_or_create(
            park_id=there.park_id,
            kind=kind,
            origin=origin,
            defaults={
                "lead": there.lead,
                "offer": there,
                "part": part if kind == SharedResult.Kind.SIGNING else Decimal(0),
                "amount": amount,
                "happened_on": happened_on,
                "counted_month": counted_month(there.park_id, happened_on),
            },
        )


def _side(park_id: int, uuid: UUID) -> ShareOffer:
    """The row of the park that the errand is in."""
    rows = ShareOffer.objects.select_related("lead__owner", "partner", "park")
    row: ShareOffer = locked(rows.filter(park_id=park_id), uuid=uuid)
    return row


def tell_side(side: ShareOffer, key: str, kind: str, text: "partial[tuple[str, str]]") -> None:
    """Tell those of one side who are concerned: the lead's owner, and who offered or accepted."""
    people: list[User] = [side.lead.owner] if side.lead else []
    own = side.answered_by if side.is_incoming else side.offered_by
    queue(
        park_id=side.park_id,
        recipients=[*people, *([own] if own else [])],
        kind=f"offer_{kind}",
        key=f"offer:{side.pk}:{key}",
        text=text,
        url=side.get_absolute_url(),
        channels=("page",),
    )


def _news_text(side: ShareOffer, stage: str) -> tuple[str, str]:
    names = {"company": side.company_name, "park": side.partner.name, "stage": Stage(stage).label}
    subject = _("%(company)s in %(park)s: %(stage)s") % names
    return subject, _("The lead that you share moved on.")
