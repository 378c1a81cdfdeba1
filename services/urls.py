from django.urls import URLPattern, URLResolver, path

from services.views import catalogue, tickets

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets/", tickets.TicketQueue.as_view(), name="queue"),
    path("tickets/add/", tickets.WriteDown.as_view(), name="write_down"),
    path("tickets/<int:pk>/", tickets.TicketRecord.as_view(), name="record"),
    path("tickets/<int:pk>/write/", tickets.Write.as_view(), name="write"),
    path("tickets/<int:pk>/take/", tickets.Take.as_view(), name="take"),
    path("tickets/<int:pk>/hand-over/", tickets.HandOver.as_view(), name="hand_over"),
    path("tickets/<int:pk>/third-party/", tickets.WaitForThird.as_view(), name="third_party"),
    path("tickets/<int:pk>/resume/", tickets.Resume.as_view(), name="resume"),
    path("tickets/<int:pk>/service/", tickets.Reclassify.as_view(), name="reclassify"),
    path("catalogue/", catalogue.CatalogueList.as_view(), name="catalogue"),
    path("catalogue/add/", catalogue.ItemAdd.as_view(), name="item_add"),
    path("catalogue/defaults/", catalogue.Defaults.as_view(), name="catalogue_defaults"),
    path("catalogue/<int:pk>/edit/", catalogue.ItemEdit.as_view(), name="item_edit"),
]
