from django.urls import URLPattern, URLResolver, path

from companies.views import contacts, registry, targets

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", registry.CompanyList.as_view(), name="list"),
    path("companies/add/", registry.AddCompany.as_view(), name="add"),
    path("companies/similar/", registry.SimilarCompanies.as_view(), name="similar"),
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
]
