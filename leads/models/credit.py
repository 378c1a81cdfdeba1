"""Who gets what share of a lead: sets of shares, agreed, by default or settled; none is ever changed once in force."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.leads import Lead
from leads.querysets import OfLeadQuerySet

_SUM = """
    SELECT COALESCE(sum(percent), 0) INTO held FROM leads_creditshare
        WHERE park_id = NEW.park_id AND split_id = {split};
    IF held <> 100 THEN
        RAISE EXCEPTION 'luodi: the shares of a lead sum to 100, not %', held USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def _whole(name: str, split: str) -> pgtrigger.Trigger:
    """Checked when the transaction ends, since the shares come one by one."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=[("held", "numeric")],
        func=_SUM.format(split=split),
    )


class CreditSplit(ParkOwned):
    """One set of shares. For a day counts the set decided last among those that are valid from that day or before."""

    class Basis(models.TextChoices):
        AGREED = "agreed", _("By agreement")
        DEFAULT = "default", _("The park's default")
        SETTLED = "settled", _("Settled by a manager")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("credit", "Proposed")
        IN_FORCE = "in_force", pgettext_lazy("credit", "In force")
        DECLINED = "declined", pgettext_lazy("credit", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("credit", "Withdrawn")

    lead = ParkForeignKey(Lead, related_name="splits", verbose_name=_("Lead"))
    basis = models.CharField(_("Basis"), max_length=8, choices=Basis.choices)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.PROPOSED)
    valid_from = models.DateField(_("Valid from"))
    note = models.CharField(_("Reason"), max_length=240, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("Proposed at"))
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("Credit split")
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            _whole("split_is_whole", "NEW.id"),
            pgtrigger.Protect(
                name="decided_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="proposed"),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park", "lead"], condition=Q(state="proposed"), name="one_proposal_per_lead"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None) | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="split_decided_with_its_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["park", "lead", "-decided_at", "-id"], condition=Q(state="in_force"), name="split_in_force"
            ),
            models.Index(fields=["park", "lead", "-id"], name="splits_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.valid_from}"

    def get_absolute_url(self) -> str:
        """The history of the lead's credit."""
        return to("leads:credit", self.lead_id)


class CreditShare(ParkOwned):
    """One person's share in a set, with the department of that time and the person's word on it.

    Who would lose a share stands in the set with 0 %: that person has to agree, too.
    """

    app_rights = "SELECT, INSERT, UPDATE"

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        FIRST = "first", _("First contact")
        ASSIST = "assist", _("Assist")

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Not answered yet")
        ACCEPTED = "accepted", _("Agrees")
        DECLINED = "declined", _("Does not agree")

    split = ParkForeignKey(CreditSplit, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("Role"), max_length=6, choices=Role.choices)
    percent = models.DecimalField(_("Share (%)"), max_digits=5, decimal_places=2)
    answer = models.CharField(_("Answer"), max_length=8, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)

    class Meta:
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            _whole("shares_are_whole", "NEW.split_id"),
            # Only the answer may change, and only once.
            pgtrigger.ReadOnly(
                name="share_is_final", fields=["park", "split", "user", "department", "role", "percent"]
            ),
            pgtrigger.Protect(
                name="answer_is_final", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__answer="waiting")
            ),
        ]
        ordering: ClassVar[list[str]] = ["-percent", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "split", "user"], name="share_once_per_person"),
            models.CheckConstraint(condition=Q(percent__gte=0) & Q(percent__lte=100), name="share_between_0_and_100"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "user"], condition=Q(answer="waiting"), name="share_to_answer")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.percent} %"
