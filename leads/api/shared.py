"""What the routes of this app have in common."""

from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer

from accounts.models import User
from accounts.queries import colleagues
from core.api import ParkCodeField, ViewSet, check_version
from parks.models import Park


class OwnParkField(ParkCodeField):
    """A park in the input: one of those that the person sees, by default the home park."""

    def __init__(self) -> None:
        super().__init__(read_only=False, required=False, queryset=Park.objects.filter(is_active=True))

    def get_queryset(self) -> models.QuerySet[Any]:
        """Others do not exist."""
        request = self.context.get("request")
        return Park.objects.filter(is_active=True, pk__in=request.user.access.read_parks if request else ())


class ColleagueField(serializers.PrimaryKeyRelatedField[Any]):
    """Somebody who works in a park that the reader sees, or the reader; others do not exist."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs["queryset"] = User.objects.all()
        super().__init__(**kwargs)

    def get_queryset(self) -> models.QuerySet[Any]:
        """The staff of the parks that the person sees, and oneself."""
        request = self.context.get("request")
        if request is None:
            return User.objects.none()
        people = {person.pk for person in colleagues(request.user.access.read_parks)}
        return User.objects.filter(pk__in=people | {request.user.pk})


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=240)


class ByPark(ViewSet):
    """`?park=` narrows to one park."""

    def filter_queryset(self, queryset: Any) -> Any:
        """By the park's code, then by everything else."""
        code = self.request.query_params.get("park", "")
        return super().filter_queryset(queryset.filter(park__code=code) if code else queryset)

    def home_or(self, park: Park | None) -> int:
        """The park that was named, else the person's own."""
        return park.pk if park else self.person.access.home_park_id or 0

    def asked(self, kind: type[serializers.Serializer[Any]], row: Any) -> dict[str, Any]:
        """The body of an act on a row, of the version that was read where rows have one."""
        check_version(self.request, row)
        body = kind(data=self.request.data, context={"request": self.request})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class CalendarFile(BaseRenderer):
    """Lets a client ask for `text/calendar`; the file itself comes from `core.ics`, a problem as JSON."""

    media_type = "text/calendar"
    format = "ics"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        """Only refusals pass here."""
        return JSONRenderer().render(data)


OR_CALENDAR: list[type[BaseRenderer]] = [JSONRenderer, CalendarFile]


class StoredFile(serializers.Serializer[Any]):
    """A photo or file, fetched from `/files/{uuid}/`."""

    key = serializers.UUIDField(source="uuid", help_text="The client's own uuid of the file")
    uuid = serializers.UUIDField(source="attachment.uuid")
    name = serializers.CharField(source="attachment.name")
    content_type = serializers.CharField(source="attachment.content_type")
    size = serializers.IntegerField(source="attachment.size")
