"""The demonstration's half year, lived through the product's own actions in the time it tells of.

Every life (a lead, a project's milestone, a request, a month) is a generator: it acts, then yields how long it waits.
The teller travels to that moment and lets it go on. The same seed tells the same story, dated relative to today.
"""

import heapq
import io
import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import count

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from companies.actions import add_company, add_contact, change_contact
from companies.models import Company, Industry
from core.worktime import SHANGHAI
from demo import invented
from demo.requests import enterprises_life, request_life
from leads.actions import (
    claim_company,
    decide_admission,
    drop_lead,
    judge_submission,
    log_activity,
    move_lead,
    submit_information,
)
from leads.models import OPEN_STAGES, Lead
from parks.models import Park
from parks.queries import cutoff_of, month_of, next_month
from projects.actions import claim_payment, complete_milestone, recognise_payment, reject_payment, sign_project
from projects.models import Milestone, Project

Life = Generator[timedelta, None, None]
SEED = 20200529
UNJUDGED = 3  # pieces of intelligence that came in on the last working day
DENSE = timedelta(days=75)  # this month and the two before it
LEFT_LYING = range(31, 60)  # days since a step was due that makes its project red, one in each park


@dataclass
class World:
    """Parks and people by the names that the facts give them."""

    parks: dict[str, Park]
    people: dict[str, User]
    promoters: dict[str, list[User]]
    deciders: dict[str, User]
    windows: dict[str, User]
    leaders: dict[str, User]


@dataclass
class Story:
    """The teller: a queue of lives ordered by their next moment."""

    world: World
    start: datetime
    end: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a story, not a secret
    _queue: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    enterprise_company: Company | None = None
    _red: set[int] = field(default_factory=set)

    def begin(self, life: Life, moment: datetime) -> None:
        """A life starts at that moment (moved into working hours)."""
        heapq.heappush(self._queue, (self._in_hours(moment), next(self._order), life))

    def tell(self) -> None:
        """Live every life until the story's end."""
        while self._queue:
            moment, _order, life = heapq.heappop(self._queue)
            if moment >= self.end:
                continue
            with time_machine.travel(moment, tick=False):
                pause = next(life, None)
            if pause is not None:
                self.begin(life, moment + pause)

    def _in_hours(self, moment: datetime) -> datetime:
        """On a weekday between nine and five; exact moments (a month's cut-off) fall there anyway."""
        local = moment.astimezone(SHANGHAI)
        while local.weekday() > 4:
            local += timedelta(days=1)
        if not 9 <= local.hour < 19:
            local = datetime.combine(local.date(), time(9 + self.dice.randrange(8), self.dice.randrange(60)), SHANGHAI)
        return local

    def days(self, low: int, high: int) -> timedelta:
        """A pause of some days and hours."""
        return timedelta(days=self.dice.randint(low, high), hours=self.dice.randint(0, 6))

    # Leads --------------------------------------------------------------------------------------------------------
    def lead(self, number: int, row: tuple[str, str, str, str, str], depth: int) -> Life:
        """From a name on a list up to `depth` (0 claimed, 1 contacted … 6 signed)."""
        name, code, park_code, province, city = row
        world, park = self.world, self.world.parks[park_code]
        officer = self.dice.choice(world.promoters[park_code])
        capital = f"{self.dice.randint(5, 90) * 100}万元人民币"
        company = add_company(
            by=officer,
            park_id=park.pk,
            name=name,
            credit_code=code,
            province=province,
            city=city,
            capital_raw=capital,
        )
        if park_code == "dawo" and self.enterprise_company is None:
            self._settle_enterprise(company)
        pause = self.days(2, 6)
        lead = claim_company(
            by=officer,
            company=company,
            park_id=park.pk,
            title=f"{name[2:-4]}生产基地项目",
            source=invented.SOURCES[number % len(invented.SOURCES)],
            amount=Decimal(self.dice.randint(20, 300)) * 1_000_000,
            next_step="电话联系对方负责人",
            next_date=self._step_day(pause),
        )
        yield pause
        if depth == 0:
            return
        pause = self.days(3, 9)
        self._log(lead, officer, self.dice.choice(("call", "wechat", "call")), pause)
        move_lead(by=officer, lead=lead, to_stage="contacting")
        yield pause
        if depth == 1:
            return
        yield from self._visits(lead, officer, company, park)
        if depth == 2:
            if self.dice.random() < 0.4:
                drop_lead(by=officer, lead=lead, why="elsewhere", reason="对方已在其他城市选址")
            return
        yield from self._talks(lead, officer, depth)
        if depth >= 6:
            self._sign(lead, officer, park)

    def _settle_enterprise(self, company: Company) -> None:
        """The demonstration's enterprise login belongs to the first company of its park."""
        user = self.world.people["enterprise"]
        user.memberships.update(company_id=company.pk)
        self.enterprise_company = company
        user.__dict__.pop("access", None)  # read again: the login has a company now

    def _visits(self, lead: Lead, officer: User, company: Company, park: Park) -> Life:
        pause = self.days(4, 10)
        step = self.dice.choice(invented.NEXT_STEPS)
        move_lead(by=officer, lead=lead, to_stage="visiting", next_step=step, next_date=self._step_day(pause))
        self._log(lead, officer, "outbound_visit", pause)
        contact = add_contact(
            by=officer,
            park_id=park.pk,
            company=company,
            name="对方负责人甲",
            title="总经理",
            phone="13800000000",
            is_decision_maker=True,
            purpose="投资洽谈",
        )
        yield pause
        pause = self.days(3, 9)
        self._log(lead, officer, self.dice.choice(("inbound_visit", "outbound_visit")), pause)
        change_contact(by=officer, contact=contact, version=None, met_on=timezone.localdate())
        yield pause

    def _talks(self, lead: Lead, officer: User, depth: int) -> Life:
        pause = self.days(3, 8)
        move_lead(by=officer, lead=lead, to_stage="negotiating", demands=self.dice.choice(invented.DEMANDS))
        self._log(lead, officer, "negotiation", pause)
        yield pause
        pause = self.days(2, 8)
        self._log(lead, officer, self.dice.choice(("inbound_visit", "negotiation", "video")), pause)
        yield pause
        if depth == 3:
            return
        move_lead(by=officer, lead=lead, to_stage="screening", industry=_manufacturing())
        yield self.days(2, 5)
        if depth == 4:
            return
        decider = self.world.deciders[lead.park.code]
        decide_admission(by=decider, lead=lead, decision="admitted", reason="产业定位相符，投资强度达标，同意入园。")
        yield self.days(2, 6)

    def _sign(self, lead: Lead, officer: User, park: Park) -> None:
        zone = park.parent if park.kind == Park.Kind.INNER and park.parent else park
        project = sign_project(
            by=self.world.deciders[park.code],
            lead=lead,
            signed_on=timezone.localdate(),
            agreed_amount=Decimal(self.dice.randint(30, 320)) * 1_000_000,
            party_zone=f"{zone.name}管理委员会",
            party_operator=park.operator_name,
            party_enterprise=lead.company.name,
            case_officer=officer,
            responsible_leader=self.world.leaders.get(park.code),
        )
        Project.objects.filter(pk=project.pk).update(is_demo=True)
        now = timezone.now()
        for milestone in project.milestones.all():
            late = self.dice.choice((-3, -2, -1, -1, 0, 0, 0, 0, 2, 9))
            day = max(milestone.due_on + timedelta(days=late), timezone.localdate() + timedelta(days=1))
            self.begin(self.milestone(milestone), _morning(day))
        for number in range(self.dice.randint(1, 3)):
            self.begin(self.payment(project), now + timedelta(days=12 + 25 * number + self.dice.randint(0, 9)))
        if park.code in self.world.windows:
            for number in range(self.dice.randint(1, 3)):
                self.begin(request_life(self, lead.company, park), now + timedelta(days=8 + 24 * number))

    def _log(self, lead: Lead, officer: User, kind: str, pause: timedelta) -> None:
        now = timezone.now()
        log_activity(
            by=officer,
            lead=lead,
            kind=kind,
            happened_at=now - timedelta(minutes=self.dice.randint(15, 110)),
            summary=self.dice.choice(invented.SAID),
            met=self.dice.choice(invented.MET),
            place=self.dice.choice(invented.PLACES) if "visit" in kind else "",
            next_step=self.dice.choice(invented.NEXT_STEPS),
            next_date=self._step_day(pause),
        )

    @staticmethod
    def _step_day(pause: timedelta) -> date:
        return (timezone.now() + pause).astimezone(SHANGHAI).date()

    def routine(self, officer: User) -> Life:
        """An officer's weeks: calls, visits and notes on whatever lead is open."""
        while True:
            mine = Lead.objects.held().filter(owner=officer, stage__in=OPEN_STAGES).order_by("next_date", "pk")
            keys = list(mine.values_list("pk", flat=True))
            # Weeks that only the older reports still tell of are told with fewer words.
            old = self.end - timezone.now() > DENSE
            pause = self.days(5, 11) if old else self.days(2, 6)
            if keys:
                # Mostly what is due longest; some steps are left lying, as everywhere.
                chosen = keys[0] if self.dice.random() < 0.7 else self.dice.choice(keys)
                lead = mine.select_related("company").get(pk=chosen)
                kinds = ("call", "wechat", "outbound_visit", "outbound_visit", "inbound_visit", "inbound_visit", "note")
                self._log(lead, officer, self.dice.choice(kinds), min(pause * 2, timedelta(days=12)))
            yield pause

    # After signing ------------------------------------------------------------------------------------------------
    def milestone(self, milestone: Milestone) -> Life:
        """A step is done a little before or after its day; a few are forgotten for weeks, one in a park till now."""
        forgotten = self.dice.random() < 0.06
        yield timedelta(minutes=30)
        if milestone.park_id not in self._red and (self.end.date() - milestone.due_on).days in LEFT_LYING:
            self._red.add(milestone.park_id)
            return
        if forgotten:
            yield timedelta(days=20 + milestone.pk % 15)
        complete_milestone(by=milestone.owner, milestone=milestone, done_on=timezone.localdate())

    def payment(self, project: Project) -> Life:
        """Funds claimed with evidence, decided by a second person some days later."""
        officer, decider = project.case_officer, self.world.deciders[project.park.code]
        payment = claim_payment(
            by=officer,
            project=project,
            paid_on=timezone.localdate() - timedelta(days=1),
            amount=Decimal(self.dice.randint(2, 30)) * 1_000_000,
            evidence="bank_slip",
            files=[SimpleUploadedFile("演示银行回单.png", _slip(), content_type="image/png")],
            note="演示凭证",
        )
        yield self.days(1, 9)
        if decider.pk == officer.pk or self.dice.random() < 0.15:
            return
        if self.dice.random() < 0.1:
            reject_payment(by=decider, payment=payment, reason="回单金额与申报不符，请补充。")
        else:
            recognise_payment(by=decider, payment=payment)

    # Intelligence, months -------------------------------------------------------------------------------------------
    def submission(self, number: int, park_code: str) -> Life:
        """A piece of intelligence, judged within days; the newest still wait."""
        park = self.world.parks[park_code]
        author = self.dice.choice(self.world.promoters[park_code])
        submission = submit_information(
            by=author,
            park_id=park.pk,
            title=invented.SUBMISSIONS[number % len(invented.SUBMISSIONS)],
            content="（演示）来源、时间、联系方式均已核对，建议纳入目标企业库跟踪。",
            company_name=f"示例意向企业{number + 1}",
        )
        yield self.days(1, 3)
        decider = self.world.deciders[park_code]
        if decider.pk == author.pk:
            return
        valid = self.dice.random() < 0.7
        reason = "" if valid else "信息已过期，企业已在别处签约。"
        judge_submission(by=decider, submission=submission, valid=valid, reason=reason)


@cache
def _slip() -> bytes:
    """A picture that says what it is: no real bank's slip."""
    image = Image.new("RGB", (640, 360), "#eef5f4")
    ImageDraw.Draw(image).text((40, 160), "DEMONSTRATION - NOT A BANK SLIP", fill="#0f6b63")
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@cache
def _manufacturing() -> Industry:
    return Industry.objects.get(code="C")


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(10, 0), SHANGHAI)


def months_between(first: date, last: date) -> Iterator[date]:
    """First days of the months that are over."""
    month = month_of(first)
    while next_month(month) <= last:
        yield month
        month = next_month(month)


def plan(story: Story) -> None:
    """Which lives there are and when they begin."""
    span = (story.end - story.start).days
    depths = (6, 3, 2, 6, 1, 4, 6, 3, 0, 5, 6, 1, 3, 2, 6, 4, 6, 2)
    rows = invented.companies()
    for number, row in enumerate(rows):
        depth = depths[number % len(depths)]
        if row[2] == "dawo" and not any(earlier[2] == "dawo" for earlier in rows[:number]):
            # The enterprise that has a login settles early, so that its portal has something to show.
            story.begin(story.lead(number, row, 6), story.start)
            continue
        # The deep ones begin early enough to get there, the shallow ones late enough to be news.
        latest = span - 4 - depth * 9
        earliest = max(0, span - 90) if depth < 3 else 0
        story.begin(story.lead(number, row, depth), story.start + timedelta(days=story.dice.randint(earliest, latest)))
    for officers in story.world.promoters.values():
        for officer in dict.fromkeys(officers):
            story.begin(story.routine(officer), story.start + timedelta(days=story.dice.randint(3, 12)))
    for code in story.world.windows:
        story.begin(enterprises_life(story, story.world.parks[code]), story.start + timedelta(days=30))
    for number in range(46):
        park = "huishan" if number % 6 == 5 else "jibei"
        day = story.dice.randint(0, span - 1)
        moment = story.start + timedelta(days=day) if number >= UNJUDGED else last_workday(story.end, 10 + number)
        story.begin(story.submission(number, park), moment)


def last_workday(end: datetime, hour: int) -> datetime:
    """That hour of the last weekday before the story's end: what begins then has no answer yet."""
    day = end.astimezone(SHANGHAI) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day.date(), time(hour, 20), SHANGHAI)


def month_ends(story: Story) -> list[tuple[datetime, Park, date]]:
    """When the months of each zone and each park inside close."""
    first, last = story.start.astimezone(SHANGHAI).date(), story.end.astimezone(SHANGHAI).date()
    return [
        (cutoff_of(park.pk, month) + timedelta(minutes=1), park, month)
        for park in story.world.parks.values()
        if park.kind != Park.Kind.PLATFORM
        for month in months_between(first, last)
    ]
