"""Error pages, health checks, stored files and jobs."""

import sys
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from core.access import fetch, person
from core.jobs import cancel_job
from core.models import Attachment, Heartbeat, Job
from core.pages import ActionPage, Page

STALE_AFTER = timedelta(minutes=5)


# For programs, whose answers have no page around them.
SAID = {
    400: gettext_lazy("This request cannot be understood"),
    403: gettext_lazy("You may not open this"),
    404: gettext_lazy("There is no such address"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("The system is not available at the moment"),
}


def _error(request: HttpRequest, status: int, code: str, *, template: str = "") -> HttpResponse:
    if request.path.startswith("/api/"):
        said = str(SAID[status])
        body = {"type": "about:blank", "title": said, "status": status, "detail": said, "code": code, "errors": []}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(request, template or f"{status}.html", status=status, using=None)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _error(request, 400, "bad_request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _error(request, 403, "forbidden")


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form of an earlier login (its token against forgery is another one)."""
    return _error(request, 403, "csrf_failed", template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _error(request, 404, "not_found")


@login_not_required
@csrf_exempt
def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database is gone: no query is made here."""
    gone = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, code = (503, "database_unavailable") if gone else (500, "server_error")
    if request.path.startswith("/api/"):
        response = _error(request, status, code)
    else:
        # Without the request: the context processors would ask the database that may be gone.
        context = {
            "english": request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == "en",
            "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in {"light", "dark"} else "auto",
        }
        response = TemplateResponse(None, f"{status}.html", context, status=status).render()  # type: ignore[arg-type]
    if gone:
        response["Retry-After"] = "10"
    return response


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The web process answers, also without a database."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Database reachable, worker and beat alive within five minutes; else 503 with what is missing."""
    missing: list[str] = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        alive = dict(Heartbeat.objects.values_list("name", "at"))
        oldest = timezone.now() - STALE_AFTER
        missing = [name for name in ("worker", "beat") if alive.get(name) is None or alive[name] < oldest]
    except DatabaseError:
        missing = ["database"]
    return JsonResponse({"missing": missing, "mode": settings.LUODI_MODE}, status=503 if missing else 200)


class AttachmentPage(Page):
    """A stored file: re-encoded images are shown, everything else is downloaded; nothing is ever run."""

    permission = "files.view"

    def get(self, request: HttpRequest, uuid: str) -> HttpResponseBase:
        """Send the file with headers that keep a browser from interpreting it."""
        attachment = fetch(Attachment.objects.visible_to(person(request)), uuid=uuid)
        stored, content_type, name = self.asked(request, attachment)
        inline = content_type.startswith("image/")
        with stored.open("rb") as file:  # at most 20 MB
            response = HttpResponse(file.read(), content_type=content_type)
        response["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, max-age=3600"
        return response

    @staticmethod
    def asked(request: HttpRequest, attachment: Attachment) -> tuple[FieldFile, str, str]:
        """`?size=small` is the picture for lists, `?original` the photo before it was converted: a download."""
        if "original" in request.GET and attachment.original:
            return attachment.original, "application/octet-stream", f"{attachment.name.rpartition('.')[0]}.heic"
        if request.GET.get("size") == "small" and attachment.thumbnail:
            return attachment.thumbnail, "image/jpeg", attachment.name
        return attachment.file, attachment.content_type, attachment.name


class JobPage(Page):
    """One job's progress; the page asks again while it runs."""

    permission = "jobs.view"

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """The whole page, or the progress fragment for HTMX."""
        user = person(request)
        job = fetch(Job.objects.visible_to(user).filter(owner=user), uuid=uuid)
        template = "parts/job.html" if request.headers.get("HX-Request") else "core/job.html"
        return TemplateResponse(request, template, {"job": job})


class JobsPage(Page):
    """One's own long work, newest first."""

    permission = "jobs.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The last fifty."""
        user = person(request)
        jobs = Job.objects.visible_to(user).filter(owner=user)[:50]
        return TemplateResponse(request, "core/jobs.html", {"jobs": jobs})


class CancelJob(ActionPage):
    """Stop one's own job: at once while it waits, at its next step while it runs."""

    permission = "jobs.view"
    success_url = "core:jobs"
    success_message = gettext_lazy("The job is stopped.")

    def perform(self) -> Job:
        """A colleague's job does not exist here."""
        user = person(self.request)
        job = fetch(Job.objects.visible_to(user).filter(owner=user), uuid=self.kwargs["uuid"])
        return cancel_job(by=user, job=job)

    def get_success_message(self, result: Job) -> str:
        """Without a link: a job has no record page worth going to."""
        return str(self.success_message)
