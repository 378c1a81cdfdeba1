"""How companies hang together: what registers say, and beside it what one park found out."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.companies import Company
from companies.querysets import RelationQuerySet
from core.history import tracked
from core.isolation import ParkOwned, ParkOwnedQuerySet


class RelationKind(models.TextChoices):
    """What the first company is to the second. A customer is who has a supplier: the same row read backwards."""

    PARENT = "parent", _("Parent company")
    INVESTOR = "investor", _("Investor")
    SUPPLIER = "supplier", _("Supplier")


class RelationFacts(models.Model):
    """`from_company` is the parent, investor or supplier of `to_company`; `share` in percent for the first two."""

    from_company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("First company")
    )
    to_company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("Second company")
    )
    kind = models.CharField(_("Relation"), max_length=8, choices=RelationKind.choices)
    share = models.DecimalField(_("Holding (%)"), max_digits=7, decimal_places=4, null=True, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_company_id} {self.kind} {self.to_company_id}"


def _sound(prefix: str) -> list[models.BaseConstraint]:
    """What both tables check: nobody is related to itself, and a share is one."""
    return [
        models.CheckConstraint(
            condition=~models.Q(from_company=models.F("to_company")), name=f"{prefix}_of_two_companies"
        ),
        models.CheckConstraint(
            condition=models.Q(share=None)
            | models.Q(share__gt=0, share__lte=100) & ~models.Q(kind=RelationKind.SUPPLIER),
            name=f"{prefix}_share_is_one",
        ),
    ]


@tracked()
class Relation(RelationFacts):
    """A public relation between two companies of the registry, kept by its stewards."""

    source = models.CharField(_("Source"), max_length=120, blank=True)

    objects: ClassVar = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Relation")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["from_company", "to_company", "kind"], name="relation_once"),
            *_sound("relation"),
        ]


@tracked()
class ParkRelation(ParkOwned, RelationFacts):
    """What one park found out about who belongs to, pays or supplies whom; nobody else sees it."""

    objects: ClassVar = ParkOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Relation known to a park")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "from_company", "to_company", "kind"], name="park_relation_once"),
            *_sound("park_relation"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "to_company"], name="park_relation_backwards")
        ]
