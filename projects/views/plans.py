"""The usual plan of a park: which steps a new project gets, and how many working days each takes."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import ParkName
from core.access import person
from core.pages import FormPage, Page
from projects import actions
from projects.actions.plan import steps_of
from projects.forms import PlanForm
from projects.models import MilestoneTemplate


class Plans(Page):
    """The parks whose plan one keeps; with one park, its plan itself."""

    permission = "projects.templates"
    title = _("Usual milestone plans")
    template_name = "projects/plans.html"

    def parks(self) -> list[ParkName]:
        """Where the reader keeps plans."""
        mine = self.access.parks_with(self.permission)
        return [park for park in self.access.parks if park.id in mine]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        parks = self.parks()
        if len(parks) == 1:
            return redirect("projects:plan", parks[0].code)
        return self.render_to_response(self.get_context_data(parks=parks))


class Plan(FormPage):
    """The steps of one park's usual plan."""

    permission = "projects.templates"
    title = _("Usual milestone plan")
    intro = _(
        "New projects get these steps, counted in working days from the signing. Plans that exist stay as they are."
    )
    template_name = "projects/plan_form.html"
    form_class = PlanForm
    fields_template = "projects/plan_fields.html"

    @cached_property
    def park(self) -> ParkName:
        """The park named by the address, if one keeps its plan."""
        mine = self.access.parks_with(self.permission)
        found: ParkName | None = next(
            (park for park in self.access.parks if park.code == self.kwargs["code"] and park.id in mine), None
        )
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"steps": steps_of(self.park.id)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"park": self.park} | kwargs))

    def get_success_url(self, result: MilestoneTemplate) -> str:
        """The projects."""
        return reverse("projects:list")

    def perform(self, form: PlanForm) -> MilestoneTemplate:
        steps = form.cleaned_data["steps"]
        return actions.edit_default_plan(by=person(self.request), park_id=self.park.id, steps=steps)
