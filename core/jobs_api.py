"""`/api/v1/jobs/`: one's own long work and its progress."""

from typing import Any, ClassVar

from rest_framework import serializers

from core.api import ParkCodeField, ReadViewSet, ViewSet
from core.jobs import look_of
from core.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job as its owner watches it."""

    park = ParkCodeField()
    title = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            *("id", "uuid", "park", "kind", "title", "state", "done", "total"),
            *("result", "error", "created_at", "finished_at"),
        )

    def get_title(self, job: Job) -> str:
        """The kind in words."""
        return str(look_of(job.kind).label)


class JobViewSet(ReadViewSet):
    """Jobs of the signed-in person."""

    queryset = Job.objects.select_related("park")
    serializer_class = JobSerializer
    permissions: ClassVar[dict[str, str | None]] = {"list": "jobs.view"}
    filterset_fields: ClassVar[tuple[str, ...]] = ("kind", "state")

    def get_queryset(self) -> Any:
        """Only one's own."""
        return super().get_queryset().filter(owner=self.person.pk)


routes: list[tuple[str, type[ViewSet]]] = [("jobs", JobViewSet)]
