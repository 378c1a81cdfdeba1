"""The language of what a page prints many times: rows, cards, form fields. Pages themselves are Django templates.

Rows and cards were most of a page's time, and Jinja prints them three to four times as fast (decision 0042). A `.jinja`
partial has the same filters, and functions in place of tags: `icon("phone")`, `url("leads:move", 7)`, `_("Move")`.
"""

import datetime as dt
import functools
from functools import partial
from typing import Any

from django.forms.renderers import BaseRenderer
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.defaultfilters import date as formatted
from django.template.defaultfilters import floatformat, linebreaksbr, truncatechars, urlencode
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from core.links import to
from core.templatetags import formats, ui

# Filters that take the language.
SPOKEN = ("day", "when", "money_cell", "worded")


class Settled(NodeTransformer):
    """Calls whose answer stands when a partial is compiled: words, icons and addresses that are written out in it."""

    CALLS = frozenset({"_", "pgettext", "icon", "light", "url", "static", "get_language"})

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`_("Move")` becomes the word itself; what depends on a variable is called for each page, as before."""
        self.generic_visit(node)
        given = [*node.args, *(keyword.value for keyword in node.kwargs)]
        if not (isinstance(node.node, nodes.Name) and node.node.name in self.CALLS and not node.dyn_args):
            return node
        if not all(isinstance(value, nodes.Const) for value in given):
            return node
        ask: Any = node.environment.globals[node.node.name]  # type: ignore[union-attr]  # every parsed node has one
        answer = ask(
            *(value.as_const() for value in node.args), **{pair.key: pair.value.as_const() for pair in node.kwargs}
        )
        # Django's safe text, as Jinja writes it into the Python that it compiles.
        safe = Markup(answer) if hasattr(answer, "__html__") else answer  # noqa: S704
        return nodes.Const(safe, lineno=node.lineno, environment=node.environment)


class Tongue(Environment):
    """The partials in one language: that which is active while they are compiled."""

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """The hook that Jinja leaves for it."""
        return super()._generate(Settled().visit(source), *args, **kwargs)


class Engine(Jinja2):
    """Django's backend, with an environment of its own for each language."""

    @property
    def env(self) -> Environment:
        """Everything of the one that was set, but for the compiled partials."""
        return self.tongue(get_language())

    @env.setter
    def env(self, made: Environment) -> None:
        self.tongue = functools.cache(lambda language: speaking(made, language or ""))


def environment(**options: Any) -> Environment:
    """For `TEMPLATES`; autoescaping is Django's default for it."""
    made = Tongue(**options, trim_blocks=True)
    made.filters |= formats.register.filters | ui.register.filters | {"date": date}
    made.filters |= {"truncatechars": truncatechars, "linebreaksbr": linebreaksbr, "urlencode": urlencode}
    made.filters["floatformat"] = floatformat
    made.globals |= {"_": gettext, "ngettext": ngettext, "pgettext": pgettext, "url": url, "static": static}
    made.globals |= {"icon": ui.icon, "light": ui.light, "avatar": ui.avatar, "get_language": get_language}
    return made


def speaking(made: Environment, language: str) -> Environment:
    """The same in one language: asking for it in every cell, two hundred times a list, costs more than the answers."""
    one = made.overlay()
    one.filters = made.filters | {name: partial(made.filters[name], language=language) for name in SPOKEN}
    one.globals = made.globals | {"light": partial(ui.light, language=language)}
    return one


def date(value: Any, form: str) -> str:
    """Django's filter, in the reader's time."""
    return str(formatted(localtime(value) if isinstance(value, dt.datetime) else value, form))


def url(name: str, *args: Any) -> str:
    """`{{ url("leads:move", lead.pk) }}`."""
    return to(name, args[0]) if len(args) == 1 and isinstance(args[0], int) else reverse(name, args=args)


class FormRenderer(BaseRenderer):
    """Widgets from Django's own Jinja templates; `templates/django/forms/` comes first."""

    def get_template(self, template_name: str) -> Any:
        return engines["jinja2"].get_template(template_name)
