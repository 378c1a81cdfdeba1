"""What the pages about one project share: fetching with access and the way back."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from core.access import fetch, person, require
from core.pages import FormPage
from projects.models import Milestone, Payment, Project


class Fetching:
    """Mixin: rows of the address, visible to the reader, in a park where the page's permission is held."""

    request: HttpRequest
    kwargs: dict[str, Any]
    permission: ClassVar[str]

    def of(self, rows: QuerySet[Any]) -> Any:
        """The row named by the address: 404 for a stranger's, 403 without the permission in its park."""
        row = fetch(rows, pk=self.kwargs["pk"])
        require(person(self.request), self.permission, row.park_id)
        return row

    @cached_property
    def project(self) -> Project:
        """The project named by the address."""
        rows = Project.objects.visible_to(person(self.request))
        found: Project = self.of(rows.select_related("company", "case_officer", "responsible_leader", "park"))
        return found

    @cached_property
    def milestone(self) -> Milestone:
        """The step named by the address."""
        rows = Milestone.objects.visible_to(person(self.request))
        found: Milestone = self.of(rows.select_related("project", "owner"))
        return found

    @cached_property
    def payment(self) -> Payment:
        """The payment named by the address."""
        rows = Payment.objects.visible_to(person(self.request))
        rows = rows.select_related("project", "company", "claimed_by", "decided_by")
        found: Payment = self.of(rows.prefetch_related("files__attachment"))
        return found


class ProjectForm(Fetching, FormPage, abstract=True):
    """A form about one project; it leads back to the project's page, or where `?next=` says."""

    tab: ClassVar[str] = "plan"

    def get_project(self) -> Project:
        """Whose page is the way back."""
        return self.project

    @property
    def home(self) -> str:
        """The project's page with the tab that was changed."""
        return f"{self.get_project().get_absolute_url()}?tab={self.tab}"

    def get_success_url(self, result: Any) -> str:
        """As the form says, else home."""
        asked = super().get_back_url() if self.request.POST.get("next") else "/"
        return asked if asked != "/" else self.home

    def get_back_url(self) -> str:
        """“Cancel”."""
        back = super().get_back_url()
        return back if back != "/" else self.home

    def get_success_message(self, result: Any) -> str:
        """Without a link: we are there already."""
        return str(self.success_message)


class MilestoneForm(ProjectForm, abstract=True):
    """A form about one step."""

    permission = "projects.change"

    def get_project(self) -> Project:
        """The step's project."""
        project: Project = self.milestone.project
        return project

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form starts from the step."""
        return super().get_form_kwargs() | {"milestone": self.milestone}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The step, for the head of the form."""
        return super().get_context_data(**({"milestone": self.milestone} | kwargs))


class PaymentForm(ProjectForm, abstract=True):
    """A form about one payment."""

    tab = "funds"

    def get_project(self) -> Project:
        """The payment's project."""
        project: Project = self.payment.project
        return project

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The payment, for the facts above the form."""
        return super().get_context_data(**({"payment": self.payment} | kwargs))
