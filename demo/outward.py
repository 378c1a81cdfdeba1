"""Journeys, a visit tomorrow, events and those who brought investors: told after the half year, on its leads."""

import io
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from core.worktime import SHANGHAI
from demo.story import World
from leads.actions import log_activity
from leads.actions.events import add_event_cost, add_task, hold_event, paste_people, plan_event, register
from leads.actions.reception import confirm_reception, plan_reception, put_part
from leads.actions.referrals import add_referrer, refer, set_rule
from leads.actions.rewards import approve_reward, pay_reward, recognise_reward
from leads.actions.trips import add_target, add_trip_cost, close_trip, plan_trip, start_trip
from leads.models import (
    OPEN_STAGES,
    Event,
    Lead,
    Reception,
    ReceptionGuest,
    ReceptionItem,
    ReceptionProvision,
    Referral,
    Referrer,
    Reward,
    RewardRule,
    Trip,
)

PARK = "jibei"
PHONE = "13800000000"


def at(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment relative to today."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(hour, minute), SHANGHAI)


def tell_outward(world: World) -> None:
    """All of it, each act in its own time."""
    park = world.parks[PARK].pk
    own = Lead.objects.filter(park_id=park).select_related("company", "owner")
    open_leads = list(own.filter(stage__in=OPEN_STAGES).order_by("-claimed_at", "id")[:8])
    signed = list(own.filter(stage="signed").order_by("id")[:4])
    if len(open_leads) < 4:
        return
    _trips(world, park, open_leads)
    _reception(world, park, open_leads[0])
    _events(world, park, open_leads)
    _referrers(world, park, open_leads, signed)
    for model in (Trip, Reception, Event, Referrer, Referral, Reward, RewardRule):
        model.objects.filter(park_id=park).update(is_demo=True)


def on(moment: datetime) -> time_machine.travel:
    """`with on(at(-3)):` does something three days ago."""
    return time_machine.travel(moment, tick=False)


def _team(world: World) -> list[User]:
    return world.promoters[PARK][1:4]


def _trips(world: World, park: int, leads: list[Lead]) -> None:
    leader, *others = _team(world)
    back = timezone.localdate() - timedelta(days=24)
    with on(at(-30)):
        trip = plan_trip(
            by=leader,
            park_id=park,
            title="长三角新材料小分队",
            places="苏州、无锡",
            starts_on=back,
            ends_on=back + timedelta(days=3),
            leader=leader,
            team=others,
            purpose="拜访三家目标企业，了解扩产计划与用地需求。",
            budget=Decimal(18_000),
        )
        for lead in leads[1:4]:
            add_target(by=leader, trip=trip, company=lead.company, note="约见负责人")
    with on(at(-24)):
        start_trip(by=leader, trip=trip)
    with on(at(-23, 16)):
        _visit(leads[1], leader, trip)
        _visit(leads[2], others[0], trip)
    with on(at(-19)):
        for kind, amount in (("travel", "4860"), ("lodging", "3720"), ("local", "690.50")):
            _spend(leader, trip, kind, Decimal(amount))
    with on(at(-18)):
        close_trip(by=leader, trip=trip, report="走访两家，均愿意近期回访；一家提出 20 亩用地需求。")
    today = timezone.localdate()
    with on(at(-3)):
        running = plan_trip(
            by=others[0],
            park_id=park,
            title="珠三角智能制造拜访",
            places="深圳、东莞",
            starts_on=today - timedelta(days=1),
            ends_on=today + timedelta(days=2),
            leader=others[0],
            team=[world.people["officer"]],
            purpose="带着招商手册拜访目标企业。",
            budget=Decimal(26_000),
        )
        for lead in (leads[0], leads[3]):
            add_target(by=others[0], trip=running, company=lead.company)
    with on(at(-1)):
        start_trip(by=others[0], trip=running)


def _visit(lead: Lead, by: User, trip: Trip) -> None:
    log_activity(
        by=by,
        lead=lead,
        kind="outbound_visit",
        happened_at=timezone.now() - timedelta(hours=2),
        summary="在对方总部会谈，介绍园区配套，对方关注电价与厂房层高。",
        trip=trip,
    )


def _spend(by: User, trip: Trip, kind: str, amount: Decimal) -> None:
    add_trip_cost(by=by, trip=trip, kind=kind, amount=amount, spent_on=timezone.localdate() - timedelta(days=2))


def _reception(world: World, park: int, lead: Lead) -> None:
    host, other = world.people["officer"], world.people["manager"]
    plan = plan_reception(
        by=host,
        park_id=park,
        company=lead.company,
        title="来访接待：考察标准厂房",
        starts_at=at(1, 9, 30),
        ends_at=at(1, 16),
        host=host,
        place="高铁站东出口",
        purpose="看厂房，谈电力与用工。",
        internal_note="对方首次来园，先看现场再座谈。",
    )
    guests: tuple[dict[str, Any], ...] = (
        {
            "name": "来宾甲",
            "title": "总经理",
            "phone": PHONE,
            "is_head": True,
            "diet": "不吃辣",
            "smoking": "no",
            "courtesies": "备温水",
        },
        {"name": "来宾乙", "title": "工程总监", "language": "英语", "interpreter": True, "diet": "素食"},
    )
    for guest in guests:
        put_part(ReceptionGuest, by=host, reception=plan, **guest)
    hours = (
        ("arrival", 9, 30, 10, 0, "接站", "Welcome at the station", "高铁站东出口", host),
        ("tour", 10, 20, 11, 30, "参观标准厂房", "Tour of the plants", "二期 3 号厂房", host),
        ("meal", 11, 45, 13, 0, "工作餐", "Lunch", "园区食堂二楼", other),
        ("meeting", 13, 30, 15, 30, "座谈", "Talks", "会议中心 201", other),
    )
    for kind, h1, m1, h2, m2, title, title_en, place, who in hours:
        put_part(
            ReceptionItem,
            by=host,
            reception=plan,
            kind=kind,
            starts_at=at(1, h1, m1),
            ends_at=at(1, h2, m2),
            title=title,
            title_en=title_en,
            place=place,
            host=who,
        )
    provisions = (
        ("car", "示A·12345（商务车）", "司机甲", True),
        ("meal", "食堂二楼包间", "", True),
        ("gift", "园区画册", "", False),
    )
    for kind, name, person, ready in provisions:
        put_part(ReceptionProvision, by=host, reception=plan, kind=kind, name=name, person=person, is_ready=ready)
    confirm_reception(by=host, reception=plan)


def _events(world: World, park: int, leads: list[Lead]) -> None:
    by, team = world.people["manager"], world.promoters[PARK][1:]
    fair = _event(by, park, "fair", "新材料产业专题推介会", -40, "国际会议中心", "新材料")
    with on(at(-40, 16)):
        paste_people(by=by, event=fair, text=_guests(leads), attended=True)
    with on(at(-38)):
        for kind, amount in (("venue", 26_000), ("service", 12_800), ("gifts", 5_200)):
            day = timezone.localdate()
            add_event_cost(by=by, event=fair, kind=kind, amount=Decimal(amount), spent_on=day)
        hold_event(by=by, event=fair, summary="到会企业十余家，现场形成三条有效线索。")
    Lead.objects.filter(pk__in=[lead.pk for lead in leads[1:4]]).update(source="event", event=fair)
    training = _event(by, park, "training", "招商学堂：如何谈电价", -9, "培训室", "")
    with on(at(-10)):
        for person in team[:5]:
            register(by=by, event=training, user=person)
    with on(at(-9, 17)):
        names = "\n".join(str(one) for one in team[:4])
        paste_people(by=by, event=training, text=names, attended=True)
    with on(at(-8)):
        hold_event(by=by, event=training, summary="案例讨论效果好，下次讲厂房定制。")
    coming = _event(by, park, "salon", "智能制造闭门沙龙", 6, "创新中心路演厅", "智能制造")
    for n, title in enumerate(("确定演讲嘉宾", "订会场与茶歇")):
        day = timezone.localdate() + timedelta(days=2 + n)
        add_task(by=by, event=coming, title=title, assignee=team[n], due_on=day)
    paste_people(by=by, event=coming, text=_guests(leads[:3]))


def _event(by: User, park: int, kind: str, title: str, days: int, place: str, theme: str) -> Event:
    begins, ends = at(days, 14), at(days, 17)
    with on(at(min(days, 0) - 12)):
        return plan_event(
            by=by, park_id=park, kind=kind, title=title, starts_at=begins, ends_at=ends, place=place, theme=theme
        )


def _guests(leads: list[Lead]) -> str:
    names = "甲乙丙丁戊己庚辛"
    return "\n".join(f"嘉宾{names[n]}，{lead.company.name}，副总经理，{PHONE}" for n, lead in enumerate(leads))


def _referrers(world: World, park: int, leads: list[Lead], signed: list[Lead]) -> None:
    leader, officer = world.leaders[PARK], world.people["officer"]
    source = "园区招商奖励办法"
    with on(at(-150)):
        set_rule(
            by=leader,
            park_id=park,
            code="rent",
            name="土地租金 3% 奖励",
            method="percent",
            base="stated",
            value=Decimal(3),
            source=source,
        )
        set_rule(
            by=leader,
            park_id=park,
            code="signing",
            name="签约奖励 1‰",
            method="per_mille",
            base="signed",
            value=Decimal(1),
            cap=Decimal(300_000),
            source=source,
        )
        made = _people(officer, park)
    with on(at(-140)):
        for referrer, lead in zip(made, [*signed, *leads][:5], strict=False):
            refer(by=officer, lead=lead, referrer=referrer)
    found: list[Reward] = []
    for n, lead in enumerate(signed):
        with on(at(-60 + n)):
            amount = lead.amount or Decimal(50_000_000)
            found += recognise_reward(by=officer, lead=lead, basis="signed", amount=amount)
    with on(at(-40)):
        for reward in found[:2]:
            approve_reward(by=leader, reward=reward)
    with on(at(-30)):
        for reward in found[:1]:
            pay_reward(by=leader, reward=reward, paid_on=timezone.localdate(), evidence=_slip())


def _people(officer: User, park: int) -> list[Referrer]:
    made: list[Referrer] = []
    for kind, name, rule in (
        ("enterprise", "示例碳材料有限公司", "signing"),
        ("association", "示例新材料商会", "signing"),
        ("hometown", "乡贤甲", "signing"),
        ("agent", "示例产业咨询有限公司", "signing"),
        ("fund", "示例产业基金", "rent"),
    ):
        is_person, is_agent = kind == "hometown", kind == "agent"
        referrer = add_referrer(
            by=officer,
            park_id=park,
            kind=kind,
            name=name,
            rule_code=rule,
            is_person=is_person,
            may_be_named=not is_person,
            phone=PHONE if is_person or is_agent else "",
            recommended_by=made[1] if is_agent else None,
            agreed_from=timezone.localdate() if is_agent else None,
        )
        made.append(referrer)
    return made


def _slip() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 200), (238, 244, 243)).save(buffer, "PNG")
    return SimpleUploadedFile("付款凭证.png", buffer.getvalue(), content_type="image/png")
