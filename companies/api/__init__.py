"""The API of companies, their people and what a park wants of them."""

from companies.api.companies import CompanyViewSet
from companies.api.contacts import ContactRevealViewSet, ContactViewSet
from companies.api.profiles import ProfileViewSet
from companies.duplicates.api import routes as duplicate_routes
from core.api import ViewSet

routes: list[tuple[str, type[ViewSet]]] = [
    ("companies", CompanyViewSet),
    ("contacts", ContactViewSet),
    ("contact-reveals", ContactRevealViewSet),
    ("profiles", ProfileViewSet),
    *duplicate_routes,
]
