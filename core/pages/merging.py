"""Two people change one record: fields that only one of them touched are merged, the others are asked about.

A form shows its state of opening in a signed hidden input. When the action answers that the record has moved, the three
states (what was shown, what is there now, what was typed) are compared field by field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing

from core.templatetags.ui import dressed

SALT = "luodi.form"
ORIGINAL = "original"
Values = dict[str, list[str]]


@dataclass(frozen=True)
class Conflict:
    """A field that both changed: the three values in words, and as the input takes them."""

    mine: str
    theirs: str
    original: str
    inputs: Mapping[str, list[str]]


@dataclass(frozen=True)
class Merge:
    """`taken` are the other's values for fields that I left alone; `both` the names of those that both changed."""

    taken: Values
    both: list[str]


def compared(original: Values, theirs: Values, mine: Values) -> Merge:
    """Field by field; who typed the same as the other has no quarrel with them."""
    taken: Values = {}
    both: list[str] = []
    for name, now in theirs.items():
        shown, typed = original.get(name, now), mine.get(name, [])
        if now in (shown, typed):
            continue
        if typed == shown:
            taken[name] = now
        else:
            both.append(name)
    return Merge(taken, both)


def shown_values(form: forms.BaseForm) -> Values:
    """What the inputs of a fresh form show."""
    return {
        bound.name: _values(bound, dressed(bound).field.widget.format_value(bound.value()), checked=bound.value())
        for bound in _merged_fields(form)
    }


def typed_values(form: forms.BaseForm) -> Values:
    """What came back in them; a form may say in other words what was chosen (`chosen_words`)."""
    values = {bound.name: _values(bound, bound.data, checked=bound.data) for bound in _merged_fields(form)}
    return values | getattr(form, "chosen_words", {})


def _values(bound: Any, value: Any, *, checked: Any) -> list[str]:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if checked else []
    texts = _texts(value)
    # Who was chosen matters, not in which order; nobody is no value, where an empty text is one.
    return sorted(text for text in texts if text) if getattr(widget, "allow_multiple_selected", False) else texts


def _merged_fields(form: forms.BaseForm) -> list[Any]:
    skipped = (forms.FileInput, forms.MultiWidget)
    return [bound for bound in form.visible_fields() if not isinstance(bound.field.widget, skipped)]


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    texts = ["" if one is None else str(one).replace("\r\n", "\n").strip() for one in values]
    return [text for text in texts if text] or [""]


def sealed(form: forms.BaseForm) -> str:
    """The state that a fresh form shows, signed."""
    return signing.dumps(shown_values(form), salt=SALT, compress=True)


def unsealed(text: str) -> Values | None:
    """The state in which the form was opened; None where it did not come along."""
    try:
        found: Values = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return found


def conflict_of(form: forms.BaseForm, name: str, original: Values, theirs: Values, mine: Values) -> Conflict:
    """In words, for the field."""
    inputs = {"mine": mine.get(name, []), "theirs": theirs[name], "original": original.get(name, [])}
    words = {which: _worded(form.fields[name], values) for which, values in inputs.items()}
    return Conflict(**words, inputs=inputs)


def _worded(field: forms.Field, values: list[str]) -> str:
    choices: Any = getattr(field, "choices", None) or getattr(field.widget, "choices", ())
    labels = {str(code): str(label) for code, label in choices}
    return "、".join(labels.get(value, value) for value in values if value) or "—"
