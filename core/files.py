"""Accepting files from outside: sniffed, re-encoded, stored under a name that nobody can guess."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from core.errors import Refused
from core.models import Attachment
from core.uploads import UploadError, accept_upload

if TYPE_CHECKING:
    from accounts.models import User

PHOTOS = frozenset({"image"})
DOCUMENTS = frozenset({"image", "pdf", "office"})
MAX_BYTES = 20 * 1024 * 1024


def store_attachment(
    *,
    park_id: int,
    by: "User",
    file: UploadedFile,
    allowed: frozenset[str] = DOCUMENTS,
    company_id: int | None = None,
    field: str = "files",
) -> Attachment:
    """Check and keep one uploaded file (at most 20 MB); `Refused` at `field` says what is wrong with it.

    `company_id` names the enterprise that may see it in the portal.
    """
    try:
        accepted = accept_upload(file, allowed=allowed, max_bytes=MAX_BYTES)
    except UploadError as error:
        raise Refused(str(error), field=field, code="bad_file") from error
    attachment = Attachment(
        park_id=park_id,
        uuid=uuid4(),
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        company_id=company_id,
        uploaded_by=by,
    )
    attachment.file.save(attachment.uuid.hex, ContentFile(accepted.data), save=False)
    if accepted.original:
        attachment.original.save(attachment.uuid.hex, ContentFile(accepted.original), save=False)
    if accepted.thumbnail:
        attachment.thumbnail.save(attachment.uuid.hex, ContentFile(accepted.thumbnail), save=False)
    attachment.save()
    return attachment
