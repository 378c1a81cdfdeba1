"""`/api/v1/referrers/`, `/api/v1/referrals/` and `/api/v1/rewards/`."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import ReadViewSet, VisibleField, WriteMixin
from core.money import AmountSerializerField
from leads.actions.referrals import add_referrer, edit_referrer, refer, take_back_referral
from leads.actions.rewards import approve_reward, pay_reward, propose_reward, reject_reward
from leads.api.parts import Masked, OfPerson, Removable
from leads.api.shared import ByPark, ColleagueField, OwnParkField, Reason
from leads.models import Lead, Referral, Referrer, Reward
from leads.outward_filters import ReferralFilter, ReferrerFilter, RewardFilter
from leads.queries.referrals import thanked


class ReferrerSerializer(Masked):
    """Somebody who brings investors; telephone, mail and WeChat come back masked."""

    park = OwnParkField()
    company = VisibleField(Company, required=False, allow_null=True)
    recommended_by = VisibleField(Referrer, required=False, allow_null=True)
    owner = ColleagueField(required=False)

    class Meta:
        model = Referrer
        fields = (
            *("id", "uuid", "park", "kind", "name", "is_person", "company", "phone", "email", "wechat", "note"),
            *("recommended_by", "owner", "may_be_named", "named_as", "agreed_from", "agreed_until", "terms"),
            *("rule_code", "basis", "retain_until", "is_active", "is_demo", "created_at", "version"),
        )
        read_only_fields = ("uuid", "is_demo", "created_at", "version")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"note": {"max_length": 4000}, "terms": {"max_length": 4000}}

    def get_fields(self) -> dict[str, Any]:
        """A referrer stays in its park."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["park"].read_only = True
        return fields


class ReferrerViewSet(OfPerson, WriteMixin, ReadViewSet, ByPark):
    """Referrers and agents."""

    queryset = Referrer.objects.select_related("park")
    serializer_class = ReferrerSerializer
    filterset_class = ReferrerFilter
    saved_views_of = "leads:referrers"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "referrers.view",
        "create": "referrers.change",
        "update": "referrers.change",
        "erase": "contacts.erase",
        "reveal": "contacts.reveal",
        "thanks": "referrers.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "created_at")

    def perform_add(self, data: dict[str, Any]) -> Referrer:
        """Add."""
        return add_referrer(by=self.person, park_id=self.home_or(data.pop("park", None)), **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Referrer:
        """Edit."""
        return edit_referrer(by=self.person, referrer=row, version=row.version, **data)

    @extend_schema(responses={200: None})
    @action(detail=False, methods=["get"])
    def thanks(self, request: Request) -> Response:
        """Those whose referrals landed, the most projects first (`?park=`, `?year=`); amounts in yuan."""
        code, year = request.query_params.get("park", ""), request.query_params.get("year", "")
        park_id = next((park.id for park in self.person.access.parks if park.code == code), 0)
        asked = int(year) if len(year) == 4 and year.isdecimal() else None
        found = thanked(self.person, park_id if code else self.home_or(None), asked)
        return Response([asdict(one) | {"amount": f"{one.amount:.2f}"} for one in found])


class ReferralSerializer(serializers.ModelSerializer[Referral]):
    """A referrer brought a lead."""

    park: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    lead = VisibleField(Lead)
    referrer = VisibleField(Referrer)
    landed_amount = AmountSerializerField(read_only=True)

    class Meta:
        model = Referral
        fields = (
            *("id", "park", "lead", "referrer", "referred_on", "share", "note", "landed_on", "landed_amount"),
            *("is_demo", "created_at"),
        )
        read_only_fields = ("landed_on", "is_demo", "created_at")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"referred_on": {"required": False}, "share": {"max_value": 100}}


class Stated(serializers.Serializer[Any]):
    """A stated amount, and what for."""

    amount = AmountSerializerField()
    occasion = serializers.CharField(max_length=30)


class RewardSerializer(serializers.ModelSerializer[Reward]):
    """A reward with the rule as it was when the deal landed."""

    park: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    referrer = serializers.IntegerField(source="referral.referrer_id", read_only=True)
    lead = serializers.IntegerField(source="referral.lead_id", read_only=True)
    base_amount = AmountSerializerField(read_only=True)
    amount = AmountSerializerField(read_only=True)
    currency = serializers.CharField(default="CNY", read_only=True)

    class Meta:
        model = Reward
        fields = (
            *("id", "uuid", "park", "referral", "referrer", "lead", "occasion", "rule_snapshot", "base_amount"),
            *("amount", "currency", "state", "proposed_by", "proposed_at", "decided_by", "decided_at", "reason"),
            *("paid_on", "is_demo", "version"),
        )
        read_only_fields = fields


class ReferralViewSet(WriteMixin, Removable, ReadViewSet, ByPark):
    """Referrals: recorded, not changed; one that was a mistake is taken back."""

    queryset = Referral.objects.select_related("park")
    serializer_class = ReferralSerializer
    filterset_class = ReferralFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "referrers.view",
        "create": "referrers.change",
        "reward": "referrers.change",
        "destroy": "referrers.change",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-referred_on", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "referred_on")
    http_method_names = ["get", "post", "delete", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> Referral:
        """Record who brought a lead."""
        return refer(by=self.person, **data)

    def perform_remove(self, row: Any) -> object:
        """A mistake."""
        return take_back_referral(by=self.person, referral=row)

    @extend_schema(request=Stated, responses=RewardSerializer)
    @action(detail=True, methods=["post"])
    def reward(self, request: Request, pk: str | None = None) -> Response:
        """Propose a reward over a stated amount."""
        row = self.get_object()
        body = Stated(data=request.data)
        body.is_valid(raise_exception=True)
        made = propose_reward(by=self.person, referral=row, **body.validated_data)
        return Response(RewardSerializer(made).data, status=status.HTTP_201_CREATED)


class Slip(serializers.Serializer[Any]):
    """When it was paid, and the slip."""

    paid_on = serializers.DateField()
    evidence = serializers.FileField(allow_empty_file=True)


class RewardViewSet(WriteMixin, ReadViewSet, ByPark):
    """Rewards: proposed by signing and by recognised funds, decided and paid here."""

    queryset = Reward.objects.select_related("park", "referral")
    serializer_class = RewardSerializer
    filterset_class = RewardFilter
    saved_views_of = "leads:rewards"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "rewards.view",
        "approve": "rewards.approve",
        "reject": "rewards.approve",
        "pay": "rewards.approve",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-proposed_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "proposed_at")
    http_method_names = ["get", "post", "head", "options"]

    def _fresh(self, row: Reward) -> models.Model:
        found: models.Model = self.get_queryset().get(pk=row.pk)
        return found

    @extend_schema(request=None, responses=RewardSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """A second person agrees."""
        row = self.get_object()
        self.asked(serializers.Serializer, row)
        done = approve_reward(by=self.person, reward=row, version=row.version)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=RewardSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str | None = None) -> Response:
        """A second person does not agree."""
        row = self.get_object()
        data = self.asked(Reason, row)
        done = reject_reward(by=self.person, reward=row, version=row.version, **data)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(request=Slip, responses=RewardSerializer)
    @action(detail=True, methods=["post"])
    def pay(self, request: Request, pk: str | None = None) -> Response:
        """It was paid."""
        row = self.get_object()
        data = self.asked(Slip, row)
        done = pay_reward(by=self.person, reward=row, version=row.version, **data)
        return self._answer(self._fresh(done), status.HTTP_200_OK)
