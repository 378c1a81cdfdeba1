"""The people of a company as one park knows them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.companies import Company
from companies.querysets import ContactQuerySet
from core.history import tracked
from core.isolation import ParkOwned


@tracked(exclude=["name", "phone", "email", "wechat"])
class Contact(ParkOwned):
    """A person at a company, known to one park. Personal data stay out of the history so that they can be erased."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract with the company")
        PUBLIC = "public", _("Published by the person or the company")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("Company"))
    name = models.CharField(_("Name"), max_length=60)
    title = models.CharField(_("Job title"), max_length=60, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    email = models.EmailField(_("Mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    is_decision_maker = models.BooleanField(_("Decision maker"), default=False)
    met_on = models.DateField(_("First met"), null=True, blank=True)
    purpose = models.CharField(_("Purpose"), max_length=120, default="", blank=True)
    basis = models.CharField(_("Basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    retain_until = models.DateField(_("Keep until"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("Contact")
        ordering: ClassVar[list[str]] = ["-is_decision_maker", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "company"], name="contact_of_company")]

    def __str__(self) -> str:
        return self.name


class ContactReveal(ParkOwned):
    """Who looked at a contact's unmasked telephone or mail, and when."""

    app_rights = "SELECT, INSERT"

    contact_pk = models.BigIntegerField(_("Contact"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.contact_pk} · {self.at}"
