"""Offers between parks: whom one may offer to, what waits for an answer, how the other side stands."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership
from leads.models import ConflictSide, Lead, ShareOffer
from parks.models import Park

if TYPE_CHECKING:
    from accounts.models import User


def parks_to_share_with(park_id: int) -> list[Park]:
    """Every other park in which somebody answers offers."""
    answering = Membership.objects.filter(is_active=True, role__permissions__contains=["leads.share"])
    rows = Park.objects.filter(is_active=True, pk__in=answering.values("park")).exclude(pk=park_id)
    return list(rows.exclude(kind=Park.Kind.PLATFORM).order_by("name"))


def live_offers_of(lead: Lead) -> list[ShareOffer]:
    """The offer and the rulings by which a lead is or may become shared, the oldest first."""
    rows = ShareOffer.objects.filter(park_id=lead.park_id, lead=lead, state__in=ShareOffer.LIVE)
    return list(rows.select_related("partner").order_by("id"))


def to_answer(user: "User") -> QuerySet[ShareOffer]:
    """What other parks offer and this person may answer, the most urgent first."""
    rows: QuerySet[ShareOffer] = ShareOffer.objects.filter(
        park_id__in=user.access.parks_with("leads.share"),
        direction=ShareOffer.Direction.INCOMING,
        state=ShareOffer.State.PENDING,
        expires_on__gte=timezone.localdate(),
    )
    return rows.select_related("partner").defer("shown").order_by("expires_on", "id")


def tie_of(user: "User", side: ConflictSide) -> ShareOffer | None:
    """What ties the claimant's lead to the other park's since the ruling: there the fate of both is told."""
    rows = ShareOffer.objects.visible_to(user).filter(park_id=side.park_id, uuid=side.case)
    found: ShareOffer | None = rows.select_related("partner").first()
    return found
