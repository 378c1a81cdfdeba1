"""What a park knows of its targets: begun, completed, and told by its contacts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from companies.actions import add_contact, change_contact, write_profile
from companies.models import TargetProfile
from companies.queries import decision_maker_met, profile_in
from core.errors import Refused, Stale
from core.isolation import scope
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_profile

pytestmark = pytest.mark.django_db
WHOLE = {
    "is_leader": False,
    "key_technology": "薄膜沉积",
    "association": "示例协会",
    "environment": "洁净厂房",
    "policy": "设备补助",
    "supply_chain": "石英砂",
    "resources": "双回路供电",
}


def test_the_first_writing_begins_the_profile_and_counts_what_is_known(cast: Cast) -> None:
    with cast.everywhere():
        profile = write_profile(
            by=cast.officer,
            park_id=cast.zone.pk,
            company=cast.company,
            version=0,
            key_technology=" 薄膜 ",
            policy="补助",
        )
        assert (profile.version, profile.filled, profile.key_technology, profile.demands_known) == (1, 2, "薄膜", 1)
        assert "is_leader" in [item.code for item in profile.missing]


def test_a_decision_maker_who_is_known_and_then_met_completes_it(cast: Cast) -> None:
    with cast.everywhere():
        write_profile(by=cast.officer, park_id=cast.zone.pk, company=cast.company, version=0, **WHOLE)  # type: ignore[arg-type]
        contact = add_contact(
            by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="某总", is_decision_maker=True
        )
        profile = profile_in(cast.zone.pk, cast.company)
        assert (profile.filled, profile.decider_known, profile.decider_met) == (8, True, False)
        assert not decision_maker_met(cast.company.pk, cast.zone.pk)
        change_contact(by=cast.officer, contact=contact, version=None, met_on=date(2026, 1, 5))
        profile = profile_in(cast.zone.pk, cast.company)
        assert (profile.filled, profile.percent, profile.missing) == (TargetProfile.OF, 100, [])
        assert profile.version == 1, "nobody wrote the profile"
        assert decision_maker_met(cast.company.pk, cast.zone.pk)
        assert not decision_maker_met(cast.company.pk, cast.inner.pk)


def test_an_answer_to_what_nobody_wants_is_refused_at_the_demand(cast: Cast) -> None:
    with cast.everywhere(), pytest.raises(Refused) as refused:
        write_profile(by=cast.officer, park_id=cast.zone.pk, company=cast.company, version=0, resources_state="agreed")
    assert refused.value.field == "resources"


def test_an_old_version_is_stale_and_the_same_again_writes_nothing(cast: Cast) -> None:
    with cast.everywhere():
        own = {"by": cast.officer, "park_id": cast.zone.pk, "company": cast.company}
        write_profile(**own, version=0, policy="补助")  # type: ignore[arg-type]
        assert write_profile(**own, version=1, policy="补助").version == 1  # type: ignore[arg-type]
        assert write_profile(**own, version=1, policy="租金").version == 2  # type: ignore[arg-type]
        with pytest.raises(Stale):
            write_profile(**own, version=1, policy="都要")  # type: ignore[arg-type]


def test_a_profile_is_written_by_its_own_park_alone(cast: Cast) -> None:
    with cast.everywhere(), pytest.raises(PermissionDenied):
        write_profile(by=cast.officer, park_id=cast.elsewhere.pk, company=cast.company, version=0)


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_it_at_the_same_moment_leave_one_profile(cast: Cast) -> None:
    def begin(text: str) -> str:
        try:
            with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
                write_profile(by=cast.officer, park_id=cast.zone.pk, company=cast.company, version=0, policy=text)
        except Stale:
            return "stale"
        finally:
            connection.close()
        return text

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(begin, ("补助", "租金")))
    with cast.everywhere():
        profile = TargetProfile.objects.get()
    assert sorted(said) in (sorted(["stale", "补助"]), sorted(["stale", "租金"]))
    assert profile.policy in said


def test_the_page_keeps_what_was_typed_and_shows_the_error_at_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    url = f"/companies/{cast.company.pk}/profile/"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"version": 0, "policy": "", "policy_state": "agreed", "key_technology": "薄膜"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["policy"]
    assert "薄膜" in answer.content.decode()
    answer = client.post(url, {"version": 0, "policy": "补助", "policy_state": "offered", "is_leader": "true"})
    assert (answer.status_code, answer["Location"]) == (302, f"/companies/{cast.company.pk}/")
    page = client.get(answer["Location"]).content.decode()
    assert "补助" in page
    assert "2/9" in page


def test_the_library_filters_by_completeness_and_shows_ones_own_parks_alone(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_profile(cast.zone, company=cast.company, filled=9)
        make_profile(cast.zone, company=cast.settled, filled=2)
        make_profile(cast.elsewhere, company=cast.company, filled=5)
    client.force_login(cast.officer)
    rows = client.get("/companies/targets/?sort=filled").context["rows"]
    assert [row.filled for row in rows] == [2, 9]
    assert [row.filled for row in client.get("/companies/targets/?filled_min=3").context["rows"]] == [9]
    assert [row.filled for row in client.get("/companies/targets/?complete=false").context["rows"]] == [2]
    found = client.get("/companies/?profile=half").context["rows"]
    assert [row.pk for row in found] == [cast.company.pk]
    missing = client.get("/companies/?profile=none").context["rows"]
    assert not {cast.company.pk, cast.settled.pk} & {row.pk for row in missing}


def test_the_api_begins_reads_and_changes_a_profile_on_its_version(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    json = "application/json"
    made = client.post("/api/v1/profiles/", {"company": cast.company.pk, "policy": "补助"}, json)
    assert (made.status_code, made.json()["filled"], made.json()["park"]) == (201, 1, "zone")
    again = client.post("/api/v1/profiles/", {"company": cast.company.pk, "policy": "租金"}, json)
    assert again.status_code == 409
    url = f"/api/v1/profiles/{made.json()['id']}/"
    assert client.patch(url, {"resources": "电"}, json).status_code == 428
    changed = client.patch(url, {"resources": "电"}, json, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["filled"]) == (200, 2)
    assert client.patch(url, {"resources": "水"}, json, headers={"If-Match": made["ETag"]}).status_code == 412
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_a_contact_of_another_park_completes_nobody_elses_profile(cast: Cast) -> None:
    with cast.everywhere():
        make_contact(cast.inner, company=cast.company, is_decision_maker=True, met_on="2026-01-05")
        profile = write_profile(by=cast.officer, park_id=cast.zone.pk, company=cast.company, version=0, policy="补助")
        assert not profile.decider_met


def test_an_empty_library_leads_to_the_companies_instead_of_opening_their_list_beside_it(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.officer)
    page = client.get("/companies/targets/").content.decode()
    assert '<a class="btn btn-primary" href="/companies/">' in page
