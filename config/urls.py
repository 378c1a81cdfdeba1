"""Every address of Luodi; each app's own list says the rest."""

from django.urls import include, path

from config.api import urlpatterns as api
from reports.my_month import MyMonthPage, MyScore

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("parks.urls")),
    path("", include("companies.urls")),
    path("", include("leads.urls")),
    path("", include("projects.urls")),
    path("", include("services.urls")),
    path("notices/", include("notices.urls")),
    path("portal/", include("portal.urls")),
    path("reports/", include("reports.urls")),
    path("my-month/", MyMonthPage.as_view(), name="my_month"),
    path("my-month/score/", MyScore.as_view(), name="my_score"),
    path("", include("desk.urls")),
    path("api/", include((api, "api"))),
]
