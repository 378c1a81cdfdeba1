"""Fields and forms that more than one app needs."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

ACCEPTED = "image/*,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx"


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files; phones offer the camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED, "multiple": True})


class FilesField(forms.FileField):
    """Several uploaded files; each is checked by its bytes, and an empty one refused by its name, when it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every one as a plain FileField takes it."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)
        return [super(FilesField, self).clean(file, initial) for file in files]


class Suggested(forms.TextInput):
    """A text for which the browser suggests values, with labels; whatever else is typed is taken, too."""

    template_name = "parts/suggested.jinja"

    def __init__(self, choices: Callable[[], Sequence[tuple[str, str]]], **attrs: Any) -> None:
        super().__init__(attrs={"autocomplete": "off"} | attrs)
        self.offered = choices

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With what is suggested."""
        listed = f"{(attrs or {}).get('id') or name}-list"
        own = super().get_context(name, value, (attrs or {}) | {"list": listed})
        return own | {"listed": listed, "suggested": self.offered()}


class Versioned(forms.Form):
    """Carries the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
