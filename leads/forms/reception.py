"""The shape of input about reception plans."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.queries import colleagues
from companies.models import Contact
from core.forms import Versioned
from leads.actions.reception import planned_people
from leads.forms.activities import LogForm
from leads.forms.outward import THREE_LINES, ChoiceOfRow, MomentField, PersonField
from leads.models import Reception, ReceptionGuest, ReceptionItem, ReceptionProvision
from leads.pickers import CompanyPicked


class ReceptionForm(Versioned):
    """What the plan is for; the company is chosen when it is made."""

    title = forms.CharField(label=_("Title"), max_length=160)
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    place = forms.CharField(label=_("Meeting point"), max_length=160, required=False)
    host = PersonField(label=_("Main host"))
    language = forms.ChoiceField(label=_("Language of the guests"), choices=Reception.Language.choices)
    purpose = forms.CharField(
        label=pgettext_lazy("visit", "Purpose"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=THREE_LINES),
    )
    internal_note = forms.CharField(
        label=_("Internal note"), max_length=4000, required=False, widget=forms.Textarea(attrs=THREE_LINES)
    )

    def __init__(self, *args: Any, park_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].offer(colleagues(frozenset({park_id})))  # type: ignore[attr-defined]  # a PersonField


class NewReceptionForm(CompanyPicked, ReceptionForm):
    """The same with the company."""

    company_required = True
    version = None  # type: ignore[assignment]  # a new plan has none

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["host"].initial = user


class GuestForm(Versioned, forms.ModelForm[ReceptionGuest]):
    """A guest with what should be thought of."""

    contact = ChoiceOfRow(label=_("From the contacts"), required=False)

    class Meta:
        model = ReceptionGuest
        fields = (
            *("contact", "name", "title", "phone", "is_head", "language", "interpreter"),
            *("diet", "smoking", "courtesies"),
        )

    def __init__(self, *args: Any, reception: Reception, unmasked: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unmasked:
            del self.fields["phone"]
        known = Contact.objects.filter(park_id=reception.park_id, company=reception.company_id).order_by("id")[:100]
        self.fields["contact"].offer(known, label=_contact)  # type: ignore[attr-defined]  # a ChoiceOfRow
        self.fields["name"].required = False


class ItemForm(Versioned, forms.ModelForm[ReceptionItem]):
    """An hour of the schedule."""

    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    host = PersonField(label=_("Received by"), required=False)

    class Meta:
        model = ReceptionItem
        fields = (
            *("kind", "title", "starts_at", "ends_at", "place", "host", "meets"),
            *("title_en", "place_en", "internal_note"),
        )

    def __init__(self, *args: Any, reception: Reception, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].offer(colleagues(frozenset({reception.park_id})))  # type: ignore[attr-defined]  # a PersonField
        if self.instance._state.adding:
            last = reception.items.order_by("-ends_at").first()
            begin = timezone.localtime(last.ends_at if last else reception.starts_at)
            self.fields["starts_at"].initial = begin
            self.fields["ends_at"].initial = begin + timedelta(hours=1)


class ProvisionForm(Versioned, forms.ModelForm[ReceptionProvision]):
    """A car, a table, a room, a gift."""

    class Meta:
        model = ReceptionProvision
        fields = ("kind", "name", "person", "phone", "quantity", "note", "is_ready")


class VisitForm(LogForm):
    """What the visit brought: company, guests and hosts come from the plan."""

    def __init__(self, *args: Any, user: User, reception: Reception, **kwargs: Any) -> None:
        self.plan = reception
        kwargs["initial"] = self.planned(user) | (kwargs.get("initial") or {})
        company = None if reception.lead else reception.company
        super().__init__(*args, user=user, lead=reception.lead, company=company, **kwargs)
        del self.fields["kind"]
        self.fields.pop("trip", None)

    def planned(self, user: User) -> dict[str, Any]:
        """Who came and who received them: known contacts are ticked, other guests are named."""
        began = timezone.localtime(min(self.plan.starts_at, timezone.now()))
        people = planned_people(user, self.plan)
        ticked = {name: [str(one.pk) for one in people[name]] for name in ("contacts", "companions")}
        return people | ticked | {"happened_at": began.replace(second=0, microsecond=0)}


def _contact(contact: Contact) -> str:
    return f"{contact.name} · {contact.title}" if contact.title else contact.name
