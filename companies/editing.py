"""Which fields of a company are changed in its cell, in its panel, or for many companies at once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.actions import change_company
from companies.forms.registry import CityField, IndustryField
from companies.models import Company
from core.lists.editing import Editable, Editor, register

if TYPE_CHECKING:
    from accounts.models import User


class CompanyEditor(Editor):
    """Facts of the registry, by those who may correct them."""

    noun = "companies"
    model = Company
    permission = "companies.change"
    fields = (
        Editable("industry", _("Industry"), lambda user, company: IndustryField(), attribute="industry_id"),
        Editable("province", _("Province"), lambda user, company: forms.CharField(max_length=40)),
        Editable("city", _("City"), lambda user, company: CityField(company.province if company else "")),
        Editable("address", _("Address"), lambda user, company: forms.CharField(max_length=240), bulk=False),
        Editable("website", _("Website"), lambda user, company: forms.URLField(assume_scheme="https"), bulk=False),
        Editable(
            "capital_raw", _("Registered capital"), lambda user, company: forms.CharField(max_length=80), bulk=False
        ),
        Editable("registered_on", _("Registered on"), lambda user, company: forms.DateField(), bulk=False),
    )

    def rows(self, user: "User") -> Any:
        """The registry and the own ones."""
        return Company.objects.visible_to(user).select_related("industry", "origin_park")

    def may_edit(self, user: "User", row: Company) -> bool:
        """As the action has it, asked without a query."""
        if row.origin_park_id is not None:
            return user.access.can("companies.change", row.origin_park_id)
        if row.created_by_id == user.pk:
            return user.access.can("companies.change")
        return user.access.can("companies.steward")

    def write(self, *, by: "User", row: Company, values: dict[str, Any], version: int | None = None) -> Company:
        """A correction."""
        return change_company(by=by, company=row, version=version, **values)


COMPANIES = register(CompanyEditor())
