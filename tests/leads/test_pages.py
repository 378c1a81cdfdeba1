"""The pages of leads over HTTP."""

import pytest
from django.test import Client

from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_submission

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/leads/",
        "/leads/?q=gd&stage=planning&stage=visiting&owner=me&due=week&light=green&amount_min=100万&open=true",
        "/leads/board/",
        "/leads/board/?owner=me",
        "/leads/add/",
        "/companies/{company}/claim/",
        "/leads/{lead}/",
        "/leads/{lead}/?tab=admission",
        "/leads/{lead}/?tab=files",
        "/leads/{lead}/?scope=history",
        "/leads/{lead}/edit/",
        "/leads/{lead}/step/",
        "/leads/{lead}/drop/",
        "/leads/{lead}/log/",
        "/leads/{lead}/move/contacting/",
        "/leads/{lead}/move/screening/",
        "/log/",
        "/log/?company={company}",
        "/leads/companies/?company_text=示例&for=claim",
        "/submissions/",
        "/submissions/add/",
        "/submissions/{submission}/",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_officer_opens_every_page(client: Client, cast: Cast, lead: Lead, path: str, language: str) -> None:
    with cast.everywhere():
        submission = make_submission(cast.zone, by=cast.officer)
    cast.officer.language = language
    cast.officer.save()
    client.force_login(cast.officer)
    url = path.format(lead=lead.pk, company=cast.company.pk, submission=submission.pk)
    assert client.get(url).status_code == 200
    assert client.get(url, headers={"HX-Request": "true", "HX-Target": "sheet-body"}).status_code == 200
