"""A lead's next step over HTTP."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Lead
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_step_marked_as_done_by_mistake_comes_back_with_its_day_even_overdue(
    client: Client, cast: Cast, lead: Lead
) -> None:
    day = timezone.localdate() - timedelta(days=3)
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(next_step="送方案", next_date=day)
    client.force_login(cast.officer)
    page = client.post(f"/leads/{lead.pk}/step/done/", follow=True).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    undo = f"/leads/{lead.pk}/step/undo/"
    assert f'<form method="post" action="{undo}">' in page
    client.post(undo, {"token": token[1] + "x"})
    client.post(undo, {"token": token[1]})
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.next_step, lead.next_date) == ("送方案", day)
        version = lead.version
    # Once more, or after somebody planned another step, it changes nothing.
    client.post(undo, {"token": token[1]})
    with cast.everywhere():
        lead.refresh_from_db()
        assert lead.version == version
