"""The list of projects, the board of lights, the payments to decide."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import person
from core.pages import BoardPage, Button, Column, Empty, ListPage, Quick, View
from projects.editing import PROJECTS
from projects.filters import PaymentFilter, ProjectFilter
from projects.models import Payment, Project
from projects.queries import (
    LIGHT_LABELS,
    LIGHTS,
    today,
    with_funds,
    with_light,
    with_next,
    with_twins,
)

VIEWS = (View(_("Table"), "projects:list", "table"), View(_("Lights"), "projects:board", "traffic-lights"))
NO_PROJECTS = Empty(
    _("No projects yet"),
    _("A project begins when an admitted lead is signed: open the lead and choose “Sign”."),
    "building-factory-2",
    "leads:list",
    _("To the leads"),
    permission="leads.view",
    sheet=False,
)


class ProjectList(ListPage):
    """All signed projects of the reader's parks."""

    permission = "projects.view"
    title = _("Projects")
    template_name = "projects/list.html"
    filterset_class = ProjectFilter
    rows_template = "projects/rows.jinja"
    default_order = "-signed_on"
    saves_views = True
    exports = True
    editor = PROJECTS
    columns = (
        Column("name", _("Project")),
        Column("light", _("Progress"), export=lambda row: str(LIGHT_LABELS.get(row.light, ""))),
        Column("state", _("State")),
        Column(
            "agreed",
            _("Agreed"),
            sort="agreed_amount",
            numeric=True,
            money=True,
            hint=_("Amount in the signed agreement"),
        ),
        Column(
            "claimed",
            pgettext_lazy("payment", "Claimed"),
            numeric=True,
            money=True,
            hint=_("Reported as paid in, recognised or not"),
        ),
        Column("recognised", _("Recognised"), numeric=True, money=True, hint=_("Verified by a second person")),
        Column("officer", _("Case officer"), export="case_officer", edit="case_officer"),
        Column("next", _("Next milestone"), export="next_step__title"),
        Column("signed_on", _("Signed on"), sort="signed_on", numeric=True),
    )
    quick = (
        Quick(_("Mine"), "officer", "me"),
        Quick(_("Far behind"), "light", "red"),
        Quick(_("Behind plan"), "light", "yellow"),
    )
    views = VIEWS
    buttons = (
        Button(_("Usual plan"), "projects:plans", "list-check", permission="projects.templates"),
        Button(_("Payments"), "projects:payments", "cash", permission="payments.view"),
    )
    empty = NO_PROJECTS

    def get_queryset(self) -> QuerySet[Project]:
        rows = Project.objects.visible_to(person(self.request)).select_related("company", "case_officer")
        return with_funds(with_next(with_light(rows)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Words once a page instead of a look-up per row.
        words = {code: str(label) for code, label in LIGHT_LABELS.items()}
        states = {code: str(label) for code, label in Project.State.choices}
        return super().get_context_data(lights=words, states=states, today=today(), **kwargs)


class ProjectBoard(BoardPage):
    """Red, yellow, green: since when, whose, what comes next."""

    permission = "projects.view"
    title = _("Progress lights")
    template_name = "projects/board.html"
    filterset_class = ProjectFilter
    stages = LIGHTS
    stage_field = "light"
    sum_field = "agreed_amount"
    card_order = "next_due"
    cards_template = "projects/cards.jinja"
    quick = (Quick(_("Mine"), "officer", "me"),)
    views = VIEWS
    empty = NO_PROJECTS

    def get_queryset(self) -> QuerySet[Project]:
        rows = Project.objects.visible_to(person(self.request)).exclude(state=Project.State.TERMINATED)
        rows = rows.select_related("company", "case_officer", "responsible_leader")
        return with_next(with_light(rows))

    @property
    def may_empty_button(self) -> bool:
        """Who signs is led to the leads."""
        return bool(self.access.can(self.empty.permission))

    @property
    def panel(self) -> list[Any]:
        """The columns are the lights."""
        return [field for field in super().panel if field.name != "light"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(today=today(), lit=sum(n for n, _total in self.totals.values()), **kwargs)


class ProjectBoardPrint(ProjectBoard):
    """All cards at once, for paper."""

    permission = "projects.view"
    template_name = "projects/board_print.html"
    column_size = 1000


def in_its_currency(payment: Payment) -> str:
    """The amount as it was paid, such as “1,000,000.00 USD”."""
    return f"{payment.amount:,.2f} {payment.currency}"


class PaymentInbox(ListPage):
    """Payments: what waits for a decision, unless the address asks for others."""

    permission = "payments.view"
    title = _("Payments")
    recognise_word, reject_word = _("Recognise"), _("Reject")
    no_evidence, twin = _("No evidence handed in"), _("Claimed twice?")
    template_name = "projects/payments.html"
    filterset_class = PaymentFilter
    rows_template = "projects/payment_rows.html"
    saves_views = True
    exports = True
    default_order = "state"  # what is claimed comes first, the oldest on top
    columns = (
        Column("project", _("Project")),
        Column("amount", _("Amount"), numeric=True, money=True, export="amount_yuan"),
        Column("original", _("In its currency"), numeric=True, optional=True, export=in_its_currency),
        Column("paid_on", _("Paid on"), numeric=True),
        Column("evidence", _("Evidence")),
        Column("claimed", _("Claimed by"), export="claimed_by"),
        Column("state", _("State")),
        Column("decide", _("Decision"), numeric=True, export="decided_by"),
    )
    quick = (
        Quick(_("To decide"), "state", "claimed"),
        Quick(_("Recognised"), "state", "recognised"),
        Quick(_("Rejected"), "state", "rejected"),
        Quick(_("Claimed by me"), "claimed", "me"),
    )
    empty = Empty(
        _("No payments yet"),
        _("Funds that arrived are claimed on the project's page with their evidence; a second person recognises them."),
        "cash",
        "projects:list",
        _("To the projects"),
        permission="projects.view",
        sheet=False,
    )

    def get_queryset(self) -> QuerySet[Payment]:
        rows = Payment.objects.visible_to(person(self.request)).select_related(
            "project", "company", "claimed_by", "decided_by"
        )
        return with_twins(rows.prefetch_related("files__attachment"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decides = self.access.parks_with("projects.recognise")
        return super().get_context_data(
            decides=decides, reader=person(self.request), back=self.request.get_full_path(), **kwargs
        )
