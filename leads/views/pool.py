"""The public pool: the list, letting go, picking, giving to somebody; and the source put right."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person, require
from core.pages import ActionPage, Button, Column, Empty, FormPage, ListPage, Quick
from leads.actions import assign_from_pool, correct_source, pick_lead, release_lead
from leads.actions.pool import pick_again_on
from leads.filters import PoolFilter
from leads.forms.claims import AssignForm
from leads.forms.leads import ReasonForm, SourceForm
from leads.models import Lead
from leads.views.changes import LeadForm


class PoolList(ListPage):
    """Leads that nobody holds."""

    permission = "leads.view"
    title = _("Public pool")
    filterset_class = PoolFilter
    rows_template = "leads/pool_rows.html"
    default_order = "-pooled_at"
    columns = (
        Column("company", _("Company")),
        Column("stage", _("Stage")),
        Column("tier", _("Tier")),
        Column("amount", _("Investment"), numeric=True),
        Column("last", _("Last owner")),
        Column("since", _("In the pool since"), sort="pooled_at"),
        Column("act", ""),
    )
    quick = (Quick(_("A · key"), "tier", "A"), Quick(_("Held by me last"), "last_owner", "me"))
    buttons = (Button(_("Assign"), "leads:pool_assign", "user-share", permission="leads.assign", sheet=True),)
    empty = Empty(
        _("The pool is empty"),
        _("Leads come here when their protection runs out or their owner lets go. Anybody may pick them then."),
        "droplet",
    )

    def get_queryset(self) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = Lead.objects.visible_to(person(self.request)).in_pool().with_people()
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        may_pick = user.access.parks_with("leads.claim")
        # Whoever held a lead last waits for the park's days: with the day instead of a button that would be refused.
        later = {row.pk: day for row in self.slice.rows if (day := pick_again_on(user, row)) is not None}
        own = {"may_pick": may_pick, "later": later, "pick_label": _("Pick")}
        return super().get_context_data(**(own | kwargs))


class PickLead(ActionPage):
    """One click: the lead is mine."""

    permission = "leads.claim"
    success_message = _("Picked: the lead is yours.")

    def perform(self) -> Lead:
        user = person(self.request)
        lead: Lead = fetch(Lead.objects.visible_to(user), pk=self.kwargs["pk"])
        return pick_lead(by=user, lead=lead)


class ReleaseLead(LeadForm):
    """Let go of a lead, with a reason."""

    title = _("Put into the public pool")
    intro = _("Colleagues may pick the lead at once; its history stays. You may pick it again only after some time.")
    form_class = ReasonForm
    submit_label = _("Put into the pool")
    success_message = _("The lead is in the public pool.")
    danger = True

    def perform(self, form: ReasonForm) -> Lead:
        return release_lead(by=person(self.request), lead=self.lead, **form.cleaned_data)


class AssignFromPool(FormPage):
    """A manager gives leads of the pool to somebody."""

    permission = "leads.assign"
    title = _("Assign leads of the pool")
    form_class = AssignForm
    fields_template = "leads/assign_fields.html"
    submit_label = _("Assign")
    success_message = _("Assigned.")

    @cached_property
    def pooled(self) -> list[Lead]:
        """What may be given, the newest first."""
        user = person(self.request)
        rows = Lead.objects.visible_to(user).in_pool().filter(park_id__in=user.access.parks_with("leads.assign"))
        return list(rows.with_people().order_by("-pooled_at", "-id")[:100])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"leads": self.pooled}

    def get_initial(self) -> dict[str, Any]:
        return {"leads": self.request.GET.getlist("lead")}

    def get_success_url(self, result: Any) -> str:
        return reverse("leads:pool")

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def perform(self, form: AssignForm) -> list[Lead]:
        return assign_from_pool(by=person(self.request), **form.cleaned_data)


class CorrectSource(LeadForm):
    """A wrong source put right, by a manager."""

    permission = "leads.assign"
    title = _("Correct the source")
    intro = _("What comes of the lead is counted for its source. The correction is recorded with its reason.")
    form_class = SourceForm
    fields_template = "leads/source_fields.html"

    def check_lead(self, lead: Lead) -> None:
        require(person(self.request), "leads.assign", lead.park_id)

    def get_initial(self) -> dict[str, Any]:
        return (
            super().get_initial()
            | {name: getattr(self.lead, name) for name in ("source", "source_note")}
            | {"event": self.lead.event_id}
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lead": self.lead}

    def perform(self, form: SourceForm) -> Lead:
        return correct_source(by=person(self.request), lead=self.lead, **form.cleaned_data)
