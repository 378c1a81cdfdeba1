"""The table and the board of leads."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.errors import Refused
from core.pages import ActionPage, BoardPage, Button, Column, Empty, FormNeeded, ListPage, Page, Quick, View
from leads.actions import move_lead, unmove_lead
from leads.actions.rows import may_change
from leads.demands import demanded
from leads.editing import LEADS
from leads.filters import LeadFilter
from leads.hooks import signing_page
from leads.models import OPEN_STAGES, Lead, Stage
from leads.pickers import options_for

UNDO, UNDO_SECONDS = "leads.move", 300
NEW_LEAD = Button(_("New lead"), "leads:add", "plus", permission="leads.claim", primary=True, sheet=True, key="n")
SUBMISSIONS = Button(_("Information"), "leads:submissions", "bulb", permission="submissions.add")
EMPTY = Empty(
    _("No leads yet"),
    _("A lead is a company that might invest here. Claim the first one; nobody else can then claim it too."),
    "target-arrow",
    "leads:add",
    _("New lead"),
    permission="leads.claim",
)
VIEWS = (
    View(_("Table"), "leads:list", "table"),
    View(_("Board"), "leads:board", "layout-kanban"),
    View(_("Lead calendar"), "leads:calendar", "calendar-month"),
    View(_("By source"), "leads:sources", "chart-bar"),
)
QUICK = (
    Quick(_("Mine"), "owner", "me"),
    Quick(_("Open leads"), "open", "true"),
    Quick(_("Overdue"), "due", "overdue"),
    Quick(_("No progress"), "light", "red"),
    Quick(_("Protection ends soon"), "protected", "7"),
)
# Plain strings once a page instead of a translation per row.
CHIPS = {"pool": _("Public pool"), "protected": _("Days until the protection ends")}


def chip_words() -> dict[str, str]:
    """The words of the chips in the reader's language."""
    return {name: str(words) for name, words in CHIPS.items()}


ON_BOARD = tuple((stage.value, stage.label) for stage in (*OPEN_STAGES, Stage.SIGNED))


class LeadList(ListPage):
    """All leads that one sees."""

    permission = "leads.view"
    title = _("Leads")
    filterset_class = LeadFilter
    rows_template = "leads/rows.jinja"
    default_order = "-claimed_at"
    saves_views = True
    exports = True
    editor = LEADS
    columns = (
        Column("company", _("Company"), export=lambda lead: lead.company.name),
        Column("title", _("Intended project"), optional=True, edit="title"),
        Column("stage", _("Stage")),
        Column("owner", _("Owner"), edit="owner"),
        Column("amount", _("Investment"), sort="amount", numeric=True, edit="amount", money=True),
        Column("next", _("Next step"), sort="next_date", edit="next_step", export="next_step"),
        Column("due", _("Due on"), optional=True, edit="next_date", export="next_date"),
        Column("light", _("Progress light"), export="light_words"),
        Column("last", _("Last activity"), sort="last_activity_at"),
        Column("source", _("Source"), optional=True),
        Column("department", _("Department"), optional=True),
        Column("confidentiality", _("Who sees it"), optional=True, edit="confidentiality"),
        Column("claimed", _("Claimed"), sort="claimed_at", optional=True),
        Column("protected", _("Protected until"), sort="protected_until", optional=True, export="protected_until"),
        Column("tier", _("Tier"), optional=True, edit="tier"),
        Column("idle", _("Idle days"), numeric=True, optional=True),
    )
    quick = QUICK
    views = VIEWS
    buttons = (SUBMISSIONS, NEW_LEAD)
    empty = EMPTY

    def get_queryset(self) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = Lead.objects.visible_to(person(self.request)).listed().with_light()
        shown = any(column.key == "department" for column in self.shown_columns)
        return rows.select_related("department") if shown else rows

    def complete(self, rows: Sequence[Any]) -> None:
        """Departments, which an export may name though the page does not show them."""
        prefetch_related_objects(rows, "department")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"words": chip_words()} | kwargs))


class LeadBoard(BoardPage):
    """The pipeline."""

    permission = "leads.view"
    title = _("Leads")
    template_name = "leads/board.html"
    saves_views = True
    list_name = "leads:list"
    filterset_class = LeadFilter
    stages = ON_BOARD
    sum_field = "amount"
    card_order = "-stage_since"
    cards_template = "leads/cards.jinja"
    quick = (QUICK[0], *QUICK[2:])
    views = VIEWS
    buttons = (SUBMISSIONS, NEW_LEAD)
    empty = EMPTY

    def get_queryset(self) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = Lead.objects.visible_to(person(self.request)).listed().with_light()
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"words": chip_words(), "may_move": partial(may_change, person(self.request))}
        return super().get_context_data(**(own | kwargs))

    @property
    def may_empty_button(self) -> bool:
        """May this person make the first one?"""
        return bool(self.access.can(self.empty.permission))


class MoveLead(ActionPage):
    """A card dropped on another column; asks for a form when the stage demands more."""

    permission = "leads.change"
    success_message = _("Moved.")
    # Takes the move back, for whoever let go of the card over the wrong column.
    token = ""

    def perform(self) -> Lead:
        user, asked = person(self.request), self.request.POST
        lead: Lead = fetch(Lead.objects.visible_to(user).select_related("company"), pk=self.kwargs["pk"])
        to_stage = asked.get("to_stage", "")
        if form := self.form_for(lead, to_stage):
            raise FormNeeded(f"{form}?{urlencode({'next': self.came_from()})}")
        version, stood = asked.get("version", ""), _stood(lead)
        moved = move_lead(
            by=user,
            lead=lead,
            to_stage=to_stage,
            from_stage=asked.get("from_stage") or None,
            version=int(version) if version.isdecimal() else None,
        )
        self.token = signing.dumps(stood | {"version": moved.version}, salt=UNDO)
        return moved

    def done(self, url: str) -> HttpResponse:
        if not (self.wants_json and self.token):
            return super().done(url)
        undo = {"url": reverse("leads:move_undo", args=[self.kwargs["pk"]]), "token": self.token}
        said = {"url": url, "version": self.result.version, "messages": self.said(), "undo": undo}
        return JsonResponse(said)

    def form_for(self, lead: Lead, to_stage: str) -> str:
        """The form that must be filled in first, if any."""
        if to_stage == Stage.SIGNED and lead.stage == Stage.SCREENING:
            return signing_page(person(self.request), lead)
        if to_stage == Stage.DROPPED:
            return reverse("leads:drop", args=[lead.pk])
        return reverse("leads:move_form", args=[lead.pk, to_stage]) if demanded(lead, to_stage) else ""


class UndoMove(ActionPage):
    """The card goes back to where it was, as if it had not been moved."""

    permission = "leads.change"
    success_message = _("Undone.")

    def perform(self) -> Lead:
        user = person(self.request)
        lead: Lead = fetch(Lead.objects.visible_to(user).select_related("company"), pk=self.kwargs["pk"])
        try:
            stood = signing.loads(self.request.POST.get("token", ""), salt=UNDO, max_age=UNDO_SECONDS)
        except signing.BadSignature as late:
            raise Refused(_("This can no longer be undone."), code="too_late", status=409) from late
        if stood.pop("lead") != lead.pk:
            raise Refused(_("This can no longer be undone."), code="too_late", status=409)
        since, until = datetime.fromisoformat(stood.pop("since")), date.fromisoformat(stood.pop("until"))
        return unmove_lead(by=user, lead=lead, stage_since=since, protected_until=until, **stood)


def _stood(lead: Lead) -> dict[str, Any]:
    """Where a lead stands, for going back there."""
    since, until = lead.stage_since.isoformat(), lead.protected_until.isoformat()
    return {"lead": lead.pk, "stage": str(lead.stage), "since": since, "until": until}


class CompanyOptions(Page):
    """What fits the characters typed into a company box: a fragment with choices."""

    permission = "companies.view"
    template_name = "leads/company_options.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, text = person(self.request), self.request.GET.get("company_text", "")
        claiming = self.request.GET.get("for") == "claim"
        own = {
            "options": options_for(user, text, user.access.home_park_id if claiming else None),
            "typed": text.strip(),
            "chosen": self.request.GET.get("company", ""),
            "may_add": user.access.can("companies.add"),
        }
        return super().get_context_data(**(own | kwargs))
