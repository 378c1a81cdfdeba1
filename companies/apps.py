from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        """The web process, too, knows what this app's jobs are called."""
        from companies import jobs, sayings  # noqa: F401
