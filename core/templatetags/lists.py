"""The tags that print what repeats: the rows of a list, the cards of a board."""

from typing import Any

from django import template
from django.template import engines
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def list_rows(context: Context, page: Any) -> SafeString:
    """`{% list_rows page %}`: the page's rows template, its cells dealt out as the reader chose."""
    return page.dealt(printed(context, page.rows_template), context["rows"])  # type: ignore[no-any-return]  # a ListPage


@register.simple_tag(takes_context=True)
def printed(context: Context, name: str, **more: Any) -> SafeString:
    """`{% printed "leads/cards.jinja" %}`: a partial of either language, in the context of the page around it."""
    if not name.endswith(".jinja"):
        with context.push(**more):
            plain = context.template.engine.get_template(name).render(context)  # type: ignore[union-attr]  # rendering
        return mark_safe(plain)  # noqa: S308 - autoescaped
    jinja: Any = engines["jinja2"]
    text: str = jinja.env.get_template(name).render(context.flatten(), **more)
    return mark_safe(text)  # noqa: S308 - autoescaped
