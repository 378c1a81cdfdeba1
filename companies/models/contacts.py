"""The people of a company as one park knows them."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.models.companies import Company
from companies.querysets import ContactQuerySet, RevealQuerySet
from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.sayings import SaidField

# What is personal about a card: kept out of the history, gone when it is erased.
PERSONAL: Final = ("name", "title", "phone", "phone_digits", "email", "wechat")
KEEP_DAYS: Final = 730


def digits_of(number: str) -> str:
    """A telephone number as it is searched for: digits alone, full-width ones too."""
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", number))


def usual_retention() -> date:
    """Two years from today, where no park's rule says otherwise."""
    return timezone.localdate() + timedelta(days=KEEP_DAYS)


@tracked(exclude=[*PERSONAL])
class Contact(ParkOwned):
    """A person at a company, known to one park. Personal data stay out of the history so that they can be erased.

    An erased card keeps its row (activities name it) and nothing that tells who it was.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract with the company")
        PUBLIC = "public", _("Published by the person or the company")

    class Erasure(models.TextChoices):
        OVERDUE = "overdue", _("The time to keep it was over")
        REQUEST = "request", _("The person asked for it")
        MISTAKE = "mistake", _("Entered by mistake")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("Company"))
    name = models.CharField(_("Name"), max_length=60, blank=True)
    title = models.CharField(_("Job title"), max_length=60, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    phone_digits = models.CharField(max_length=30, blank=True, default="", editable=False)
    email = models.EmailField(_("Mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    is_decision_maker = models.BooleanField(_("Decision maker"), default=False)
    met_on = models.DateField(_("First met"), null=True, blank=True)
    purpose = SaidField(_("Purpose"), max_length=240, blank=True)
    basis = models.CharField(_("Basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    retain_until = models.DateField(_("Keep until"), default=usual_retention)
    erased_at = models.DateTimeField(_("Erased"), null=True, blank=True, editable=False)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    erased_why = models.CharField(
        _("Why it was erased"), max_length=8, choices=Erasure.choices, blank=True, default="", editable=False
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("Contact")
        ordering: ClassVar[list[str]] = ["-is_decision_maker", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(**dict.fromkeys(PERSONAL, "")), name="erased_says_nothing"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "company"], name="contact_of_company"),
            models.Index(fields=["park", "-id"], condition=models.Q(erased_at=None), name="contact_newest"),
            models.Index(fields=["park", "retain_until", "id"], condition=models.Q(erased_at=None), name="contact_due"),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Erased contact")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the digits beside the telephone as it is written."""
        fields = kwargs.get("update_fields")
        if fields is None or "phone" in fields:
            self.phone_digits = digits_of(self.phone)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "phone_digits"}
        super().save(*args, **kwargs)

    @property
    def is_erased(self) -> bool:
        """Whether the person is gone from the card."""
        return self.erased_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the time to keep it is over."""
        return self.erased_at is None and self.retain_until < timezone.localdate()


class ContactReveal(ParkOwned):
    """Who looked at a contact's unmasked telephone or mail, and when."""

    app_rights = "SELECT, INSERT"

    contact = ParkForeignKey(Contact, related_name="reveals", verbose_name=_("Contact"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    at = models.DateTimeField(_("When"), auto_now_add=True)

    objects: ClassVar = RevealQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "-at", "-id"], name="reveal_newest")]

    def __str__(self) -> str:
        return f"{self.contact_id} · {self.at}"
