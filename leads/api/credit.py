"""`/api/v1/leads/{id}/credit/`: the shares in force, what is proposed; proposing, answering, settling."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import colleagues
from core.access import require
from core.api import ViewSet, check_version, etag
from core.errors import Refused
from leads.actions import answer_split, propose_split, settle_split, withdraw_split
from leads.models import CreditShare, CreditSplit, Lead
from leads.queries import credit
from leads.queries.credit import Share


class ShareSerializer(serializers.Serializer[Any]):
    """A person's percentage; all of a set sum to 100."""

    user = serializers.IntegerField()
    role = serializers.ChoiceField(choices=CreditShare.Role.choices, default="assist")
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)


class CreditInput(serializers.Serializer[Any]):
    """A set of shares; with `settle` a manager decides instead of asking."""

    shares = ShareSerializer(many=True)
    valid_from = serializers.DateField(required=False)
    note = serializers.CharField(max_length=240, required=False, allow_blank=True)
    settle = serializers.BooleanField(default=False)


class AnswerInput(serializers.Serializer[Any]):
    """One's word on the proposal that waits: `accept`, `decline` (with a reason) or `withdraw`."""

    answer = serializers.ChoiceField(choices=["accept", "decline", "withdraw"])
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


def split_body(split: CreditSplit | None) -> dict[str, Any] | None:
    """A set as the API shows it."""
    if split is None:
        return None
    shares = [
        {"user": one.user_id, "name": str(one.user), "role": one.role, "percent": str(one.percent)}
        | {"answer": one.answer, "reason": one.reason}
        for one in split.shares.all()
    ]
    body = {"id": split.pk, "basis": split.basis, "state": split.state, "valid_from": split.valid_from}
    return body | {"note": split.note, "made_by": split.made_by_id, "version": split.version, "shares": shares}


class CreditMixin(ViewSet):
    """The credit of one lead."""

    @extend_schema(methods=["GET"], responses={200: dict[str, Any]})
    @extend_schema(methods=["POST"], request=CreditInput, responses={201: dict[str, Any]})
    @action(detail=True, methods=["get", "post"])
    def credit(self, request: Request, pk: str | None = None) -> Response:
        """Shares in force today, the waiting proposal, the history; POST proposes or settles.

        The `ETag` is the lead's; POST asks for it in `If-Match`.
        """
        lead = self.get_object()
        if request.method == "POST":
            check_version(request, lead)
            self._divide(request, lead)
            return self._credit_answer(status.HTTP_201_CREATED)
        return self._credit_answer(status.HTTP_200_OK)

    @extend_schema(request=AnswerInput, responses={200: dict[str, Any]})
    @action(detail=True, methods=["post"], url_path="credit/answer")
    def credit_answer(self, request: Request, pk: str | None = None) -> Response:
        """Agree, disagree, or take one's own proposal back; `If-Match` carries the proposal's `version`."""
        lead = self.get_object()
        body = AnswerInput(data=request.data)
        body.is_valid(raise_exception=True)
        split = credit.proposal_of(lead)
        if split is None:
            raise Refused(_("Nothing is proposed."), code="no_proposal", status=409)
        check_version(request, split)
        answer, reason = body.validated_data["answer"], body.validated_data.get("reason", "")
        if answer == "withdraw":
            withdraw_split(by=self.person, split=split, version=split.version)
        else:
            accept = answer == "accept"
            answer_split(by=self.person, split=split, accept=accept, reason=reason, version=split.version)
        return self._credit_answer(status.HTTP_200_OK)

    def _credit_answer(self, code: int) -> Response:
        lead = self.get_object()
        return Response(self._credit_of(lead), status=code, headers={"ETag": etag(lead)})

    def _divide(self, request: Request, lead: Lead) -> CreditSplit:
        require(self.person, "leads.change", lead.park_id)
        body = CreditInput(data=request.data)
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        people = {one.pk: one for one in colleagues(frozenset({lead.park_id}))}
        if any(one["user"] not in people for one in data["shares"]):
            raise Refused(_("No such person in this park."), field="shares", code="does_not_exist")
        shares = [Share(people[one["user"]], one["role"], one["percent"]) for one in data["shares"]]
        given: dict[str, Any] = {"lead": lead, "shares": shares, "valid_from": data.get("valid_from")}
        given["version"] = lead.version
        if data["settle"]:
            return settle_split(by=self.person, reason=data.get("note", ""), **given)
        return propose_split(by=self.person, note=data.get("note", ""), **given)

    def _credit_of(self, lead: Lead) -> dict[str, Any]:
        today = timezone.localdate()
        shares = credit.shares_on(lead, today)
        return {
            "shares": [
                {"user": s.user.pk, "name": str(s.user), "role": s.role, "percent": str(s.percent)} for s in shares
            ],
            "in_force": split_body(credit.split_on(lead, today)),
            "proposed": split_body(credit.proposal_of(lead)),
            "history": [split_body(one) for one in credit.history_of(lead)],
        }
