"""The tag that prints the rows of a list."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def list_rows(context: Context, page: Any) -> SafeString:
    """`{% list_rows page %}`: the page's rows template, its cells dealt out as the reader chose."""
    printer: Any = context.template.engine.get_template(page.rows_template)  # type: ignore[union-attr]  # rendering
    with context.push():
        html = printer.render(context)
    return page.dealt(html, context["rows"])  # type: ignore[no-any-return]  # a ListPage
