"""Signing a lead, and who answers for the project."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import FormPage
from leads.actions.stages import is_admitted
from leads.models import Lead
from projects import actions
from projects.forms import ReasonForm, ResponsibleForm, SignForm
from projects.models import Project
from projects.queries import unpublished_years_of
from projects.views.bases import Fetching, ProjectForm


class Sign(Fetching, FormPage):
    """The signed agreement of an admitted lead."""

    permission = "projects.sign"
    title = _("Sign the project")
    form_class = SignForm
    fields_template = "projects/sign_fields.html"
    submit_label = _("Sign")
    success_message = _("Signed; the milestone plan is laid out.")

    @cached_property
    def lead(self) -> Lead:
        """The lead named by the address."""
        rows = Lead.objects.visible_to(person(self.request))
        found: Lead = self.of(rows.select_related("company", "park__parent", "owner"))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lead": self.lead}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A lead that was signed already leads to its project."""
        signed = Project.objects.visible_to(person(request)).filter(lead=self.lead).first()
        return redirect(signed) if signed and not self.is_part else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether it can be signed is said before anything is typed."""
        return super().get_context_data(**({"lead": self.lead, "admitted": is_admitted(self.lead)} | kwargs))

    def perform(self, form: SignForm) -> Project:
        project = actions.sign_project(by=person(self.request), lead=self.lead, **form.terms())
        years = unpublished_years_of(project)
        if years:
            message = _now("Holidays of %(years)s are not published yet: the days of the plan there may still move.")
            messages.warning(self.request, message % {"years": "、".join(map(str, years))})
        return project

    def get_back_url(self) -> str:
        """“Cancel” leads back to the lead."""
        back = super().get_back_url()
        return back if back != "/" else self.lead.get_absolute_url()

    def get_success_url(self, result: Project) -> str:
        """The project's page."""
        return result.get_absolute_url()


class HandOver(ProjectForm):
    """Another case officer or responsible leader."""

    permission = "projects.sign"
    title = _("Change the responsible people")
    form_class = ResponsibleForm
    success_message = _("The responsible people were told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def perform(self, form: ResponsibleForm) -> Project:
        return actions.hand_over_project(by=person(self.request), project=self.project, **form.cleaned_data)


class End(ProjectForm):
    """The project will not be carried on."""

    permission = "projects.sign"
    title = _("End the project")
    intro = _("Nobody is reminded of its steps any more. What counted stays counted.")
    form_class = ReasonForm
    submit_label = _("End the project")
    success_message = _("The project was ended.")
    danger = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.project}

    def perform(self, form: ReasonForm) -> Project:
        return actions.end_project(by=person(self.request), project=self.project, **form.cleaned_data)
