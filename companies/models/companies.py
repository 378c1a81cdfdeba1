"""One registry of companies for all parks."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.duplicates.names import normal_names
from companies.querysets import CompanyQuerySet
from core.creditcode import check_credit_code
from core.history import tracked
from core.merging import Mergeable
from core.money import is_chinese, short_money
from core.searchkeys import normalise, search_index

# What `Company.derive` computes from names and code; no part of the history, since it follows from what is.
DERIVED = ("search_keys", "name_key", "name_text", "pinyin_text", "initials_text", "normal_key", "alias_keys")
NAMED = frozenset({"name", "former_names", "short_names", "foreign_name", "credit_code"})


class Industry(models.Model):
    """A section or division of GB/T 4754-2017."""

    code = models.CharField(_("Code"), max_length=5, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name if is_chinese(None) else self.name_en or self.name


@tracked(exclude=[*DERIVED])
class Company(Mergeable):
    """A public legal person. One that a park typed in itself stays visible to that park alone until it is published."""

    class CodeKind(models.TextChoices):
        NONE = "", _("No code")
        VALID = "valid", _("Valid")
        INVALID = "invalid", _("Invalid check character")
        OLD15 = "old15", _("Old 15-digit number")
        OLD13 = "old13", _("Old 13-digit number")

    class Exchange(models.TextChoices):
        SSE = "SSE", _("Shanghai")
        SZSE = "SZSE", _("Shenzhen")
        BSE = "BSE", _("Beijing")
        NEEQ = "NEEQ", _("NEEQ")
        HKEX = "HKEX", _("Hong Kong")
        TWSE = "TWSE", _("Taiwan")
        NASDAQ = "NASDAQ", _("Nasdaq")
        NYSE = "NYSE", _("New York")
        OTHER = "OTHER", _("Another exchange")

    class Mark(models.TextChoices):
        GLOBAL_500 = "global_500", _("Global 500")
        NATIONAL_500 = "national_500", _("National 500")
        PRIVATE_500 = "private_500", _("Private 500")
        LISTED = "listed", _("Listed")
        HIGH_TECH = "high_tech", _("High-tech enterprise")
        SPECIALISED = "specialised", _("Specialised and new")
        LITTLE_GIANT = "little_giant", _("Little giant")
        CHAMPION = "champion", _("Manufacturing champion")
        UNICORN = "unicorn", _("Unicorn")
        FOREIGN = "foreign", _("Foreign-invested")
        STATE_OWNED = "state_owned", _("State-owned")

    name = models.CharField(_("Company name"), max_length=200)
    former_names = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name=_("Former names")
    )
    short_names = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("Short names"))
    foreign_name = models.CharField(_("Foreign name"), max_length=200, blank=True)
    credit_code = models.CharField(_("Unified social credit code"), max_length=40, blank=True)
    code_kind = models.CharField(
        _("State of the code"), max_length=8, choices=CodeKind.choices, blank=True, default="", editable=False
    )
    industry = models.ForeignKey(
        Industry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="companies",
        verbose_name=_("Industry"),
        db_index=False,  # company_industry begins with it
    )
    province = models.CharField(_("Province"), max_length=40, blank=True)
    city = models.CharField(_("City"), max_length=40, blank=True)
    address = models.CharField(_("Address"), max_length=240, blank=True)
    registered_on = models.DateField(_("Registered on"), null=True, blank=True)
    capital_raw = models.CharField(_("Registered capital"), max_length=80, blank=True)
    capital = models.DecimalField(_("Registered capital"), max_digits=18, decimal_places=2, null=True, blank=True)
    capital_currency = models.CharField(max_length=3, blank=True, default="CNY")
    stock_code = models.CharField(_("Stock code"), max_length=12, blank=True)
    exchange = models.CharField(_("Stock exchange"), max_length=6, choices=Exchange.choices, blank=True, default="")
    marks = ArrayField(
        models.CharField(max_length=12, choices=Mark.choices), default=list, blank=True, verbose_name=_("Marks")
    )
    website = models.URLField(_("Website"), blank=True)
    introduction = models.TextField(_("Introduction"), blank=True)
    source = models.CharField(_("Source"), max_length=120, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    # NULL: in the registry, for all parks. Else: typed in by that park and seen there alone.
    # Its index holds the parks' own rows only (below): the registry's would only lead the planner astray.
    origin_park = models.ForeignKey(
        "parks.Park", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Nobody asks for all that one person brought in, and people are not deleted: no index.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    # Computed by `derive` from all names and the code (core.searchkeys).
    # Compared byte by byte, so that its index serves the beginnings of names, too.
    name_key = models.CharField(max_length=200, default="", editable=False, db_collation="C")
    search_keys = ArrayField(models.CharField(max_length=24), default=list, editable=False)
    name_text = models.TextField(default="", editable=False)
    pinyin_text = models.TextField(default="", editable=False)
    initials_text = models.TextField(default="", editable=False)
    # The cores of its names (companies.duplicates.names): equal ones may mean the same company.
    normal_key = models.CharField(max_length=200, default="", editable=False, db_collation="C")
    alias_keys = ArrayField(models.CharField(max_length=200), default=list, blank=True, editable=False)

    objects: ClassVar = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Company")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Mergeable.Meta.constraints,
            models.UniqueConstraint(
                # A valid code is one company; old and misprinted numbers are not keys, registries repeat some.
                fields=["credit_code"],
                condition=models.Q(origin_park=None, code_kind="valid", merged_into=None),
                name="registry_code_once",
            ),
            models.UniqueConstraint(
                fields=["origin_park", "credit_code"],
                condition=models.Q(origin_park__isnull=False, merged_into=None) & ~models.Q(credit_code=""),
                name="park_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(exchange="") | ~models.Q(stock_code=""), name="exchange_of_a_stock_code"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Mergeable.Meta.indexes,
            models.Index(fields=["normal_key", "id"], name="company_normal"),
            # Nearly all of the registry has a valid code: who may be the same is mostly asked of the few without.
            models.Index(fields=["normal_key", "id"], condition=~models.Q(code_kind="valid"), name="company_uncoded"),
            GinIndex(fields=["alias_keys"], condition=~models.Q(alias_keys=[]), name="company_aliases"),
            # A pending list makes an import five times as fast; how long it may become is said in ops/roles.sql.
            GinIndex(fields=["search_keys"], name="company_search", fastupdate=True),
            # A search also asks what became of those that were merged: a few among very many that fit.
            GinIndex(fields=["search_keys"], condition=models.Q(merged_into__isnull=False), name="company_became"),
            GinIndex(fields=["marks"], name="company_marks"),
            models.Index(fields=["stock_code", "id"], condition=~models.Q(stock_code=""), name="company_stock"),
            models.Index(fields=["name", "id"], name="company_name"),
            models.Index(fields=["name_key", "id"], name="company_name_key"),
            models.Index(fields=["registered_on", "id"], name="company_registered"),
            models.Index(fields=["industry", "id"], name="company_industry"),
            models.Index(fields=["province", "city", "id"], name="company_region"),
            models.Index(fields=["-created_at", "-id"], name="company_created"),
            models.Index(
                fields=["origin_park", "-id"], condition=models.Q(origin_park__isnull=False), name="company_of_park"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive on every path; bulk writers call `derive` themselves."""
        fields = kwargs.get("update_fields")
        if fields is None or NAMED & set(fields):
            self.derive()
            if fields is not None:
                kwargs["update_fields"] = {*fields, *DERIVED, "credit_code", "code_kind"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page that shows what one's parks know of it."""
        return f"/companies/{self.pk}/"

    @property
    def capital_short(self) -> str:
        """The registered capital as people say it, in its own currency."""
        return "" if self.capital is None else short_money(self.capital, currency=self.capital_currency or "CNY")

    @property
    def mark_labels(self) -> list[str]:
        """The marks in the reader's language, in the order of importance."""
        return [str(label) for code, label in self.Mark.choices if code in self.marks]

    @property
    def listing(self) -> str:
        """“600000 Shanghai”; empty for a company that is not listed."""
        return f"{self.stock_code} {self.get_exchange_display()}".strip()

    def derive(self) -> None:
        """Set what follows from names and code: the cleaned code and its kind, the keys that find the company."""
        self.derive_identity()
        self.derive_search()

    def derive_search(self) -> None:
        """The keys and texts of the search: two thirds of the price, so an import pays it for new companies only."""
        index = search_index(self.name, *self.short_names, *self.former_names, self.foreign_name, code=self.credit_code)
        self.search_keys = index.keys
        self.name_text, self.pinyin_text, self.initials_text = index.name_text, index.pinyin_text, index.initials_text

    def derive_identity(self) -> None:
        """By what two companies are told to be the same: the cleaned code and its kind, the cores of the names."""
        checked = check_credit_code(self.credit_code)
        self.credit_code, self.code_kind = checked.code[:40], checked.kind
        self.name_key = normalise(self.name)[:200]
        aliases = [*self.short_names, *self.former_names, self.foreign_name]
        self.normal_key, self.alias_keys = normal_names(self.name, aliases)
