"""A line of costs with its receipt: the same of a trip and of an event."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.isolation import ParkForeignKey, ParkOwned


class CostKind(models.TextChoices):
    """What the money went for."""

    TRAVEL = "travel", _("Train and flight")
    LODGING = "lodging", _("Lodging")
    LOCAL = "local", _("Local transport")
    MEALS = "meals", _("Meals")
    VENUE = "venue", _("Venue and stand")
    SERVICE = "service", _("Services bought")
    GIFTS = "gifts", _("Gifts and material")
    OTHER = "other", pgettext_lazy("cost", "Other")


class CostLine(ParkOwned):
    """Money spent, in yuan; a mistake is taken out again, and the history keeps it."""

    kind = models.CharField(_("Kind"), max_length=8, choices=CostKind.choices)
    amount = models.DecimalField(_("Amount (yuan)"), max_digits=18, decimal_places=2)
    spent_on = models.DateField(_("Spent on"))
    note = models.CharField(_("Note"), max_length=160, blank=True)
    receipt = ParkForeignKey("core.Attachment", null=True, blank=True, related_name="+", verbose_name=_("Receipt"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["spent_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="%(class)s_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
