from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        """The lists of companies know which of them are in work, and an imported list can become leads."""
        from companies.hooks import register_held, register_leads
        from leads import sayings  # noqa: F401 - what the log says
        from leads.actions.listed import Listed
        from leads.queries import held_condition

        register_held(held_condition)
        register_leads(Listed())
