"""`POST /api/v1/auth/token/`: a name and password for an expiring token."""

from typing import Any, cast

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions import issue_token


class Credentials(serializers.Serializer[Any]):
    """What is sent."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class IssuedToken(serializers.Serializer[Any]):
    """What comes back: use it as `Authorization: Token …` until it expires."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class IssueToken(APIView):
    """Open to strangers; wrong passwords are counted and locked out like those of the login page."""

    permission_classes = ()
    authentication_classes = ()

    @extend_schema(request=Credentials, responses=IssuedToken)
    def post(self, request: Request) -> Response:
        """Check the password, issue a token."""
        credentials = Credentials(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate(request._request, **credentials.validated_data)
        if user is None:
            return _refusal(request)
        text, token = issue_token(user=user)
        return Response({"token": text, "expires_at": token.expires_at.isoformat()})


def _refusal(request: Request) -> Response:
    """Returned, not raised: the count of failed tries must not be rolled back with the request."""
    cast("Any", request._request).keep_writes = True
    locked = getattr(request._request, "axes_locked_out", False)
    code = status.HTTP_429_TOO_MANY_REQUESTS if locked else status.HTTP_400_BAD_REQUEST
    title = _("Too many wrong passwords. Try again in 15 minutes.") if locked else _("Name or password is wrong.")
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": code,
        "detail": title,
        "code": "login_failed",
        "errors": [],
    }
    return Response(body, status=code, content_type="application/problem+json")
