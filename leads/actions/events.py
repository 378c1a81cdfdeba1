"""Events: planned with tasks and costs, people registered and attended, held with a summary."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import colleagues, department_of
from core.access import require
from core.errors import Conflict, Refused
from core.worktime import local_date
from leads.actions.parts import add_line, check_colleagues, check_hours, check_money, hold, need, only, rewrite
from leads.models import Event, EventCost, EventPerson, EventTask
from leads.people_lists import Line, read_lines
from notices.actions import cancel, queue
from parks.queries import counted_month

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

EDITABLE = frozenset({"kind", "title", "starts_at", "ends_at", "place", "theme", "plan", "budget", "owner"})
MOST_PEOPLE, MOST_TASKS = 3000, 200
LATEST_AFTER = 90
PEOPLE_KEPT = timedelta(days=3 * 365)


@dataclass
class Pasted:
    """What became of a pasted list."""

    added: int = 0
    attended: int = 0
    known: int = 0


@transaction.atomic
def plan_event(
    *,
    by: "User",
    park_id: int,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    owner: "User | None" = None,
    uuid: UUID | None = None,
    **values: Any,
) -> Event:
    """Plan an event."""
    require(by, "events.plan", park_id)
    _check(park_id, kind=kind, starts_at=starts_at, ends_at=ends_at, owner=owner or by, budget=values.get("budget"))
    event: Event = Event.objects.create(
        park_id=park_id,
        uuid=uuid or uuid4(),
        kind=kind,
        title=need(title, "title"),
        starts_at=starts_at,
        ends_at=ends_at,
        owner=owner or by,
        created_by=by,
        **only(values, EDITABLE),
    )
    return event


@transaction.atomic
def edit_event(*, by: "User", event: Event, version: int | None = None, **values: Any) -> Event:
    """Correct an event; its kind stays what attendance was counted for."""
    row = _held(by, event, version)
    values = only(values, EDITABLE)
    if "title" in values:
        need(values["title"], "title")
    now = {name: getattr(row, name) for name in ("kind", "starts_at", "ends_at", "owner", "budget")}
    _check(row.park_id, **(now | {name: value for name, value in values.items() if name in now}))
    if values.get("kind", row.kind) != row.kind and row.people.attended().exists():
        raise Refused(_("Attendance was counted for this kind already."), field="kind", code="attended", status=409)
    rewrite(row, values)
    return row


@transaction.atomic
def hold_event(*, by: "User", event: Event, summary: str, version: int | None = None) -> Event:
    """The event took place; a summary says what came of it."""
    row = _held(by, event, version)
    summary = need(summary, "summary", _("Write a few sentences about what came of it."))
    if row.starts_at > timezone.now():
        raise Refused(_("The event has not begun yet."), code="not_begun", status=409)
    rewrite(row, {"state": Event.State.HELD, "summary": summary})
    return row


@transaction.atomic
def cancel_event(*, by: "User", event: Event, reason: str, version: int | None = None) -> Event:
    """The event does not take place."""
    row = _held(by, event, version)
    reason = need(reason, "reason", _("Give a reason."))
    if row.people.attended().exists():
        raise Refused(_("People attended already."), code="attended", status=409)
    rewrite(row, {"state": Event.State.CANCELLED, "summary": reason})
    cancel(park_id=row.park_id, key_prefix=f"event:{row.pk}:")
    return row


@transaction.atomic
def register(
    *,
    by: "User",
    event: Event,
    user: "User | None" = None,
    name: str = "",
    role: str = EventPerson.Role.GUEST,
    company: "Company | None" = None,
    organisation: str = "",
    title: str = "",
    phone: str = "",
    email: str = "",
    basis: str = EventPerson.Basis.CONSENT,
) -> EventPerson:
    """Somebody will come: a colleague, or a guest with the basis on which the data are kept."""
    row = _held(by, event)
    if row.people.count() >= MOST_PEOPLE:
        raise Refused(_("There are too many people."), code="too_many_people")
    if user is not None:
        check_colleagues([user], row.park_id, "user")
        name, organisation, company = str(user), "", None
        role = role if role in {EventPerson.Role.STAFF, EventPerson.Role.SPEAKER} else EventPerson.Role.COLLEAGUE
    person = EventPerson(
        park_id=row.park_id,
        event=row,
        user=user,
        department_id=department_of(user, row.park_id) if user else None,
        role=role,
        company=company,
        name=need(name, "name"),
        organisation=organisation.strip() or (company.name if company else ""),
        title=title.strip(),
        phone=phone.strip(),
        email=email.strip(),
        basis=basis,
        retain_until=None if user else local_date(row.ends_at) + PEOPLE_KEPT,
        created_by=by,
    )
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("This person is registered already."), field="name", code="registered_twice") from taken
    return person


@transaction.atomic
def mark_attended(*, by: "User", person: EventPerson, attended: bool) -> EventPerson:
    """A tap at the door, or the same taken back; it counts in the month of the event."""
    event = _held(by, person.event)
    row = hold(person)
    if attended == bool(row.attended_at):
        return row
    if attended:
        _check_begun(event)
    row.attended_at, row.attended_by = (timezone.now(), by) if attended else (None, None)
    row.counted_month = counted_month(row.park_id, local_date(event.starts_at)) if attended else None
    row.save(update_fields=["attended_at", "attended_by", "counted_month"])
    return row


@transaction.atomic
def paste_people(*, by: "User", event: Event, text: str, attended: bool = False) -> Pasted:
    """A pasted list, a person a line: name, organisation, position, telephone, mail; colleagues are known by name.

    Who is registered already is not registered twice; with `attended` all of them came.
    """
    row = _held(by, event)
    if attended:
        _check_begun(row)
    lines = read_lines(text)
    known = {(one.name, one.organisation): one for one in row.people.all()}
    staff = {str(one): one for one in colleagues(frozenset({row.park_id}))}
    done = Pasted()
    for line in lines:
        person = known.get((line.name, line.organisation))
        done.known += person is not None
        done.added += person is None
        if person is None:
            person = known[line.name, line.organisation] = _from_line(by, row, line, staff)
        if attended and person.attended_at is None:
            mark_attended(by=by, person=person, attended=True)
            done.attended += 1
    return done


@transaction.atomic
def remove_person(*, by: "User", person: EventPerson) -> Event:
    """Registered by mistake; who attended stays."""
    event = _held(by, person.event)
    if hold(person).attended_at is not None:
        raise Refused(_("This person attended. Take the attendance back first."), code="attended", status=409)
    person.delete()
    return event


@transaction.atomic
def add_task(*, by: "User", event: Event, title: str, assignee: "User", due_on: date) -> EventTask:
    """Something to prepare; whoever does it is told."""
    row = _held(by, event)
    check_colleagues([assignee], row.park_id, "assignee")
    if due_on > local_date(row.ends_at) + timedelta(days=LATEST_AFTER):
        raise Refused(_("This is long after the event."), field="due_on", code="too_late")
    if row.tasks.count() >= MOST_TASKS:
        raise Refused(_("There are too many tasks."), code="too_many_tasks")
    task: EventTask = EventTask.objects.create(
        park_id=row.park_id, event=row, title=need(title, "title"), assignee=assignee, due_on=due_on
    )
    if assignee.pk != by.pk:
        queue(
            park_id=row.park_id,
            recipients=[assignee],
            kind="event_task",
            key=f"event:{row.pk}:task:{task.pk}",
            text=partial(_task_text, row, task),
            url=f"{row.get_absolute_url()}?tab=tasks",
        )
    return task


@transaction.atomic
def finish_task(*, by: "User", task: EventTask, done: bool = True) -> EventTask:
    """Done, or not done after all; those who plan events and whoever has the task."""
    if task.assignee_id != by.pk:
        require(by, "events.plan", task.park_id)
    row = hold(task)
    if done != bool(row.done_at):
        row.done_at = timezone.now() if done else None
        row.save(update_fields=["done_at"])
    return row


@transaction.atomic
def remove_task(*, by: "User", task: EventTask) -> Event:
    """Take a task off the list."""
    event = _held(by, task.event)
    task.delete()
    return event


@transaction.atomic
def add_event_cost(
    *,
    by: "User",
    event: Event,
    kind: str,
    amount: Decimal,
    spent_on: date,
    note: str = "",
    receipt: UploadedFile | None = None,
) -> EventCost:
    """Money spent on an event."""
    row = _held(by, event)
    return add_line(
        EventCost,
        by=by,
        park_id=row.park_id,
        kind=kind,
        amount=amount,
        spent_on=spent_on,
        note=note,
        receipt=receipt,
        event=row,
    )


@transaction.atomic
def remove_event_cost(*, by: "User", cost: EventCost) -> Event:
    """Take a mistake out again; the history keeps it."""
    event = _held(by, cost.event)
    cost.delete()
    return event


def _held(by: "User", event: Event, version: int | None = None) -> Event:
    require(by, "events.plan", event.park_id)
    row = hold(event, version)
    if row.state == Event.State.CANCELLED:
        raise Refused(_("This event was cancelled."), code="event_cancelled", status=409)
    return row


def _check(
    park_id: int, *, kind: str, starts_at: datetime, ends_at: datetime, owner: "User", budget: Decimal | None
) -> None:
    if kind not in Event.Kind.values:
        raise Refused(_("Choose the kind."), field="kind", code="no_such_kind")
    check_hours(starts_at, ends_at)
    check_colleagues([owner], park_id, "owner")
    check_money(budget, "budget")


def _check_begun(event: Event) -> None:
    if local_date(event.starts_at) > timezone.localdate():
        raise Refused(_("The event has not begun yet."), code="not_begun", status=409)


def _from_line(by: "User", event: Event, line: Line, staff: "dict[str, User]") -> EventPerson:
    if not line.organisation and line.name in staff:
        return register(by=by, event=event, user=staff[line.name])
    return register(
        by=by,
        event=event,
        name=line.name,
        organisation=line.organisation,
        title=line.title,
        phone=line.phone,
        email=line.email if _is_mail(line.email) else "",
    )


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _task_text(event: Event, task: EventTask) -> tuple[str, str]:
    names = {"task": task.title, "event": event.title, "day": date_format(task.due_on, "DATE_FORMAT")}
    return _("For you to do: %(task)s") % names, _("%(event)s, until %(day)s.") % names
