"""Claims in the demonstration: leads let go and picked, protections that end soon, a conflict that waits."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import time_machine
from django.utils import timezone

from core.errors import Refused
from core.worktime import SHANGHAI
from leads.actions import open_conflict, pick_lead, release_lead, return_expired
from leads.actions.holding import protect_until
from leads.models import OPEN_STAGES, ClaimConflict, ConflictSide, Lead, Stage

if TYPE_CHECKING:
    from demo.story import World

PARK = "jibei"
REASONS = ("近期无法跟进，释放给同事", "对方暂缓选址，转入公海", "与本人负责行业不符", "联系人更换，需重新对接")
EARLY = (Stage.PLANNING, Stage.CONTACTING, Stage.VISITING)


def claims_life(world: "World") -> None:
    """After the half year is told: what it left without progress falls into the pool, and the last days are lived."""
    for park in world.parks.values():
        return_expired(park_id=park.pk)
    _lettings_go(world)
    _ending_soon(world)
    _conflict(world)


def _day(days_ago: int, hour: int = 10) -> datetime:
    return datetime.combine(timezone.localdate() - timedelta(days=days_ago), time(hour), SHANGHAI)


def _held(world: "World", stages: tuple[str, ...]) -> list[Lead]:
    rows = Lead.objects.held().filter(park=world.parks[PARK], stage__in=stages, claimed_at__lt=_day(14))
    return list(rows.select_related("company", "owner", "park").order_by("claimed_at", "id"))


def _lettings_go(world: "World") -> None:
    chosen = [lead for lead in _held(world, EARLY) if lead.owner.username != "officer"][: len(REASONS)]
    for number, (lead, reason) in enumerate(zip(chosen, REASONS, strict=False)):
        with time_machine.travel(_day(6 - number), tick=False):
            release_lead(by=lead.owner, lead=lead, reason=reason)
    if chosen:
        taker = next(user for user in world.promoters[PARK] if user.pk != chosen[0].owner_id)
        with time_machine.travel(_day(1, 15), tick=False):
            try:
                pick_lead(by=taker, lead=chosen[0])
            except Refused:  # the taker's limits of that day
                return


def _ending_soon(world: "World") -> None:
    """Three protections that end within the week: the warnings are on their way."""
    today: date = timezone.localdate()
    for lead, days in zip(_held(world, EARLY), (1, 3, 6), strict=False):
        protect_until(lead, today + timedelta(days=days))


def _conflict(world: "World") -> None:
    """Somebody contests what the officer of the demonstration holds."""
    second = world.people["officer-bing"]
    own = [lead for lead in _held(world, OPEN_STAGES) if lead.owner_id == world.people["officer"].pk]
    if not own:
        return
    lead = own[-1]
    with time_machine.travel(_day(2, 11), tick=False):
        reason = "（演示）上季度已两次登门拜访该企业，留有名片与会谈纪要，应认定为先行跟进。"
        open_conflict(by=second, company=lead.company, park_id=lead.park_id, reason=reason)
    ClaimConflict.objects.filter(park_id=lead.park_id).update(is_demo=True)
    ConflictSide.objects.filter(park_id=lead.park_id).update(is_demo=True)
