from django.urls import URLPattern, URLResolver, path

from companies import views
from companies.imports import views as imports

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", views.CompanyList.as_view(), name="list"),
    path("companies/add/", views.AddCompany.as_view(), name="add"),
    path("companies/similar/", views.SimilarCompanies.as_view(), name="similar"),
    path("companies/import/", imports.UploadPage.as_view(), name="import_upload"),
    path("companies/imports/", imports.ImportList.as_view(), name="imports"),
    path("companies/imports/<int:pk>/", imports.ImportRecord.as_view(), name="import"),
    path("companies/imports/<int:pk>/columns/", imports.ColumnsPage.as_view(), name="import_columns"),
    path("companies/imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
    path("companies/imports/<int:pk>/run/", imports.RunImport.as_view(), name="import_run"),
    path("companies/imports/<int:pk>/resume/", imports.ResumeImport.as_view(), name="import_resume"),
    path("companies/imports/<int:pk>/stop/", imports.StopImport.as_view(), name="import_stop"),
    path("companies/imports/<int:pk>/revert/", imports.RevertImport.as_view(), name="import_revert"),
    path("companies/imports/<int:pk>/lines/<int:line>/", imports.SettleDuplicate.as_view(), name="import_settle"),
    path("companies/imports/<int:pk>/failed.xlsx", imports.FailedXlsx.as_view(), name="import_failed_xlsx"),
    path("companies/imports/<int:pk>/failed.csv", imports.FailedCsv.as_view(), name="import_failed_csv"),
    path("companies/<int:pk>/edit/", views.EditCompany.as_view(), name="edit"),
    path("companies/<int:pk>/contacts/add/", views.AddContact.as_view(), name="contact_add"),
    path("contacts/<int:pk>/edit/", views.EditContact.as_view(), name="contact_edit"),
    path("contacts/<int:pk>/reveal/", views.RevealContact.as_view(), name="contact_reveal"),
]
