from django.urls import URLPattern, URLResolver, path

from core import views

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("files/<uuid:uuid>/", views.AttachmentPage.as_view(), name="file"),
    path("jobs/", views.JobsPage.as_view(), name="jobs"),
    path("jobs/<uuid:uuid>/", views.JobPage.as_view(), name="job"),
    path("jobs/<uuid:uuid>/cancel/", views.CancelJob.as_view(), name="job_cancel"),
]
