"""Which companies and contacts a person sees, and the search that uses the key index."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from core.isolation import ParkOwnedQuerySet
from core.searchkeys import normalise, query_keys, whole_name_key

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 10_000
FIRST = 50
SHORTEST_PHONE = 4
# Columns that no list shows.
HEAVY = (
    "search_keys",
    "name_key",
    "name_text",
    "pinyin_text",
    "initials_text",
    "introduction",
    "normal_key",
    "alias_keys",
)


def heavy(path: str) -> list[str]:
    """The same columns of a company that another row refers to by `path`."""
    return [f"{path}__{name}" for name in HEAVY]


class CompanyQuerySet(models.QuerySet[Any]):
    """The registry, and what the reader's own parks typed in."""

    def visible_to(self, user: "User") -> Self:
        """Registry rows for everybody; a park's own rows for that park; a portal session sees its own company."""
        access = user.access
        if access.is_portal:
            return self.filter(pk=access.company_id)
        if not access.read_parks:
            return self.none()
        return self.filter(Q(origin_park=None) | Q(origin_park__in=access.read_parks))

    def slim(self) -> Self:
        """Without the search columns and the long text, which no list shows."""
        return self.defer(*HEAVY)

    def live(self) -> Self:
        """Without those that were merged into another: what lists and choices show."""
        return self.filter(merged_into=None)

    def search(self, text: str, *, loose: bool = False, also: Collection[int] = ()) -> Self:
        """Companies found by characters, pinyin, initials or a part of the code, and those in `also`; the best first.

        Every row gets `rank`: an exact name before one that begins so, before one that contains it, then the shorter;
        order by ("rank", "pk"). A query that fits nearly all (“公司”) is not ranked: its rows come by id. `loose` also
        finds 中国石化 in 中国石油化工.
        """
        asked = query_keys(text, loose=loose)
        found = self.filter(asked.q() | Q(pk__in=also)) if also else self.filter(asked.q())
        if asked.is_broad or not asked:
            return found.annotate(rank=Value(0)).order_by("pk")
        return found.ranked(text)

    def became(self, text: str) -> list[int]:
        """Ids of what merged companies of this name became: a park's own name for one still finds it."""
        asked = query_keys(text)
        if not asked or asked.is_broad:
            return []
        merged = self.filter(asked.q(), merged_into__isnull=False).order_by()
        return list(merged.values_list("merged_into", flat=True).distinct()[:FIRST])

    def ranked(self, text: str) -> Self:
        """Ordered by how well they fit, whether they fit or not."""
        grade, length = query_keys(text).ranking()
        rank = Cast(grade, IntegerField()) * LONGEST + Cast(length, IntegerField())
        return self.annotate(rank=rank).order_by(F("rank").asc(), "pk")

    def candidates(self, text: str, most: int) -> list[int]:
        """Ids of found rows, at most `most` and one more, among them those called or beginning with the text.

        Of a company that was merged it is the id of the one that it became: a park's own name for it still finds it.
        Ranking all of ten thousand rows for 科技 costs more than everything else on the page; nobody reads them.
        """
        lasting = Coalesce("merged_into_id", "pk")
        ids = list(dict.fromkeys(self.order_by().values_list(lasting, flat=True)[: most + 1]))
        if len(ids) <= most:
            return ids
        so_called = self.filter(search_keys__contains=[whole_name_key(text)]).order_by("pk")
        begins = self.filter(name_key__startswith=normalise(text)).order_by("name_key", "pk")
        called, begun = (
            rows.annotate(lasting=lasting).values_list("lasting", flat=True)[:FIRST] for rows in (so_called, begins)
        )
        return list(dict.fromkeys([*called.union(begun, all=True), *ids]))[: most + 1]


class ContactQuerySet(ParkOwnedQuerySet[Any]):
    """Contacts are private to a park."""

    def kept(self) -> Self:
        """Without the cards whose person was erased."""
        return self.filter(erased_at=None)

    def overdue(self) -> Self:
        """Kept longer than they may be."""
        return self.kept().filter(retain_until__lt=timezone.localdate())

    def search(self, text: str, *, phones_in: Collection[int] = ()) -> Self:
        """By a part of the person's name or position, or by their company.

        At least four digits are also looked for in the telephone numbers of the parks in `phones_in`: those where the
        reader may see them.
        """
        from companies.models import Company

        found = (
            Q(name__contains=text)
            | Q(title__contains=text)
            | Q(company__in=Company.objects.search(text).order_by().values("pk"))
        )
        return self.filter(found | by_phone(text, phones_in))


def by_phone(text: str, parks: Collection[int]) -> Q:
    """Contacts whose number contains these digits; nothing for text that is no number."""
    digits = re.sub(r"[\s()（）+-]", "", text)
    if len(digits) < SHORTEST_PHONE or not digits.isdecimal() or not parks:
        return Q(pk__in=())
    return Q(park_id__in=parks, phone_digits__contains=digits)


class RevealQuerySet(ParkOwnedQuerySet[Any]):
    """Who looked: private to a park, like the contacts."""


class ProfileQuerySet(ParkOwnedQuerySet[Any]):
    """Target profiles are private to a park."""

    def search(self, text: str) -> Self:
        """By their company."""
        from companies.models import Company

        return self.filter(company__in=Company.objects.search(text).order_by().values("pk"))


class RelationQuerySet(models.QuerySet[Any]):
    """Public relations between companies of the registry."""

    def visible_to(self, user: "User") -> Self:
        """Whoever sees the registry; a portal session sees none."""
        access = user.access
        return self.none() if access.is_portal or not access.read_parks else self


class DuplicateQuerySet(models.QuerySet[Any]):
    """Pairs of the registry, and those of one's own parks: whoever does not see a company does not see its pairs."""

    def visible_to(self, user: "User") -> Self:
        """A pair with a company that a park typed in is seen in that park alone; a portal session sees none."""
        access = user.access
        if access.is_portal or not access.read_parks:
            return self.none()
        return self.filter(Q(park=None) | Q(park__in=access.read_parks))

    def of(self, company: Any) -> Self:
        """Pairs in which this company stands."""
        return self.filter(Q(left=company) | Q(right=company))


class MergeQuerySet(DuplicateQuerySet):
    """Merges are seen like the pairs that they settle."""
