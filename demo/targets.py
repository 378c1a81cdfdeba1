"""Targets of the demonstration: what the parks know of the companies they want, and how those hang together."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

import time_machine
from django.utils import timezone

from accounts.models import User
from companies.actions import Profile, Role, change_company, relate, reveal_contact, write_profile
from companies.models import Contact
from leads.models import OPEN_STAGES, Lead

MOST: Final = 14
KEPT_TOO_LONG: Final = 3
TECHNOLOGIES: Final = ("示例薄膜沉积工艺", "示例高温烧结工艺", "示例精密注塑模具", "示例伺服控制算法")
MARKS: Final[tuple[list[str], ...]] = (
    ["high_tech"],
    ["specialised", "high_tech"],
    ["little_giant"],
    ["foreign"],
    ["champion"],
    [],
)
WISHES: Final[tuple[Profile, ...]] = (
    {"environment": "需要独立厂房，层高 8 米以上，距高速口 15 分钟内", "environment_state": "offered"},
    {"policy": "希望设备投资补助，房租首年减半", "policy_state": "open"},
    {"supply_chain": "希望 50 公里内有表面处理和模具配套", "supply_chain_state": "agreed"},
    {"resources": "双回路供电 6,000 kVA，日用水 300 吨", "resources_state": "open"},
)


def tell_of_targets(people: dict[str, User]) -> None:
    """The newest open leads get profiles, each a little less complete than the one before, relations and marks."""
    leads = list(Lead.objects.filter(stage__in=OPEN_STAGES).select_related("company", "owner").order_by("-id")[:MOST])
    leads.sort(key=lambda lead: -list(OPEN_STAGES).index(lead.stage))
    for place, lead in enumerate(leads):
        _describe(lead, place)
        if lead.company.origin_park_id is None:
            change_company(by=people["parkadmin"], company=lead.company, version=None, marks=MARKS[place % len(MARKS)])
    for first, second in pairwise(leads):
        if first.park_id == second.park_id:
            role: Role = "supplier" if first.pk % 2 else "customer"
            relate(by=first.owner, company=first.company, other=second.company, role=role, park_id=first.park_id)
    _look_and_forget(leads)


def _describe(lead: Lead, place: int) -> None:
    facts: Profile = {"key_technology": TECHNOLOGIES[place % len(TECHNOLOGIES)]}
    for wish in WISHES[: 4 - place % 4]:
        facts |= wish
    if place % 3 != 2:
        facts |= {"is_leader": place % 3 == 0, "association": "示例产业协会会员单位" if place % 2 == 0 else ""}
    moment = timezone.now() - timedelta(days=place, hours=1)
    with time_machine.travel(moment, tick=False):
        write_profile(by=lead.owner, park_id=lead.park_id, company=lead.company, version=0, **facts)


def _look_and_forget(leads: list[Lead]) -> None:
    """Some cards were looked at, some have been kept too long."""
    cards = list(Contact.objects.filter(park_id__in={lead.park_id for lead in leads}).order_by("id")[:12])
    owners = {lead.park_id: lead.owner for lead in leads}
    for place, card in enumerate(cards):
        with time_machine.travel(timezone.now() - timedelta(hours=5 * place + 1), tick=False):
            reveal_contact(by=owners[card.park_id], contact=card)
    over = timezone.localdate() - timedelta(days=4)
    Contact.objects.filter(pk__in=[card.pk for card in cards[:KEPT_TOO_LONG]]).update(retain_until=over)
