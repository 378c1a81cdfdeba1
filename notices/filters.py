"""How an inbox is narrowed, for page and API."""

from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, FilterSet

from notices.models import Notice


class NoticeFilter(FilterSet):
    """`?unread=true`."""

    unread = BooleanFilter(field_name="unread", label=_("Unread"))

    class Meta:
        model = Notice
        fields = ("unread", "kind")
