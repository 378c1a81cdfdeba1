"""What the routes of trips, receptions, events and referrers share."""

from typing import Any

from django.db import models
from rest_framework import serializers

from accounts.models import User
from accounts.queries import colleagues


class ColleagueField(serializers.PrimaryKeyRelatedField[Any]):
    """Somebody who works in a park that the reader sees."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs["queryset"] = User.objects.all()
        super().__init__(**kwargs)

    def get_queryset(self) -> models.QuerySet[Any]:
        """Others do not exist."""
        request = self.context.get("request")
        known = [one.pk for one in colleagues(request.user.access.read_parks)] if request else []
        return User.objects.filter(pk__in=known)
