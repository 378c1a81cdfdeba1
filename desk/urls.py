from django.urls import URLPattern, URLResolver, path

from desk.views.companies import CompanyRecord
from desk.views.offline import manifest, offline, whoami, worker
from desk.views.search import Palette, Search
from desk.views.today import Agenda, Today

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", Today.as_view(), name="today"),
    path("agenda/", Agenda.as_view(), name="agenda"),
    path("search/", Search.as_view(), name="search"),
    path("search/palette/", Palette.as_view(), name="palette"),
    path("companies/<int:pk>/", CompanyRecord.as_view(), name="company"),
    path("offline/", offline, name="offline"),
    path("offline/me/", whoami, name="whoami"),
    path("sw.js", worker, name="worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
]
