"""Fields and forms that more than one app needs."""

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


class Versioned(forms.Form):
    """Carries the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
