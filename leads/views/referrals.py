"""Referrers: the list, the record with its chain and referrals, forms; the page of thanks."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.masking import mask_mail, mask_phone, mask_text
from core.navigation import chosen_park
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Property, Quick, RecordPage, Tab
from leads.actions.personal import reveal_person
from leads.actions.referrals import add_referrer, edit_referrer, refer, take_back_referral
from leads.actions.rewards import propose_reward
from leads.forms.referrals import BroughtForm, ProposeForm, ReferForm, ReferrerForm
from leads.models import Lead, Referral, Referrer, Reward, RewardRule
from leads.outward_filters import ReferrerFilter
from leads.queries.referrals import chain_of, thanked, totals_of, years_of_thanks
from leads.views.outward import RowAction, RowForm, park_for

CHANGE = "referrers.change"


class ReferrerList(ListPage):
    """Who brings investors."""

    permission = "referrers.view"
    title = _("Referrers")
    filterset_class = ReferrerFilter
    rows_template = "leads/referrals/rows.html"
    default_order = "-created_at"
    saves_views = True
    exports = True
    columns = (
        Column("name", _("Referrer")),
        Column("kind", _("Kind")),
        Column("owner", _("Looked after by")),
        Column("agreement", _("Agreement"), export=lambda row: agreement_words(row)),
        Column("brought", _("Leads brought"), numeric=True, export=lambda row: row.totals.get("brought", 0)),
        Column("landed", _("Landed"), numeric=True, export=lambda row: row.totals.get("landed", 0)),
        Column("amount", _("Agreed investment"), numeric=True, money=True, export=lambda row: row.totals.get("amount")),
        Column("made", _("Made"), sort="created_at", hidden=True),
    )
    quick = (Quick(_("Mine"), "owner", "me"), Quick(_("Agents"), "kind", "agent"))
    buttons = (
        Button(_("New referrer"), "leads:referrer_add", "plus", permission=CHANGE, primary=True, sheet=True, key="n"),
    )
    empty = Empty(
        _("No referrers yet"),
        _("Settled enterprises, agents, funds, associations and hometown talents who bring investors to the park."),
        "heart-handshake",
        "leads:referrer_add",
        _("New referrer"),
        permission=CHANGE,
    )

    def get_queryset(self) -> QuerySet[Referrer]:
        rows: QuerySet[Referrer] = Referrer.objects.visible_to(person(self.request)).with_people()
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"totals": totals_of(self.slice.rows)} | kwargs))

    def complete(self, rows: Sequence[Referrer]) -> None:
        totals = totals_of(rows)
        for row in rows:
            vars(row).update(totals=totals.get(row.pk, {}))


def agreement_words(row: Referrer) -> str:
    """How the agreement stands, as the list shows it."""
    match row.agreement_state:
        case "none":
            return ""
        case "coming":
            return _now("from %(day)s") % {"day": row.agreed_from}
        case state:
            word = _now("Expired") if state == "over" else _now("Running")
            return f"{word} {row.agreed_until or ''}".strip()


class ReferrerRecord(RecordPage):
    """Whom they brought, what they were rewarded with, who recommended them."""

    permission = "referrers.view"
    template_name = "leads/referrals/record.html"
    tabs = (
        Tab("referrals", _("Referrals"), "leads/referrals/tab_referrals.html"),
        Tab("rewards", _("Rewards"), "leads/referrals/tab_rewards.html"),
    )

    def get_object(self) -> Referrer:
        rows = Referrer.objects.visible_to(person(self.request)).with_people()
        rows = rows.select_related("park", "company", "agreement")
        found: Referrer = fetch(rows, pk=self.kwargs["pk"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, row = person(self.request), self.object
        own: dict[str, Any] = {"may_change": user.access.can(CHANGE, row.park_id)}
        own["may_reveal"] = user.access.can("contacts.reveal", row.park_id) and bool(
            row.phone or row.email or row.wechat
        )
        own["may_erase"] = user.access.can("contacts.erase", row.park_id) and not row.is_erased
        if not self.is_tab:
            own |= {"chain": chain_of(row), "recommended": list(row.recommended.all()[:50])}
            own["properties"] = self.properties()
        return super().get_context_data(**(own | self.of_tab() | kwargs))

    def of_tab(self) -> dict[str, Any]:
        """The rows of the open tab."""
        user, row = person(self.request), self.object
        if self.tab and self.tab.code == "rewards":
            rewards = Reward.objects.visible_to(user).filter(referral__referrer=row).with_names()
            return {"rewards": rewards.order_by("-proposed_at", "-id")[:200], "reader": user}
        referrals = Referral.objects.visible_to(user).filter(referrer=row).with_names().order_by("-referred_on", "-id")
        rule = RewardRule.objects.filter(park_id=row.park_id, code=row.rule_code).current().first()
        return {"referrals": referrals[:200], "by_hand": rule is not None and rule.base == RewardRule.Base.STATED}

    def properties(self) -> list[Property]:
        row = self.object
        rule = RewardRule.objects.filter(park_id=row.park_id, code=row.rule_code).current().first()
        named = row.named_as or row.name if row.may_be_named else _("Wants to stay unnamed")
        return [
            Property(_("Company"), row.company, url=row.company.get_absolute_url() if row.company else ""),
            Property(_("Telephone"), mask_phone(row.phone)),
            Property(_("Mail"), mask_mail(row.email)),
            Property(_("WeChat"), mask_text(row.wechat)),
            Property(_("Name in public"), named),
            Property(_("Rule of reward"), rule),
            Property(_("Agreement"), row, template="leads/referrals/agreement.jinja"),
            Property(_("Basis"), row.get_basis_display()),
            Property(_("Keep until"), row.retain_until),
            Property(_("Note"), row.note),
            Property(_("Park"), row.park.name),
        ]


class AddReferrer(FormPage):
    """A new referrer."""

    permission = CHANGE
    title = _("New referrer")
    form_class = ReferrerForm
    fields_template = "leads/referrals/fields.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "park_id": park_for(self.request, CHANGE)}
        return super().get_form_kwargs() | own

    def perform(self, form: ReferrerForm) -> Referrer:
        data = {name: value for name, value in form.cleaned_data.items() if name not in {"version", "company_text"}}
        return add_referrer(by=person(self.request), park_id=park_for(self.request, CHANGE), **data)


class ReferrerRowForm(RowForm, abstract=True):
    """A form about a referrer."""

    permission = CHANGE
    model: ClassVar[Any] = Referrer


class EditReferrer(ReferrerRowForm):
    """Correct what is known; opening it unmasked is written down."""

    permission = CHANGE
    merges = True
    title = _("Edit referrer")
    form_class = ReferrerForm
    fields_template = "leads/referrals/fields.html"

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("company")

    @cached_property
    def unmasked(self) -> bool:
        """May this person read telephone and mail?"""
        return person(self.request).access.can("contacts.reveal", self.row.park_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.unmasked:
            reveal_person(by=person(request), row=self.row)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        row = self.row
        own = {name: getattr(row, name, None) for name in ReferrerForm.base_fields if name != "agreement"}
        own["recommended_by"] = str(row.recommended_by_id or "")
        company = {"company_text": row.company.name, "company": str(row.company_id)} if row.company else {"company": ""}
        return own | {"company_text": ""} | company

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "park_id": self.row.park_id, "referrer": self.row}
        return super().get_form_kwargs() | own | {"unmasked": self.unmasked}

    def perform(self, form: ReferrerForm) -> Referrer:
        data = {name: value for name, value in form.cleaned_data.items() if name != "company_text"}
        return edit_referrer(by=person(self.request), referrer=self.row, **data)


class Brought(ReferrerRowForm):
    """Which lead they brought."""

    permission = CHANGE
    title = _("Record a referral")
    form_class = BroughtForm
    success_message = _("Recorded.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "referrer": self.row}

    def perform(self, form: BroughtForm) -> Referral:
        return refer(by=person(self.request), referrer=self.row, **form.cleaned_data)


class ReferLead(RowForm):
    """Who brought this lead."""

    permission = CHANGE
    model = Lead
    title = _("Who brought this lead?")
    form_class = ReferForm
    success_message = _("Recorded.")

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("company")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lead": self.row}

    def perform(self, form: ReferForm) -> Referral:
        return refer(by=person(self.request), lead=self.row, **form.cleaned_data)


class TakeBackReferral(RowAction):
    """Recorded by mistake."""

    permission = CHANGE
    model = Referral
    owner = "referrer"
    success_message = _("Taken out.")

    def perform(self) -> Referrer:
        return take_back_referral(by=person(self.request), referral=self.row)


class ProposeReward(RowForm):
    """A reward over a stated amount."""

    permission = CHANGE
    model = Referral
    owner, tab = "referrer", "rewards"
    title = _("Propose a reward")
    form_class = ProposeForm
    success_message = _("Proposed; somebody else approves it.")

    def perform(self, form: ProposeForm) -> Reward:
        return propose_reward(by=person(self.request), referral=self.row, **form.cleaned_data)


class ThanksPage(Page):
    """The wall of thanks (恩人榜): made for a big screen and for paper."""

    permission = "referrers.view"
    title = _("With thanks")
    template_name = "leads/referrals/thanks.html"

    @cached_property
    def park_id(self) -> int:
        """The park of the switcher, else the home park."""
        access = person(self.request).access
        chosen = chosen_park(self.request)
        if chosen and access.can(self.permission, chosen.id):
            return int(chosen.id)
        return park_for(self.request, self.permission)

    @cached_property
    def year(self) -> int | None:
        """The year of the address, or all of them."""
        text = self.request.GET.get("year", "")
        return int(text) if len(text) == 4 and text.isdecimal() and int(text) > 0 else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        people = thanked(user, self.park_id, self.year)
        own = {
            "people": people,
            "year": self.year,
            "years": years_of_thanks(user, self.park_id),
            "park": next((park for park in user.access.parks if park.id == self.park_id), None),
            "projects": sum(one.projects for one in people),
            "amount": sum(one.amount for one in people),
            "today": timezone.localdate(),
        }
        return super().get_context_data(**(own | kwargs))
