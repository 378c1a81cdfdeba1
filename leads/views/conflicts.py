"""Conflicts of claims: opening one, one's own side, the ruler's list and the page with both sides."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from core.access import fetch, person
from core.pages import Column, Empty, FormPage, ListPage, Property, Quick, RecordPage
from leads.actions import open_conflict, rule_conflict, state_side, withdraw_case
from leads.actions.conflicts import may_rule
from leads.filters import ConflictFilter, SideFilter
from leads.forms.claims import ContestForm, RulingForm, StatementForm
from leads.forms.leads import ReasonForm
from leads.models import ClaimConflict, ConflictSide
from leads.queries.conflicts import Heard, both_sides
from leads.queries.sharing import tie_of


class ConflictList(ListPage):
    """Cases for those who rule and those who check."""

    permission = "conflicts.view"
    title = _("Claim conflicts")
    filterset_class = ConflictFilter
    rows_template = "leads/conflict_rows.html"
    default_order = "-opened_at"
    columns = (
        Column("company", _("Company")),
        Column("state", _("State")),
        Column("first", _("First claimant")),
        Column("second", _("Second claimant")),
        Column("opened", _("Opened"), sort="opened_at"),
        Column("rule_by", _("Rule by")),
    )
    quick = (Quick(_("To be ruled"), "state", "open"), Quick(_("Overdue"), "late", "true"))
    empty = Empty(
        _("No conflicts"),
        _("When two claim the same company, the second can put the case here with reason and evidence."),
        "gavel",
    )

    def get_queryset(self) -> QuerySet[ClaimConflict]:
        rows: QuerySet[ClaimConflict] = ClaimConflict.objects.visible_to(person(self.request)).with_people()
        return rows


class SideList(ListPage):
    """The cases in which one is a claimant, or one's people are."""

    permission = "leads.claim"
    title = _("Claim conflicts")
    filterset_class = SideFilter
    rows_template = "leads/side_rows.html"
    default_order = "-filed_at"
    columns = (
        Column("company", _("Company")),
        Column("state", _("State")),
        Column("place", _("First or second")),
        Column("person", _("Claimant")),
        Column("filed", _("Filed at"), sort="filed_at"),
        Column("ruling", _("Ruling")),
    )
    quick = (Quick(_("Mine"), "person", "me"), Quick(_("To be ruled"), "state", "open"))
    empty = Empty(
        _("No conflicts"),
        _("Where somebody else holds a company that you claim, you can put your case from the claim's page."),
        "gavel",
    )

    def get_queryset(self) -> QuerySet[ConflictSide]:
        rows: QuerySet[ConflictSide] = ConflictSide.objects.visible_to(person(self.request)).with_people()
        return rows


class OpenConflict(FormPage):
    """Put a second claim before those who rule."""

    permission = "leads.claim"
    form_class = ContestForm
    fields_template = "leads/contest_fields.html"
    intro = _("Say why the company should be yours, and add evidence. Somebody who is no party rules with a reason.")
    submit_label = _("Put the case")
    success_message = _("The case is opened.")

    @cached_property
    def company(self) -> Company:
        """The contested one."""
        company: Company = fetch(Company.objects.visible_to(person(self.request)), pk=self.kwargs["company_pk"])
        return company

    def get_title(self) -> str | Promise:
        return gettext("Contest the claim on %(company)s") % {"company": self.company.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: ContestForm) -> ConflictSide:
        data = form.cleaned_data
        return open_conflict(
            by=person(self.request),
            company=self.company,
            park_id=form.park_id,
            reason=data["reason"],
            files=data["files"],
        )


def side_of(page: Any) -> ConflictSide:
    """The side of the address."""
    rows = ConflictSide.objects.visible_to(person(page.request)).with_people().select_related("park")
    found: ConflictSide = fetch(rows, pk=page.kwargs["pk"])
    return found


class SideRecord(RecordPage):
    """What one claimant gave and learned."""

    permission = "leads.claim"
    template_name = "leads/side.html"

    def get_object(self) -> ConflictSide:
        return side_of(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        own = {
            "files": row.files.select_related("attachment"),
            "link": tie_of(person(self.request), row),
            "may_state": (own := row.is_open and row.person_id == person(self.request).pk),
            "may_withdraw": own and row.place == ConflictSide.Place.SECOND,
            "properties": [
                Property(_("Company"), row.company.name, url=row.company.get_absolute_url()),
                Property(_("Your place"), row.get_place_display()),
                Property(_("Claimant"), row.person),
                Property(_("Filed at"), row.filed_at, template="parts/when.jinja"),
                Property(_("Park"), row.park.name),
                Property(_("Lead"), row.lead and row.company.name, url=row.lead.get_absolute_url() if row.lead else ""),
            ],
        }
        return super().get_context_data(**(own | kwargs))


class StateSide(FormPage):
    """One's own reasons, while the case is open."""

    permission = "leads.claim"
    title = _("State your side")
    form_class = StatementForm
    fields_template = "leads/contest_fields.html"

    @cached_property
    def side(self) -> ConflictSide:
        """The claimant's own."""
        return side_of(self)

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self.side.statement, "version": self.side.version}

    def perform(self, form: StatementForm) -> ConflictSide:
        return state_side(by=person(self.request), side=self.side, **form.cleaned_data)


class WithdrawCase(FormPage):
    """The second claimant gives it up."""

    permission = "leads.claim"
    title = _("Withdraw the case")
    intro = _("Nothing will be ruled; whoever holds the company keeps it and reads your reason.")
    form_class = ReasonForm
    submit_label = _("Withdraw")
    success_message = _("Withdrawn.")
    danger = True

    @cached_property
    def side(self) -> ConflictSide:
        """The claimant's own."""
        return side_of(self)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.side.version}

    def perform(self, form: ReasonForm) -> ConflictSide:
        return withdraw_case(by=person(self.request), side=self.side, **form.cleaned_data)


def conflict_of(page: Any) -> ClaimConflict:
    """The case of the address."""
    rows = ClaimConflict.objects.visible_to(person(page.request)).with_people().select_related("park")
    found: ClaimConflict = fetch(rows, pk=page.kwargs["pk"])
    return found


class ConflictRecord(RecordPage):
    """Both sides beside each other, as far as the reader may see each park."""

    permission = "conflicts.view"
    template_name = "leads/conflict.html"

    def get_object(self) -> ClaimConflict:
        return conflict_of(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, row = person(self.request), self.object
        heard: list[Heard] = both_sides(user, row)
        return super().get_context_data(heard=heard, may_rule=row.is_open and may_rule(user, row), **kwargs)


class RuleConflict(FormPage):
    """The ruling."""

    permission = "leads.rule"
    title = _("Rule on the conflict")
    form_class = RulingForm
    fields_template = "leads/ruling_fields.html"
    submit_label = _("Rule")
    success_message = _("Ruled; both are told.")

    @cached_property
    def conflict(self) -> ClaimConflict:
        """The case."""
        return conflict_of(self)

    def get_title(self) -> str | Promise:
        return gettext("Rule: %(company)s") % {"company": self.conflict.company.name}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.conflict.version, "first_share": 50}

    def perform(self, form: RulingForm) -> ClaimConflict:
        return rule_conflict(by=person(self.request), conflict=self.conflict, **form.cleaned_data)
