from django.urls import URLPattern, URLResolver, path

from companies import views

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/", views.CompanyList.as_view(), name="list"),
    path("companies/add/", views.AddCompany.as_view(), name="add"),
    path("companies/similar/", views.SimilarCompanies.as_view(), name="similar"),
    path("companies/<int:pk>/edit/", views.EditCompany.as_view(), name="edit"),
    path("companies/<int:pk>/contacts/add/", views.AddContact.as_view(), name="contact_add"),
    path("contacts/<int:pk>/edit/", views.EditContact.as_view(), name="contact_edit"),
    path("contacts/<int:pk>/reveal/", views.RevealContact.as_view(), name="contact_reveal"),
]
