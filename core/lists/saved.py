"""Saved views of lists: what one is, who may save, share, change and delete it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Conflict, Refused, Stale
from core.models import SavedView

if TYPE_CHECKING:
    from accounts.models import User

MOST_VALUES = 50
LONGEST_VALUE = 200
MOST_VIEWS = 60
NARROWEST, WIDEST = 64, 960  # as in static/luodi/widths.js
EDITABLE = frozenset({"name", "visibility", "is_pinned", "is_default"})


@dataclass(frozen=True)
class Definition:
    """What a view keeps of an address: filters (parameter → values as written), order, columns and their widths."""

    filters: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = ""
    columns: list[str] = field(default_factory=list)
    widths: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, view: SavedView) -> Self:
        """As the row holds it."""
        return cls(view.filters, view.sort, view.columns, view.widths)

    @classmethod
    def read(cls, query: str, *, filters: Iterable[str], sorts: Iterable[str], columns: Iterable[str]) -> Self:
        """Out of a query string: only what this list knows, no empty values, nothing longer than people type."""
        asked, known, names = QueryDict(query), set(filters), [*columns]
        values = {
            name: [value[:LONGEST_VALUE] for value in asked.getlist(name) if value][:MOST_VALUES]
            for name in sorted(asked)
            if name in known
        }
        sort = asked.get("sort", "")
        chosen = chosen_columns(asked.getlist("cols"), names)
        return cls(
            {name: found for name, found in values.items() if found},
            sort if sort.removeprefix("-") in set(sorts) else "",
            chosen,
            drawn_widths(asked.get("widths", ""), names),
        )

    def parameters(self) -> dict[str, list[str]]:
        """As parameters of an address."""
        order = {"sort": [self.sort]} if self.sort else {}
        columns = {"cols": [",".join(self.columns)]} if self.columns else {}
        widths = {"widths": [self.drawn]} if self.widths else {}
        return {**self.filters, **order, **columns, **widths}

    @property
    def drawn(self) -> str:
        """The widths as a page and an address have them: `company:240,amount:96`."""
        return ",".join(f"{key}:{width}" for key, width in self.widths.items())


def chosen_columns(asked: Iterable[str], known: Iterable[str]) -> list[str]:
    """The column keys of `cols=a,b` or `cols=a&cols=b`, each once, those that the list has."""
    names = set(known)
    keys = [key for text in asked for key in text.split(",")]
    return [key for key in dict.fromkeys(keys) if key in names]


def drawn_widths(text: str, known: Iterable[str]) -> dict[str, int]:
    """The widths of `company:240,amount:96`, of columns that the list has, in the bounds of what can be drawn."""
    names = set(known)
    pairs = [pair.partition(":") for pair in text.split(",")]
    found = {key: int(width) for key, _colon, width in pairs if key in names and width.isdecimal() and len(width) < 5}
    return {key: width for key, width in sorted(found.items()) if NARROWEST <= width <= WIDEST}


def views_of(user: "User", list_name: str) -> list[SavedView]:
    """The views of one list that the person sees: pinned first, then in the order given to them."""
    rows = SavedView.objects.visible_to(user).kept().filter(list_name=list_name)
    return list(rows.order_by("-is_pinned", "position", "id")[:MOST_VIEWS])


def default_of(user: "User", views: Iterable[SavedView]) -> SavedView | None:
    """One's own default before one that was shared."""
    found = sorted((v for v in views if v.is_default), key=lambda view: (view.owner_id != user.pk, view.position))
    return found[0] if found else None


def may_edit(user: "User", view: SavedView) -> bool:
    """One's own private ones; shared ones only those who share views in that park."""
    if view.is_shared:
        return user.access.can("views.share", view.park_id)
    return bool(view.owner_id == user.pk) and user.access.can("views.use", view.park_id)


@transaction.atomic
def save_view(
    *,
    by: "User",
    park_id: int,
    list_name: str,
    name: str,
    definition: Definition,
    visibility: str = SavedView.Visibility.OWN,
    is_pinned: bool = False,
    is_default: bool = False,
) -> SavedView:
    """Keep a list as it stands. Raises Conflict for a name that one uses already for this list."""
    require(by, "views.use", park_id)
    name = _checked_name(name)
    view = SavedView(
        park_id=park_id,
        owner=by,
        list_name=list_name,
        name=name,
        filters=dict(definition.filters),
        sort=definition.sort,
        columns=definition.columns,
        widths=dict(definition.widths),
        is_pinned=is_pinned,
        is_default=is_default,
    )
    _share(by, view, visibility)
    own = SavedView.objects.filter(park_id=park_id, owner=by, list_name=list_name, deleted_at=None)
    view.position = own.count() + 1
    if view.position > MOST_VIEWS:
        raise Refused(_("These are enough views for one list. Delete one first."), field="name", code="too_many")
    _store(view)
    return view


@transaction.atomic
def change_view(*, by: "User", view: SavedView, version: int | None = None, **values: Any) -> SavedView:
    """Rename, share, pin it, or open the list with it."""
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"not editable: {sorted(unknown)}")
    row = _held(by, view, version)
    if "name" in values:
        values["name"] = _checked_name(values["name"])
    if "visibility" in values:
        _share(by, row, values.pop("visibility"))
    for name, value in values.items():
        setattr(row, name, value)
    _store(row)
    return row


@transaction.atomic
def redefine_view(*, by: "User", view: SavedView, definition: Definition, version: int | None = None) -> SavedView:
    """Save over it what the list shows now."""
    row = _held(by, view, version)
    row.filters, row.sort, row.columns = dict(definition.filters), definition.sort, definition.columns
    row.widths = dict(definition.widths)
    _store(row)
    return row


@transaction.atomic
def move_view(*, by: "User", view: SavedView, up: bool) -> SavedView:
    """One place up or down among the views of its owner and list."""
    row = _held(by, view)
    siblings = SavedView.objects.filter(park_id=row.park_id, list_name=row.list_name, deleted_at=None)
    if row.is_shared:
        siblings = siblings.exclude(visibility=SavedView.Visibility.OWN)
    else:
        siblings = siblings.filter(owner=row.owner_id, visibility=SavedView.Visibility.OWN)
    order = list(siblings.order_by("position", "id").values_list("pk", flat=True))
    place = order.index(row.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for position, pk in enumerate(order, 1):
        SavedView.objects.filter(pk=pk, park_id=row.park_id).exclude(position=position).update(position=position)
    row.refresh_from_db()
    return row


@transaction.atomic
def delete_view(*, by: "User", view: SavedView) -> SavedView:
    """Put it away; it can be taken back."""
    row = _held(by, view)
    row.deleted_at = timezone.now()
    _store(row)
    return row


@transaction.atomic
def restore_view(*, by: "User", view: SavedView) -> SavedView:
    """Take a deleted view back, unless its name is in use again."""
    row = _held(by, view)
    row.deleted_at = None
    _store(row)
    return row


def _held(by: "User", view: SavedView, version: int | None = None) -> SavedView:
    row: SavedView = SavedView.objects.select_for_update().get(pk=view.pk)
    if not may_edit(by, row):
        raise Refused(_("Shared views are changed by managers. Save it as a view of your own."), code="not_yours")
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this view meanwhile. Look at it again and repeat your change."))
    return row


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Give the view a name."), field="name", code="required")
    return name


def _share(by: "User", view: SavedView, visibility: str) -> None:
    if visibility != SavedView.Visibility.OWN:
        if not by.access.can("views.share", view.park_id):
            raise Refused(_("Views are shared by managers."), field="visibility", code="may_not_share", status=403)
        if visibility == SavedView.Visibility.DEPARTMENT and not by.access.department_ids:
            raise Refused(_("You belong to no department here."), field="visibility", code="no_department")
    view.visibility = visibility
    if visibility == SavedView.Visibility.DEPARTMENT and view.department_id is None:
        view.department_id = min(by.access.department_ids)


def _store(view: SavedView) -> None:
    """Write it; one default per person and list."""
    view.version = view.version + 1 if view.pk else 1
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise Conflict(_("You have a view of this name already."), field="name", code="name_taken") from taken
    if view.is_default:
        others = SavedView.objects.filter(park_id=view.park_id, list_name=view.list_name, is_default=True).exclude(
            pk=view.pk
        )
        others = others.filter(visibility=view.visibility, owner=view.owner_id)
        others.update(is_default=False, version=F("version") + 1)
