from datetime import date

from django.urls import URLPattern, URLResolver, path, register_converter

from core.worktime import CalendarError, parse_month
from reports import views


class MonthInUrl:
    """`2026-10` ↔ the first day of October 2026; anything else is no address."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which Django answers with 404."""
        try:
            return parse_month(value).first
        except CalendarError as error:
            raise ValueError(value) from error

    def to_url(self, value: date | str) -> str:
        """A month as its address."""
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(MonthInUrl, "month")

app_name = "reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.Latest.as_view(), name="latest"),
    path("<int:pk>/xlsx/", views.Workbook.as_view(), name="xlsx"),
    path("<int:pk>/publish/", views.Publish.as_view(), name="publish"),
    path("<slug:park>/rules/", views.SchemePage.as_view(), name="scheme"),
    path("<slug:park>/<month:month>/", views.Month.as_view(), name="month"),
    path("<slug:park>/<month:month>/figures/", views.Figures.as_view(), name="figures"),
    path("<slug:park>/<month:month>/close/", views.Close.as_view(), name="close"),
]
