"""Choosing a company while typing, and the park where there is more than one: parts of several forms."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company
from companies.queries import find_companies
from leads.queries import Held, held_companies

NEW = "new"
OFFERED = 8
SHORTEST_NAME = 4


@dataclass(frozen=True)
class Option:
    """A company that fits what was typed; `held` says who claimed it in this park."""

    company: Company
    held: Held | None = None


def options_for(user: User, text: str, park_id: int | None = None) -> list[Option]:
    """The best companies for some typed characters."""
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    rows = find_companies(user, text, OFFERED)
    held = held_companies(user, park_id, rows) if park_id else {}
    return [Option(company, held.get(company.pk)) for company in rows]


class ParkPicked(forms.Form):
    """The park in which the row will live; asked for only where there is a choice."""

    park_permission: ClassVar[str] = ""

    park = forms.TypedChoiceField(label=_("Park"), coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)  # type: ignore[call-arg]  # beside CompanyPicked
        parks = user.access.parks_with(self.park_permission)
        self.home = user.access.home_park_id if user.access.home_park_id in parks else next(iter(sorted(parks)), None)
        named = [(park.id, park.name) for park in user.access.parks if park.id in parks]
        if len(named) < 2:
            del self.fields["park"]
        else:
            self.fields["park"].choices = named  # type: ignore[attr-defined]
            self.fields["park"].initial = self.home

    @property
    def park_id(self) -> int:
        """The chosen park, else the only one."""
        return int(self.cleaned_data.get("park") or self.home or 0)


class CompanyPicked(forms.Form):
    """A company found by typing: characters, pinyin, initials, code; `new` adds the typed name as a company."""

    company_required: bool = False
    # The id is hidden behind the name that was typed or chosen.
    goes_with: ClassVar[dict[str, tuple[str, ...]]] = {"company_text": ("company",)}
    company_use: ClassVar[str] = "look"

    company_text = forms.CharField(label=_("Company"), max_length=200, required=False)
    company = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fixed_company = company
        self.new_company = ""
        if company is not None:
            self.drop_company()
        else:
            self.fields["company_text"].widget.attrs |= self.search_attributes()

    def search_attributes(self) -> dict[str, str]:
        """What makes the box search while one types."""
        return {
            "hx-get": f"{reverse('leads:companies')}?for={self.company_use}",
            "hx-target": "#company-options",
            "hx-swap": "innerHTML",
            "hx-trigger": "input changed delay:250ms",
            "hx-sync": "this:replace",
            # What is chosen already stays chosen when later letters bring it again.
            "hx-include": "#company-options",
            "autocomplete": "off",
            "placeholder": gettext("Name, pinyin, initials or credit code"),
        }

    def drop_company(self) -> None:
        """The company is known: nothing to choose."""
        del self.fields["company_text"], self.fields["company"]

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the company stands at the box in which it is searched."""
        if field in {"company", "name"}:
            field = "company_text" if self.picks else None
        super().add_error(field, error)

    @property
    def picks(self) -> bool:
        """Is there a company to choose?"""
        return "company_text" in self.fields

    @property
    def chosen(self) -> str:
        """The value of the chosen option, to be kept when the form comes back."""
        return str(self["company"].value() or "") if self.picks else ""

    @cached_property
    def options(self) -> list[Option]:
        """What fits the text that came with the form."""
        return options_for(self.user, self.typed, self.park_of_options) if self.picks else []

    @property
    def chosen_words(self) -> dict[str, list[str]]:
        """What was typed to find the company is not what was meant: its name is."""
        company = getattr(self, "cleaned_data", {}).get("company") if self.picks else None
        return {"company_text": [company.name]} if company else {}

    @property
    def typed(self) -> str:
        """What stands in the box."""
        return str(self["company_text"].value() or "").strip() if self.picks else ""

    @property
    def park_of_options(self) -> int | None:
        """The park whose claims are shown beside the companies, where that matters."""
        return self.user.access.home_park_id if self.company_use == "claim" else None

    @property
    def may_add(self) -> bool:
        """May this person add a company that is not there yet?"""
        return self.user.access.can("companies.add")

    def clean(self) -> dict[str, Any]:
        """A company that the person sees, in place of its id."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.picks:
            data["company"] = self.fixed_company
            return data
        chosen, text = data.get("company") or "", (data.get("company_text") or "").strip()
        if chosen == NEW and len(text) >= SHORTEST_NAME:
            self.new_company, data["company"] = text, None
            return data
        data["company"] = self._found(chosen, text)
        if data["company"] is None and chosen:
            self.add_error("company_text", _("Choose a company from the list."))
        elif data["company"] is None and self.company_required:
            self.add_error("company_text", _("Type a part of the name and choose the company."))
        return data

    def _found(self, chosen: str, text: str) -> Company | None:
        rows = Company.objects.visible_to(self.user)
        if chosen:
            found = rows.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
            return found.lasting if found else None
        return rows.live().filter(name=text).first() if text else None
