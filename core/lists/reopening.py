"""A list as a person would see it, outside of its own request: for selections, exports and the cells of one row."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

if TYPE_CHECKING:
    from accounts.models import User
    from core.pages import ListPage


def list_page(user: "User", name: str, query: str = "") -> "ListPage":
    """The list page of that URL name with that query; 404 where there is none, 403 for whom it is not."""
    from core.pages.lists import ListPage

    try:
        path = reverse(name)
    except NoReverseMatch as missing:
        raise Http404 from missing
    match = resolve(path)
    view = getattr(match.func, "view_class", None)
    if view is None or not issubclass(view, ListPage) or not (view.saves_views or view.editor or view.exports):
        raise Http404
    request = HttpRequest()
    request.method, request.path, request.user, request.resolver_match = "GET", path, user, match
    request.GET = QueryDict(query)
    page: ListPage = view()
    page.setup(request)
    page.check_permission()
    return page
