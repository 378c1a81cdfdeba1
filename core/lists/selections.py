"""A selection of rows that the server made and signed: these ids, or all that matched, with their number.

Whoever acts on “all 418 that match” means those 418. The filter is run again before anything happens, and where it
now finds others the act is refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Conflict, Refused
from core.lists.reopening import list_page

if TYPE_CHECKING:
    from accounts.models import User
    from core.pages import ListPage

SALT = "luodi.selection"
GOOD_FOR = timedelta(hours=2)
# As far as lists count: nobody means more rows than the page can say.
MOST = 10_000


@dataclass(frozen=True)
class Selection:
    """All rows that a list's query found for one person; `mark` is the digest of their ids, once they were read."""

    list: str
    query: str
    count: int
    user: int
    mark: str = ""

    def token(self) -> str:
        """Signed, for a form."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def load(cls, token: str, user: "User") -> Self:
        """Raises Refused for one that is forged, somebody else's or too old."""
        try:
            found = cls(**signing.loads(token, salt=SALT, max_age=GOOD_FOR))
        except signing.SignatureExpired as late:
            raise Refused(_("This selection is too old. Select the rows again."), code="selection_expired") from late
        except (signing.BadSignature, TypeError) as bad:
            raise Refused(_("This selection cannot be read. Select the rows again."), code="selection_bad") from bad
        if found.user != user.pk:
            raise Refused(_("This selection cannot be read. Select the rows again."), code="selection_bad")
        return found


@dataclass(frozen=True)
class Chosen:
    """The rows of a selection, read now: their ids in the list's order, and the selection with its mark."""

    page: "ListPage"
    ids: list[int]
    whole: Selection | None = None

    @property
    def count_words(self) -> str:
        """“418 of 418” for all that match, else “3 selected”."""
        number = len(self.ids)
        if self.whole is None:
            return ngettext("%(n)s row", "%(n)s rows", number) % {"n": number}
        return _("all %(n)s of %(of)s that match") % {"n": number, "of": self.whole.count}


def chosen(user: "User", data: QueryDict) -> Chosen:
    """What a form selected: `all` (a token) or `ids`, of the list `list`. Raises Refused, and 404 for no such list."""
    if token := data.get("all", ""):
        return _all_of(user, Selection.load(token, user))
    page = list_page(user, data.get("list", ""), data.get("query", ""))
    ids = list(dict.fromkeys(int(pk) for pk in data.getlist("ids") if pk.isdecimal() and len(pk) < 19))
    if not ids:
        raise Refused(_("Select some rows first."), code="selection_empty")
    seen = set(page.narrowed.filter(pk__in=ids[:MOST]).values_list("pk", flat=True))
    if missing := len(ids) - len(seen):
        text = ngettext(
            "%(n)s of the selected rows is no longer there. Select again.",
            "%(n)s of the selected rows are no longer there. Select again.",
            missing,
        )
        raise Conflict(text % {"n": missing}, code="selection_moved")
    return Chosen(page, [pk for pk in ids if pk in seen])


def _all_of(user: "User", selection: Selection) -> Chosen:
    page = list_page(user, selection.list, selection.query)
    rows: Any = page.filtered
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    mark = digest(ids)
    if len(ids) != selection.count or (selection.mark and selection.mark != mark):
        said = _("The list has moved: %(was)s rows were selected, now %(now)s match. Look at it and select again.")
        raise Conflict(said % {"was": selection.count, "now": len(ids)}, code="selection_moved")
    return Chosen(page, ids, replace(selection, mark=mark))


def digest(ids: Sequence[int]) -> str:
    """Names a set of rows: one that left and one that came instead change it too."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()[:24]
