"""How companies hang together: public in the registry, or known to one park."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from companies.actions import relate, remove_relation
from companies.models import Company, ParkRelation, Relation
from companies.queries import ties_of
from core.errors import Refused
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company

pytestmark = pytest.mark.django_db


def test_a_relation_is_read_from_both_sides(cast: Cast) -> None:
    with cast.everywhere():
        relate(
            by=cast.park_admin,
            company=cast.company,
            other=cast.settled,
            role="investor",
            park_id=None,
            share=Decimal(51),
        )
        here, there = ties_of(cast.officer, cast.company), ties_of(cast.officer, cast.settled)
        assert [(tie.role, tie.other, tie.share) for tie in here] == [("investor", cast.settled, "51")]
        assert [(tie.role, tie.other, tie.where) for tie in there] == [("invested", cast.company, "public")]


def test_a_customer_and_a_supplier_are_one_row(cast: Cast) -> None:
    with cast.everywhere():
        relate(by=cast.officer, company=cast.company, other=cast.settled, role="customer", park_id=cast.zone.pk)
        relate(
            by=cast.officer,
            company=cast.settled,
            other=cast.company,
            role="supplier",
            park_id=cast.zone.pk,
            note="主供",
        )
        assert ParkRelation.objects.get().note == "主供"


def test_what_a_park_found_out_is_seen_by_nobody_else(cast: Cast) -> None:
    with cast.everywhere():
        relate(by=cast.officer, company=cast.company, other=cast.settled, role="supplier", park_id=cast.zone.pk)
        assert len(ties_of(cast.colleague, cast.company)) == 1
        assert ties_of(cast.stranger, cast.company) == []
        assert ties_of(cast.operator_officer, cast.company) == []


def test_public_relations_are_the_stewards_and_of_registry_companies(cast: Cast) -> None:
    own = make_company("自录有限公司", origin_park=cast.zone)
    with cast.everywhere():
        with pytest.raises(PermissionDenied):
            relate(by=cast.officer, company=cast.company, other=cast.settled, role="parent", park_id=None)
        with pytest.raises(Refused):
            relate(by=cast.park_admin, company=cast.company, other=own, role="parent", park_id=None)
        relation = relate(by=cast.park_admin, company=cast.company, other=cast.settled, role="parent", park_id=None)
        with pytest.raises(PermissionDenied):
            remove_relation(by=cast.officer, relation=relation)
        remove_relation(by=cast.park_admin, relation=relation)
        assert not Relation.objects.exists()


@pytest.mark.parametrize(
    ("role", "share"), [("supplier", Decimal(5)), ("investor", Decimal(0)), ("investor", Decimal(101))]
)
def test_a_share_that_cannot_be_is_refused_at_its_field(cast: Cast, role: str, share: Decimal) -> None:
    with cast.everywhere(), pytest.raises(Refused) as refused:
        relate(
            by=cast.officer,
            company=cast.company,
            other=cast.settled,
            role=role,  # type: ignore[arg-type]
            park_id=cast.zone.pk,
            share=share,
        )
    assert refused.value.field == "share"


def test_the_database_refuses_a_company_related_to_itself(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.objects.create(from_company=cast.company, to_company=cast.company, kind="parent")


def test_the_page_adds_and_removes_a_relation(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    url = f"/companies/{cast.company.pk}/relations/add/"
    assert cast.settled.name in client.get(f"/companies/options/?other_text={cast.settled.name}").content.decode()
    wrong = client.post(url, {"role": "supplier", "other_text": "没有的企业"})
    assert wrong.context["form"].errors["other_text"]
    assert client.post(url, {"role": "supplier", "other": cast.settled.pk}).status_code == 302
    with cast.everywhere():
        row = ParkRelation.objects.get()
    assert cast.settled.name in client.get(f"/companies/{cast.company.pk}/").content.decode()
    remove = f"/companies/{cast.company.pk}/relations/park/{row.pk}/remove/"
    client.force_login(cast.stranger)
    assert client.post(remove).status_code == 404
    client.force_login(cast.officer)
    assert client.post(remove).status_code == 302
    with cast.everywhere():
        assert not ParkRelation.objects.exists()


def test_a_company_is_not_offered_to_itself_and_refused_at_the_box(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    url, own = f"/companies/{cast.company.pk}/relations/add/", cast.company
    picker = client.get(url).content.decode()
    assert f"/companies/options/?but={own.pk}" in picker
    offered = client.get(f"/companies/options/?but={own.pk}&other_text={own.name}").content.decode()
    assert own.name not in offered
    former = make_company("示例旧名有限公司")
    Company.objects.filter(pk=former.pk).update(merged_into=own)
    for given in (own.pk, former.pk):
        refused = client.post(url, {"role": "parent", "other": given, "other_text": own.name})
        assert "企业不能与自己建立关系" in refused.content.decode()
        assert refused.context["form"].errors["other_text"]
    with cast.everywhere():
        assert not ParkRelation.objects.exists()


def test_the_api_lists_adds_and_removes(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    url = f"/api/v1/companies/{cast.company.pk}/relations/"
    made = client.post(url, {"other": cast.settled.pk, "role": "parent", "share": "60"}, "application/json")
    assert made.status_code == 201, made.json()
    (tie,) = client.get(url).json()
    assert (tie["role"], tie["share"], tie["park"], tie["where"]) == ("parent", "60.0000", "zone", "park")
    assert client.post(url, {"other": cast.company.pk, "role": "parent"}, "application/json").status_code == 400
    assert client.delete(f"{url}park/{tie['id']}/").status_code == 204
    assert client.get(url).json() == []
