from django.urls import path
from django.views.generic import TemplateView

app_name = "leads"
urlpatterns = [
    path("leads/<int:pk>/", TemplateView.as_view(), name="record"),
    path("submissions/<int:pk>/", TemplateView.as_view(), name="submission"),
]
