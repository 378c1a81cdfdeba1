"""`/api/v1/imports/`: the same import as on the pages, step by step."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import parsers, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions.imports import (
    has_stopped,
    map_import,
    resume_import,
    retitle_import,
    revert_import,
    run_import,
    settle_duplicate,
    stop_import,
    upload_import,
)
from companies.imports import showing
from companies.imports.downloads import failed_file
from companies.imports.forms import ImportFilter, ImportRowFilter
from companies.imports.mapping import HEADINGS, MATCH_KEYS
from companies.imports.reasons import say, say_all
from companies.models import ImportBatch, ImportRow
from core.access import fetch
from core.api import ParkCodeField, ReadViewSet, ViewSet, WriteMixin, check_version


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    """An import: POST the `file`; PATCH `mapping` (a field per column) and the dry run begins; then POST to `run/`."""

    park = ParkCodeField()
    file = serializers.FileField(write_only=True, allow_empty_file=True)
    state = serializers.SerializerMethodField()
    has_headings = serializers.BooleanField(
        required=False, help_text="false: the first row is data already, and the columns have numbers"
    )
    mapping = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, name) for name in HEADINGS], allow_blank=True), required=False
    )
    match_keys = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, name) for name in MATCH_KEYS]), required=False
    )
    into_registry = serializers.BooleanField(required=False)
    as_leads = serializers.BooleanField(required=False)
    lead_source = serializers.CharField(required=False, allow_blank=True, max_length=12)
    progress = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields = (
            "id",
            "uuid",
            "park",
            "file",
            "name",
            "size",
            "sha256",
            "state",
            "header_row",
            "has_headings",
            "headers",
            "samples",
            "rows",
            "mapping",
            "match_keys",
            "into_registry",
            "as_leads",
            "lead_source",
            "counts",
            "progress",
            "created_at",
            "ran_at",
            "version",
        )
        read_only_fields = (
            "uuid", "name", "size", "sha256", "header_row", "headers", "samples", "rows", "counts", "created_at",
            "ran_at", "version",
        )  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=ImportBatch.State.choices))
    def get_state(self, batch: ImportBatch) -> str:
        """Where it stands; `stopped` also when its worker was lost for good."""
        return ImportBatch.State.STOPPED if has_stopped(batch) else batch.state

    @extend_schema_field(
        {
            "type": "object",
            "nullable": True,
            "properties": {
                "done": {"type": "integer"},
                "total": {"type": "integer"},
                "state": {"type": "string"},
                "error": {"type": "string"},
            },
        }
    )
    def get_progress(self, batch: ImportBatch) -> dict[str, Any] | None:
        """Of the last job: how many rows it has done."""
        job = batch.job
        return {"done": job.done, "total": job.total, "state": job.state, "error": job.error} if job else None


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    """A line: what it would do, or did; `changes` is field → [before, after]."""

    company = serializers.IntegerField(source="company_pk", read_only=True, allow_null=True)
    reason = serializers.SerializerMethodField()
    lead = serializers.IntegerField(source="lead_pk", read_only=True, allow_null=True)
    reason_code = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = (
            "id", "number", "name", "cells", "outcome", "state", "company", "chosen", "changes", "reason",
            "reason_code", "warnings", "lead", "lead_said",
        )  # fmt: skip

    def get_reason(self, row: ImportRow) -> str:
        """In the reader's language."""
        return say(row.reason)

    def get_reason_code(self, row: ImportRow) -> str:
        """For programs."""
        return str(row.reason[0]) if row.reason else ""

    def get_warnings(self, row: ImportRow) -> list[str]:
        """In the reader's language."""
        return say_all(row.warnings)


class Choice(serializers.Serializer[Any]):
    """What a possible duplicate is: the company found, a company of its own, or left out."""

    chosen = serializers.ChoiceField(choices=["update", "create", ""], allow_blank=True)


class ImportViewSet(WriteMixin, ReadViewSet):
    """Imports of one's parks. Writes after the upload ask for `If-Match`; long ones answer 202 and go on as a job."""

    queryset = ImportBatch.objects.select_related("park", "job")
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = (parsers.MultiPartParser, parsers.JSONParser)
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "imports.view",
        "create": "imports.run",
        "update": "imports.run",
        "run": "imports.run",
        "resume": "imports.run",
        "stop": "imports.run",
        "revert": "imports.run",
        "settle": "imports.run",
        "rows": "imports.view",
        "failed_xlsx": "imports.view",
        "failed_csv": "imports.view",
    }

    def perform_add(self, data: dict[str, Any]) -> ImportBatch:
        """Into the home park; `mapping` is proposed, not yet agreed to."""
        return upload_import(by=self.person, park_id=self.person.access.home_park_id or 0, file=data["file"])

    def perform_change(self, row: Any, data: dict[str, Any]) -> ImportBatch:
        """Agree to the columns; what is not sent stays as proposed (anew, where the first row became data)."""
        version = row.version
        if "has_headings" in data:
            row = retitle_import(by=self.person, batch=row, version=version, has_headings=data["has_headings"])
        names = ("mapping", "match_keys", "into_registry", "as_leads", "lead_source")
        wanted = {name: data.get(name, getattr(row, name)) for name in names}
        return map_import(by=self.person, batch=row, version=row.version, **wanted)

    def _begun(self, request: Request, begin: Callable[..., ImportBatch]) -> Response:
        row = self.get_object()
        check_version(request, row)
        return self._answer(begin(by=self.person, batch=row, version=row.version), status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str | None = None) -> Response:
        """Write what the dry run found."""
        return self._begun(request, run_import)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str | None = None) -> Response:
        """Go on where it stopped."""
        return self._begun(request, resume_import)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str | None = None) -> Response:
        """Take the whole import back."""
        return self._begun(request, revert_import)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str | None = None) -> Response:
        """Stop after the rows that are being written."""
        return self._answer(stop_import(by=self.person, batch=self.get_object()), status.HTTP_200_OK)

    @extend_schema(responses=ImportRowSerializer(many=True), filters=True)
    @action(detail=True, methods=["get"], filterset_class=ImportRowFilter)
    def rows(self, request: Request, pk: str | None = None) -> Response:
        """Its lines, by `outcome`, `state` and `strange`, in the order of the file."""
        batch = fetch(self.get_queryset(), pk=pk)
        self.ordering = ("number", "id")  # type: ignore[misc]  # for this request only
        page = self.paginate_queryset(self.filter_queryset(showing.lines_of(batch)))
        return self.get_paginated_response(ImportRowSerializer(page or [], many=True).data)

    @extend_schema(request=Choice, responses=ImportRowSerializer)
    @action(detail=True, methods=["post"], url_path=r"rows/(?P<line>\d+)")
    def settle(self, request: Request, pk: str | None = None, line: str = "") -> Response:
        """Decide a possible duplicate."""
        batch = self.get_object()
        row = fetch(showing.lines_of(batch), pk=line)
        asked = Choice(data=request.data)
        asked.is_valid(raise_exception=True)
        row = settle_duplicate(by=self.person, batch=batch, line=row, chosen=asked.validated_data["chosen"])
        return Response(ImportRowSerializer(row).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="failed-xlsx")
    def failed_xlsx(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The lines that did not get in, with the reasons, as a workbook."""
        return failed_file(self.get_object(), "xlsx", showing.write_failed_xlsx)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="failed-csv")
    def failed_csv(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The same as CSV."""
        return failed_file(self.get_object(), "csv", showing.write_failed_csv)


routes: list[tuple[str, type[ViewSet]]] = [("imports", ImportViewSet)]
