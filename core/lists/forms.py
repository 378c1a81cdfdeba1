"""The shape of input about lists."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Versioned
from core.lists.editing import Editable, Editor
from core.models import SavedView

if TYPE_CHECKING:
    from accounts.models import User

LEAVE, SET, CLEAR = "leave", "set", "clear"


class ViewForm(Versioned):
    """A view's name, who sees it, and where it shows."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    visibility = forms.ChoiceField(
        label=_("Who sees it"), choices=SavedView.Visibility.choices, initial=SavedView.Visibility.OWN
    )
    is_pinned = forms.BooleanField(label=_("Show it beside the quick filters"), required=False)
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.access.can("views.share"):
            # Said, not hidden: whoever wonders why a view cannot be shared reads it here.
            self.fields["visibility"].choices = [SavedView.Visibility.choices[0]]  # type: ignore[attr-defined]
            self.fields["visibility"].help_text = _("Views are shared by managers.")


class BulkForm(forms.Form):
    """For each field: leave it, set it, or empty it. Only what is ticked is touched."""

    def __init__(self, *args: Any, editor: Editor, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editables = [field for field in editor.fields_for(user) if field.bulk]
        for one in self.editables:
            ways = [(LEAVE, _("Leave as it is")), (SET, _("Set to"))]
            ways += [] if one.required else [(CLEAR, _("Empty it"))]
            self.fields[f"do_{one.name}"] = forms.ChoiceField(
                label=str(one.label), choices=ways, initial=LEAVE, required=False, widget=forms.RadioSelect
            )
            field = one.field(user, None)
            field.required = False
            self.fields[one.name] = field

    def rows(self) -> list[tuple[Editable, Any, Any]]:
        """The field, how it is to be changed, and its input: for the template."""
        return [(one, self[f"do_{one.name}"], self[one.name]) for one in self.editables]

    def clean(self) -> dict[str, Any]:
        """`changes` holds name → raw value of the fields that are set or emptied; at least one."""
        data = super().clean() or {}
        self.changes: dict[str, Any] = {}
        for one in self.editables:
            way = data.get(f"do_{one.name}") or LEAVE
            value = self.data.get(one.name, "")
            if way == SET and one.name not in self.errors:
                if data.get(one.name) in (None, "", []):
                    self.add_error(one.name, _("Say what to set it to."))
                self.changes[one.name] = value
            elif way == CLEAR:
                self.errors.pop(one.name, None)
                self.changes[one.name] = ""
            elif way == LEAVE:
                self.errors.pop(one.name, None)
        if not self.changes and not self.errors:
            raise forms.ValidationError(_("Choose at least one field to change."))
        return data


def one_field_form(editable: Editable, user: "User", row: Any) -> type[forms.Form]:
    """A form of exactly this field."""
    return type("CellForm", (forms.Form,), {editable.name: editable.field(user, row)})
