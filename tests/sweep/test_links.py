"""No template names an address that does not exist: Django would only say so when somebody opens the page."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

NAMED = re.compile(r"""(?:\{%\s*url\s+|\burl\()["']([a-z_]+:[a-z_0-9]+)["']""")


def known(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Every name that can be reversed, with its namespace."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from known(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield f"{space}{entry.name}"


def test_every_address_that_a_template_names_exists() -> None:
    names = set(known(get_resolver()))
    folder = Path(settings.BASE_DIR) / "templates"
    wrong = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.rglob("*")
        if path.suffix in {".html", ".jinja", ".txt"}
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
        if name not in names
    }
    assert len(names) > 200
    assert not wrong
