"""The pages of saved views: keep one, change it, order them, put one away and take it back."""

from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.errors import Refused
from core.lists.forms import ViewForm
from core.lists.reopening import list_page
from core.lists.saved import (
    change_view,
    delete_view,
    may_edit,
    move_view,
    redefine_view,
    restore_view,
    save_view,
    views_of,
)
from core.models import SavedView
from core.pages import ActionPage, FormPage, ListPage, Page


class OfList:
    """Mixin: the list that `?list=` names, for those who may open it."""

    request: HttpRequest

    @cached_property
    def list_page(self) -> ListPage:
        """404 for a name that is none."""
        asked = self.request.POST.get("list") or self.request.GET.get("list", "")
        page = list_page(person(self.request), asked, self.request.GET.get("query", ""))
        if not page.saves_views:
            raise Http404
        return page

    @property
    def list_url(self) -> str:
        """Where the list is."""
        return self.list_page.request.path


class OneView:
    """Mixin: the view of the address, deleted ones included."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def view(self) -> SavedView:
        """Seen by this person, or 404."""
        view: SavedView = fetch(SavedView.objects.visible_to(person(self.request)), pk=self.kwargs["pk"])
        return view

    @property
    def list_url(self) -> str:
        """Where its list is."""
        return reverse(self.view.list_name)

    @property
    def view_url(self) -> str:
        """The list with this view."""
        return f"{self.list_url}?{urlencode({'view': self.view.pk})}"

    @property
    def manage_url(self) -> str:
        """All views of its list."""
        return f"{reverse('core:views')}?{urlencode({'list': self.view.list_name})}"


class AddView(OfList, FormPage):
    """Keep a list as it stands."""

    permission = "views.use"
    title = _("Save as a view")
    intro = _(
        "Filters, order, columns and their widths are kept as they are now. “Mine” and “overdue” stay what they mean."
    )
    form_class = ViewForm
    success_message = _("The view is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.list_page  # noqa: B018 - 404 before anything is shown
        return super().get(request, *args, **kwargs)

    def get_back_url(self) -> str:
        return self.list_url

    def perform(self, form: ViewForm) -> SavedView:
        user, data = person(self.request), dict(form.cleaned_data)
        data.pop("version")
        page = self.list_page
        definition = page.definition_of(self.request.GET.get("query", ""))
        park_id = user.access.home_park_id or 0
        return save_view(by=user, park_id=park_id, list_name=page.key, definition=definition, **data)

    def get_success_url(self, result: SavedView) -> str:
        return f"{self.list_url}?{urlencode({'view': result.pk})}"

    def get_success_message(self, result: SavedView) -> str:
        return str(self.success_message)


class EditView(OneView, FormPage):
    """Rename it, share it, pin it."""

    merges = True
    permission = "views.use"
    title = _("Edit view")
    form_class = ViewForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "visibility", "is_pinned", "is_default", "version")
        return {name: getattr(self.view, name) for name in names}

    def get_back_url(self) -> str:
        return self.manage_url

    def get_success_url(self, result: SavedView) -> str:
        return self.manage_url

    def perform(self, form: ViewForm) -> SavedView:
        return change_view(by=person(self.request), view=self.view, **form.cleaned_data)

    def get_success_message(self, result: SavedView) -> str:
        return str(self.success_message)


class ManageViews(OfList, Page):
    """All views of one list, the deleted ones at the end."""

    permission = "views.use"
    title = _("Views")
    template_name = "core/lists/views.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, page = person(self.request), self.list_page
        shown = views_of(user, page.key)
        prefetch_related_objects(shown, "owner")
        deleted = SavedView.objects.visible_to(user).filter(list_name=page.key).exclude(deleted_at=None)
        own = {
            "list_title": page.get_title(),
            "list_url": self.list_url,
            "views": [(view, may_edit(user, view)) for view in shown],
            "deleted": [view for view in deleted.order_by("-deleted_at")[:20] if may_edit(user, view)],
        }
        return super().get_context_data(**(own | kwargs))


class ViewAction(OneView, ActionPage, abstract=True):
    """A button about one view."""

    permission = "views.use"

    def get_success_url(self, result: SavedView) -> str:
        return self.manage_url

    def get_success_message(self, result: SavedView) -> str:
        return str(self.success_message)


class RedefineView(ViewAction):
    """Save over the view what its list shows now (`query`)."""

    permission = "views.use"
    success_message = _("The view is saved.")

    def perform(self) -> SavedView:
        user = person(self.request)
        page = list_page(user, self.view.list_name)
        definition = page.definition_of(self.request.POST.get("query", ""))
        version = self.request.POST.get("version", "")
        return redefine_view(
            by=user, view=self.view, definition=definition, version=int(version) if version.isdecimal() else None
        )

    def get_success_url(self, result: SavedView) -> str:
        return self.view_url


class MoveView(ViewAction):
    """One place up or down."""

    permission = "views.use"
    success_message = _("Moved.")

    def perform(self) -> SavedView:
        return move_view(by=person(self.request), view=self.view, up=self.kwargs["way"] == "up")


class DeleteView(ViewAction):
    """Put it away."""

    permission = "views.use"
    success_message = _("The view is deleted. It can be restored below.")

    def perform(self) -> SavedView:
        if self.view.deleted_at is not None:
            raise Refused(_("This view is deleted already."), code="deleted", status=409)
        return delete_view(by=person(self.request), view=self.view)


class RestoreView(ViewAction):
    """Take it back."""

    permission = "views.use"
    success_message = _("The view is back.")

    def perform(self) -> SavedView:
        return restore_view(by=person(self.request), view=self.view)
