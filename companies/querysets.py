"""Which companies and contacts a person sees, and the search that uses the key index."""

import json
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
MANY, RECENT = 30_000, 20_000
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


# Those that one does.
LISTED = (
    *("name", "credit_code", "code_kind", "industry", "province", "city", "marks", "stock_code", "exchange"),
    *("capital_raw", "capital", "capital_currency", "registered_on", "is_demo", "created_at", "created_by", "version"),
    *("origin_park__name", "industry__code", "industry__name", "industry__name_en"),
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

    def listed(self) -> Self:
        """Only the columns that lists show."""
        return self.select_related("industry", "origin_park").only(*LISTED)

    def slim(self) -> Self:
        """Without the search columns and the long text, which no list shows."""
        return self.defer(*HEAVY)

    def live(self) -> Self:
        """Without those that were merged into another: what lists and choices show."""
        return self.filter(merged_into=None)

    def matching(self, text: str, *, loose: bool = False, also: Collection[int] = ()) -> Self:
        """Companies found by characters, pinyin, initials or a part of the code, and those in `also`, in no order.

        `loose` also finds 中国石化 in 中国石油化工.
        """
        asked = query_keys(text, loose=loose)
        return self.filter(asked.q() | Q(pk__in=also)) if also else self.filter(asked.q())

    def search(self, text: str, *, loose: bool = False) -> Self:
        """`matching`, the best first."""
        return self.matching(text, loose=loose).ranked(text)

    def became(self, text: str) -> list[int]:
        """Ids of what merged companies of this name became: a park's own name for one still finds it."""
        asked = query_keys(text)
        if not asked or asked.is_broad:
            return []
        merged = self.filter(asked.q(), merged_into__isnull=False).order_by()
        return list(merged.values_list("merged_into", flat=True).distinct()[:FIRST])

    def ranked(self, text: str) -> Self:
        """Ordered by how well they fit, whether they fit or not.

        Every row gets `rank`: an exact name before one that begins so, before one that contains it, then the shorter;
        the order is ("rank", "pk"). A query that fits nearly all (“公司”) is not ranked: its rows come by id.
        """
        asked = query_keys(text)
        if asked.is_broad or not asked:
            return self.annotate(rank=Value(0)).order_by("pk")
        grade, length = asked.ranking()
        rank = Cast(grade, IntegerField()) * LONGEST + Cast(length, IntegerField())
        return self.annotate(rank=rank).order_by(F("rank").asc(), "pk")

    def candidates(self, text: str, most: int) -> list[tuple[int, int]]:
        """Rank and id of found rows, the best first: at most `most` and one more, those so called among them.

        Of a company that was merged it is the id of the one that it became: a park's own name for it still finds it.
        Ranking all of ten thousand rows for 科技 costs more than everything else on the page; nobody reads them.
        """
        fitting: Any = self.ranked(text).order_by().values_list("rank", Coalesce("merged_into_id", "pk"))
        found = self._newest(fitting, most) or list(fitting[: most + 1])
        if len(found) > most:
            so_called = fitting.filter(search_keys__contains=[whole_name_key(text)]).order_by("pk")[:FIRST]
            begins = fitting.filter(name_key__startswith=normalise(text)).order_by("name_key", "pk")[:FIRST]
            found += so_called.union(begins, all=True)
        best: dict[int, int] = {}
        for rank, pk in sorted(found):
            best.setdefault(pk, rank)
        return [(rank, pk) for pk, rank in best.items()][: most + 1]

    def _newest(self, fitting: Any, most: int) -> list[tuple[int, int]]:
        """More than `most` of those that came last; nothing where not so many of the last ones fit, or few at all.

        The index names all hundred thousand rows that contain 光电 before the first of them is read: 40 ms of a
        million. So many are read from the end instead, and not further back than it would have taken.
        """
        plan = self.order_by().values("pk").explain(format="json")  # of what cannot be found there is none
        if not plan or json.loads(plan)[0]["Plan"]["Plan Rows"] < MANY:
            return []
        last = self.model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        found = list(fitting.filter(pk__gt=last - RECENT).order_by("-pk")[: most + 1])
        return found if len(found) > most else []


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
            | Q(company__in=Company.objects.matching(text).values("pk"))
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

        return self.filter(company__in=Company.objects.matching(text).values("pk"))


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
