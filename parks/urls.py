from django.urls import URLPattern, URLResolver, path

from parks import views

app_name = "parks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("parks/", views.ParkListPage.as_view(), name="list"),
    path("parks/<slug:code>/", views.ParkPage.as_view(), name="record"),
    path("parks/<slug:code>/rules/", views.RulesPage.as_view(), name="rules"),
    path("parks/<slug:code>/days/add/", views.CalendarDayPage.as_view(), name="day_add"),
    path("parks/<slug:code>/days/<int:pk>/forget/", views.ForgetDayPage.as_view(), name="day_forget"),
]
