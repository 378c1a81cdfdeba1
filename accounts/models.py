"""People, what they may do and where: users, roles as data, departments, memberships, oversight, API tokens."""

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access, access_of
from accounts.permissions import ROLE_LABELS
from core.merging import CompanyIdField


def named(path: str) -> tuple[str, str]:
    """The columns that a person's name is made of, for `only()`: nobody else's telephone is read to print a name."""
    return f"{path}__username", f"{path}__display_name"


class User(AbstractUser):
    """A person who signs in; what they may do follows from their memberships only."""

    first_name = None  # type: ignore[assignment]  # one name field: Chinese names are not split
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("Name"), max_length=60, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    language = models.CharField(
        _("Language"), max_length=10, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
    )
    theme = models.CharField(
        _("Appearance"),
        max_length=5,
        default="auto",
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    is_demo = models.BooleanField(_("Demonstration"), default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name that pages show."""
        return str(self)

    def get_short_name(self) -> str:
        """The name that pages show."""
        return str(self)

    @cached_property
    def access(self) -> Access:
        """Parks, permissions and portal company of this person, read once per request."""
        return access_of(self.pk)


class Role(models.Model):
    """A named set of permission codes; the built-in ones are created by `sync_roles` and stay editable."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=60, blank=True)
    permissions = ArrayField(models.CharField(max_length=60), default=list, verbose_name=_("Permissions"))
    known = ArrayField(models.CharField(max_length=60), default=list, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name or str(ROLE_LABELS.get(self.code, self.code))


class Department(models.Model):
    """A department of a park; a zone's departments serve its inner parks too."""

    class Kind(models.TextChoices):
        PROMOTION = "promotion", _("Investment promotion")
        SERVICE = "service", _("Enterprise service")
        AUTHORITY = "authority", _("Government window")
        OPERATOR = "operator", _("Park operator")
        OTHER = "other", _("Other")

    park = models.ForeignKey("parks.Park", on_delete=models.PROTECT, related_name="departments", verbose_name=_("Park"))
    code = models.SlugField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices, default=Kind.PROMOTION)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["park_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "code"], name="department_code_once_per_park")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one park; an enterprise's user is tied to one company there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("Person"))
    park = models.ForeignKey("parks.Park", on_delete=models.PROTECT, related_name="memberships", verbose_name=_("Park"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("Role"))
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("Department"),
    )
    # The enterprise of a portal user: a plain id, since `companies` stands above this floor.
    company_id = CompanyIdField(null=True, blank=True, db_index=True)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "park", "role"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.park} · {self.role}"


class Oversight(models.Model):
    """A park lets its parent's leaders and reviewers see into it (read) or act there by name (review)."""

    class Level(models.TextChoices):
        READ = "read", _("Read")
        REVIEW = "review", _("Review")

    park = models.OneToOneField(
        "parks.Park", on_delete=models.CASCADE, related_name="oversight", verbose_name=_("Inner park")
    )
    overseer = models.ForeignKey(
        "parks.Park", on_delete=models.CASCADE, related_name="oversees", verbose_name=_("Zone")
    )
    level = models.CharField(_("Level"), max_length=6, choices=Level.choices, default=Level.READ)

    def __str__(self) -> str:
        return f"{self.overseer} → {self.park}: {self.get_level_display()}"


class Token(models.Model):
    """An expiring API token; only its digest is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user} · {self.expires_at:%Y-%m-%d %H:%M}"
