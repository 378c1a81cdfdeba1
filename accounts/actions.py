"""Changes to people, roles and tokens."""

import hashlib
import secrets
from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, Token, User


def permissions_by_role() -> dict[str, set[str]]:
    """Gather every app's `permissions.ROLES`: role code → permission codes."""
    gathered: dict[str, set[str]] = {}
    for config in apps.get_app_configs():
        try:
            module = import_module(f"{config.name}.permissions")
        except ModuleNotFoundError:
            continue
        for role, codes in getattr(module, "ROLES", {}).items():
            gathered.setdefault(role, set()).update(codes)
    return gathered


@transaction.atomic
def sync_roles() -> None:
    """Create the built-in roles and add permissions that are new; what an administrator took away stays away."""
    for code, wanted in permissions_by_role().items():
        role, _created = Role.objects.get_or_create(code=code)
        new = wanted - set(role.known)
        if new:
            role.permissions = sorted(set(role.permissions) | new)
            role.known = sorted(set(role.known) | wanted)
            role.save(update_fields=["permissions", "known"])


def digest_of(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so one round of SHA-256 suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(*, user: User) -> tuple[str, Token]:
    """Make an API token; the text is shown once."""
    text = secrets.token_urlsafe(32)
    now = timezone.now()
    Token.objects.filter(user=user, expires_at__lte=now).delete()
    expires_at = now + timedelta(hours=settings.API_TOKEN_HOURS)
    return text, Token.objects.create(user=user, digest=digest_of(text), expires_at=expires_at)


@transaction.atomic
def change_language(*, by: User, language: str) -> None:
    """Remember the reader's language."""
    User.objects.filter(pk=by.pk).update(language=language)


@transaction.atomic
def change_theme(*, by: User, theme: str) -> None:
    """Remember light, dark or as the device."""
    User.objects.filter(pk=by.pk).update(theme=theme)
