"""The shape of input about referrers and their rewards."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.queries import colleagues
from core.forms import Versioned
from core.money import MoneyField
from leads.forms.outward import THREE_LINES, ChoiceOfRow, FileField, PersonField
from leads.models import Lead, Referral, Referrer, ReferrerKind, RewardRule
from leads.pickers import CompanyPicked
from leads.queries.referrals import active_referrers, current_rules


class ReferrerForm(CompanyPicked, Versioned):
    """A referrer: who, how to reach, what was agreed, whether the name may be published."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ReferrerKind.choices)
    name = forms.CharField(label=_("Name of the person or organisation"), max_length=120)
    is_person = forms.BooleanField(label=_("A natural person"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("Mail"), required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=60, required=False)
    recommended_by = ChoiceOfRow(label=_("Recommended by"), required=False)
    owner = PersonField(label=_("Looked after by"))
    may_be_named = forms.BooleanField(label=_("Agreed to be named in public"), required=False)
    named_as = forms.CharField(label=_("Name in public"), max_length=120, required=False)
    rule_code = ChoiceOfRow(label=_("Rule of reward"), required=False)
    agreed_from = forms.DateField(label=_("Agreement from"), required=False)
    agreed_until = forms.DateField(label=_("Agreement until"), required=False)
    terms = forms.CharField(label=_("Terms"), max_length=4000, required=False, widget=forms.Textarea(attrs=THREE_LINES))
    agreement = FileField(label=_("Agreement (file)"))
    basis = forms.ChoiceField(label=_("Basis for keeping these data"), choices=Referrer.Basis.choices)
    retain_until = forms.DateField(label=_("Keep until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs=THREE_LINES))
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    # Shown and changed only by those who may read them.
    secret = ("phone", "email", "wechat")

    def __init__(
        self, *args: Any, park_id: int, referrer: Referrer | None = None, unmasked: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in () if unmasked else self.secret:
            del self.fields[name]
        others = [one for one in active_referrers(park_id) if referrer is None or one.pk != referrer.pk]
        self.fields["recommended_by"].offer(others)  # type: ignore[attr-defined]  # a ChoiceOfRow
        self.fields["owner"].offer(colleagues(frozenset({park_id})))  # type: ignore[attr-defined]  # a PersonField
        self.fields["owner"].initial = self.user
        self.fields["rule_code"].offer(current_rules(park_id), key="code")  # type: ignore[attr-defined]  # a ChoiceOfRow

    def clean(self) -> dict[str, Any]:
        """The rule is kept by its code, so that its next version is used, too."""
        data = super().clean()
        rule = data.get("rule_code")
        return data | {"rule_code": rule.code if rule else ""}


class ReferForm(forms.Form):
    """Who brought a lead."""

    referrer = ChoiceOfRow(label=_("Referrer"))
    referred_on = forms.DateField(label=_("Referred on"))
    share = forms.IntegerField(label=_("Share of the reward (%)"), min_value=1, max_value=100)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referrer"].offer(active_referrers(lead.park_id))  # type: ignore[attr-defined]  # a ChoiceOfRow
        self.fields["referred_on"].initial = timezone.localdate()
        taken = sum(Referral.objects.filter(lead=lead).values_list("share", flat=True))
        self.fields["share"].initial = max(100 - taken, 1)


class BroughtForm(forms.Form):
    """Which of one's leads a referrer brought."""

    lead = ChoiceOfRow(label=_("Lead"))
    referred_on = forms.DateField(label=_("Referred on"))
    share = forms.IntegerField(label=_("Share of the reward (%)"), min_value=1, max_value=100, initial=100)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)

    def __init__(self, *args: Any, user: User, referrer: Referrer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Lead.objects.visible_to(user).filter(park_id=referrer.park_id).exclude(stage="dropped")
        rows = rows.exclude(referrals__referrer=referrer).select_related("company").order_by("-claimed_at")[:200]
        self.fields["lead"].offer(rows, label=lambda lead: lead.name)  # type: ignore[attr-defined]  # a ChoiceOfRow
        self.fields["referred_on"].initial = timezone.localdate()


class RuleForm(Versioned):
    """A rule of reward, or its next version."""

    name = forms.CharField(label=_("Name of the rule"), max_length=120)
    method = forms.ChoiceField(label=_("Method"), choices=RewardRule.Method.choices)
    base = forms.ChoiceField(label=_("Of what"), choices=RewardRule.Base.choices)
    value = forms.DecimalField(
        label=_("Value"),
        max_digits=18,
        decimal_places=4,
        help_text=_("Yuan for a fixed sum, else so many per cent or per mille."),
    )
    cap = MoneyField(label=_("At most (yuan per referral)"), required=False)
    source = forms.CharField(label=_("Document"), max_length=200, required=False)


class ProposeForm(forms.Form):
    """A reward over a stated amount."""

    occasion = forms.CharField(label=_("What for (for example “land rent 2026”)"), max_length=30)
    amount = MoneyField(label=_("Stated amount (yuan)"))


class PayForm(Versioned):
    """That it was paid, and the slip."""

    paid_on = forms.DateField(label=pgettext_lazy("reward", "Paid on"))
    evidence = FileField(label=_("Payment slip"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = timezone.localdate()
