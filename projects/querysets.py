"""Which projects, milestones and payments a person sees, and how they are found by text."""

from typing import Any, Self

from django.db.models import Q

from core.isolation import ParkOwnedQuerySet


def _named(text: str, prefix: str = "") -> Q:
    """A project by its name or code, or by its company in any of the ways companies are found."""
    from companies.models import Company

    companies = Company.objects.matching(text).values("pk")
    return (
        Q(**{f"{prefix}name__icontains": text})
        | Q(**{f"{prefix}code__icontains": text})
        | Q(**{f"{prefix}company__in": companies})
    )


class ProjectQuerySet(ParkOwnedQuerySet[Any]):
    """Signed projects are known to the whole park."""

    def search(self, text: str) -> Self:
        """By name, code or company (characters, pinyin, initials, credit code)."""
        return self.filter(_named(text))


class MilestoneQuerySet(ParkOwnedQuerySet[Any]):
    """As visible as their project."""

    def search(self, text: str) -> Self:
        """By the step's name or its project."""
        return self.filter(Q(name__icontains=text) | _named(text, "project__"))


class PaymentQuerySet(ParkOwnedQuerySet[Any]):
    """As visible as their project."""

    def search(self, text: str) -> Self:
        """By their project."""
        return self.filter(_named(text, "project__"))
