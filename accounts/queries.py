"""Reads of people: who a token belongs to, who may do something in a park."""

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.actions import digest_of
from accounts.models import Membership, Token, User


def user_of_token(text: str) -> User | None:
    """The active person of an unexpired token."""
    token = (
        Token.objects.select_related("user")
        .filter(digest=digest_of(text), expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    return token.user if token else None


def people_with(code: str, park_id: int) -> list[User]:
    """Active people who hold a permission through a membership in that park (oversight from above not counted)."""
    return list(
        User.objects.filter(
            is_active=True,
            memberships__park_id=park_id,
            memberships__is_active=True,
            memberships__role__permissions__contains=[code],
        ).distinct()
    )


def colleagues(park_ids: frozenset[int]) -> "list[User]":
    """Active staff of the parks, by name: for pickers."""
    return list(
        User.objects.filter(is_active=True, memberships__park_id__in=park_ids, memberships__is_active=True)
        .exclude(memberships__role__code="enterprise")
        .distinct()
        .order_by("display_name", "id")
    )


def department_of(user: User, park_id: int) -> int | None:
    """The department by which a person's work in a park is credited."""
    found = user.memberships.filter(park_id=park_id, is_active=True, department__isnull=False).order_by("id")
    return found.values_list("department_id", flat=True).first()


def people_of(park_ids: frozenset[int]) -> QuerySet[User]:
    """The staff of the parks with their memberships there, enterprises' users left out."""
    memberships = Membership.objects.filter(park_id__in=park_ids).exclude(role__code="enterprise")
    shown = memberships.select_related("role", "department", "park")
    return User.objects.filter(pk__in=memberships.values("user")).prefetch_related(
        Prefetch("memberships", queryset=shown)
    )
