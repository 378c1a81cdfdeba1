"""The shape of input about projects; what it means is checked by the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import forms as shared
from core.money import MoneyField
from leads.models import Lead
from parks.models import Park
from projects.models import Milestone, MilestoneTemplate, Payment, Project
from projects.queries import case_officers, leaders, today
from projects.steps import LINES, StepKind

CURRENCIES: tuple[tuple[str, str | Promise], ...] = (
    ("CNY", _("Yuan (CNY)")),
    ("USD", _("US dollar (USD)")),
    ("EUR", _("Euro (EUR)")),
    ("HKD", _("Hong Kong dollar (HKD)")),
    ("TWD", _("New Taiwan dollar (TWD)")),
    ("JPY", _("Yen (JPY)")),
    ("KRW", _("Won (KRW)")),
    ("GBP", _("Pound (GBP)")),
    ("SGD", _("Singapore dollar (SGD)")),
)
RATE_HELP = _("Only for other currencies than yuan: the central bank's mid-rate of that day, for example 7.1234.")


class PersonField(forms.ChoiceField):
    """One of a few people, offered by name; the cleaned value is the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.people: dict[str, User] = {}

    def offer(self, people: "list[User]") -> None:
        """These, and no others."""
        self.people = {str(person.pk): person for person in people}
        blank = [] if self.required else [("", "—")]
        self.choices = [*blank, *((pk, str(person)) for pk, person in self.people.items())]

    def clean(self, value: Any) -> User | None:
        """The person of an offered id, or nobody where the field may stay empty."""
        return self.people.get(super().clean(value))


class Prefilled(forms.Form):
    """Starts from what is known; what a page says besides comes on top."""

    def __init__(self, *args: Any, known: dict[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = known | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class Versioned(Prefilled, shared.Versioned):
    """Starts from a row that was read."""


class SignForm(Versioned):
    """The signed agreement."""

    name = forms.CharField(label=_("Project name"), max_length=160)
    signed_on = forms.DateField(label=_("Signed on"))
    agreement_number = forms.CharField(label=_("Agreement number"), max_length=60, required=False)
    agreed_amount = MoneyField(label=_("Agreed investment"), help_text=_("As the agreement says, for example 2.66亿."))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="CNY")
    rate = forms.DecimalField(
        label=_("Rate to yuan"), required=False, max_digits=12, decimal_places=6, help_text=RATE_HELP
    )
    party_zone = forms.CharField(label=_("Party: zone"), max_length=160)
    party_operator = forms.CharField(label=_("Party: park operator"), max_length=160, required=False)
    party_enterprise = forms.CharField(label=_("Party: enterprise"), max_length=200)
    case_officer = PersonField(label=_("Case officer"), help_text=_("The one named person the enterprise deals with."))
    responsible_leader = PersonField(label=_("Responsible leader"), required=False)
    template = forms.ModelChoiceField(
        label=_("Milestone plan"),
        queryset=MilestoneTemplate.objects.none(),
        required=False,
        empty_label=_("The park's usual plan"),
        help_text=_("Laid out in working days from the day of signing."),
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, known=sign_defaults(lead), **kwargs)
        self.people("case_officer").offer(case_officers(lead.park_id))
        self.people("responsible_leader").offer(leaders(lead.park_id))
        plans = self.fields["template"]
        plans.queryset = MilestoneTemplate.objects.filter(park_id=lead.park_id).order_by("-is_default", "name")  # type: ignore[attr-defined]  # a ModelChoiceField

    def people(self, name: str) -> PersonField:
        """A picker of people."""
        field: Any = self.fields[name]
        return field  # type: ignore[no-any-return]  # declared above

    def terms(self) -> dict[str, Any]:
        """The keywords of `sign_project`."""
        return {**self.cleaned_data, "rate": self.cleaned_data["rate"] or None}


def sign_defaults(lead: Lead) -> dict[str, Any]:
    """What the lead and its park already say."""
    park: Park = lead.park
    zone = park if park.kind == Park.Kind.ZONE or park.parent is None else park.parent
    return {
        "version": lead.version,
        "name": lead.title or lead.company.name,
        "signed_on": today(),
        "agreed_amount": lead.amount,
        "currency": "CNY",
        "party_zone": zone.name,
        "party_operator": park.operator_name,
        "party_enterprise": lead.company.name,
        "case_officer": str(lead.owner_id),
    }


class DoneForm(Versioned):
    """On which day a step was done."""

    done_on = forms.DateField(label=_("Done on"))

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, known={"done_on": today(), "version": milestone.version}, **kwargs)


class MoveForm(Versioned):
    """Another day for a step, and why."""

    due_on = forms.DateField(label=_("Due on"))
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, known={"due_on": milestone.due_on, "version": milestone.version}, **kwargs)


class ReasonForm(Versioned):
    """A change that only needs its reason."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, known={"version": row.version}, **kwargs)


class RecogniseForm(ReasonForm):
    """Accepting the evidence; words are needed only where there is no file."""

    reason = forms.CharField(
        label=_("Remark"), max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepForm(Prefilled):
    """One more step of a plan."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Milestone.Kind.choices, initial=Milestone.Kind.OTHER)
    name = forms.CharField(
        label=_("Step"), max_length=80, required=False, help_text=_("May stay empty for the kinds that have a name.")
    )
    starts_on = forms.DateField(label=_("Starts on"))
    due_on = forms.DateField(label=_("Due on"))
    owner = PersonField(label=_("Owner"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, known={"starts_on": today(), "owner": str(project.case_officer_id)}, **kwargs)
        owner: Any = self.fields["owner"]
        owner.offer(case_officers(project.park_id))


class ClaimForm(forms.Form):
    """Funds that arrived, with their evidence."""

    paid_on = forms.DateField(label=_("Paid on"))
    amount = MoneyField(label=_("Amount"), min_value=Decimal("0.01"), help_text=_("For example 2660万 or 26,600,000."))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="CNY")
    rate = forms.DecimalField(
        label=_("Rate to yuan"), required=False, max_digits=12, decimal_places=6, help_text=RATE_HELP
    )
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Payment.Evidence.choices)
    files: Any = shared.FilesField(
        label=_("Scanned evidence"), help_text=_("Photographs, PDF or Office files, at most 20 MB each; at least one.")
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class EvidenceForm(forms.Form):
    """More evidence for a waiting claim."""

    files: Any = shared.FilesField(label=_("Scanned evidence"))


class ResponsibleForm(Versioned):
    """Who answers for a project."""

    case_officer = PersonField(label=_("Case officer"))
    responsible_leader = PersonField(label=_("Responsible leader"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        initial = {
            "case_officer": str(project.case_officer_id),
            "responsible_leader": str(project.responsible_leader_id or ""),
            "version": project.version,
        }
        super().__init__(*args, known=initial, **kwargs)
        for name, people in (("case_officer", case_officers), ("responsible_leader", leaders)):
            field: Any = self.fields[name]
            field.offer(people(project.park_id))


class PlanStepForm(forms.Form):
    """A line of the usual plan; a line without a kind is left out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *StepKind.choices], required=False)
    name = forms.CharField(label=_("Step"), max_length=80, required=False)
    line = forms.ChoiceField(label=_("Line"), choices=[("", "—"), *LINES.items()], required=False)
    starts_after = forms.IntegerField(
        label=_("Starts after (working days)"), min_value=0, max_value=2000, required=False
    )
    takes = forms.IntegerField(label=_("Takes (working days)"), min_value=1, max_value=2000, required=False)

    def clean(self) -> dict[str, Any]:
        """A step needs its days, and a name where its kind has none."""
        data = self.cleaned_data
        if data.get("kind"):
            for name in ("starts_after", "takes"):
                if name not in self.errors and data.get(name) is None:
                    self.add_error(name, _("This field is required."))
            if data["kind"] == StepKind.OTHER and not data.get("name"):
                self.add_error("name", _("Give the step a name."))
        return data


PlanSteps = forms.formset_factory(PlanStepForm, extra=3, max_num=40, absolute_max=60)


class PlanForm(forms.Form):
    """A park's usual plan: its steps with their working days."""

    def __init__(self, *args: Any, steps: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = PlanSteps(self.data if self.is_bound else None, initial=steps, prefix="steps")

    def clean(self) -> dict[str, Any]:
        """The steps are right when every line is."""
        if not self.steps.is_valid():
            raise forms.ValidationError(_("Some steps need attention."))
        lines = [form.cleaned_data for form in self.steps.forms if form.cleaned_data.get("kind")]
        return {"steps": lines}
