"""The shape of input for imports."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from companies.forms.fields import InPark
from companies.imports.mapping import MATCH_KEYS, choices
from companies.models import ImportBatch, ImportRow
from core.forms import Versioned

LEADS = (("made", _("Became a lead")), ("refused", _("Could not become one")))


class UploadForm(InPark):
    """The file, and the park that takes it in."""

    park_permission = "imports.run"

    file = forms.FileField(
        label=_("File to import"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=_(
            "An .xlsx workbook (its first sheet) or a .csv file, up to 500,000 rows; "
            "a row of headings tells the columns apart."
        ),
    )
    field_order = ("file", "park")


class MappingForm(Versioned):
    """One choice per column, what makes two rows the same company, and where new ones go."""

    match_keys = forms.MultipleChoiceField(
        label=_("The same company is recognised by"),
        choices=tuple(MATCH_KEYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Where none of them fits but the name is the same or very similar, the row waits for your decision."
        ),
    )
    into_registry = forms.BooleanField(
        label=_("Take all of them into the registry of all parks"),
        required=False,
        help_text=_("Otherwise companies without a valid credit code stay with your park."),
    )

    as_leads = forms.BooleanField(
        label=_("Also take each company as a lead of my park"),
        required=False,
        help_text=_("You own them, or whom the column for the owner names. Companies that are held already are told."),
    )
    lead_source = forms.ChoiceField(label=_("Source of the leads"), required=False)

    def __init__(
        self, *args: Any, batch: ImportBatch, steward: bool, sources: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """`sources` is empty where this person makes no leads."""
        super().__init__(*args, **kwargs)
        self.batch = batch
        if not steward:
            del self.fields["into_registry"]
        if sources:
            cast("forms.ChoiceField", self.fields["lead_source"]).choices = sources
        else:
            del self.fields["as_leads"], self.fields["lead_source"]
        options = [("", _("Leave out")), *choices()]
        for place, heading in enumerate(batch.headers):
            widget = forms.Select(attrs={"class": "form-select"})
            column = forms.ChoiceField(label=heading, choices=options, required=False, widget=widget)
            self.fields[f"column_{place}"] = column

    @classmethod
    def values_of(cls, batch: ImportBatch) -> dict[str, Any]:
        """The import's own values."""
        columns = {f"column_{place}": name for place, name in enumerate(batch.mapping)}
        own = {"match_keys": batch.match_keys, "into_registry": batch.into_registry, "version": batch.version}
        own |= {"as_leads": batch.as_leads, "lead_source": batch.lead_source}
        return columns | own

    def columns(self) -> list[tuple[Any, str, list[str]]]:
        """Field, heading and the first values of each column, for the page."""
        return [
            (self[f"column_{place}"], heading, [row[place] for row in self.batch.samples if row[place : place + 1]])
            for place, heading in enumerate(self.batch.headers)
        ]

    def taken(self) -> dict[str, Any]:
        """For `map_import`."""
        data = self.cleaned_data
        return {
            "mapping": [data[f"column_{place}"] for place in range(len(self.batch.headers))],
            "match_keys": data["match_keys"],
            "into_registry": data.get("into_registry", False),
            "as_leads": data.get("as_leads", False),
            "lead_source": data.get("lead_source", ""),
            "version": data["version"],
        }


class ImportRowFilter(FilterSet):
    """Lines of an import by what they would do or did."""

    outcome = ChoiceFilter(label=_("Outcome"), choices=ImportRow.Outcome.choices, empty_label=_("Any"))
    state = ChoiceFilter(label=_("State"), choices=ImportRow.State.choices, empty_label=_("Any"))
    strange = ChoiceFilter(
        label=_("Warnings"), choices=(("true", _("With warnings")),), method="by_warnings", empty_label=_("Any")
    )
    lead = ChoiceFilter(label=_("Lead"), choices=LEADS, method="by_lead", empty_label=_("Any"))
    # No Meta.model: the route of an import's rows is one of the import's, and django-filter wants the two to agree.

    def by_warnings(self, rows: Any, name: str, value: str) -> Any:
        """Lines in which something was strange."""
        return rows.exclude(warnings=[])

    def by_lead(self, rows: Any, name: str, value: str) -> Any:
        """Lines that became leads, and those that could not."""
        return rows.filter(lead_pk__isnull=False) if value == "made" else rows.exclude(lead_said="")


class ImportFilter(FilterSet):
    """Imports by where they stand."""

    state = ChoiceFilter(label=_("State"), choices=ImportBatch.State.choices, empty_label=_("Any"))

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = ()
