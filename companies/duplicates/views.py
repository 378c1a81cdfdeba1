"""The review list of possible duplicates: both sides, the decision, and the way back."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.actions.duplicates import (
    compare_by_hand,
    mark_different,
    may_decide,
    merge_companies,
    put_off,
    reopen,
    require_decide,
    search_duplicates,
    undo_merge,
)
from companies.actions.unmerge import bring_over, may_undo
from companies.duplicates.filters import DuplicateFilter
from companies.duplicates.forms import DifferentForm, MergeForm
from companies.models import Company, Duplicate, Merge
from companies.queries.duplicates import hanging_on, lines_of, made_since
from companies.querysets import heavy
from core.access import fetch, person
from core.models import Job
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Quick, RecordPage


class DuplicateList(ListPage):
    """Pairs that may be one company, the likeliest first."""

    permission = "duplicates.view"
    title = _("Possible duplicates")
    filterset_class = DuplicateFilter
    rows_template = "companies/duplicates/rows.html"
    template_name = "companies/duplicates/list.html"
    default_order = "-score"
    columns = (
        Column("left", _("Company")),
        Column("right", _("Perhaps the same")),
        Column("evidence", _("Grounds")),
        Column("score", _("Likeness"), sort="score", numeric=True),
        Column("origin", _("Origin")),
        Column("state", _("State")),
        Column("found", _("Found at"), sort="found_at"),
    )
    quick = (
        Quick(_("Same key"), "score", "90"),
        Quick(_("Put off"), "state", "later"),
        Quick(_("Merged"), "state", "merged"),
        Quick(_("Not the same"), "state", "different"),
    )
    empty = Empty(
        _("No possible duplicates"),
        _("Companies that are typed in or imported are compared with the registry; what looks alike is put here."),
        "copy",
    )

    def get_queryset(self) -> QuerySet[Duplicate]:
        rows = Duplicate.objects.visible_to(person(self.request)).select_related("left", "right", "park")
        return rows.defer(*heavy("left"), *heavy("right"))

    @property
    def parks(self) -> frozenset[int]:
        """Not read park by park: most pairs are the registry's and have none."""
        return frozenset()

    @property
    def may_search(self) -> bool:
        """Whether the button that goes through the whole registry is there."""
        return bool(self.access.can("companies.steward"))


class OnePair:
    """Mixin: the pair of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def pair(self) -> Duplicate:
        """Seen by this person, or 404."""
        rows = Duplicate.objects.visible_to(person(self.request))
        rows = rows.select_related(
            "left__industry", "right__industry", "left__origin_park", "right__origin_park", "park"
        )
        pair: Duplicate = fetch(rows.select_related("decided_by"), pk=self.kwargs["pk"])
        return pair

    def get_back_url(self) -> str:
        """The pair's page."""
        return self.pair.get_absolute_url()


class DuplicateRecord(OnePair, RecordPage):
    """Both side by side, what hangs on each, and the decision."""

    permission = "duplicates.view"
    template_name = "companies/duplicates/record.html"

    def get_object(self) -> Duplicate:
        return self.pair

    def get_title(self) -> str | Promise:
        return _("Possible duplicate")

    @cached_property
    def merge(self) -> Merge | None:
        """The last one that was asked for."""
        rows = Merge.objects.visible_to(person(self.request)).filter(duplicate=self.pair)
        merge: Merge | None = rows.select_related("by", "survivor", "loser").last()
        return merge

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page asks again while the work goes on in the background; when it has ended, all of it is loaded anew."""
        if "watch" not in request.GET:
            return super().get(request, *args, **kwargs)
        if self.merge is None or not self.merge.is_busy:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return self.part("companies/duplicates/working.html", merge=self.merge)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, pair, merge = person(self.request), self.pair, self.merge
        own = {
            "lines": lines_of(pair.left, pair.right),
            "hanging": hanging_on(user, pair.left, pair.right),
            "may_decide": may_decide(user, pair.park_id),
            "merge": merge,
            "may_undo": merge is not None and may_undo(user, merge),
            "since": made_since(user, merge) if merge is not None and merge.state == Merge.State.DONE else [],
        }
        return super().get_context_data(**(own | kwargs))


class MergePair(OnePair, FormPage):
    """Merge: which stays, and whose facts."""

    permission = "duplicates.view"
    title = _("Merge two companies")
    form_class = MergeForm
    fields_template = "companies/duplicates/merge_fields.html"
    submit_label = _("Merge")
    success_message = _("They are being merged.")

    def get_form_kwargs(self) -> dict[str, Any]:
        require_decide(person(self.request), self.pair.park_id)
        kwargs = super().get_form_kwargs()
        return kwargs | {"pair": self.pair, "user": person(self.request)}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.pair.version}

    def perform(self, form: MergeForm) -> Duplicate:
        merge_companies(by=person(self.request), duplicate=self.pair, **form.taken())
        return self.pair


class DifferentPair(OnePair, FormPage):
    """Two companies after all."""

    permission = "duplicates.view"
    title = _("Not the same company")
    form_class = DifferentForm
    submit_label = _("Not the same")
    intro = _("The two are not proposed again.")

    def get_initial(self) -> dict[str, Any]:
        require_decide(person(self.request), self.pair.park_id)
        return {"version": self.pair.version}

    def perform(self, form: DifferentForm) -> Duplicate:
        return mark_different(by=person(self.request), duplicate=self.pair, **form.cleaned_data)


class PutOffPair(OnePair, ActionPage):
    """Not now."""

    permission = "duplicates.view"
    success_message = _("Put off.")

    def perform(self) -> Duplicate:
        return put_off(by=person(self.request), duplicate=self.pair)


class ReopenPair(OnePair, ActionPage):
    """To be decided again."""

    permission = "duplicates.view"
    success_message = _("It is to be decided again.")

    def perform(self) -> Duplicate:
        return reopen(by=person(self.request), duplicate=self.pair)


class OneMerge:
    """Mixin: the merge of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def merge(self) -> Merge:
        """Seen by this person, or 404."""
        rows = Merge.objects.visible_to(person(self.request)).select_related("survivor", "duplicate")
        merge: Merge = fetch(rows, pk=self.kwargs["pk"])
        return merge


class UndoMerge(OneMerge, ActionPage):
    """Two companies again."""

    permission = "duplicates.view"
    success_message = _("The merge is being undone.")

    def perform(self) -> Any:
        merge = undo_merge(by=person(self.request), merge=self.merge)
        return merge.duplicate or merge.survivor


class BringOver(OneMerge, ActionPage):
    """What had stayed behind in a park comes to the lasting company."""

    permission = "companies.merge"
    success_message = _("Brought over.")

    def perform(self) -> Company:
        park = self.request.POST.get("park", "")
        bring_over(by=person(self.request), merge=self.merge, park_id=int(park) if park.isdecimal() else 0)
        return self.merge.survivor


class ComparePair(ActionPage):
    """Two companies that a person found alike, side by side."""

    permission = "duplicates.view"
    success_message = _("Side by side.")

    def perform(self) -> Duplicate:
        rows: Any = Company.objects.visible_to(person(self.request))
        one = fetch(rows, pk=self.kwargs["pk"])
        other = fetch(rows, pk=self.request.POST.get("other", "0"))
        return compare_by_hand(by=person(self.request), one=one, other=other)


class SearchDuplicates(ActionPage):
    """Go through the whole registry."""

    permission = "companies.steward"
    success_message = _("The search has begun.")

    def perform(self) -> Job:
        return search_duplicates(by=person(self.request))

    def get_success_url(self, result: Any) -> str:
        return reverse("core:job", args=[result.uuid])
