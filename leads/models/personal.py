"""Personal data of people outside the house: what may be erased on request, and what is left of such a row."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Contact
from core.isolation import ParkOwned


class Erasable(ParkOwned):
    """A row that names somebody. Erasing empties `personal` and leaves a number for a name: counts stay true."""

    personal: ClassVar[tuple[str, ...]]
    """The columns that are emptied, all of them texts and none of them in the history."""

    erased_at = models.DateTimeField(_("Erased"), null=True, blank=True, editable=False)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    erased_why = models.CharField(
        _("Why it was erased"), max_length=8, choices=Contact.Erasure.choices, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_erased(self) -> bool:
        """Only a number is left."""
        return self.erased_at is not None

    @property
    def is_of_person(self) -> bool:
        """Its name is a person's, and goes too."""
        return True


def says_nothing(personal: tuple[str, ...], name: str) -> models.CheckConstraint:
    """What is erased says nothing any more: a constraint, so that no form brings it back."""
    return models.CheckConstraint(
        condition=models.Q(erased_at=None) | models.Q(**dict.fromkeys(personal, "")), name=name
    )
