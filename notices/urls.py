from django.urls import URLPattern, URLResolver, path

from notices import views

app_name = "notices"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.Inbox.as_view(), name="list"),
    path("bell/", views.Bell.as_view(), name="bell"),
    path("read/", views.MarkAllRead.as_view(), name="mark_all_read"),
    path("undelivered/", views.GivenUp.as_view(), name="given_up"),
    path("undelivered/<int:pk>/retry/", views.Retry.as_view(), name="retry"),
    path("<int:pk>/", views.OpenNotice.as_view(), name="open"),
]
