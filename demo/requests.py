"""Requests of the settled companies: the half year's, and the queue that the windows find today."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import time_machine
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from core.worktime import local_moment
from demo import invented
from parks.models import Park
from parks.queries import calendar_of
from projects.models import Project
from services.actions import (
    answer_ticket,
    close_silent,
    confirm_and_rate,
    enterprise_reply,
    hand_over,
    note_ticket,
    reopen_ticket,
    resolve_ticket,
    submit_ticket,
    take_ticket,
    wait_for_enterprise,
    wait_for_third,
)
from services.models import CatalogueItem, Ticket
from services.queries import silence_ends

if TYPE_CHECKING:
    from demo.story import Story, World

Life = Generator[timedelta, None, None]
FARTHEST: Final = timedelta(days=60)
PORTAL: Final = "enterprise-yi"


def request_life(story: "Story", company: Company, park: Park) -> Life:
    """A service request, answered, resolved, rated where the enterprise has a login, else closed by silence."""
    window, dice = story.world.windows[park.code], story.dice
    enterprise = story.world.people["enterprise"]
    asks = enterprise if company == story.enterprise_company else window
    item = dice.choice(list(CatalogueItem.objects.filter(park=park, is_active=True)))
    title, text = dice.choice(invented.REQUESTS)
    ticket = _submitted(by=asks, company=company, item=item, title=title, text=text)
    # One in ten lies too long; what is open now came in these last days.
    yield story.days(2, 4) if dice.random() < 0.1 else timedelta(minutes=dice.randint(20, 200))
    if ticket.holder_id is None:
        take_ticket(by=window, ticket=ticket)
    answer_ticket(by=window, ticket=ticket, message="已收到，正在办理，进展随时告知。")
    yield story.days(8, 14) if dice.random() < 0.1 else story.days(0, 6)
    resolve_ticket(by=window, ticket=ticket, message="已办结，请查收结果。")
    if asks == enterprise:
        yield story.days(1, 2)
        confirm_and_rate(by=enterprise, ticket=ticket, rating=dice.choice((4, 5, 5, 5, 3)), text="办理及时")
        return
    now = timezone.now()
    yield local_moment(silence_ends(park.pk, now) + timedelta(days=1), time(9)) - now
    close_silent(park_id=park.pk)


def enterprises_life(story: "Story", park: Park) -> Life:
    """The settled companies of a park ask for something every few days."""
    while True:
        yield story.days(7, 14)
        settled = list(Project.objects.filter(park=park).order_by("pk").select_related("company"))
        if settled:
            story.begin(request_life(story, story.dice.choice(settled).company, park), timezone.now())


def _submitted(*, by: User, company: Company, item: CatalogueItem, title: str, text: str) -> Ticket:
    ticket = submit_ticket(by=by, company=company, park=item.park, item=item, title=title, text=text)
    Ticket.objects.filter(pk=ticket.pk).update(is_demo=True)
    return ticket


@dataclass(frozen=True)
class Scene:
    """One request of today's queue: what was asked, and how many working minutes a limit has left (or is over)."""

    item: str
    title: str
    text: str
    left: int
    act: str = ""


# Nobody has answered these; what is left is left of the first response.
UNANSWERED: Final = (
    Scene("question", "一期门禁卡补办", "两名新员工需要门禁卡，请告知办理地点。", 112),
    Scene("fit-out", "展厅装修报备", "拟本月改造展厅，请告知需要哪些图纸。", 41),
    Scene("logistics", "北门夜间卸货", "周五夜间有两车设备到货，请协调北门放行。", 12),
    Scene("complaint", "楼顶设备噪声", "邻栋楼顶风机夜间噪声大，影响值班。", -55),
)
# Answered on the day they came; what is left is left of the resolution.
IN_WORK: Final = (
    Scene("company-registration", "营业执照变更代办", "法定代表人变更，材料已备齐。", 2050),
    Scene("recruitment", "招聘普工 30 名", "二期产线下月投用，希望组织专场招聘。", 1480, "note"),
    Scene("policy-question", "技改补助申报口径", "设备投资按合同还是按发票计算？", 52),
    Scene("tax-registration", "发票增量", "月开票额增加，申请发票增量。", 135, "ask"),
    Scene("environment", "环评变更咨询", "新增一条喷涂线，是否需要重新报批？", 1900, "third"),
    Scene("finance", "设备贷款对接", "额度约一千万元，希望本月见到银行。", 2600, "replied"),
    Scene("ip", "专利代理推荐", "三项发明专利，希望推荐代理机构。", 1200, "handed"),
    Scene("safety", "消防验收整改", "隔墙改动后的验收意见需要复核。", -200),
    Scene("land-lease", "临时用地延期", "施工用地到期，申请延期三个月。", 900, "reopened"),
)


# What the login of the demonstration's enterprise finds under way.
OWN_UNANSWERED: Final = (Scene("question", "宿舍宽带报装", "新员工宿舍需要宽带，请告知运营商与时间。", 95),)
OWN_IN_WORK: Final = (
    Scene("recruitment", "专场招聘对接", "希望参加下月园区专场招聘，岗位清单已附。", 1300),
    Scene("tax-registration", "发票增量申请", "月开票额增加，申请发票增量。", 700, "ask"),
)


def tell_of_requests(world: "World", own: Company | None) -> None:
    """The window's queue of today: fresh and old, near its limits and over them, waiting for one side or the other."""
    park, window = world.parks["jibei"], world.windows["jibei"]
    projects = Project.objects.filter(park=park).order_by("pk").select_related("company")
    companies = [project.company for project in projects]
    if not companies:
        return
    asks = world.people[PORTAL]
    asks.memberships.update(company_id=companies[0].pk)
    _Queue(park, window, world.people["window-2"], asks).tell(UNANSWERED, IN_WORK, companies)
    if own is not None:
        inner, its_window = world.parks["dawo"], world.windows["dawo"]
        queue = _Queue(inner, its_window, its_window, world.people["enterprise"])
        queue.tell(OWN_UNANSWERED, OWN_IN_WORK, [own])


class _Queue:
    """Tells each scene at the moments from which its limit has as much left as it says."""

    def __init__(self, park: Park, window: User, colleague: User, asks: User) -> None:
        self.window, self.colleague, self.asks = window, colleague, asks
        self.calendar, self.now = calendar_of(park.pk), timezone.now()
        self.items = {item.code: item for item in CatalogueItem.objects.filter(park=park).select_related("park")}

    def tell(self, unanswered: Iterable[Scene], in_work: Iterable[Scene], companies: Sequence[Company]) -> None:
        """All of them, the oldest first; only the login's own company, the first, can answer or object."""
        acts: list[tuple[datetime, Callable[[], None]]] = []
        for scene in unanswered:
            item = self.items[scene.item]
            start = self._start(item.response_minutes - scene.left)
            acts.append((start, partial(self._unanswered, scene, start, item, companies[0])))
        for place, scene in enumerate(in_work):
            item = self.items[scene.item]
            start = self._start(item.resolve_minutes - scene.left)
            portal = scene.act in {"replied", "reopened"} or len(companies) == 1
            company = companies[0 if portal else place % len(companies)]
            acts.append((start, partial(self._in_work, scene, start, item, company, portal=portal)))
        for _start, act in sorted(acts, key=lambda one: one[0]):
            act()

    def _unanswered(self, scene: Scene, start: datetime, item: CatalogueItem, company: Company) -> None:
        """It came through the portal, and nobody took it."""
        with self._after(start, 0):
            _submitted(by=self.asks, company=company, item=item, title=scene.title, text=scene.text)

    def _in_work(self, scene: Scene, start: datetime, item: CatalogueItem, company: Company, *, portal: bool) -> None:
        """Taken and answered within the hour."""
        with self._after(start, 0):
            by = self.asks if portal else self.window
            ticket = _submitted(by=by, company=company, item=item, title=scene.title, text=scene.text)
        with self._after(start, 40):
            if portal:
                take_ticket(by=self.window, ticket=ticket)
            answer_ticket(by=self.window, ticket=ticket, message="已受理，今天联系相关部门，有进展马上告知。")
        self._act(scene.act, ticket, start)

    def _act(self, act: str, ticket: Ticket, start: datetime) -> None:
        with self._after(start, 90):
            if act == "note":
                note_ticket(by=self.window, ticket=ticket, body="人社站周三有专场，可以并入。")
            elif act == "ask":
                wait_for_enterprise(by=self.window, ticket=ticket, reason="缺近三个月销售合同", message="请补充合同。")
            elif act == "third":
                wait_for_third(by=self.window, ticket=ticket, reason="等生态环境部门书面意见")
            elif act == "handed":
                hand_over(by=self.window, ticket=ticket, to=self.colleague, reason="由知识产权专窗办理")
            elif act == "reopened":
                resolve_ticket(by=self.window, ticket=ticket, message="延期手续已办结。")
        if act == "replied":
            with self._after(self._start(30), 0):
                enterprise_reply(by=self.asks, ticket=ticket, message="补充：以设备抵押，报表已更新。")
        elif act == "reopened":
            with self._after(start, 150):
                reopen_ticket(by=self.asks, ticket=ticket, message="批复只延了一个月，与申请不符。")
            with self._after(start, 200):
                answer_ticket(by=self.window, ticket=ticket, message="已请审批部门核对，收到更正后马上送达。")

    def _start(self, used: int) -> datetime:
        """The latest moment since which so many working minutes have passed."""
        low, high = timedelta(0), FARTHEST
        while high - low > timedelta(seconds=30):
            middle = (low + high) / 2
            enough = self.calendar.between(self.now - middle, self.now) >= timedelta(minutes=used)
            low, high = (low, middle) if enough else (middle, high)
        return self.now - high

    @contextmanager
    def _after(self, start: datetime, minutes: int) -> Iterator[None]:
        """So many working minutes later, but not in the future."""
        with time_machine.travel(min(self.calendar.add(start, timedelta(minutes=minutes)), self.now), tick=False):
            yield
