"""`/api/v1/jobs/`: one's own long work and its progress."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ParkCodeField, ReadViewSet, ViewSet
from core.jobs import cancel_job, look_of
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
    permissions: ClassVar[dict[str, str | None]] = {"list": "jobs.view", "cancel": "jobs.view"}
    filterset_fields: ClassVar[tuple[str, ...]] = ("kind", "state")

    def get_queryset(self) -> Any:
        """Only one's own."""
        return super().get_queryset().filter(owner=self.person.pk)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Stop it: at once while it waits, at its next step while it runs."""
        return Response(self.get_serializer(cancel_job(by=self.person, job=self.get_object())).data)


routes: list[tuple[str, type[ViewSet]]] = [("jobs", JobViewSet)]
