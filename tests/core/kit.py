"""What the tests of the page bases share: requests of a person, and a list to walk through."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.utils import translation

from accounts.models import User
from core.isolation import user_scope
from core.pages import (
    Page,
)


@contextmanager
def asked(user: User, url: str = "/", *, data: dict[str, Any] | None = None, **headers: str) -> Iterator[Any]:
    """A request of this person inside their scope, as the middleware hands it to a page."""
    factory = RequestFactory(headers=headers)
    request = factory.get(url) if data is None else factory.post(url, data)
    request.user = user
    request.session = {}  # type: ignore[assignment]  # messages need no more
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with user_scope(user), translation.override("en"):
        yield request


def prepared(view: type[Any], request: Any, **kwargs: Any) -> Any:
    """The view as it stands before it answers."""
    page = view()
    page.setup(request, **kwargs)
    return page


def answer(view: type[Page], request: Any) -> Any:
    """The view's answer, not yet rendered where it is a template."""
    return view.as_view()(request)
