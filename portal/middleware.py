"""An enterprise's user whom a notice or a bookmark leads to a page of the desk: two have a twin in the portal."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.access import person

REQUEST = re.compile(r"/tickets/(\d+)/")


class PortalMiddleware:
    """Leads a portal session from `/` and a request's page on to its own; the rest is refused by its permission."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only these two addresses pay for the look at the person."""
        found = REQUEST.fullmatch(request.path)
        if (found or request.path == "/") and request.user.is_authenticated and person(request).access.is_portal:
            return HttpResponseRedirect(reverse("portal:request", args=[found[1]]) if found else reverse("portal:home"))
        return self.get_response(request)
