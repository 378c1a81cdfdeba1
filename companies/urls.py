from django.urls import URLPattern, URLResolver, path

from companies.duplicates import views as duplicates
from companies.imports import downloads
from companies.imports import views as imports
from companies.views import contacts, registry, targets

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", registry.CompanyList.as_view(), name="list"),
    path("companies/add/", registry.AddCompany.as_view(), name="add"),
    path("companies/similar/", registry.SimilarCompanies.as_view(), name="similar"),
    path("companies/cities/", registry.CityOptions.as_view(), name="cities"),
    path("companies/options/", registry.CompanyOptions.as_view(), name="options"),
    path("companies/targets/", targets.TargetList.as_view(), name="targets"),
    path("companies/<int:pk>/edit/", registry.EditCompany.as_view(), name="edit"),
    path("companies/<int:pk>/profile/", targets.EditProfile.as_view(), name="profile"),
    path("companies/<int:pk>/relations/add/", targets.RelateCompany.as_view(), name="relate"),
    path(
        "companies/<int:pk>/relations/<str:where>/<int:relation>/remove/",
        targets.RemoveRelation.as_view(),
        name="unrelate",
    ),
    path("companies/<int:pk>/contacts/add/", contacts.AddContact.as_view(), name="contact_add"),
    path("contacts/", contacts.ContactList.as_view(), name="contacts"),
    path("contacts/reveals/", contacts.RevealList.as_view(), name="reveals"),
    path("contacts/erase-overdue/", contacts.EraseOverdue.as_view(), name="erase_overdue"),
    path("contacts/<int:pk>/edit/", contacts.EditContact.as_view(), name="contact_edit"),
    path("contacts/<int:pk>/erase/", contacts.EraseContact.as_view(), name="contact_erase"),
    path("contacts/<int:pk>/reveal/", contacts.RevealContact.as_view(), name="contact_reveal"),
    path("companies/duplicates/", duplicates.DuplicateList.as_view(), name="duplicates"),
    path("companies/duplicates/search/", duplicates.SearchDuplicates.as_view(), name="duplicates_search"),
    path("companies/duplicates/<int:pk>/", duplicates.DuplicateRecord.as_view(), name="duplicate"),
    path("companies/duplicates/<int:pk>/merge/", duplicates.MergePair.as_view(), name="duplicate_merge"),
    path("companies/duplicates/<int:pk>/different/", duplicates.DifferentPair.as_view(), name="duplicate_different"),
    path("companies/duplicates/<int:pk>/later/", duplicates.PutOffPair.as_view(), name="duplicate_later"),
    path("companies/duplicates/<int:pk>/reopen/", duplicates.ReopenPair.as_view(), name="duplicate_reopen"),
    path("companies/merges/<int:pk>/undo/", duplicates.UndoMerge.as_view(), name="merge_undo"),
    path("companies/merges/<int:pk>/bring-over/", duplicates.BringOver.as_view(), name="merge_bring_over"),
    path("companies/<int:pk>/compare/", duplicates.ComparePair.as_view(), name="compare"),
    path("companies/import/", imports.UploadPage.as_view(), name="import_upload"),
    path("companies/imports/", imports.ImportList.as_view(), name="imports"),
    path("companies/imports/<int:pk>/", imports.ImportRecord.as_view(), name="import"),
    path("companies/imports/<int:pk>/columns/", imports.ColumnsPage.as_view(), name="import_columns"),
    path("companies/imports/<int:pk>/headings/", imports.HeadingsPage.as_view(), name="import_headings"),
    path("companies/imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
    path("companies/imports/<int:pk>/run/", imports.RunImport.as_view(), name="import_run"),
    path("companies/imports/<int:pk>/resume/", imports.ResumeImport.as_view(), name="import_resume"),
    path("companies/imports/<int:pk>/stop/", imports.StopImport.as_view(), name="import_stop"),
    path("companies/imports/<int:pk>/revert/", imports.RevertImport.as_view(), name="import_revert"),
    path("companies/imports/<int:pk>/lines/<int:line>/", imports.SettleDuplicate.as_view(), name="import_settle"),
    path("companies/imports/<int:pk>/failed.xlsx", downloads.FailedXlsx.as_view(), name="import_failed_xlsx"),
    path("companies/imports/<int:pk>/failed.csv", downloads.FailedCsv.as_view(), name="import_failed_csv"),
]
