"""`/api/v1/reward-rules/`: by which rules referrers are rewarded."""

from typing import Any, ClassVar

from django.utils.crypto import get_random_string
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ReadViewSet, WriteMixin
from core.money import AmountSerializerField
from leads.actions.referrals import retire_rule, set_rule
from leads.api.shared import ByPark, OwnParkField
from leads.models import RewardRule


class RuleSerializer(serializers.ModelSerializer[RewardRule]):
    """A version of a rule; POST with the `code` of one that is there makes its next version.

    `If-Match: "<number>"` sees to it that no other version came in between (412).
    """

    park = OwnParkField()
    code = serializers.CharField(max_length=40, required=False)
    cap = AmountSerializerField(required=False, allow_null=True)

    class Meta:
        model = RewardRule
        fields = (
            *("id", "park", "code", "number", "name", "method", "base", "value", "cap", "source"),
            *("retired_at", "is_demo", "created_at"),
        )
        read_only_fields = ("number", "retired_at", "is_demo", "created_at")
        validators: ClassVar[list[Any]] = []


class RuleViewSet(WriteMixin, ReadViewSet, ByPark):
    """Rules of reward: versions follow each other, none is changed."""

    queryset = RewardRule.objects.select_related("park")
    serializer_class = RuleSerializer
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "referrers.view",
        "create": "rewards.rules",
        "retire": "rewards.rules",
    }
    http_method_names = ["get", "post", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> RewardRule:
        """In force from now on."""
        code = data.pop("code", "") or get_random_string(12).lower()
        park_id = self.home_or(data.pop("park", None))
        return set_rule(by=self.person, park_id=park_id, code=code, version=self.follows, **data)

    @property
    def follows(self) -> int | None:
        """The number in `If-Match`: the version that the client read and wants to follow."""
        asked = self.request.headers.get("If-Match", "").strip('" ')
        return int(asked) if asked.isdecimal() and len(asked) < 10 else None

    @extend_schema(request=None, responses=RuleSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str | None = None) -> Response:
        """No longer in force."""
        row = retire_rule(by=self.person, rule=self.get_object())
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=status.HTTP_200_OK)
