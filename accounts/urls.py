from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.LoginPage.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/password/", views.PasswordPage.as_view(), name="password"),
    path("account/password/done/", views.PasswordDonePage.as_view(), name="password_done"),
    path("account/language/", views.LanguagePage.as_view(), name="language"),
    path("account/theme/", views.ThemePage.as_view(), name="theme"),
    path("people/", views.PeoplePage.as_view(), name="people"),
    path("people/add/", views.PersonAddPage.as_view(), name="person_add"),
    path("people/<int:pk>/switch/", views.PersonSwitchPage.as_view(), name="person_switch"),
]
