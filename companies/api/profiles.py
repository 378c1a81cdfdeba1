"""`/api/v1/profiles/`: what a park knows of its targets."""

from typing import Any, ClassVar

from rest_framework import serializers

from companies.actions import write_profile
from companies.filters import ProfileFilter
from companies.models import Company, TargetProfile
from core.api import ParkCodeField, ReadViewSet, VisibleField, WriteMixin
from core.errors import Refused


class ProfileSerializer(serializers.ModelSerializer[TargetProfile]):
    """The three dimensions; `filled` of nine are known, `missing` names the others."""

    park = ParkCodeField()
    company = VisibleField(Company)
    missing = serializers.SerializerMethodField()

    class Meta:
        model = TargetProfile
        fields = (
            "id",
            "park",
            "company",
            "is_leader",
            "key_technology",
            "association",
            "environment",
            "environment_state",
            "policy",
            "policy_state",
            "supply_chain",
            "supply_chain_state",
            "resources",
            "resources_state",
            "decider_known",
            "decider_met",
            "filled",
            "missing",
            "updated_at",
            "version",
        )
        read_only_fields = ("decider_known", "decider_met", "filled", "updated_at", "version")
        # The action answers for a profile that is there already.
        validators: ClassVar[list[Any]] = []

    def get_missing(self, profile: TargetProfile) -> list[str]:
        """The fields that nobody has filled yet."""
        return [item.code for item in profile.missing]


class ProfileViewSet(WriteMixin, ReadViewSet):
    """Target profiles of one's own parks, one per company and park."""

    queryset = TargetProfile.objects.select_related("park")
    serializer_class = ProfileSerializer
    filterset_class = ProfileFilter
    saved_views_of = "companies:targets"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "profiles.view",
        "create": "profiles.change",
        "update": "profiles.change",
    }
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "filled", "updated_at")

    def perform_add(self, data: dict[str, Any]) -> TargetProfile:
        """In the home park; one that was begun is changed by PATCH."""
        home, company = self.person.access.home_park_id or 0, data.pop("company")
        try:
            return write_profile(by=self.person, park_id=home, company=company, version=0, **data)
        except Refused as refusal:
            refusal.status = 409 if refusal.status == 412 else refusal.status
            raise

    def perform_change(self, row: Any, data: dict[str, Any]) -> TargetProfile:
        """On the version that `If-Match` named; a profile keeps its company."""
        data.pop("company", None)
        return write_profile(by=self.person, park_id=row.park_id, company=row.company, version=row.version, **data)
