"""Working without signal: the installable page, its service worker, and who is at this device.

The shell holds nobody's data: names and waiting visits live on the device, under the person who wrote them.
"""

import hashlib
import json
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access import person
from leads.models import Activity
from leads.queries import names_for_device

LANGUAGES = ("zh-hans", "en")
MODULES = ("page", "photos", "queue", "send", "store")
STYLES = ("vendor/tabler.min.css", "luodi/luodi.css", "luodi/leads.css", "luodi/offline.css")


def _files() -> list[str]:
    scripts = ("luodi/theme.js", "luodi/dom.js", *(f"luodi/offline/{name}.js" for name in MODULES))
    return [static(name) for name in (*STYLES, *scripts, "luodi/icon.svg")]


@lru_cache(maxsize=4)
def _shell(language: str) -> str:
    """The page in one language: the same for everybody, so that it can be kept on any device."""
    with translation.override(language):
        return render_to_string("desk/offline.html", {"kinds": Activity.Kind.choices, "language": language})


@lru_cache(maxsize=1)
def _worker() -> str:
    pages = {language: f"{reverse('desk:offline')}?language={language}" for language in LANGUAGES}
    files = _files()
    content = "".join([*files, *(_shell(language) for language in LANGUAGES)])
    setup = {"version": hashlib.sha256(content.encode()).hexdigest()[:12], "pages": pages, "files": files}
    return f'import {{ run }} from "{static("luodi/offline/worker.js")}";\nrun({json.dumps(setup)});\n'


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The log form that works without signal, and what waits on this device."""
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else translation.get_language() or LANGUAGES[0]
    response = HttpResponse(_shell(language if language in LANGUAGES else LANGUAGES[0]))
    response["Cache-Control"] = "no-cache"
    response["Content-Language"] = language
    return response


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its text changes with every release, by the hashed names of what it keeps."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to put Luodi on its home screen."""
    text = render_to_string("desk/manifest.webmanifest", {})
    return HttpResponse(text, content_type="application/manifest+json; charset=utf-8")


@login_not_required
@require_safe
@never_cache
def whoami(request: HttpRequest) -> JsonResponse:
    """Who is signed in at this device (null: nobody), with a fresh CSRF token and the names to choose from."""
    if not request.user.is_authenticated:
        return JsonResponse({"user": None})
    user = person(request)
    known = names_for_device(user) if user.access.can("activities.log") else {"leads": [], "companies": [], "trips": []}
    me = {"user": user.pk, "name": str(user), "language": user.language, "csrf": get_token(request)}
    return JsonResponse(me | known)
