"""Rewards of referrers: the list, deciding and paying, and the rules by which they are computed."""

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import fetch, person, require
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Property, Quick, RecordPage
from leads.actions.referrals import retire_rule, set_rule
from leads.actions.rewards import approve_reward, pay_reward, reject_reward
from leads.forms.outward import WhyForm
from leads.forms.referrals import PayForm, RuleForm
from leads.models import Reward, RewardRule
from leads.outward_filters import RewardFilter
from leads.views.outward import RowAction, RowForm, park_for

APPROVE, RULES = "rewards.approve", "rewards.rules"


class RewardList(ListPage):
    """All rewards that one sees."""

    permission = "rewards.view"
    title = _("Rewards")
    filterset_class = RewardFilter
    rows_template = "leads/referrals/reward_rows.html"
    default_order = "-proposed_at"
    saves_views = True
    exports = True
    columns = (
        Column("referrer", _("Referrer"), export="referral__referrer__name"),
        Column("lead", _("Lead"), export="referral__lead__name"),
        Column("amount", _("Reward"), numeric=True, money=True),
        Column("rule", _("Rule of reward"), export="rule__name"),
        Column("state", _("State")),
        Column("proposed", _("Proposed"), sort="proposed_at"),
    )
    quick = (
        Quick(_("To be approved"), "state", "proposed"),
        Quick(_("To be paid"), "state", "approved"),
        Quick(_("Paid"), "state", "paid"),
    )
    buttons = (Button(_("Rules of reward"), "leads:reward_rules", "scale", permission="referrers.view"),)
    empty = Empty(
        _("No rewards yet"),
        _("When a deal lands that somebody referred, the park's rule computes the reward, and it waits for approval."),
        "award",
    )

    def get_queryset(self) -> QuerySet[Reward]:
        rows: QuerySet[Reward] = Reward.objects.visible_to(person(self.request)).with_names()
        return rows


class RewardRecord(RecordPage):
    """One reward: how it was computed, who proposed, decided and paid."""

    permission = "rewards.view"
    template_name = "leads/referrals/reward.html"

    def get_object(self) -> Reward:
        rows = Reward.objects.visible_to(person(self.request)).with_names()
        found: Reward = fetch(rows.select_related("decided_by", "paid_by", "evidence", "park"), pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        return str(self.object.referral.referrer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, row = person(self.request), self.object
        approves = user.access.can(APPROVE, row.park_id)
        own = {
            "may_decide": approves and row.state == Reward.State.PROPOSED and row.proposed_by_id != user.pk,
            "second_person": approves and row.state == Reward.State.PROPOSED and row.proposed_by_id == user.pk,
            "may_pay": approves and row.state == Reward.State.APPROVED,
            "rule": rule_shown(row.rule_snapshot),
            "properties": self.properties(),
        }
        return super().get_context_data(**(own | kwargs))

    def properties(self) -> list[Property]:
        row = self.object
        referral = row.referral
        return [
            Property(_("Referrer"), referral.referrer, url=referral.referrer.get_absolute_url()),
            Property(_("Lead"), referral.lead.name, url=referral.lead.get_absolute_url()),
            Property(_("Referred on"), referral.referred_on),
            Property(_("Landed on"), referral.landed_on),
            Property(_("Proposed by"), row.proposed_by),
            Property(pgettext_lazy("reward", "Decided by"), row.decided_by),
            Property(pgettext_lazy("reward", "Paid on"), row.paid_on),
            Property(_("Park"), row.park.name),
        ]


def rule_shown(kept: dict[str, Any]) -> dict[str, Any]:
    """The kept rule with its numbers as numbers."""
    return kept | {name: Decimal(kept[name]) for name in ("value", "cap") if kept.get(name)}


class RewardForm(RowForm, abstract=True):
    """A form about a reward."""

    permission = APPROVE
    model: ClassVar[Any] = Reward


class ApproveReward(RowAction):
    """A second person agrees."""

    permission = APPROVE
    model = Reward
    success_message = _("Approved.")

    def perform(self) -> Reward:
        return approve_reward(by=person(self.request), reward=self.row, version=self.version)


class RejectReward(RewardForm):
    """A second person does not agree."""

    permission = APPROVE
    title = _("Reject the reward")
    form_class = WhyForm
    submit_label = pgettext_lazy("reward", "Reject")
    success_message = _("Rejected.")
    danger = True

    def perform(self, form: WhyForm) -> Reward:
        return reject_reward(by=person(self.request), reward=self.row, **form.cleaned_data)


class PayReward(RewardForm):
    """It was paid."""

    permission = APPROVE
    title = _("Record the payment")
    form_class = PayForm
    success_message = _("Recorded as paid.")

    def perform(self, form: PayForm) -> Reward:
        return pay_reward(by=person(self.request), reward=self.row, **form.cleaned_data)


class RuleList(Page):
    """The rules in force, and the versions before them."""

    permission = "referrers.view"
    title = _("Rules of reward")
    template_name = "leads/referrals/rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        rows = RewardRule.objects.visible_to(user).select_related("park").order_by("park", "code", "-number")
        own = {"rules": list(rows[:200]), "ruled": user.access.parks_with(RULES)}
        return super().get_context_data(**(own | kwargs))


class SetRule(FormPage):
    """A new rule, or the next version of one."""

    permission = RULES
    merges = True
    title: str | Promise = _("New rule of reward")
    form_class = RuleForm
    fields_template = "leads/referrals/rule_fields.html"
    success_message = _("In force from now on; what was computed before keeps its rule.")
    success_url = "leads:reward_rules"

    @cached_property
    def before(self) -> RewardRule | None:
        """The version that is replaced: the latest of the rule, whichever was opened."""
        if "pk" not in self.kwargs:
            return None
        rules = RewardRule.objects.visible_to(person(self.request))
        found: RewardRule = fetch(rules, pk=self.kwargs["pk"])
        require(person(self.request), RULES, found.park_id)
        latest: RewardRule = rules.filter(park_id=found.park_id, code=found.code).latest("number")
        return latest

    def get_title(self) -> str | Promise:
        return self.before.name if self.before else self.title

    def get_initial(self) -> dict[str, Any]:
        before = self.before
        names = [name for name in RuleForm.base_fields if name != "version"]
        return {name: getattr(before, name) for name in names} | {"version": before.number} if before else {}

    def perform(self, form: RuleForm) -> RewardRule:
        before = self.before
        return set_rule(
            by=person(self.request),
            park_id=before.park_id if before else park_for(self.request, RULES),
            code=before.code if before else get_random_string(12).lower(),
            **form.cleaned_data,
        )

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)


class RetireRule(RowAction):
    """No longer in force."""

    permission = RULES
    model = RewardRule
    success_message = _("No longer in force.")

    @property
    def home(self) -> str:
        """The list of rules."""
        # Found first: a stranger's rule is 404.
        return reverse("leads:reward_rules") if self.row else ""

    def perform(self) -> RewardRule:
        return retire_rule(by=person(self.request), rule=self.row)
