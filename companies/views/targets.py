"""Target profiles, and how companies hang together."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from companies.actions import relate, remove_relation, write_profile
from companies.filters import ProfileFilter
from companies.forms import ProfileForm, RelateForm
from companies.models import Company, ParkRelation, Relation, TargetProfile
from companies.queries import profile_in
from core.access import fetch, person, require
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Quick

HEAVY = tuple(
    f"company__{name}" for name in ("search_keys", "name_text", "pinyin_text", "initials_text", "introduction")
)


class TargetList(ListPage):
    """The companies that one's parks have begun to describe, and how far they got."""

    permission = "profiles.view"
    title = _("Target library")
    filterset_class = ProfileFilter
    rows_template = "companies/target_rows.html"
    default_order = "-updated_at"
    saves_views = True
    columns = (
        Column("company", _("Company")),
        Column("filled", _("Completeness"), sort="filled"),
        Column("demands", _("Key demands")),
        Column("decider", _("Decision maker")),
        Column("leader", _("Leader of its industry")),
        Column("park", _("Park")),
        Column("changed", _("Changed"), sort="updated_at"),
    )
    quick = (
        Quick(_("Decision maker not met"), "decider_met", "false"),
        Quick(_("Incomplete"), "complete", "false"),
        Quick(_("Leaders"), "is_leader", "true"),
    )
    empty = Empty(
        _("The library is empty"),
        _("Describe a company on its page: what it is, what it wants, who decides."),
        "target",
        "companies:list",
        _("To the companies"),
        permission="companies.view",
        sheet=False,
    )

    def get_queryset(self) -> QuerySet[TargetProfile]:
        user = person(self.request)
        rows = TargetProfile.objects.visible_to(user).filter(park_id__in=user.access.parks_with("profiles.view"))
        return rows.select_related("company", "park").defer(*HEAVY)


class OneCompany:
    """Mixin: the company of the address."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def company(self) -> Company:
        """Seen by this person, or 404."""
        company: Company = fetch(Company.objects.visible_to(person(self.request)).slim(), pk=self.kwargs["pk"])
        return company

    def get_back_url(self) -> str:
        return self.company.get_absolute_url()

    def get_success_url(self, result: Any) -> str:
        return self.get_back_url()


class EditProfile(OneCompany, FormPage):
    """Write down what a park knows of its target (`?park=`, else the home park)."""

    merges = True
    permission = "profiles.change"
    title = _("Target profile")
    form_class = ProfileForm
    fields_template = "companies/profile_fields.html"

    @cached_property
    def park_id(self) -> int:
        """The park that writes, by its code."""
        asked, access = self.request.GET.get("park", ""), self.access
        allowed = access.parks_with(self.permission)
        if asked:
            return next((park.id for park in access.parks if park.code == asked), 0)
        return access.home_park_id if access.home_park_id in allowed else min(allowed, default=0)

    def get_initial(self) -> dict[str, Any]:
        require(person(self.request), self.permission, self.park_id)
        return ProfileForm.values_of(profile_in(self.park_id, self.company))

    def perform(self, form: ProfileForm) -> TargetProfile:
        return write_profile(by=person(self.request), park_id=self.park_id, company=self.company, **form.cleaned_data)


class RelateCompany(OneCompany, FormPage):
    """Say what another company is to this one."""

    permission = "profiles.view"
    title = _("Add a relation")
    form_class = RelateForm
    fields_template = "companies/relate_fields.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "company": self.company}

    def check_permission(self) -> None:
        """For who keeps what a park knows, and for stewards."""
        super().check_permission()
        if not self.access.can("companies.steward"):
            require(person(self.request), "profiles.change")

    def perform(self, form: RelateForm) -> Relation | ParkRelation:
        park_id, facts = form.taken()
        public = facts.pop("public", False)
        return relate(by=person(self.request), company=self.company, park_id=None if public else park_id, **facts)


class RemoveRelation(OneCompany, ActionPage):
    """It was wrong, or is over."""

    permission = "profiles.view"
    success_message = _("Removed.")

    def perform(self) -> None:
        rows: Any = (ParkRelation if self.kwargs["where"] == "park" else Relation).objects
        relation = fetch(rows.visible_to(person(self.request)), pk=self.kwargs["relation"])
        if self.company.pk not in {relation.from_company_id, relation.to_company_id}:
            raise Http404
        remove_relation(by=person(self.request), relation=relation)
