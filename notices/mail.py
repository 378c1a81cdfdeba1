"""One notice as a mail: plain text, the link in full, the stored file attached, and always the same Message-ID."""

import smtplib
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from core.isolation import scope
from core.models import Attachment
from notices.models import Notice

FAULTS: Final = (smtplib.SMTPException, OSError, ValueError)
_PERMANENT = 500


class UnsendableError(ValueError):
    """The mail cannot be made."""


def is_final(fault: Exception) -> bool:
    """A fault that another try will not cure: this mail or this address was refused for good, or it is malformed."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _text in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return False  # a setting of ours: it will be put right
    if isinstance(fault, smtplib.SMTPResponseException):
        return fault.smtp_code >= _PERMANENT
    return isinstance(fault, ValueError) and not isinstance(fault, OSError)


def is_outage(fault: Exception) -> bool:
    """The server as a whole is out of reach: the next mail would fare no better."""
    lost = smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError
    return isinstance(fault, lost) or (isinstance(fault, OSError) and not isinstance(fault, smtplib.SMTPException))


def send(notice: Notice) -> None:
    """Hand the mail to the server; raises one of `FAULTS`."""
    message(notice).send()


def message(notice: Notice) -> EmailMessage:
    """The mail as it goes out."""
    with translation.override(notice.recipient.language):
        link = f"{settings.PUBLIC_URL.rstrip('/')}{notice.url}" if notice.url else ""
        foot = _("This mail was sent by Luodi. Please do not answer it.")
    said = notice.said(notice.recipient.language)
    body = "\n\n".join(part for part in (said.body, link, foot) if part)
    mail = EmailMessage(
        subject=said.subject,
        body=body + "\n",
        to=[notice.recipient.email],
        headers={"Message-ID": f"<{notice.message_id}@luodi>", "Auto-Submitted": "auto-generated"},
    )
    if notice.attachment_id:
        mail.attach(*_file(notice))
    return mail


def _file(notice: Notice) -> tuple[str, bytes, str]:
    with scope(read=[notice.park_id], write=[notice.park_id]):
        stored = Attachment.objects.filter(park_id=notice.park_id, pk=notice.attachment_id or 0).first()
    if stored is None or not stored.file.storage.exists(stored.file.name):
        raise UnsendableError(f"the attached file {notice.attachment_id} is gone")
    with stored.file.open("rb") as content:
        return stored.name, content.read(), stored.content_type
