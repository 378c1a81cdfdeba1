"""`/api/v1/notices/`: one's own inbox."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ParkCodeField, ReadViewSet, ViewSet
from notices import actions
from notices.filters import NoticeFilter
from notices.models import Notice


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A delivered notice."""

    park = ParkCodeField()
    unread = serializers.BooleanField(read_only=True)
    subject = serializers.CharField(source="heading", read_only=True, help_text="in the reader's language")
    body = serializers.CharField(source="text", read_only=True, help_text="in the reader's language")

    class Meta:
        model = Notice
        fields = ("id", "park", "kind", "subject", "body", "url", "unread", "sent_at", "read_at")
        read_only_fields = fields


class NoticeViewSet(ReadViewSet):
    """Notices of the signed-in person, newest first."""

    queryset = Notice.objects.select_related("park")
    serializer_class = NoticeSerializer
    permissions: ClassVar[dict[str, str | None]] = {"list": "notices.view", "read": "notices.view"}
    filterset_class = NoticeFilter
    ordering = ("-sent_at",)

    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str | None = None) -> Response:
        """Mark as read; again changes nothing."""
        notice = actions.mark_read(by=self.person, notice=self.get_object())
        return Response(self._serialized(notice))

    def _serialized(self, notice: Notice) -> dict[str, Any]:
        notice.refresh_from_db()
        return dict(self.get_serializer(notice).data)


routes: list[tuple[str, type[ViewSet]]] = [("notices", NoticeViewSet)]
