"""Two parks of one zone want the same company: one case that waits for its ruling, one that was ruled shared.

Told with the product's own actions, each in the scope of who acts, and carried from park to park as the upkeep does it:
therefore after the story, whose scope holds all parks.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import time_machine
from django.utils import timezone

from companies.actions import add_contact
from core.isolation import scope, user_scope
from core.worktime import SHANGHAI
from leads.actions import log_activity, move_lead, open_conflict, rule_conflict, state_side
from leads.actions.courier import carry, family_of
from leads.models import OPEN_STAGES, ClaimConflict, ConflictSide, Lead, Ruling, Stage

if TYPE_CHECKING:
    from accounts.models import User
    from demo.story import World
    from parks.models import Park


def tell_disputes(world: "World") -> None:
    """Of leads that the story left with one park of the zone alone."""
    people = world.people
    _ruled(world, first=world.parks["dawo"], second=people["zhizao-manager"], ruler=people["leader"])
    _waiting(
        world, firsts=[world.parks[code] for code in ("shaohaihui", "shujuhu", "zhizao")], second=people["operator"]
    )


def _at(days_ago: int, hour: int) -> time_machine.travel:
    moment = datetime.combine(timezone.localdate() - timedelta(days=days_ago), time(hour), SHANGHAI)
    return time_machine.travel(moment, tick=False)


def _waiting(world: "World", *, firsts: "list[Park]", second: "User") -> None:
    lead = next((found for first in firsts if (found := _lone_lead(first))), None)
    if lead is None:
        return
    with _at(2, 10):
        reason = "（演示）我园去年已与该企业签订合作备忘录，双方技术团队往来频繁，请开发区裁定。"
        _contest(second, world.parks["dawo"], lead, reason)
    with _at(1, 15):
        _answer(lead, "（演示）本园首报在先，并已两次陪同企业考察厂房，有活动记录与照片为证。")


def _ruled(world: "World", *, first: "Park", second: "User", ruler: "User") -> None:
    lead = _lone_lead(first)
    if lead is None:
        return
    park, zone = world.parks["zhizao"], world.parks["jibei"]
    with _at(12, 10):
        _contest(second, park, lead, "（演示）企业拟建的产线与我园定位一致，上月总经理已来园洽谈，留有会谈纪要。")
    with _at(11, 14):
        _answer(lead, "（演示）线索由本园首报，初次拜访早于对方一个月，企业研发部门希望落在本园。")
    with _at(8, 16):
        with user_scope(ruler):
            conflict = ClaimConflict.objects.get(park=zone, company=lead.company)
            reason = "首报在先一方与产业定位相符一方均有实质跟进：研发落前者，产线落后者，业绩按六四分享。"
            rule_conflict(by=ruler, conflict=conflict, ruling=Ruling.SHARED, reason=reason, first_share=60)
        carry(zone.pk)
    with _at(3, 11), user_scope(second):
        _goes_on(second, park, lead)


def _lone_lead(first: "Park") -> Lead | None:
    """The newest lead of this park of a company of the registry that no other park of the zone works on."""
    _zone, parks = family_of(first.pk)
    taken: set[int] = set()
    for park_id in parks:
        if park_id != first.pk:
            with scope(read=[park_id]):
                taken.update(Lead.objects.filter(park=park_id).values_list("company_id", flat=True))
    with scope(read=[first.pk]):
        rows = Lead.objects.held().filter(park=first, stage__in=OPEN_STAGES, company__origin_park=None, offers=None)
        rows = rows.exclude(company__in=taken).exclude(conflict_sides__isnull=False)
        found: Lead | None = rows.select_related("company", "owner").order_by("-claimed_at", "-pk").first()
        return found


def _contest(by: "User", park: "Park", lead: Lead, reason: str) -> None:
    with user_scope(by):
        side = open_conflict(by=by, company=lead.company, park_id=park.pk, reason=reason)
        ConflictSide.objects.filter(pk=side.pk).update(is_demo=True)
    carry(park.pk)


def _answer(lead: Lead, reason: str) -> None:
    with user_scope(lead.owner):
        side = ConflictSide.objects.get(lead=lead, state="open")
        state_side(by=lead.owner, side=side, reason=reason)


def _goes_on(by: "User", park: "Park", first: Lead) -> None:
    """The second's own lead moves on: the first park reads it as news."""
    lead = Lead.objects.get(park=park, company=first.company)
    Lead.objects.filter(pk=lead.pk).update(is_demo=True)
    add_contact(
        by=by, park_id=park.pk, company=first.company, name="联系人甲", title="总经理助理", purpose="洽谈产线落地"
    )
    log_activity(
        by=by,
        lead=lead,
        kind="call",
        happened_at=timezone.now() - timedelta(minutes=40),
        summary="（演示）与企业确认产线用地与电力需求，下周现场踏勘。",
        next_step="陪同踏勘地块",
        next_date=timezone.localdate() + timedelta(days=7),
    )
    move_lead(by=by, lead=lead, to_stage=Stage.CONTACTING, amount=Decimal(80_000_000))
