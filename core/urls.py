from django.urls import URLPattern, URLResolver, path

from core import views
from core.lists import acts, cells
from core.lists import views as saved

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("files/<uuid:uuid>/", views.AttachmentPage.as_view(), name="file"),
    path("jobs/", views.JobsPage.as_view(), name="jobs"),
    path("jobs/<uuid:uuid>/", views.JobPage.as_view(), name="job"),
    path("jobs/<uuid:uuid>/cancel/", views.CancelJob.as_view(), name="job_cancel"),
    path("jobs/<uuid:uuid>/undo/", acts.UndoBulk.as_view(), name="job_undo"),
    path("views/", saved.ManageViews.as_view(), name="views"),
    path("views/add/", saved.AddView.as_view(), name="view_add"),
    path("views/<int:pk>/edit/", saved.EditView.as_view(), name="view_edit"),
    path("views/<int:pk>/save/", saved.RedefineView.as_view(), name="view_save"),
    path("views/<int:pk>/move/<slug:way>/", saved.MoveView.as_view(), name="view_move"),
    path("views/<int:pk>/delete/", saved.DeleteView.as_view(), name="view_delete"),
    path("views/<int:pk>/restore/", saved.RestoreView.as_view(), name="view_restore"),
    path("bulk/", acts.BulkEdit.as_view(), name="bulk"),
    path("edit/<slug:noun>/<int:pk>/<slug:field>/", cells.EditCell.as_view(), name="cell"),
    path("export/", acts.ExportPage.as_view(), name="export"),
    path("exports/<uuid:uuid>/", acts.Exported.as_view(), name="exported"),
    path("exports/<uuid:uuid>/file/", acts.ExportFile.as_view(), name="export_file"),
]
