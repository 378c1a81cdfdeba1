"""A company as a target of one park: what it is, what it wants, who decides."""

from dataclasses import dataclass
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models.companies import Company
from companies.querysets import ProfileQuerySet
from core.history import tracked
from core.isolation import ParkOwned

# The key demands, as the fields are named.
DEMANDS: Final = ("environment", "policy", "supply_chain", "resources")


@dataclass(frozen=True)
class Item:
    """One thing that a complete profile knows; `dimension` is company, demands or people."""

    code: str
    label: str | Promise
    dimension: str
    known: bool


@dataclass(frozen=True)
class Demand:
    """One key demand and how far it was answered."""

    label: str | Promise
    text: str
    state: str
    answer: str | Promise


@tracked()
class TargetProfile(ParkOwned):
    """What a park knows of a company that it wants, in three dimensions; one per company and park.

    `filled` counts the known ones of `ITEMS`; the two about decision makers follow from the park's contacts
    (`companies.actions.profiles.follow_people`).
    """

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        OFFERED = "offered", _("Offered")
        AGREED = "agreed", _("Agreed with them")
        IMPOSSIBLE = "impossible", _("Cannot be met")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="profiles", verbose_name=_("Company"))
    is_leader = models.BooleanField(_("Leader of its industry"), null=True, blank=True)
    key_technology = models.CharField(_("Key technology"), max_length=500, blank=True)
    association = models.CharField(_("Association"), max_length=200, blank=True)
    environment = models.CharField(_("Environment"), max_length=1000, blank=True)
    environment_state = models.CharField(
        _("Environment: answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN
    )
    policy = models.CharField(_("Policy"), max_length=1000, blank=True)
    policy_state = models.CharField(_("Policy: answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN)
    supply_chain = models.CharField(_("Supply chain"), max_length=1000, blank=True)
    supply_chain_state = models.CharField(
        _("Supply chain: answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN
    )
    resources = models.CharField(_("Resources"), max_length=1000, blank=True)
    resources_state = models.CharField(
        _("Resources: answer"), max_length=10, choices=Answer.choices, default=Answer.OPEN
    )
    decider_known = models.BooleanField(_("Decision maker known"), default=False, editable=False)
    decider_met = models.BooleanField(_("Decision maker met"), default=False, editable=False)
    filled = models.PositiveSmallIntegerField(_("Completeness"), default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("Changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ProfileQuerySet.as_manager()

    ITEMS: ClassVar[dict[str, tuple[str, ...]]] = {
        "company": ("is_leader", "key_technology", "association"),
        "demands": DEMANDS,
        "people": ("decider_known", "decider_met"),
    }
    OF: ClassVar[int] = sum(len(names) for names in ITEMS.values())

    class Meta:
        verbose_name = _("Target profile")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "company"], name="profile_once_per_company"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "filled", "id"], name="profile_by_completeness"),
            models.Index(fields=["park", "-updated_at", "-id"], name="profile_by_change"),
        ]

    def __str__(self) -> str:
        return str(self.company)

    def get_absolute_url(self) -> str:
        """It is shown on the company's page."""
        return f"/companies/{self.company_id}/"

    def count(self) -> None:
        """Set `filled` from what is known."""
        self.filled = sum(item.known for item in self.items)

    @property
    def items(self) -> list[Item]:
        """Everything that a complete profile knows, known or not."""
        labels = {field.name: field.verbose_name for field in self._meta.local_fields}
        return [
            Item(name, labels[name], dimension, self._knows(name))
            for dimension, names in self.ITEMS.items()
            for name in names
        ]

    def _knows(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None if name == "is_leader" else bool(value)

    @property
    def demands(self) -> list[Demand]:
        """The demands that are known, each with what was answered."""
        labels, answers = {f.name: f.verbose_name for f in self._meta.local_fields}, dict(self.Answer.choices)
        return [
            Demand(labels[name], text, state, answers[state])
            for name in DEMANDS
            if (text := getattr(self, name)) and (state := getattr(self, f"{name}_state"))
        ]

    @property
    def missing(self) -> list[Item]:
        """What to find out next."""
        return [item for item in self.items if not item.known]

    @property
    def percent(self) -> int:
        """How complete, of a hundred."""
        return round(self.filled * 100 / self.OF)

    @property
    def demands_known(self) -> int:
        """How many of the four key demands are known."""
        return sum(bool(getattr(self, name)) for name in DEMANDS)
