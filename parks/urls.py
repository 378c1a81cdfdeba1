from django.urls import URLPattern, URLResolver

app_name = "parks"
urlpatterns: list[URLPattern | URLResolver] = []
