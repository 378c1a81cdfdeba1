"""Loading the demonstration: the articles' facts, then an invented half year dated relative to today."""

from datetime import datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Department, Membership, Oversight, Role, User
from companies.actions import load_industries
from companies.models import Company
from core.isolation import system_scope
from core.worktime import SHANGHAI, default_week
from demo.claims import claims_life
from demo.disputes import tell_disputes
from demo.duplicates import tell_duplicates
from demo.facts import COMPANIES, DEPARTMENTS, PARKS
from demo.field import tell_of_field
from demo.imports import tell_imports
from demo.lists import tell_lists
from demo.months import month_life
from demo.outward import tell_outward
from demo.people import COLLEAGUES, LOGINS
from demo.personal import tell_personal
from demo.requests import tell_of_requests
from demo.share import tell_together
from demo.story import Story, World, month_ends, plan
from demo.targets import tell_of_targets
from notices.models import Notice
from parks.models import OpeningHours, Park, ParkRules
from parks.queries import rules_stand_still
from projects.actions import default_template
from services.actions import ensure_catalogue

PASSWORD = "luodi-demo"  # noqa: S105 - printed on the login page of a demonstration
STORY_DAYS = 200
UNREAD_DAYS = 2


def is_empty() -> bool:
    """Whether nobody has begun to use this installation."""
    return not Park.objects.exists() and not User.objects.exists()


@transaction.atomic
def load_demo() -> None:
    """All of it in one transaction: a load that is killed leaves nothing behind."""
    load_industries()
    parks = _parks()
    people = _people(parks)
    _companies()
    with system_scope():
        _rules(parks)
        story = _story(parks, people)
        with rules_stand_still():
            story.tell()
            tell_of_requests(story.world, story.enterprise_company)
        tell_of_field(story.world)
        tell_outward(story.world)
        tell_personal(story.world)
        tell_together(story)
        tell_of_targets(people)
        tell_imports(people)
        claims_life(story.world)
        tell_duplicates(parks, people)
        tell_lists(story.world)
    tell_disputes(story.world)
    with system_scope():
        _tidy_notices()


def _parks() -> dict[str, Park]:
    made: dict[str, Park] = {}
    for fact in PARKS:
        made[fact.code] = Park.objects.create(
            code=fact.code,
            name=fact.name,
            name_en=fact.name_en,
            kind=fact.kind,
            parent=made.get(fact.parent),
            operator_name=fact.operator,
            positioning=fact.positioning,
            industries=list(fact.industries),
            description=fact.description,
            source=fact.source,
        )
        if fact.kind == Park.Kind.INNER:
            Oversight.objects.create(park=made[fact.code], overseer=made[fact.parent])
    return made


def _people(parks: dict[str, Park]) -> dict[str, User]:
    departments = {
        (park, code): Department.objects.create(park=parks[park], code=code, name=name, kind=kind)
        for park, code, name, kind in DEPARTMENTS
    }
    roles = {role.code: role for role in Role.objects.all()}
    password, people = make_password(PASSWORD), {}
    for username, name, park, role, department in (*LOGINS, *COLLEAGUES):
        known = any(username == login[0] for login in LOGINS)
        people[username] = User.objects.create(
            username=username,
            display_name=name,
            email=f"{username}@example.com",
            password=password if known else make_password(None),
            is_demo=True,
        )
        Membership.objects.create(
            user=people[username],
            park=parks[park],
            role=roles[role],
            department=departments[park, department] if department else None,
        )
    Membership.objects.create(user=people["admin"], park=parks["jibei"], role=roles["platform_admin"])
    # A zone's departments serve its inner parks too.
    for inner in parks.values():
        if inner.kind == Park.Kind.INNER:
            Membership.objects.create(
                user=people["window"],
                park=inner,
                role=roles["service_window"],
                department=departments["jibei", "service"],
            )
    return people


def _companies() -> None:
    """The companies that the articles name, with what they say of them and nothing else."""
    sources = {fact.code: fact.source for fact in PARKS}
    rows = [Company(name=fact.name, introduction=fact.said, source=sources[fact.park]) for fact in COMPANIES]
    for company in rows:
        company.derive()
    Company.objects.bulk_create(rows)


def _rules(parks: dict[str, Park]) -> None:
    for park in parks.values():
        ParkRules.objects.create(park=park)
        OpeningHours.objects.bulk_create(
            OpeningHours(park=park, weekday=weekday, opens=span.start, closes=span.end)
            for weekday, spans in default_week().items()
            for span in spans
        )
        if park.kind != Park.Kind.PLATFORM:
            ensure_catalogue(park)
            default_template(park.pk)


def _story(parks: dict[str, Park], people: dict[str, User]) -> Story:
    def of(*names: str) -> list[User]:
        return [people[name] for name in names]

    world = World(
        parks=parks,
        people=people,
        promoters={
            "jibei": of("officer", "officer", "officer-yi", "officer-bing", "officer-ding", "officer-wu", "officer-ji"),
            "dawo": of("dawo-officer"),
            "shaohaihui": of("shaohaihui-manager"),
            "zhizao": of("zhizao-manager"),
            "shujuhu": of("shujuhu-manager"),
            "huishan": of("huishan-officer", "huishan-officer-yi"),
        },
        deciders={
            "jibei": people["manager"],
            "dawo": people["operator"],
            "shaohaihui": people["shaohaihui-manager"],
            "zhizao": people["zhizao-manager"],
            "shujuhu": people["shujuhu-manager"],
            "huishan": people["huishan-manager"],
        },
        windows={"jibei": people["window"], "dawo": people["dawo-window"], "huishan": people["huishan-window"]},
        leaders={"jibei": people["leader"], "huishan": people["huishan-leader"]},
    )
    today = datetime.combine(timezone.localdate(), time(0, 0), SHANGHAI)
    story = Story(world, start=(today - timedelta(days=STORY_DAYS)).replace(day=1), end=today)
    plan(story)
    for moment, park, month in month_ends(story):
        story.begin(month_life(park, month), moment)
    return story


def _tidy_notices() -> None:
    """What is due was told when it was due, old notices were read soon after; nobody is written to about the past."""
    now = timezone.now()
    old = Notice.objects.filter(due_at__lt=now)
    old.filter(channel=Notice.Channel.MAIL).update(state=Notice.State.CANCELLED)
    pages = old.filter(channel=Notice.Channel.PAGE, state=Notice.State.PENDING)
    pages.update(state=Notice.State.SENT, sent_at=F("due_at"))
    read = Notice.objects.filter(state=Notice.State.SENT, due_at__lt=now - timedelta(days=UNREAD_DAYS))
    read.update(read_at=F("due_at") + timedelta(hours=3))
