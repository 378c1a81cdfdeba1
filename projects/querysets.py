"""Which projects, milestones and payments a person sees; annotations that SQL can compute."""

from typing import Any

from core.isolation import ParkOwnedQuerySet


class ProjectQuerySet(ParkOwnedQuerySet[Any]):
    """Signed projects are known to the whole park."""


class MilestoneQuerySet(ParkOwnedQuerySet[Any]):
    """As visible as their project."""


class PaymentQuerySet(ParkOwnedQuerySet[Any]):
    """As visible as their project."""
