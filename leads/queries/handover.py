"""Hand-overs: what waits for a signature, and what a person who leaves would give away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User, named
from accounts.queries import people_with
from core.worktime import local_date
from leads.models import OPEN_STAGES, Handover, Lead, Undertaking
from notices.models import Notice


def to_sign(user: User) -> QuerySet[Handover]:
    """What was handed to this person and is not signed for yet, the oldest first."""
    parks = user.access.parks_with("leads.view")
    rows: QuerySet[Handover] = Handover.objects.filter(park_id__in=parks, receiver=user, state=Handover.State.PENDING)
    rows = rows.select_related("lead__company", "giver").order_by("at", "id")
    return rows.only("at", "lead__company__name", *named("giver"))


def pending_of(lead: Lead) -> Handover | None:
    """The hand-over of a lead that is not signed for yet."""
    rows = Handover.objects.filter(park_id=lead.park_id, lead=lead, state=Handover.State.PENDING)
    return rows.select_related("giver", "receiver", "made_by").first()


def words_of(user: User, handover: Handover) -> list[Undertaking]:
    """The promises that went along, as they stand today; the earliest first."""
    rows = Undertaking.objects.visible_to(user).filter(
        park_id=handover.park_id, pk__in=handover.carried.get("words", ()), activity__deleted_at=None
    )
    return list(rows.with_people().order_by("due_on", "id"))


@dataclass(frozen=True)
class Estate:
    """What one person has in hand in a park, as the page for the manager counts it."""

    leads: int
    steps: int
    overdue: int
    unread: int
    promises: int


@dataclass(frozen=True)
class Holder:
    """A person with open leads."""

    person: User
    leads: int
    is_here: bool


def holders_of(user: User, park_id: int) -> list[Holder]:
    """Who has how many open leads in a park, as far as the reader sees them; who has left stands first."""
    rows = Lead.objects.visible_to(user).filter(park_id=park_id, stage__in=OPEN_STAGES, pooled_at=None)
    counts = dict(rows.order_by().values_list("owner").annotate(Count("pk")))
    here = {person.pk for person in people_with("leads.change", park_id)}
    people = sorted(User.objects.in_bulk(counts).values(), key=lambda one: (one.pk in here, str(one)))
    return [Holder(person, counts[person.pk], person.pk in here) for person in people]


def estate_of(user: User, giver: User, park_id: int) -> Estate:
    """The open leads of a person, as far as the reader sees them, and what hangs on them."""
    rows = Lead.objects.visible_to(user).filter(park_id=park_id, owner=giver, stage__in=OPEN_STAGES, pooled_at=None)
    day = local_date(timezone.now())
    counted = rows.aggregate(
        leads=Count("pk"),
        steps=Count("pk", filter=~Q(next_step="")),
        overdue=Count("pk", filter=Q(next_date__lt=day)),
    )
    matters = Notice.objects.of_matter(park_id, "lead:")
    unread = matters.filter(recipient=giver, channel="page", state="sent", read_at=None).count()
    promised = Undertaking.objects.open().filter(park_id=park_id, owner=giver, activity__deleted_at=None)
    promises = promised.filter(company__in=rows.values("company")).count()
    return Estate(**counted, unread=unread, promises=promises)


def share_out(leads: Iterable[Lead], receivers: Sequence[User]) -> list[tuple[User, list[Lead]]]:
    """Leads dealt out in turn by stage and size, so that nobody gets all the large or all the late ones."""
    order = {str(stage): place for place, stage in enumerate(OPEN_STAGES)}
    ranked = sorted(leads, key=lambda lead: (-order[lead.stage], -(lead.amount or 0), lead.pk))
    return [(receiver, ranked[place :: len(receivers)]) for place, receiver in enumerate(receivers)]
