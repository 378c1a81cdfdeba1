"""The page of one activity: its people, photos, promises and history; correcting it and taking it back."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.pages import ActionPage, FormPage, Property, RecordPage
from core.templatetags.formats import moment
from leads.actions import (
    add_file,
    add_undertaking,
    delete_activity,
    edit_activity,
    restore_activity,
    why_locked,
)
from leads.actions.undertakings import Word
from leads.counting import missing_words
from leads.forms.activities import ActivityForm, FilesForm, NewUndertakingForm
from leads.history import edits_of_activity
from leads.models import Activity, Undertaking


class OneActivity:
    """Mixin: the activity of the address; what was deleted is still there for undoing it."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def activity(self) -> Activity:
        """With everything that the page shows."""
        rows = (
            Activity.objects.kept_or_deleted(person(self.request))
            .with_story()
            .select_related("park", "trip", "reception")
        )
        found: Activity = fetch(rows, pk=self.kwargs["pk"])
        return found


class ActivityRecord(OneActivity, RecordPage):
    """One activity."""

    permission = "activities.view"
    template_name = "leads/activity.html"

    def get_object(self) -> Activity:
        return self.activity()

    def get_title(self) -> str:
        return str(self.object.company.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, activity = person(self.request), self.object
        locked = why_locked(user, activity)
        own = {
            "locked": locked,
            "may_log": user.access.can("activities.log", activity.park_id),
            "mine": activity.by_id == user.pk or user.access.can("leads.assign", activity.park_id),
            "missing": missing_words(activity.why_not),
            "asked": [row for row in activity.undertakings.all() if row.kind == Undertaking.Kind.ASKED],
            "promised": [row for row in activity.undertakings.all() if row.kind == Undertaking.Kind.PROMISED],
            "properties": self.properties(),
            "edits": edits_of_activity(activity),
        }
        return super().get_context_data(**(own | kwargs))

    def occasions(self) -> list[Property]:
        """The journey and the plan that it was a part of, for those who see them."""
        access, activity = person(self.request).access, self.object
        found = ((_("Trip"), activity.trip, "trips.view"), (_("Reception plan"), activity.reception, "receptions.view"))
        return [
            Property(label, whole.title, url=whole.get_absolute_url())
            for label, whole, code in found
            if whole is not None and access.can(code, activity.park_id)
        ]

    def properties(self) -> list[Property]:
        activity = self.object
        lead = activity.lead
        found = [
            Property(_("Company"), activity.company.name, url=activity.company.get_absolute_url()),
            Property(
                _("Lead"), lead and (lead.title or activity.company.name), url=lead.get_absolute_url() if lead else ""
            ),
            *self.occasions(),
            Property(_("When"), moment(activity.happened_at)),
            Property(_("Place"), activity.place),
            Property(_("Whom we met"), activity.met),
            Property(_("Colleagues"), activity.colleagues),
            Property(_("By"), activity.by),
            Property(_("Department"), activity.department),
            Property(_("Park"), activity.park.name),
            Property(_("Entered"), moment(activity.created_at)),
        ]
        return [one for one in found if one.value]


class EditActivity(OneActivity, FormPage):
    """Correct it."""

    merges = True
    permission = "activities.log"
    title = _("Correct")
    form_class = ActivityForm
    fields_template = "leads/activity_fields.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "activity": self.activity()}

    def perform(self, form: ActivityForm) -> Activity:
        return edit_activity(by=person(self.request), activity=form.activity, **form.cleaned_data)

    def get_back_url(self) -> str:
        return reverse("leads:activity", args=[self.kwargs["pk"]])


class DeleteActivity(OneActivity, ActionPage):
    """Take it back; its page offers to undo that."""

    permission = "activities.log"
    success_message = _("Deleted. It can be restored on its page:")

    def perform(self) -> Activity:
        return delete_activity(by=person(self.request), activity=self.activity())


class RestoreActivity(OneActivity, ActionPage):
    """Undo the deletion."""

    permission = "activities.log"
    success_message = _("Restored.")

    def perform(self) -> Activity:
        return restore_activity(by=person(self.request), activity=self.activity())


class AddFiles(OneActivity, FormPage):
    """The photo that was missing."""

    permission = "activities.log"
    title = _("Add photos and files")
    form_class = FilesForm
    fields_template = "leads/files_fields.html"
    submit_label = _("Add")

    def perform(self, form: FilesForm) -> Activity:
        activity = self.activity()
        for file in form.cleaned_data["files"]:
            add_file(by=person(self.request), activity=activity, file=file)
        activity.refresh_from_db()
        return activity

    def get_success_message(self, result: Activity) -> str:
        if result.counts:
            return gettext("Added. The visit counts.")
        missing = missing_words(result.why_not)
        return (
            gettext("Added. It does not count yet: %(missing)s.") % {"missing": missing}
            if missing
            else gettext("Added.")
        )

    def get_back_url(self) -> str:
        return reverse("leads:activity", args=[self.kwargs["pk"]])


class AddUndertaking(OneActivity, FormPage):
    """Something asked or promised that was forgotten when it was logged."""

    permission = "activities.log"
    title = _("Add what was asked or promised")
    form_class = NewUndertakingForm
    success_message = _("Added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: NewUndertakingForm) -> Undertaking:
        data = form.cleaned_data
        word = Word(data["text"], data["due_on"], data["owner"])
        return add_undertaking(by=person(self.request), activity=self.activity(), kind=data["kind"], word=word)
