"""The page of one lead."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.pages import Property, RecordPage, Tab, steps
from core.templatetags.formats import worded
from leads.actions.pool import pick_again_on
from leads.actions.rows import may_change
from leads.actions.stages import is_admitted
from leads.editing import LEADS
from leads.forms.origins import under_way
from leads.hooks import signing_page
from leads.models import OPEN_STAGES, Activity, Lead, Source, Stage
from leads.queries import open_words
from leads.queries.conflicts import open_sides_of
from leads.queries.standing import Standing, standing_of
from leads.queries.submissions import submission_of
from leads.queries.trips import running_trips
from leads.querysets.leads import LISTED
from leads.timeline import told_of_lead
from leads.views.lists import ON_BOARD
from leads.views.together import together

COMPOSER = (
    Activity.Kind.OUTBOUND_VISIT,
    Activity.Kind.INBOUND_VISIT,
    Activity.Kind.NEGOTIATION,
    Activity.Kind.CALL,
    Activity.Kind.WECHAT,
    Activity.Kind.MAIL,
    Activity.Kind.NOTE,
)


RECORDED = (
    *("demands", "signed_amount", "source_note", "dropped_why", "dropped_reason", "industry", "event", "created_by"),
    "department__name",
)


class LeadRecord(RecordPage):
    """Header with stage bar, timeline with composer, properties."""

    permission = "leads.view"
    template_name = "leads/record.html"

    def get_object(self) -> Lead:
        rows = (
            Lead.objects.visible_to(person(self.request))
            .with_light()
            .select_related("company", "owner", "department")
            .only(*LISTED, *RECORDED)
        )
        lead: Lead = fetch(rows, pk=self.kwargs["pk"])
        # Not joined: PostgreSQL thinks for 5 ms about eight tables, and of most leads the last four say nothing new.
        if lead.created_by_id == lead.owner_id:
            lead.created_by = lead.owner
        return lead

    @cached_property
    def standing(self) -> Standing:
        """What hangs on the lead: only what is there is read."""
        return standing_of(self.object, person(self.request))

    def get_title(self) -> str:
        return str(self.object.company.name)

    def get_tabs(self) -> Sequence[Tab]:
        return (
            Tab("activity", _("Timeline"), "leads/tab_timeline.html"),
            Tab("admission", _("Admission"), "leads/tab_admission.html"),
            Tab("files", _("Files"), "leads/tab_files.html"),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = self.object
        own = {"stages": steps(ON_BOARD, lead.stage) if lead.stage != Stage.DROPPED else [], "may": self.may()}
        return super().get_context_data(**(own | self.of_tab() | self.around() | kwargs))

    @property
    def composer_key(self) -> UUID:
        """The identifier of the activity that the composer will log."""
        return uuid4()

    def above_timeline(self) -> dict[str, Any]:
        """What was promised, and the composer: kinds, and the trips of this park that the reader is on."""
        user, lead = person(self.request), self.object
        trips = running_trips(user) if self.standing.travelling else []
        here = [trip for trip in trips if trip.park_id == lead.park_id]
        return {
            "words": open_words(user, lead) if self.standing.promised else [],
            "kinds": [(kind.value, kind.label) for kind in COMPOSER],
            "trips": here,
            "trip_now": under_way(here),
        }

    def may(self) -> dict[str, Any]:
        """What this person can do with this lead now."""
        user, lead = person(self.request), self.object
        screening = lead.stage == Stage.SCREENING
        admitted = screening and is_admitted(lead)
        return {
            "change": may_change(user, lead),
            "log": user.access.can("activities.log", lead.park_id),
            "pick_again_on": pick_again_on(user, lead),
            "pick": lead.in_pool and user.access.can("leads.claim", lead.park_id),
            "contest": self.may_contest(),
            "assign": lead.is_open and user.access.can("leads.assign", lead.park_id),
            "screen": screening and user.access.can("leads.screen", lead.park_id),
            "admitted": admitted,
            "sign_url": signing_page(user, lead) if admitted else "",
        }

    def may_contest(self) -> bool:
        """Whoever claims companies here, and does not hold this one."""
        user, lead = person(self.request), self.object
        if not lead.is_open or lead.in_pool or lead.owner_id == user.pk:
            return False
        return user.access.can("leads.claim", lead.park_id) and not user.access.can("leads.rule", lead.park_id)

    def of_tab(self) -> dict[str, Any]:
        """The rows of the open tab, no others."""
        user, lead = person(self.request), self.object
        match self.tab.code if self.tab else "":
            case "admission":
                return {"decisions": lead.admissions.select_related("by").order_by("-at", "-id")}
            case "files":
                rows = Activity.objects.visible_to(user).filter(lead=lead, files__isnull=False).distinct()
                return {"activities": rows.with_people().order_by("-happened_at")}
            case _:
                told = told_of_lead(user, lead, self.scope, self.before)
                above = {} if self.target == "timeline-more" else self.above_timeline()
                return {"entries": told.entries, "older": told.older} | above

    def around(self) -> dict[str, Any]:
        """The panel and the stages to move to; a tab asked for alone has no use for them."""
        if self.is_tab:
            return {}
        lead = self.object
        moves = [(stage.value, stage.label) for stage in OPEN_STAGES if stage != lead.stage] if lead.is_open else []
        place = [stage.value for stage in OPEN_STAGES].index(lead.stage) if lead.is_open else -1
        onward = OPEN_STAGES[place + 1] if lead.is_open and place + 1 < len(OPEN_STAGES) else None
        user = person(self.request)
        panels = together(user, lead, self.standing)
        cases = open_sides_of(user, lead) if self.standing.contested else []
        return {"moves": moves, "onward": onward, "properties": self.properties(), "cases": cases} | panels

    def agreed(self) -> list[Property]:
        """What the agreement says, once there is one."""
        amount = self.object.signed_amount
        line = Property(_("Agreed investment"), amount, template="parts/money.jinja", numeric=True)
        return [] if amount is None else [line]

    def properties(self) -> list[Property]:
        lead = self.object
        edit = LEADS.address_for(person(self.request), lead)
        met = gettext("Met") if self.standing.met else gettext("Not met yet")
        return [
            Property(_("Company"), lead.company.name, url=lead.company.get_absolute_url()),
            Property(_("Intended project"), lead.title, edit=edit("title")),
            Property(
                _("Intended investment"), lead.amount, template="parts/money.jinja", numeric=True, edit=edit("amount")
            ),
            *self.agreed(),
            Property(_("Key demands"), lead.demands, edit=edit("demands")),
            Property(_("Decision maker"), met),
            self.origin(),
            Property(_("Tier"), worded(lead, "tier"), edit=edit("tier")),
            Property(_("Department"), lead.department),
            Property(_("Park"), next(park.name for park in self.access.parks if park.id == lead.park_id)),
            Property(_("Who sees it"), worded(lead, "confidentiality"), edit=edit("confidentiality")),
            Property(_("Industry of the project"), lead.industry and lead.industry.label),
            Property(_("Claimed by"), lead.created_by),
            Property(_("Claimed"), date_format(lead.claimed_at, "DATE_FORMAT")),
            *self.protection(),
        ]

    def origin(self) -> Property:
        """Where it came from, with the event or the information that it came of."""
        user, lead = person(self.request), self.object
        words, url = [worded(lead, "source"), lead.source_note], ""
        if lead.event is not None:
            words.insert(1, lead.event.title)
            url = lead.event.get_absolute_url() if user.access.can("events.view", lead.park_id) else ""
        elif lead.source == Source.SUBMISSION and (told := submission_of(user, lead)) is not None:
            words.insert(1, told.title)
            url = told.get_absolute_url()
        return Property(_("Source"), " · ".join(word for word in words if word), url=url)

    def protection(self) -> list[Property]:
        """Only while somebody holds it."""
        if self.object.days_protected is None:
            return []
        return [Property(_("Protected until"), date_format(self.object.protected_until, "DATE_FORMAT"))]
