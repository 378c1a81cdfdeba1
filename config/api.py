"""The routes of `/api/v1/`, gathered from the apps, the token endpoint and the OpenAPI document."""

from importlib import import_module

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from accounts.api import IssueToken

ROOMS = (
    "core.jobs_api",
    "core.lists.api",
    "notices.api",
    "parks.api",
    "companies.api",
    "companies.imports.api",
    "leads.api",
    "projects.api",
    "services.api",
    "reports.api",
)

router = SimpleRouter()
for room in ROOMS:
    for prefix, viewset in import_module(room).routes:
        router.register(prefix, viewset, basename=prefix)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", login_not_required(SpectacularJSONAPIView.as_view(permission_classes=[])), name="schema"),
    path("v1/auth/token/", login_not_required(IssueToken.as_view()), name="token"),
    path("v1/", include(router.urls)),
]
