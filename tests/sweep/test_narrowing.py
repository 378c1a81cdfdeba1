"""Every list bears each of its filters: whatever the panel and the quick filters offer is asked of the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, QueryDict

from accounts.models import User
from core.isolation import user_scope
from core.pages import ListPage
from tests.fixtures.cast import Cast
from tests.sweep.addresses import addresses

pytestmark = pytest.mark.django_db

PAGES = {
    address.name: address
    for address in addresses()
    if not address.parameters and issubclass(getattr(address.callback, "view_class", object), ListPage)
}


def opened(kind: type[ListPage], user: User, query: str = "") -> ListPage:
    """The page as that person would see it."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    page = kind()
    page.setup(request)
    return page


def offered(page: Any) -> Iterator[str]:
    """The quick filters, and of each filter with choices the first few."""
    yield from (f"{quick.name}={quick.value}" for quick in page.quick)
    if page.filterset_class is None:
        return
    form = page.filterset_class(QueryDict(""), queryset=page.narrowed, request=page.request).form
    for name, field in form.fields.items():
        values = [value for value, _label in getattr(field, "choices", ()) if value and not isinstance(_label, list)]
        yield from (f"{name}={value}" for value in values[:3])


@pytest.mark.parametrize("name", sorted(PAGES))
def test_whatever_a_list_offers_to_narrow_it_by_can_be_asked(cast: Cast, name: str) -> None:
    kind = PAGES[name].callback.view_class
    user = cast.enterprise if name.startswith("portal:") else cast.admin
    with user_scope(user):
        for query in offered(opened(kind, user)):
            assert len(opened(kind, user, query).filtered[:1]) <= 1, query


def test_the_lists_are_found() -> None:
    assert {"leads:list", "leads:trips", "companies:list", "projects:payments", "services:queue"} <= set(PAGES)
