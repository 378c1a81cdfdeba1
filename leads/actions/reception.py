"""Reception plans: prepared, confirmed, carried out; the visit is logged from the plan, once."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Conflict, Refused
from core.worktime import local_date, local_moment
from leads.actions.activities import log_activity
from leads.actions.parts import check_colleagues, check_hours, hold, need, only, rewrite
from leads.actions.personal import refuse_erased
from leads.models import Activity, Lead, Reception, ReceptionGuest, ReceptionItem, ReceptionProvision
from leads.queries.activities import contacts_of
from leads.queries.leads import open_lead
from notices.actions import cancel, queue

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

P = TypeVar("P", ReceptionGuest, ReceptionItem, ReceptionProvision)
EDITABLE = frozenset({"title", "purpose", "starts_at", "ends_at", "place", "host", "language", "internal_note"})
PARTS: Final[dict[type[Any], frozenset[str]]] = {
    ReceptionGuest: frozenset(
        {"contact", "name", "title", "phone", "is_head", "language", "interpreter", "diet", "smoking", "courtesies"}
    ),
    ReceptionItem: frozenset(
        {
            *("kind", "starts_at", "ends_at", "title", "title_en", "place", "place_en", "host", "meets"),
            "internal_note",
        }
    ),
    ReceptionProvision: frozenset({"kind", "name", "person", "phone", "quantity", "note", "is_ready"}),
}
MOST_PARTS = 120
EVE_AT = time(15, 0)
GUESTS_KEPT = timedelta(days=3 * 365)


@transaction.atomic
def plan_reception(
    *,
    by: "User",
    park_id: int,
    company: "Company",
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    host: "User",
    lead: Lead | None = None,
    copy_from: Reception | None = None,
    uuid: UUID | None = None,
    **values: Any,
) -> Reception:
    """Begin a plan for a company's visit, for its open lead where the planner sees one; or copy one."""
    require(by, "receptions.plan", park_id)
    check_hours(starts_at, ends_at)
    check_colleagues([host], park_id, "host")
    lead = lead or open_lead(by, company, park_id)
    if lead is not None and (lead.company_id, lead.park_id) != (company.pk, park_id):
        raise Refused(_("The lead belongs to another company."), field="company", code="company_mismatch")
    if copy_from is not None and copy_from.park_id != park_id:
        raise Refused(_("That reception belongs to another park."), field="copy_from", code="not_in_park")
    reception: Reception = Reception.objects.create(
        park_id=park_id,
        uuid=uuid or uuid4(),
        company=company,
        lead=lead,
        title=need(title, "title"),
        starts_at=starts_at,
        ends_at=ends_at,
        host=host,
        created_by=by,
        **only(values, EDITABLE),
    )
    if copy_from is not None:
        _copy(copy_from, reception)
    return reception


@transaction.atomic
def edit_reception(*, by: "User", reception: Reception, version: int | None = None, **values: Any) -> Reception:
    """Correct a plan that is not over; a new day moves the schedule along with it."""
    row = _open(by, reception, version)
    values = only(values, EDITABLE)
    before = row.starts_at
    check_hours(values.get("starts_at", row.starts_at), values.get("ends_at", row.ends_at))
    if "title" in values:
        need(values["title"], "title")
    if "host" in values:
        check_colleagues([values["host"]], row.park_id, "host")
    rewrite(row, values)
    moved = local_date(row.starts_at) - local_date(before)
    if moved:
        for item in row.items.all():
            ReceptionItem.objects.filter(pk=item.pk).update(
                starts_at=item.starts_at + moved, ends_at=item.ends_at + moved, version=F("version") + 1
            )
    _remind(row)
    return row


@transaction.atomic
def put_part(
    model: type[P],
    /,
    *,
    by: "User",
    reception: Reception,
    part: P | None = None,
    version: int | None = None,
    **values: Any,
) -> P:
    """Add a guest, an hour of the schedule or a provision, or correct one."""
    row = _open(by, reception)
    values = only(values, PARTS[model])
    if part is None and model._default_manager.filter(reception=row).count() >= MOST_PARTS:
        raise Refused(_("There are too many lines."), code="too_many_lines")
    found: Any = model(park_id=row.park_id, reception=row, version=0) if part is None else hold(part, version)
    refuse_erased(found)
    for name, value in values.items():
        setattr(found, name, value)
    _check_part(row, found)
    found.version += 1
    found.save()
    _touch(row)
    return found  # type: ignore[no-any-return]  # of the kind that was asked for


@transaction.atomic
def remove_part(
    *, by: "User", part: ReceptionGuest | ReceptionItem | ReceptionProvision, version: int | None = None
) -> Reception:
    """Take a guest, an hour or a provision out."""
    row = _open(by, part.reception)
    hold(part, version).delete()
    _touch(row)
    return row


@transaction.atomic
def confirm_reception(*, by: "User", reception: Reception, version: int | None = None) -> Reception:
    """The plan stands: all hosts are told now, and again on the eve."""
    row = _open(by, reception, version)
    if row.state == Reception.State.CONFIRMED:
        return row
    if not row.guests.exists():
        raise Refused(_("Name at least one guest first."), code="no_guests", status=409)
    if not row.items.exists():
        raise Refused(_("Put at least one hour into the schedule first."), code="no_items", status=409)
    rewrite(row, {"state": Reception.State.CONFIRMED})
    _tell(row, [one for one in hosts_of(row) if one.pk != by.pk], "confirmed", _confirmed_text)
    _remind(row)
    return row


@transaction.atomic
def cancel_reception(*, by: "User", reception: Reception, reason: str, version: int | None = None) -> Reception:
    """The guests do not come; the hosts are told why."""
    row = _open(by, reception, version)
    reason = need(reason, "reason", _("Give a reason."))
    was_confirmed = row.state == Reception.State.CONFIRMED
    note = f"{row.internal_note}\n{reason}".strip()
    rewrite(row, {"state": Reception.State.CANCELLED, "internal_note": note})
    cancel(park_id=row.park_id, key_prefix=f"reception:{row.pk}:")
    if was_confirmed:
        people = [one for one in hosts_of(row) if one.pk != by.pk]
        _tell(row, people, "cancelled", partial(_cancelled_text, reason=reason))
    return row


@transaction.atomic
def log_visit(
    *,
    by: "User",
    reception: Reception,
    happened_at: datetime,
    summary: str,
    uuid: UUID | None = None,
    version: int | None = None,
    **values: Any,
) -> Activity:
    """The visit took place: an inbound visit with the guests and hosts of the plan, which is done; once only.

    The same `uuid` again is the same record, whatever became of the plan meanwhile.
    """
    uuid = uuid or uuid4()
    require(by, "activities.log", reception.park_id)
    row = hold(reception)
    if (known := known_visit(by=by, reception=row, uuid=uuid)) is not None:
        return known
    row = hold(row, version)
    if row.state == Reception.State.CANCELLED:
        raise Refused(_("This reception was cancelled."), code="reception_cancelled", status=409)
    if Activity.objects.filter(reception=row).exists():
        raise Conflict(_("This visit was logged already."), code="visit_logged")
    lead = Lead.objects.select_related("company", "owner").filter(pk=row.lead_id).first()
    company: Any = None if lead else row.company
    activity = log_activity(
        by=by,
        kind=Activity.Kind.INBOUND_VISIT,
        happened_at=happened_at,
        summary=summary,
        uuid=uuid,
        lead=lead,
        company=company,
        park_id=row.park_id,
        reception=row,
        **values,
    )
    rewrite(row, {"state": Reception.State.DONE})
    cancel(park_id=row.park_id, key_prefix=f"reception:{row.pk}:eve:")
    return activity


def known_visit(*, by: "User", reception: Reception, uuid: UUID | None) -> Activity | None:
    """The visit that this person logged under this identifier before."""
    if uuid is None:
        return None
    found: Activity | None
    found = Activity.objects.filter(park_id=reception.park_id, reception=reception, uuid=uuid, by=by).first()
    if found is not None:
        found.repeated = True
    return found


def hosts_of(reception: Reception) -> "list[User]":
    """The main host and everybody who receives at some hour."""
    found = {reception.host_id: reception.host}
    for item in reception.items.select_related("host"):
        if item.host is not None:
            found[item.host_id] = item.host
    return list(found.values())


def planned_people(user: "User", reception: Reception) -> dict[str, Any]:
    """Who is to come and who receives them, as `log_visit` takes it: contacts that the reader knows, other names."""
    known = {one.pk: one for one in contacts_of(user, reception.company_id, reception.park_id)}
    guests = list(reception.guests.filter(erased_at=None))
    return {
        "contacts": [known[guest.contact_id] for guest in guests if guest.contact_id in known],
        "met": "、".join(f"{one.name} {one.title}".strip() for one in guests if one.contact_id not in known),
        "companions": [host for host in hosts_of(reception) if host.pk != user.pk],
        "place": reception.place[:120],
    }


def _open(by: "User", reception: Reception, version: int | None = None) -> Reception:
    require(by, "receptions.plan", reception.park_id)
    row = hold(reception, version)
    if not row.is_open:
        raise Refused(_("This reception is over and can no longer be changed."), code="reception_over", status=409)
    return row


def _touch(row: Reception) -> None:
    row.version += 1
    row.save(update_fields=["version"])
    _remind(row)


def _check_part(reception: Reception, part: Any) -> None:
    if isinstance(part, ReceptionItem):
        need(part.title, "title")
        check_hours(part.starts_at, part.ends_at)
        first, last = local_date(reception.starts_at), local_date(reception.ends_at)
        if not first <= local_date(part.starts_at) <= local_date(part.ends_at) <= last:
            raise Refused(_("This hour is not on the days of the visit."), field="starts_at", code="outside_visit")
        if part.host is not None:
            check_colleagues([part.host], reception.park_id, "host")
        return
    if isinstance(part, ReceptionGuest):
        part.retain_until = local_date(reception.ends_at) + GUESTS_KEPT
        contact, own = part.contact, (reception.company_id, reception.park_id)
        if contact is not None and (contact.company_id, contact.park_id) != own:
            raise Refused(_("This contact belongs to another company."), field="contact", code="company_mismatch")
        if contact is not None:  # brings name and position along
            part.name, part.title = part.name or contact.name, part.title or contact.title
    part.name = need(part.name, "name")


def _copy(source: Reception, target: Reception) -> None:
    """The schedule on the new days, the provisions not yet ready, and the guests where the company is the same."""
    moved = local_date(target.starts_at) - local_date(source.starts_at)
    last = local_date(target.ends_at)
    own = {"park_id": target.park_id, "reception": target}
    for item in source.items.all():
        values = {name: getattr(item, name) for name in PARTS[ReceptionItem]}
        values |= {"starts_at": item.starts_at + moved, "ends_at": item.ends_at + moved}
        if local_date(values["ends_at"]) <= last:
            ReceptionItem.objects.create(**own, **values)
    for provision in source.provisions.all():
        values = {name: getattr(provision, name) for name in PARTS[ReceptionProvision]}
        ReceptionProvision.objects.create(**own, **(values | {"is_ready": False}))
    for guest in source.guests.all() if source.company_id == target.company_id else ():
        values = {name: getattr(guest, name) for name in PARTS[ReceptionGuest]}
        ReceptionGuest.objects.create(**own, **values, retain_until=last + GUESTS_KEPT)


def _remind(row: Reception) -> None:
    """Replace the reminders of the eve; the version keeps their key their own."""
    prefix = f"reception:{row.pk}:eve:"
    cancel(park_id=row.park_id, key_prefix=prefix)
    due = local_moment(local_date(row.starts_at) - timedelta(days=1), EVE_AT)
    if row.state != Reception.State.CONFIRMED or due <= timezone.now():
        return
    _tell(row, hosts_of(row), f"eve:{row.version}", _eve_text, due_at=due)


def _tell(row: Reception, people: "Iterable[User]", what: str, text: Any, due_at: datetime | None = None) -> None:
    queue(
        park_id=row.park_id,
        recipients=people,
        kind=f"reception_{what.partition(':')[0]}",
        key=f"reception:{row.pk}:{what}",
        text=partial(text, row),
        url=row.get_absolute_url(),
        due_at=due_at,
    )


def _names(row: Reception) -> dict[str, Any]:
    when = f"{timezone.localtime(row.starts_at):%Y-%m-%d %H:%M}"
    return {"company": row.company.name, "when": when, "place": row.place or "—", "host": row.host}


def _confirmed_text(row: Reception) -> tuple[str, str]:
    names = _names(row)
    subject = _("Reception on %(when)s: %(company)s") % names
    return subject, _("You receive. Meeting point: %(place)s. Main host: %(host)s.") % names


def _eve_text(row: Reception) -> tuple[str, str]:
    names = _names(row)
    subject = _("Tomorrow: %(company)s visits") % names
    return subject, _("From %(when)s, %(place)s. Look at the plan once more.") % names


def _cancelled_text(row: Reception, reason: str) -> tuple[str, str]:
    return _("Reception cancelled: %(company)s") % _names(row), reason
