"""What people are told: one row per person, channel and cause, written in the transaction that caused it."""

import uuid
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.isolation import ParkOwned, Portal
from notices.querysets import NoticeQuerySet


class Said(NamedTuple):
    """What a notice says, in one language."""

    subject: str
    body: str


class Notice(ParkOwned):
    """The outbox and the inbox at once: `key` says what caused it, so that nothing is told twice."""

    portal = Portal.OWN_USER
    mailbox = True

    class Channel(models.TextChoices):
        PAGE = "page", _("In the page")
        MAIL = "mail", _("Mail")

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Recipient")
    )
    channel = models.CharField(_("Channel"), max_length=5, choices=Channel.choices)
    kind = models.CharField(_("Kind"), max_length=40)
    # In the order of its bytes whatever the database's language is: `of_matter` asks for a range.
    key = models.CharField(max_length=160, db_collation="C")
    subject = models.CharField(_("Subject"), max_length=200)
    body = models.TextField(_("Text"), blank=True)
    # The same in the house's other languages, {"en": ["subject", "text"]}: whoever changes the language, or takes the
    # matter over, reads in their own what was said before.
    wordings = models.JSONField(default=dict, blank=True, editable=False)
    url = models.CharField(max_length=300, blank=True)
    # An attached file of the reports: the id of a stored `core.Attachment`.
    attachment_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField(_("Due"))
    # The right to deliver: whoever claimed the row holds it until then, and `lease` proves that it is still theirs.
    lease_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    # Deliveries begun that never came back: the worker was lost on the way.
    attempts = models.PositiveSmallIntegerField(_("Lost on the way"), default=0)
    # Deliveries that came back with a passing fault, such as a mail server that is down.
    failures = models.PositiveSmallIntegerField(_("Failed"), default=0)
    last_error = models.TextField(_("Last error"), blank=True)
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(_("Read at"), null=True, blank=True)
    # The inbox shows what was not opened yet first.
    unread = models.GeneratedField(
        expression=models.ExpressionWrapper(models.Q(read_at__isnull=True), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    # The plugin of the type checker gives up on models with a generated field.
    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notice")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "key", "recipient", "channel"], name="notice_once"),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="notice_sent_when"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["pending", "sending"]), name="notice_due"),
            models.Index(
                fields=["recipient", "-unread", "-sent_at", "-id"],
                condition=models.Q(channel="page", state="sent"),
                name="notice_inbox",
            ),
            models.Index(fields=["park", "-id"], condition=models.Q(state="dead"), name="notice_dead"),
        ]

    def __str__(self) -> str:
        return self.heading

    def said(self, language: str) -> Said:
        """Subject and text in a language; where it was never written in that one, as it was written first."""
        return Said(*self.wordings.get(language, (self.subject, self.body)))

    @property
    def heading(self) -> str:
        """The subject in the reader's language."""
        return self.said(get_language() or "").subject

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.said(get_language() or "").body

    def get_absolute_url(self) -> str:
        """Opens what it is about and marks it as read."""
        return reverse("notices:open", args=[self.pk])
