"""The demonstration of working together: credit shared on a signed lead, leads shared between two parks, a hand-over.

Told after the story, on the last days before today, with the product's own actions.
"""

from datetime import datetime, timedelta
from decimal import Decimal

import time_machine
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from demo.story import Story
from leads.actions import accept_offer, answer_split, hand_over_lead, offer_lead, propose_split
from leads.actions.sharing import Chosen
from leads.models import OPEN_STAGES, Activity, Lead, ShareOffer, Undertaking
from leads.queries.credit import Share
from parks.models import Park


def tell_together(story: Story) -> None:
    """One of each, where the story left a fitting lead."""
    people, parks = story.world.people, story.world.parks
    with time_machine.travel(story.end - timedelta(days=6, hours=-10), tick=False):
        _share_credit(parks["jibei"], people["officer"], people["officer-yi"])
    accepted = _offer(story.end - timedelta(days=5), parks["dawo"], parks["zhizao"], people["operator"])
    if accepted:
        _accept(story.end - timedelta(days=3), parks["zhizao"], people["zhizao-manager"])
    for code, decider in (("shaohaihui", "shaohaihui-manager"), ("shujuhu", "shujuhu-manager"), ("jibei", "manager")):
        if _offer(story.end - timedelta(days=1), parks[code], parks["dawo"], people[decider]):
            break
    with time_machine.travel(story.end - timedelta(days=1, hours=-11), tick=False):
        _hand_over(parks["jibei"], people["manager"], people["officer-yi"], people["officer"])


def _share_credit(park: Park, owner: User, helper: User) -> None:
    """The newest signed lead of the officer: 70 % to the owner, 30 % to a colleague, agreed by both."""
    lead = Lead.objects.filter(park=park, owner=owner, stage="signed").order_by("-stage_since", "-pk").first()
    if lead is None:
        return
    shares = [Share(owner, "owner", Decimal(70)), Share(helper, "assist", Decimal(30))]
    day = timezone.localdate(lead.stage_since) - timedelta(days=30)
    split = propose_split(by=owner, lead=lead, shares=shares, valid_from=day, note="前期共同拜访、陪同考察")
    answer_split(by=helper, split=split, accept=True)


def _offer(moment: datetime, park: Park, to: Park, by: User) -> ShareOffer | None:
    with time_machine.travel(moment + timedelta(hours=10), tick=False):
        lead = _free_lead(park, to)
        if lead is None:
            return None
        chosen = Chosen(
            fields=["title", "amount"],
            activities=list(Activity.objects.filter(lead=lead).order_by("-happened_at")[:1]),
        )
        note = "该项目更契合贵园产业定位，愿共同推进。"
        return offer_lead(by=by, lead=lead, to=to, own_percent=Decimal(30), chosen=chosen, note=note)


def _free_lead(park: Park, to: Park) -> Lead | None:
    """An open lead of a company that the other park does not work on."""
    taken = Lead.objects.filter(park=to).values("company")
    rows = Lead.objects.filter(park=park, stage__in=OPEN_STAGES, pooled_at=None).exclude(company__in=taken)
    return rows.exclude(offers__isnull=False).select_related("company").order_by("-pk").first()


def _accept(moment: datetime, park: Park, by: User) -> None:
    with time_machine.travel(moment + timedelta(hours=10), tick=False):
        offer = ShareOffer.objects.filter(park=park, direction="incoming", state="pending").first()
        if offer is not None:
            accept_offer(by=by, offer=offer, owner=by)


def _hand_over(park: Park, by: User, giver: User, receiver: User) -> None:
    held = Lead.objects.filter(park=park, stage__in=OPEN_STAGES, pooled_at=None).exclude(owner=receiver).order_by("pk")
    held = held.filter(owner=giver) if held.filter(owner=giver).exists() else held
    promised = Undertaking.objects.filter(park=park, owner=F("lead__owner"), state="open").values("lead")
    lead = held.filter(pk__in=promised).first() or held.first()
    if lead is not None:
        hand_over_lead(by=by, lead=lead, to=receiver, note="对接人更换，请尽快与企业联系，方案已发对方。")
