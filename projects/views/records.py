"""The page of one project: plan, funds, timeline, agreement."""

from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.pages import Property, RecordPage, Tab, steps
from projects.gantt import chart_of
from projects.models import Milestone, Payment, Project
from projects.queries import LIGHT_LABELS, today, unpublished_years_in, with_funds, with_light, with_next
from projects.timeline import timeline_of

STATES = tuple((state.value, state.label) for state in Project.State if state != Project.State.TERMINATED)
PLAN = Tab("plan", _("Milestone plan"), "projects/tab_plan.html")
FUNDS = Tab("funds", _("Funds in place"), "projects/tab_funds.html")
TIMELINE = Tab("timeline", _("Timeline"), "projects/tab_timeline.html")


class ProjectRecord(RecordPage):
    """One project with everything that is known of it."""

    permission = "projects.view"
    template_name = "projects/record.html"

    def get_object(self) -> Project:
        rows = Project.objects.visible_to(person(self.request))
        rows = rows.select_related(
            "company", "case_officer", "responsible_leader", "signed_by", "department", "park", "lead"
        )
        found: Project = fetch(with_funds(with_next(with_light(rows))), pk=self.kwargs["pk"])
        return found

    def get_tabs(self) -> tuple[Tab, ...]:
        """Funds only for those who may see them."""
        return (PLAN, FUNDS, TIMELINE) if self.may("payments.view") else (PLAN, TIMELINE)

    def may(self, code: str) -> bool:
        """Is the permission held in the project's park?"""
        return bool(self.access.can(code, self.object.park_id))

    @cached_property
    def milestones(self) -> list[Milestone]:
        """The plan in its order."""
        return list(self.object.milestones.select_related("owner"))

    def tab_context(self) -> dict[str, Any]:
        """What the asked tab needs, and no other."""
        code = self.tab.code if self.tab else ""
        if code == "funds":
            return {"payments": self.payments(), "reader": person(self.request)}
        if code == "timeline":
            return {"entries": timeline_of(person(self.request), self.object, self.scope)}
        return {"chart": chart_of(self.milestones, today()), "unpublished": unpublished_years_in(self.milestones)}

    def payments(self) -> list[Payment]:
        """Newest first, with their files."""
        rows = self.object.payments.select_related("claimed_by", "decided_by").prefetch_related("files__attachment")
        return list(rows.order_by("-paid_on", "-id"))

    def rights(self) -> dict[str, bool]:
        """Which buttons are shown; the actions check for themselves."""
        is_open = self.object.is_open
        return {
            "may_change": is_open and self.may("projects.change"),
            "may_claim": is_open and self.may("payments.claim"),
            "may_recognise": self.may("projects.recognise"),
            "may_lead": is_open and self.may("projects.sign"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = self.object.milestones.aggregate(all=Count("pk"), done=Count("done_on"))
        own = {
            "stages": steps(STATES, self.object.state) if self.object.is_open else (),
            "light_word": LIGHT_LABELS[self.object.light],
            "steps_all": counts["all"],
            "steps_done": counts["done"],
            "agreement": agreement_of(self.object),
            "today": today(),
        }
        return super().get_context_data(**(own | self.rights() | self.tab_context() | kwargs))


def agreement_of(project: Project) -> list[Property]:
    """The agreement and its parties, for the panel."""
    foreign = project.original_amount is not None
    return [
        Property(_("Project code"), project.code),
        Property(_("Signed on"), project.signed_on, template="projects/day.jinja"),
        Property(_("Agreement number"), project.agreement_number),
        Property(_("Agreed investment"), project.agreed_amount, template="parts/money.jinja", numeric=True),
        *([Property(_("In the agreement"), f"{project.original_amount:,.2f} {project.currency}")] if foreign else ()),
        *([Property(_("Rate to yuan"), f"{project.rate:f}".rstrip("0").rstrip("."))] if foreign else ()),
        Property(_("Zone"), project.party_zone),
        Property(_("Park operator"), project.party_operator),
        Property(_("Enterprise"), project.party_enterprise),
        Property(_("Signing credited to"), project.signed_by),
        Property(_("Department"), project.department),
        Property(_("Counted in"), f"{project.counted_month:%Y-%m}"),
        Property(_("Park"), project.park),
    ]
