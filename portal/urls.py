from django.urls import URLPattern, URLResolver, path

from portal import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.Home.as_view(), name="home"),
    path("requests/", views.Requests.as_view(), name="requests"),
    path("requests/new/", views.Choose.as_view(), name="choose"),
    path("requests/new/<int:item>/", views.NewRequest.as_view(), name="new"),
    path("requests/<int:pk>/", views.RequestPage.as_view(), name="request"),
    path("requests/<int:pk>/reply/", views.Reply.as_view(), name="reply"),
    path("requests/<int:pk>/thanks/", views.Thanks.as_view(), name="thanks"),
    path("requests/<int:pk>/problem/", views.Problem.as_view(), name="problem"),
    path("requests/<int:pk>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("account/", views.Account.as_view(), name="account"),
]
