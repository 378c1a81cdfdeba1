"""Changes to people, roles and tokens."""

import hashlib
import secrets
from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, Role, Token, User
from core.access import require
from core.errors import Conflict, Refused


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


@transaction.atomic
def make_platform_admin(*, username: str, name: str, email: str, password: str) -> User:
    """The first person of an installation; makes the root of the park tree where it is missing."""
    if User.objects.filter(username=username).exists():
        raise Conflict(_("%(name)s is taken. Choose another login name.") % {"name": username}, field="username")
    park_model = apps.get_model("parks", "Park")
    platform, _made = park_model.objects.get_or_create(code="platform", defaults={"name": "Luodi", "kind": "platform"})
    user = User.objects.create_user(username=username, email=email, password=password, display_name=name)
    Membership.objects.create(user=user, park=platform, role=Role.objects.get(code="platform_admin"))
    return user


# Roles that a park administrator may give; the platform's own is given by `create_admin` alone.
GRANTABLE = (
    "park_admin",
    "leader",
    "department_manager",
    "officer",
    "operator_manager",
    "operator_officer",
    "service_window",
    "auditor",
)


@transaction.atomic
def add_person(
    *,
    by: User,
    park_id: int,
    username: str,
    name: str,
    email: str,
    password: str,
    role: Role,
    department: Department | None,
) -> User:
    """Give a person a login and a role in a park that the acting person administers."""
    require(by, "accounts.manage", park_id)
    if role.code not in GRANTABLE:
        raise Refused(_("This role cannot be given here."), field="role")
    if department is not None and department.park_id != park_id:
        raise Refused(_("This department belongs to another park."), field="department")
    if User.objects.filter(username=username).exists():
        raise Conflict(_("%(name)s is taken. Choose another login name.") % {"name": username}, field="username")
    user = User.objects.create_user(username=username, email=email, password=password, display_name=name)
    Membership.objects.create(user=user, park_id=park_id, role=role, department=department)
    return user


@transaction.atomic
def switch_person(*, by: User, person: User, active: bool) -> None:
    """Switch an account off (its sessions and tokens end at once) or on again."""
    managed = by.access.parks_with("accounts.manage")
    if not person.memberships.filter(park_id__in=managed).exists():
        raise Refused(_("This person belongs to no park of yours."), status=403)
    if person.pk == by.pk:
        raise Refused(_("You cannot switch your own account off."))
    User.objects.filter(pk=person.pk).update(is_active=active)
    if not active:
        Token.objects.filter(user=person).delete()
