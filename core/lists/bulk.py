"""Changing many rows at once, as a job with one batch number; undoing the batch row by row."""

from typing import TYPE_CHECKING, Any

import pghistory
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import require
from core.errors import Refused
from core.isolation import user_scope
from core.jobs import Progress, describe, start_job
from core.lists.editing import Editor, editor_of
from core.models import BulkChange, Job

if TYPE_CHECKING:
    from accounts.models import User

EDIT, UNDO = "bulk_edit", "bulk_undo"
CHUNK = 25
MOST_SAID = 50
describe(EDIT, gettext_lazy("Bulk edit"), template="core/lists/bulk_result.html")
describe(UNDO, gettext_lazy("Undo of a bulk edit"), template="core/lists/bulk_result.html")


def start_bulk_edit(*, by: "User", editor: Editor, ids: list[int], changes: dict[str, Any]) -> Job:
    """Put the change of these rows on the list of jobs. `changes`: field → raw value, empty to clear."""
    require(by, editor.permission)
    for name in changes:
        editor.editable(by, name)
    given = {"noun": editor.noun, "ids": ids, "changes": changes}
    return start_job(by=by, park_id=by.access.home_park_id or 0, kind=EDIT, input=given, total=len(ids))


def start_undo(*, by: "User", job: Job) -> Job:
    """Put the undoing of one's own batch on the list of jobs, once."""
    changed = BulkChange.objects.visible_to(by).filter(batch=job.uuid, undone_at=None)
    if job.kind != EDIT or job.owner_id != by.pk or not changed.exists():
        raise Refused(_("There is nothing left to undo."), code="nothing_to_undo", status=409)
    given = {"noun": job.input["noun"], "batch": str(job.uuid)}
    return start_job(by=by, park_id=job.park_id, kind=UNDO, input=given, total=changed.count())


def run_bulk_edit(progress: Progress) -> dict[str, Any]:
    """The job: every row by its action, the refused ones with their reason."""
    editor, changes = editor_of(progress.input["noun"]), progress.input["changes"]
    ids: list[int] = progress.input["ids"]
    tally = Tally(progress.job)
    for start in range(0, len(ids), CHUNK):
        with tally.acting() as user:
            for pk in ids[start : start + CHUNK]:
                tally.say(pk, _edit_one(user, editor, pk, changes, tally))
        progress.report(min(start + CHUNK, len(ids)), len(ids))
    return tally.result()


def run_undo(progress: Progress) -> dict[str, Any]:
    """The job: back to what was before, but for rows that somebody changed since."""
    editor, batch = editor_of(progress.input["noun"]), progress.input["batch"]
    tally = Tally(progress.job)
    with tally.acting() as user:
        rows = BulkChange.objects.visible_to(user).filter(batch=batch, undone_at=None)
        ids: list[int] = list(rows.order_by("id").values_list("object_pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        with tally.acting() as user:
            for pk in ids[start : start + CHUNK]:
                tally.say(pk, _undo_one(user, editor, pk, batch, tally))
        progress.report(min(start + CHUNK, len(ids)), len(ids))
    return tally.result()


class Tally:
    """What became of the rows; a row's name is kept for those that were refused."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = 0
        self.same = 0
        self.refused: list[dict[str, Any]] = []
        self.names: dict[int, str] = {}

    def acting(self) -> "Acting":
        """A transaction as the job's owner."""
        return Acting(self.job)

    def say(self, pk: int, reason: str | None) -> None:
        """None: changed; empty: it was so already; else why not."""
        if reason is None:
            self.done += 1
        elif not reason:
            self.same += 1
        else:
            self.refused.append({"pk": pk, "name": self.names.get(pk, f"#{pk}"), "reason": reason})

    def result(self) -> dict[str, Any]:
        """For the job's row."""
        said = self.refused[:MOST_SAID]
        return {"done": self.done, "same": self.same, "refused": len(self.refused), "reasons": said}


class Acting:
    """The owner's scope, read anew, with the batch in the history's context."""

    def __init__(self, job: Job) -> None:
        assert job.owner is not None  # noqa: S101 - a bulk job is somebody's
        self.user: User = type(job.owner)._default_manager.get(pk=job.owner.pk)
        self.batch = str(job.uuid)

    def __enter__(self) -> "User":
        self._scope = user_scope(self.user)
        self._scope.__enter__()
        self._context = pghistory.context(user=self.user.pk, batch=self.batch)
        self._context.__enter__()
        return self.user

    def __exit__(self, *failure: Any) -> None:
        self._context.__exit__(*failure)
        self._scope.__exit__(*failure)


def _edit_one(user: "User", editor: Editor, pk: int, changes: dict[str, Any], tally: Tally) -> str | None:
    row = editor.rows(user).filter(pk=pk).first()
    if row is None:
        return _("It is no longer there.")
    tally.names[pk] = str(row)
    park_id = getattr(row, "park_id", None) or tally.job.park_id
    if BulkChange.objects.filter(park_id=park_id, batch=tally.job.uuid, object_pk=pk).exists():
        # The worker was lost after this row.
        return None
    before = {name: editor.editable(user, name).raw(row) for name in changes}
    refusal, written = _written(user, editor, row, changes)
    if refusal:
        return refusal
    after = {name: editor.editable(user, name).raw(written) for name in changes}
    if after == before:
        return ""
    BulkChange.objects.create(
        park_id=park_id, batch=tally.job.uuid, owner=user, noun=editor.noun, object_pk=pk, before=before, after=after
    )
    return None


def _undo_one(user: "User", editor: Editor, pk: int, batch: str, tally: Tally) -> str | None:
    change: BulkChange = BulkChange.objects.visible_to(user).get(batch=batch, object_pk=pk)
    row = editor.rows(user).filter(pk=pk).first()
    if row is None:
        return _("It is no longer there.")
    tally.names[pk] = str(row)
    if {name: editor.editable(user, name).raw(row) for name in change.after} != change.after:
        return _("Somebody changed it since; it was left as it is.")
    refusal, _written_row = _written(user, editor, row, change.before)
    if refusal:
        return refusal
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return None


def _written(user: "User", editor: Editor, row: Any, changes: dict[str, Any]) -> tuple[str, Any]:
    """The reason why not, or the row as it now is."""
    try:
        if not editor.may_edit(user, row):
            raise PermissionDenied
        values = {name: _clean(editor, user, row, name, raw) for name, raw in changes.items()}
        with transaction.atomic():
            return "", editor.write(by=user, row=row, values=values)
    except Refused as refusal:
        return str(refusal), row
    except forms.ValidationError as wrong:
        return " ".join(wrong.messages), row
    except (PermissionDenied, Http404):
        return _("You may not change it."), row


def _clean(editor: Editor, user: "User", row: Any, name: str, raw: Any) -> Any:
    return editor.editable(user, name).field(user, row).clean(raw)
