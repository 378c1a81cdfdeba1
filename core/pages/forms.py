"""Pages that change something: one form or one button, one action, safe against the second click."""

import json
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html, strip_tags
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy

from core.access import person
from core.errors import Refused, Stale
from core.idempotency import once
from core.pages.base import Page
from core.pages.merging import ORIGINAL, Values, compared, conflict_of, sealed, shown_values, typed_values, unsealed

REQUEST_KEY = "request_key"
URL_LENGTH = 300
SHEET_TARGETS = {"sheet-body", "sheet-form"}


class FormNeeded(Exception):
    """The change needs more words first: the page opens the form at `url` instead."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Writing:
    """What pages that write share: the key against double submits, and the way onward."""

    request: HttpRequest
    result: Any = None
    success_url: ClassVar[str] = ""
    success_message: ClassVar[str | Promise] = gettext_lazy("Saved.")

    @property
    def request_key(self) -> uuid.UUID | None:
        """The key that came with the form; a client without one gets no protection."""
        try:
            return uuid.UUID(self.request.POST.get(REQUEST_KEY, "")) if self.request.user.is_authenticated else None
        except ValueError:
            return None

    def perform_once(self, perform: Callable[[], Any]) -> str:
        """Run the action unless the same rendered form already did; the address to go to either way."""
        # The transaction holds the key too: a refused form may be sent again.
        with transaction.atomic(), once(user=person(self.request), key=self.request_key) as done:
            if done.url is not None:
                return done.url or "/"
            result = self.result = perform()
            url = self.get_success_url(result)
            done.finish(url if len(url) <= URL_LENGTH else "/")
        messages.success(self.request, self.get_success_message(result))
        return url

    def said(self) -> list[str]:
        """The messages so far as plain text; taken, so that the next page does not say them again."""
        return [unescape(strip_tags(str(message))) for message in messages.get_messages(self.request)]

    def toast(self) -> dict[str, str]:
        return {"text": " ".join(self.said()), "level": "success"}

    def get_success_url(self, result: Any) -> str:
        """`next` of the form (own addresses only), else `success_url`, else the result's own page."""
        asked = self.request.POST.get("next", "")
        if asked and url_has_allowed_host_and_scheme(asked, {self.request.get_host()}):
            return asked
        return resolve_url(self.success_url or result)

    def get_success_message(self, result: Any) -> str:
        """The words of the toast, with a link where the result has a page."""
        if not hasattr(result, "get_absolute_url"):
            return str(self.success_message)
        return format_html('{} <a href="{}">{}</a>', self.success_message, result.get_absolute_url(), result)


class FormPage(Writing, Page, abstract=True):
    """One form, one action. A subclass declares `permission`, `title`, `form_class` and `perform(form)`.

    It is a whole page, or the inside of the side sheet when HTMX asks; a refusal stands at its field, and what was
    typed is kept. `refresh` names the event that a saved sheet sends to the page below; without it the browser goes to
    the success address.
    """

    template_name = "pages/form.html"
    sheet_template: ClassVar[str] = "pages/form_sheet.html"
    part_template: ClassVar[str] = "pages/form_part.html"
    form_class: ClassVar[type[BaseForm]]
    fields_template: ClassVar[str] = ""
    submit_label: ClassVar[str | Promise] = gettext_lazy("Save")
    intro: ClassVar[str | Promise] = ""
    # The record that the form is about, where the title does not name it: on the phone a sheet covers the page.
    about: str = ""
    refresh: ClassVar[str] = ""
    danger: ClassVar[bool] = False
    merges: ClassVar[bool] = False
    """A correction of facts: when the record changed meanwhile, what only one of the two changed is merged, and the
    rest is asked about at its field. Acts that depend on the state (moving, deciding) are refused instead."""

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = {"initial": self.get_initial()}
        if self.request.method == "POST":
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        return kwargs

    def get_form(self) -> Any:
        return self.form_class(**self.get_form_kwargs())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_part:
            return self.part(self.sheet_template)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return self.again(form, 422)
        try:
            return self.done(self.perform_once(lambda: self.perform(form)))
        except Stale as stale:
            return (self.merged(form) if self.merges else None) or self.refused(form, stale)
        except Refused as refusal:
            return self.refused(form, refusal)

    def refused(self, form: BaseForm, refusal: Refused) -> HttpResponse:
        """The reason at its field; what was typed stays."""
        place_refusal(form, refusal)
        return self.again(form, refusal.status if refusal.status in {409, 412} else 422)

    def merged(self, form: BaseForm) -> HttpResponse | None:
        """Save both people's changes, or ask about the fields that both changed; None where that cannot be told."""
        original = unsealed(self.request.POST.get(ORIGINAL, ""))
        if original is None:
            return None
        page = self.reopened()
        fresh = page.fresh_form()
        theirs, mine = shown_values(fresh), typed_values(form)
        merge = compared(original, theirs, mine)
        retyped = page.retyped(fresh, merge.taken, {name: mine.get(name, []) for name in merge.both})
        if merge.both or not retyped.is_valid():
            retyped.conflicts = {name: conflict_of(fresh, name, original, theirs, mine) for name in merge.both}
            retyped.add_error(None, gettext("Somebody else changed this meanwhile. Decide about the marked fields."))
            return page.again(retyped, 412)
        try:
            url = page.perform_once(lambda: page.perform(retyped))
        except Refused as refusal:
            return page.refused(retyped, refusal)
        messages.info(self.request, gettext("Somebody else changed other fields meanwhile; both changes are kept."))
        return page.done(url)

    def reopened(self) -> "FormPage":
        """This page as it would be opened now, with the record as it is."""
        page = type(self)()
        page.setup(self.request, *self.args, **self.kwargs)
        return page

    def fresh_form(self) -> Any:
        """The form without what was typed."""
        kwargs = self.get_form_kwargs()
        return self.form_class(**{name: value for name, value in kwargs.items() if name not in {"data", "files"}})

    def retyped(self, fresh: Any, taken: Values, asked: Values) -> Any:
        """What was typed on the record as it is, with the other's values where one did not touch the field.

        A hidden value that belongs to a field (`goes_with`: the id behind a name) follows it: taken along, and left
        open where the field is asked about.
        """
        data = self.request.POST.copy()
        for name, values in (taken | asked).items():
            data.setlist(name, values)
            for along in getattr(fresh, "goes_with", {}).get(name, ()):
                data[along] = str(fresh[along].value() or "") if name in taken else ""
        data["version"] = str(fresh.initial.get("version", ""))
        data[ORIGINAL] = self.sealed = sealed(fresh)
        return self.form_class(**(self.get_form_kwargs() | {"data": data}))

    @cached_property
    def sealed(self) -> str:
        """The state that the form shows at its opening, for the comparison later."""
        return self.request.POST.get(ORIGINAL, "") or sealed(self.fresh_form())

    def again(self, form: BaseForm, status: int) -> HttpResponse:
        """The form with its errors; a part is 200, since a browser logs every other answer as a fault."""
        if self.is_part:
            return self.part(self.part_template, form=form)
        context = self.get_context_data(form=form)
        return self.response_class(request=self.request, template=self.template_name, context=context, status=status)

    def done(self, url: str) -> HttpResponse:
        again = self.again_url
        if not self.is_part:
            return HttpResponseRedirect(again or url)
        if again and self.target == "sheet-form":
            said = {"sheet-again": {"url": again}, "toast": self.toast()}
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(said)})
        if self.refresh and self.target == "sheet-form":
            return HttpResponse(
                status=204, headers={"HX-Trigger": json.dumps({self.refresh: {}, "toast": self.toast()})}
            )
        return HttpResponse(status=204, headers={"HX-Redirect": url})

    @property
    def again_url(self) -> str:
        """“Save and new”: this form, empty (Ctrl+Alt+Enter)."""
        return self.request.get_full_path() if self.request.POST.get("again") else ""

    def get_back_url(self) -> str:
        """Where “Cancel” leads: back to the page we came from, when that is ours."""
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return asked if url_has_allowed_host_and_scheme(asked, {self.request.get_host()}) else "/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = self.target in SHEET_TARGETS
        own: dict[str, Any] = {
            "request_key": self.request_key or uuid.uuid4(),
            "back_url": self.get_back_url(),
            "next_url": self.request.POST.get("next") or self.request.GET.get("next", ""),
            "in_sheet": sheet,
            "form_id": "sheet-form" if sheet else "page-form",
        }
        if "form" not in kwargs:
            own["form"] = self.get_form()
        return super().get_context_data(**(own | kwargs))


def place_refusal(form: Any, refusal: Refused) -> None:
    """Put the refusal at its field, or on top where the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


class ActionPage(Writing, Page, abstract=True):
    """One button, one action, POST only. A subclass declares `permission` and `perform()`.

    A browser is redirected with a message; a script that accepts JSON gets `{url}`, `{form}` or `{detail, code}`.
    """

    http_method_names = ["post", "options"]

    def perform(self) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.done(self.perform_once(self.perform))
        except FormNeeded as needed:
            return self.onward(needed.url)
        except Refused as refusal:
            return self.refused(refusal)

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def done(self, url: str) -> HttpResponse:
        if self.wants_json:
            version = getattr(self.result, "version", None)
            return JsonResponse({"url": url, "version": version, "messages": self.said()})
        if self.is_part:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def refused(self, refusal: Refused) -> HttpResponse:
        status = refusal.status if refusal.status in {409, 412} else 422
        if self.wants_json or self.is_part:
            return JsonResponse({"detail": str(refusal), "code": refusal.code}, status=status)
        messages.error(self.request, str(refusal))
        return HttpResponseRedirect(self.came_from())

    def onward(self, url: str) -> HttpResponse:
        """Not an error: the change goes on in the form at `url`."""
        return JsonResponse({"form": url}) if self.wants_json or self.is_part else HttpResponseRedirect(url)

    def came_from(self) -> str:
        back = self.request.META.get("HTTP_REFERER", "")
        return back if url_has_allowed_host_and_scheme(back, {self.request.get_host()}) else "/"
