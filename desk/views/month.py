"""One's own month: what counts, and the records behind it."""

from django.utils.translation import gettext_lazy as _

from core.pages import Page


class MyMonth(Page):
    """The figures of one person and month."""

    permission = "desk.view"
    title = _("My month")
    template_name = "desk/my_month.html"
