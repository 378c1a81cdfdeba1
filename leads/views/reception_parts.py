"""The parts of a reception plan: guests, hours, provisions."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.access import person
from leads.actions.personal import reveal_person
from leads.actions.reception import put_part, remove_part
from leads.forms.reception import GuestForm, ItemForm, ProvisionForm
from leads.models import Reception, ReceptionGuest, ReceptionItem, ReceptionProvision
from leads.views.outward import RowAction
from leads.views.reception import PLAN, ReceptionRowForm

KINDS: dict[str, tuple[Any, Any, Any]] = {
    "guest": (ReceptionGuest, GuestForm, _("Guest")),
    "item": (ReceptionItem, ItemForm, _("Schedule item")),
    "provision": (ReceptionProvision, ProvisionForm, _("Provision")),
}


class PartForm(ReceptionRowForm, abstract=True):
    """A guest, an hour or a provision: new, or corrected."""

    part_kind = ""
    fields_template = "leads/reception/part_fields.html"

    @property
    def form_class(self) -> Any:  # type: ignore[override]  # chosen by the kind of part
        return KINDS[self.part_kind][1]

    def get_title(self) -> Any:
        return KINDS[self.part_kind][2]

    @property
    def reception(self) -> Reception:
        """The plan that it belongs to."""
        found: Reception = getattr(self.row, self.owner) if self.owner else self.row
        return found

    def get_initial(self) -> dict[str, Any]:
        if not self.owner:
            return {}
        contact = getattr(self.row, "contact_id", None)
        return {"version": self.row.version} | ({"contact": str(contact)} if contact else {})

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.part_kind != "provision":
            kwargs["reception"] = self.reception
        return kwargs | ({"instance": self.row} if self.owner else {})

    def perform(self, form: Any) -> Any:
        # The form has written into its instance; the action takes the values alone and writes them itself.
        old = KINDS[self.part_kind][0].objects.get(pk=self.row.pk) if self.owner else None
        return put_part(
            KINDS[self.part_kind][0],
            by=person(self.request),
            reception=self.reception,
            part=old,
            **form.cleaned_data,
        )


class AddGuest(PartForm):
    """A new guest."""

    permission = PLAN
    part_kind = "guest"


class AddItem(PartForm):
    """A new hour."""

    permission = PLAN
    part_kind = "item"


class AddProvision(PartForm):
    """A new provision."""

    permission = PLAN
    part_kind = "provision"


class EditGuest(PartForm):
    """Correct a guest; opening the telephone unmasked is written down."""

    permission = PLAN
    merges = True
    part_kind, model, owner = "guest", ReceptionGuest, "reception"

    @cached_property
    def unmasked(self) -> bool:
        """May this person read the telephone? Who may not, leaves it as it is."""
        return bool(person(self.request).access.can("contacts.reveal", self.row.park_id))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"unmasked": self.unmasked}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.row.phone and self.unmasked:
            reveal_person(by=person(request), row=self.row)
        return super().get(request, *args, **kwargs)


class EditItem(PartForm):
    """Correct an hour."""

    permission = PLAN
    merges = True
    part_kind, model, owner = "item", ReceptionItem, "reception"


class EditProvision(PartForm):
    """Correct a provision."""

    permission = PLAN
    merges = True
    part_kind, model, owner = "provision", ReceptionProvision, "reception"


class RemovePart(RowAction, abstract=True):
    """Take it out."""

    permission = PLAN
    owner = "reception"
    success_message = _("Taken out.")

    def perform(self) -> Reception:
        return remove_part(by=person(self.request), part=self.row)


class RemoveGuest(RemovePart):
    """Take a guest out."""

    permission = PLAN
    model = ReceptionGuest


class RemoveItem(RemovePart):
    """Take an hour out."""

    permission = PLAN
    model = ReceptionItem


class RemoveProvision(RemovePart):
    """Take a provision out."""

    permission = PLAN
    model = ReceptionProvision
