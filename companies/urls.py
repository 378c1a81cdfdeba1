from django.urls import URLPattern, URLResolver, path

from companies import views
from companies.duplicates import views as duplicates

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", views.CompanyList.as_view(), name="list"),
    path("companies/add/", views.AddCompany.as_view(), name="add"),
    path("companies/similar/", views.SimilarCompanies.as_view(), name="similar"),
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
    path("companies/<int:pk>/edit/", views.EditCompany.as_view(), name="edit"),
    path("companies/<int:pk>/contacts/add/", views.AddContact.as_view(), name="contact_add"),
    path("contacts/<int:pk>/edit/", views.EditContact.as_view(), name="contact_edit"),
    path("contacts/<int:pk>/reveal/", views.RevealContact.as_view(), name="contact_reveal"),
]
