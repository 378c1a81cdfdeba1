"""The language of what a page prints many times: rows, cards, form fields. Pages themselves are Django templates.

Rows and cards were most of a page's time, and Jinja prints them three to four times as fast (decision 0042). A `.jinja`
partial has the same filters, and functions in place of tags: `icon("phone")`, `url("leads:move", 7)`, `_("Move")`.
"""

import datetime as dt
import functools
from typing import Any

from django.forms.renderers import BaseRenderer
from django.template import engines
from django.template.defaultfilters import date as formatted
from django.template.defaultfilters import floatformat, linebreaksbr, truncatechars, urlencode
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext
from jinja2 import Environment

from core.links import to
from core.templatetags import formats, ui


def environment(**options: Any) -> Environment:
    """For `TEMPLATES`; autoescaping is Django's default for it."""
    made = Environment(**options, trim_blocks=True)  # noqa: S701 - the backend asks for autoescaping
    made.filters |= formats.register.filters | ui.register.filters | {"date": date}
    made.filters |= {"truncatechars": truncatechars, "linebreaksbr": linebreaksbr, "urlencode": urlencode}
    made.filters["floatformat"] = floatformat
    made.globals |= {"_": gettext, "ngettext": ngettext, "pgettext": pgettext, "url": url, "static": asset}
    made.globals |= {"icon": ui.icon, "light": ui.light, "avatar": ui.avatar, "get_language": get_language}
    made.globals["fixed"] = fixed
    return made


def date(value: Any, form: str) -> str:
    """Django's filter, in the reader's time."""
    return str(formatted(localtime(value) if isinstance(value, dt.datetime) else value, form))


def url(name: str, *args: Any) -> str:
    """`{{ url("leads:move", lead.pk) }}`."""
    if not args:
        return plain(name)
    return to(name, args[0]) if len(args) == 1 and isinstance(args[0], int) else reverse(name, args=args)


@functools.cache
def plain(name: str) -> str:
    """An address without arguments stays the same as long as the process lives."""
    return reverse(name)


@functools.cache
def asset(path: str) -> str:
    """`{{ static("luodi/app.js") }}`: a file's address stays the same as long as the process lives."""
    return static(path)


@functools.cache
def fixed(name: str, language: str) -> SafeString:
    """`{{ fixed("parts/words.jinja", get_language()) }}`: the same for everybody, printed once in a language."""
    partial: Any = engines["jinja2"].get_template(name)
    text: str = partial.render({})
    return mark_safe(text)  # noqa: S308 - autoescaped


class FormRenderer(BaseRenderer):
    """Widgets from Django's own Jinja templates; `templates/django/forms/` comes first."""

    def get_template(self, template_name: str) -> Any:
        return engines["jinja2"].get_template(template_name)
