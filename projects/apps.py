from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse

from leads.hooks import Landed, register_landed, register_signing_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from leads.models import Lead


def signing_page(user: "User", lead: "Lead") -> str:
    """Where this person signs an admitted lead; leads stands below and does not know the page."""
    return reverse("projects:sign", args=[lead.pk]) if user.access.can("projects.sign", lead.park_id) else ""


def landed(lead: "Lead") -> "Iterable[Landed]":
    """What counts of a lead; the models are not loaded yet when this is registered."""
    from projects.queries import landed_of

    return landed_of(lead)


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        """The lead's page shows the button that leads here; a lead that is shared later hands on what landed before."""
        register_signing_page(signing_page)
        register_landed(landed)
