"""What may be changed of many projects at once: who answers for them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.lists.editing import Editable, Editor, register
from projects.actions import hand_over_project
from projects.models import Project
from projects.queries import case_officers

if TYPE_CHECKING:
    from accounts.models import User


def officers(user: "User", project: Project | None) -> forms.Field:
    """Those who carry projects in the project's park; for many projects in the home park."""
    park_id = project.park_id if project else user.access.home_park_id or 0
    people = {str(one.pk): one for one in case_officers(park_id)}
    return forms.TypedChoiceField(
        choices=[("", "—"), *((pk, str(one)) for pk, one in people.items())],
        coerce=people.__getitem__,
        empty_value=None,
    )


class ProjectEditor(Editor):
    """The case officer, by handing over."""

    noun = "projects"
    model = Project
    permission = "projects.sign"
    fields = (Editable("case_officer", _("Case officer"), officers, attribute="case_officer_id", required=True),)

    def rows(self, user: "User") -> Any:
        """With the people that handing over names."""
        return Project.objects.visible_to(user).select_related("company", "case_officer", "responsible_leader")

    def may_edit(self, user: "User", row: Project) -> bool:
        """While it is carried on."""
        return row.is_open and super().may_edit(user, row)

    def write(self, *, by: "User", row: Project, values: dict[str, Any], version: int | None = None) -> Project:
        """The leader stays."""
        officer = values["case_officer"]
        if officer.pk == row.case_officer_id:
            return row
        return hand_over_project(
            by=by, project=row, case_officer=officer, responsible_leader=row.responsible_leader, version=version
        )


PROJECTS = register(ProjectEditor())
