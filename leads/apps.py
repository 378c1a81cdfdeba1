from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        """The lists of companies know which of them are in work."""
        from companies.hooks import register_held
        from leads.queries import held_condition

        register_held(held_condition)
