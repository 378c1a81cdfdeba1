"""The forms about the steps of a plan."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import person
from projects import actions
from projects.forms import DoneForm, MoveForm, ReasonForm, StepForm
from projects.models import Milestone
from projects.views.bases import MilestoneForm, ProjectForm


class CompleteMilestone(MilestoneForm):
    """The step was done."""

    title = _("Mark the step done")
    form_class = DoneForm
    fields_template = "projects/milestone_fields.html"
    submit_label = _("Mark done")
    success_message = _("Marked as done.")

    def perform(self, form: DoneForm) -> Milestone:
        return actions.complete_milestone(by=person(self.request), milestone=self.milestone, **form.cleaned_data)


class MoveMilestone(MilestoneForm):
    """The step needs another day, and a reason."""

    title = _("Move the step")
    form_class = MoveForm
    fields_template = "projects/milestone_fields.html"
    submit_label = _("Move the step")
    success_message = _("Moved; the reminders moved along.")

    def perform(self, form: MoveForm) -> Milestone:
        return actions.reschedule_milestone(by=person(self.request), milestone=self.milestone, **form.cleaned_data)


class ReopenMilestone(MilestoneForm):
    """The step was not done after all."""

    title = _("Open the step again")
    form_class = ReasonForm
    fields_template = "projects/milestone_fields.html"
    submit_label = _("Open again")
    success_message = _("The step is open again.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"row": kwargs.pop("milestone")}

    def perform(self, form: ReasonForm) -> Milestone:
        return actions.reopen_milestone(by=person(self.request), milestone=self.milestone, **form.cleaned_data)


class AddMilestone(ProjectForm):
    """One more step."""

    permission = "projects.change"
    title = _("Add a step")
    form_class = StepForm
    success_message = _("The step was added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def perform(self, form: StepForm) -> Milestone:
        return actions.add_milestone(by=person(self.request), project=self.project, **form.cleaned_data)
