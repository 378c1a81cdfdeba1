"""The tree of parks, each park's working time and the thresholds it sets."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.isolation import ParkOwned, Portal
from parks.querysets import ParkQuerySet


class Park(models.Model):
    """A node of the tree platform → zone → park inside the zone (区中园)."""

    class Kind(models.TextChoices):
        PLATFORM = "platform", _("Platform")
        ZONE = "zone", _("Zone")
        INNER = "inner", _("Sub-park")

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.ZONE)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Parent"),
    )
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    operator_name = models.CharField(_("Park operator"), max_length=120, blank=True)
    positioning = models.TextField(_("Positioning"), blank=True)
    industries = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("Key industries"),
    )
    description = models.TextField(_("Description"), blank=True)
    source = models.CharField(_("Source"), max_length=120, blank=True)
    is_active = models.BooleanField(_("Active"), default=True)

    objects = ParkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the depth that sorts menus."""
        self.depth = self.parent.depth + 1 if self.parent else 0
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came

    def get_absolute_url(self) -> str:
        """The park's own page."""
        return reverse("parks:record", args=[self.code])


# Kinds of activity that can be a visit; the app above stores the same codes.
VISIT_KINDS = (
    ("outbound_visit", _("Outbound visit")),
    ("inbound_visit", _("Inbound visit")),
    ("negotiation", _("Negotiation")),
    ("video", _("Video meeting")),
)


def outbound_kinds() -> list[str]:
    """By default what its name says."""
    return ["outbound_visit"]


def inbound_kinds() -> list[str]:
    """By default what its name says."""
    return ["inbound_visit"]


class ParkRules(ParkOwned):
    """The thresholds of one park; defaults are those collected from published rules (see assessment.md's sources)."""

    portal = Portal.WHOLE_PARK

    # How long a claim protects a lead of each tier; progress renews it, up to the cap; then it falls into the pool.
    protection_days_a = models.PositiveSmallIntegerField(_("Protection of a key lead, tier A (days)"), default=120)
    protection_days = models.PositiveSmallIntegerField(_("Protection of a normal lead, tier B (days)"), default=90)
    protection_days_c = models.PositiveSmallIntegerField(_("Protection of a watched lead, tier C (days)"), default=60)
    renewal_days = models.PositiveSmallIntegerField(
        _("Progress protects for at least (days)"),
        default=30,
        help_text=_("An activity or a move onward extends the protection to this many days from then; 0: never."),
    )
    protection_cap_days = models.PositiveSmallIntegerField(
        _("One claim protects for at most (days)"), default=365, help_text=_("0: without limit.")
    )
    reclaim_negotiating = models.BooleanField(_("Leads in negotiation fall into the pool, too"), default=True)
    reclaim_screening = models.BooleanField(_("Leads in screening fall into the pool, too"), default=False)
    pool_daily_picks = models.PositiveSmallIntegerField(
        _("Picks from the pool per person and day"), default=3, help_text=_("0: without limit.")
    )
    holding_limit = models.PositiveSmallIntegerField(
        _("Open leads that one person may hold"), default=60, help_text=_("0: without limit.")
    )
    repick_days = models.PositiveSmallIntegerField(_("The last owner may pick it again after (days)"), default=30)
    ruling_days = models.PositiveSmallIntegerField(_("Conflict of claims ruled within (working days)"), default=5)
    stale_days_planning = models.PositiveSmallIntegerField(_("No progress lights up: planning (days)"), default=45)
    stale_days_contacting = models.PositiveSmallIntegerField(_("No progress lights up: contacting (days)"), default=45)
    stale_days_visiting = models.PositiveSmallIntegerField(_("No progress lights up: visiting (days)"), default=45)
    stale_days_negotiating = models.PositiveSmallIntegerField(
        _("No progress lights up: negotiating (days)"), default=30
    )
    stale_days_screening = models.PositiveSmallIntegerField(_("No progress lights up: screening (days)"), default=30)
    submission_days = models.PositiveSmallIntegerField(_("Submission judged within (working days)"), default=3)
    late_red_days = models.PositiveSmallIntegerField(_("Milestone late: red after (days)"), default=30)
    late_red_share = models.PositiveSmallIntegerField(_("Share of open milestones late: red above (%)"), default=50)
    remind_days = models.PositiveSmallIntegerField(_("Remind before a milestone (days)"), default=3)
    cutoff_working_day = models.PositiveSmallIntegerField(_("Month closes on working day"), default=3)
    cutoff_time = models.TimeField(_("Month closes at"), default=time(18, 0))
    objection_days = models.PositiveSmallIntegerField(_("Objection window (working days)"), default=3)
    first_response_minutes = models.PositiveIntegerField(_("First response within (working minutes)"), default=120)
    silence_days = models.PositiveSmallIntegerField(
        _("A resolution nobody objects to counts as consent after (working days)"), default=5
    )
    credit_first_share = models.DecimalField(
        _("Credit by default: first contact (%)"), max_digits=5, decimal_places=2, default=30
    )
    credit_assist_share = models.DecimalField(
        _("Credit by default: each assist (%)"), max_digits=5, decimal_places=2, default=10
    )
    offer_days = models.PositiveSmallIntegerField(_("Offer to another park expires after (days)"), default=14)
    handover_days = models.PositiveSmallIntegerField(_("Hand-over signed for within (working days)"), default=2)
    reopen_days = models.PositiveSmallIntegerField(_("A reply reopens within (days)"), default=7)
    contact_keep_days = models.PositiveSmallIntegerField(_("A contact is kept for (days)"), default=730)
    # Which visits count in the month, and with what evidence; what was logged before a change keeps its standing.
    outbound_kinds = ArrayField(
        models.CharField(max_length=16, choices=VISIT_KINDS),
        default=outbound_kinds,
        blank=True,
        verbose_name=_("Counts as an outbound visit"),
    )
    inbound_kinds = ArrayField(
        models.CharField(max_length=16, choices=VISIT_KINDS),
        default=inbound_kinds,
        blank=True,
        verbose_name=_("Counts as an inbound visit"),
    )
    visit_needs_photo = models.BooleanField(_("A visit counts only with a photo"), default=False)
    visit_needs_person = models.BooleanField(_("A visit counts only with somebody met"), default=False)
    visit_text_min = models.PositiveSmallIntegerField(_("A visit counts from this many characters on"), default=0)
    visit_once_a_day = models.BooleanField(_("One visit a day and company counts"), default=False)
    activity_edit_days = models.PositiveSmallIntegerField(_("Follow-ups can be corrected for (days)"), default=7)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park"], name="rules_once_per_park"),
            models.CheckConstraint(
                condition=models.Q(credit_first_share__gte=0)
                & models.Q(credit_first_share__lt=100)
                & models.Q(credit_assist_share__gte=0)
                & models.Q(credit_assist_share__lt=100),
                name="credit_shares_leave_the_owner_some",
            ),
        ]

    def __str__(self) -> str:
        return str(self.park_id)


class OpeningHours(ParkOwned):
    """One interval of a weekday (0 = Monday); several a day are usual: the lunch break."""

    portal = Portal.WHOLE_PARK

    weekday = models.PositiveSmallIntegerField(_("Weekday"))
    opens = models.TimeField(_("Opens"))
    closes = models.TimeField(_("Closes"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_is_0_to_6"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="closes_after_it_opens",
            ),
            models.UniqueConstraint(fields=["park", "weekday", "opens"], name="interval_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class CalendarDay(ParkOwned):
    """A dated exception that beats the weekday: closed, or open as on a Monday (make-up day), or shorter hours."""

    portal = Portal.WHOLE_PARK

    day = models.DateField(_("Day"))
    is_open = models.BooleanField(_("Open"), default=False)
    opens = models.TimeField(_("Opens"), null=True, blank=True)
    closes = models.TimeField(_("Closes"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "day"], name="exception_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class MonthClose(ParkOwned):
    """A month that is closed for counting: a fact entered later counts in the month that is open then."""

    app_rights = "SELECT, INSERT"

    month = models.DateField(_("Month"))
    closed_at = models.DateTimeField(_("Closed at"))
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "month"], name="month_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
