"""What a text finds across the apps, in groups of at most eight."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from core.access import person


@dataclass(frozen=True)
class Hit:
    """One line of the palette."""

    url: str
    icon: str
    title: str | Promise
    text: str | Promise = ""


def find(request: HttpRequest, text: str) -> list[tuple[str | Promise, list[Hit]]]:
    """Companies for now."""
    if not text:
        return []
    rows = Company.objects.visible_to(person(request)).search(text).slim()[:8]
    hits = [Hit(row.get_absolute_url(), "building-skyscraper", row.name, row.credit_code) for row in rows]
    return [(_("Companies"), hits)] if hits else []
