from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse

from leads.hooks import register_signing_page

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead


def signing_page(user: "User", lead: "Lead") -> str:
    """Where this person signs an admitted lead; leads stands below and does not know the page."""
    return reverse("projects:sign", args=[lead.pk]) if user.access.can("projects.sign", lead.park_id) else ""


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        """The lead's page shows the button that leads here."""
        register_signing_page(signing_page)
