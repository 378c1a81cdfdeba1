"""Typing companies in, correcting them, and whose they are."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from companies.actions import (
    AlreadyThereError,
    add_company,
    add_contact,
    change_company,
    change_contact,
    load_industries,
    reveal_contact,
)
from companies.models import Company, Contact, ContactReveal, Industry
from core.errors import Refused, Stale
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
CODE = "91370200163562681G"


def test_a_company_with_a_valid_code_joins_the_registry_of_all_parks(cast: Cast) -> None:
    company = add_company(
        by=cast.officer, park_id=cast.zone.pk, name="新来光学有限公司", credit_code=f" {CODE.lower()} "
    )
    assert (company.origin_park, company.credit_code, company.code_kind) == (None, CODE, "valid")
    assert Company.objects.visible_to(cast.stranger).filter(pk=company.pk).exists()


def test_a_company_without_a_code_stays_with_the_park_that_typed_it_in(cast: Cast) -> None:
    company = add_company(by=cast.officer, park_id=cast.zone.pk, name="无码光学有限公司")
    assert company.origin_park == cast.zone
    assert Company.objects.visible_to(cast.colleague).filter(pk=company.pk).exists()
    assert not Company.objects.visible_to(cast.stranger).filter(pk=company.pk).exists()


def test_an_old_number_is_kept_and_leaves_the_company_with_the_park(cast: Cast) -> None:
    company = add_company(by=cast.officer, park_id=cast.zone.pk, name="老号光学有限公司", credit_code="320507000010685")
    assert (company.code_kind, company.origin_park) == ("old15", cast.zone)


def test_a_wrong_check_character_is_refused_at_its_field_with_what_is_wrong(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        add_company(by=cast.officer, park_id=cast.zone.pk, name="错码光学有限公司", credit_code=CODE[:-1] + "H")
    assert refused.value.field == "credit_code"
    assert "G" in str(refused.value)
    assert not Company.objects.filter(name="错码光学有限公司").exists()


def test_a_code_of_the_registry_is_answered_with_the_company_that_has_it(cast: Cast) -> None:
    first = add_company(by=cast.stranger, park_id=cast.elsewhere.pk, name="甲光学有限公司", credit_code=CODE)
    with pytest.raises(AlreadyThereError) as refused:
        add_company(by=cast.officer, park_id=cast.zone.pk, name="甲光学", credit_code=CODE)
    assert refused.value.company == first


def test_the_same_name_without_a_code_is_already_there_but_not_another_parks(cast: Cast) -> None:
    add_company(by=cast.officer, park_id=cast.zone.pk, name="示例（重名）有限公司")
    with pytest.raises(AlreadyThereError):
        add_company(by=cast.colleague, park_id=cast.zone.pk, name="示例(重名) 有限公司")
    other = add_company(by=cast.stranger, park_id=cast.elsewhere.pk, name="示例(重名)有限公司")
    assert other.origin_park == cast.elsewhere


def test_a_parks_own_company_that_gets_its_code_moves_into_the_registry(cast: Cast) -> None:
    company = add_company(by=cast.officer, park_id=cast.zone.pk, name="补码光学有限公司")
    changed = change_company(by=cast.colleague, company=company, version=company.version, credit_code=CODE)
    assert (changed.origin_park, changed.code_kind, changed.version) == (None, "valid", 2)


def test_saving_nothing_new_keeps_the_version(cast: Cast) -> None:
    changed = change_company(by=cast.park_admin, company=cast.company, version=1, name=cast.company.name)
    assert changed.version == 1


def test_a_change_on_an_old_version_is_stale(cast: Cast) -> None:
    change_company(by=cast.park_admin, company=cast.company, version=1, city="枣庄")
    with pytest.raises(Stale):
        change_company(by=cast.park_admin, company=cast.company, version=1, city="济南")
    cast.company.refresh_from_db()
    assert cast.company.city == "枣庄"


def test_the_registry_is_corrected_by_stewards_and_by_who_brought_the_company_in(cast: Cast) -> None:
    company = add_company(by=cast.officer, park_id=cast.zone.pk, name="甲光学有限公司", credit_code=CODE)
    with pytest.raises(PermissionDenied):
        change_company(by=cast.colleague, company=company, version=1, city="枣庄")
    assert change_company(by=cast.officer, company=company, version=1, city="枣庄").version == 2
    assert change_company(by=cast.park_admin, company=company, version=2, city="济南").version == 3


def test_a_wrong_code_that_was_imported_does_not_stand_in_the_way_of_other_corrections(cast: Cast) -> None:
    company = Company.objects.create(name="误码光学有限公司", credit_code=CODE[:-1] + "H")
    changed = change_company(
        by=cast.park_admin, company=company, version=1, city="枣庄", credit_code=company.credit_code
    )
    assert (changed.city, changed.code_kind) == ("枣庄", "invalid")
    with pytest.raises(Refused):
        change_company(by=cast.park_admin, company=company, version=2, credit_code=CODE[:-1] + "K")


def test_capital_is_read_from_the_raw_text_which_is_kept(cast: Cast) -> None:
    changed = change_company(by=cast.park_admin, company=cast.company, version=1, capital_raw="500(万美元)")
    assert (changed.capital_raw, changed.capital_currency) == ("500(万美元)", "USD")
    assert changed.capital == Decimal(5_000_000)


def test_an_auditor_adds_nothing(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        add_company(by=cast.auditor, park_id=cast.zone.pk, name="光学有限公司")


def test_a_contact_belongs_to_its_park_and_is_changed_on_its_version(cast: Cast) -> None:
    with cast.everywhere():
        contact = add_contact(
            by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="联系人甲", phone="13800000000"
        )
        changed = change_contact(by=cast.colleague, contact=contact, version=1, title="总经理")
        assert (changed.title, changed.version, changed.park) == ("总经理", 2, cast.zone)
        with pytest.raises(Stale):
            change_contact(by=cast.officer, contact=contact, version=1, title="副总经理")
        assert not Contact.objects.visible_to(cast.stranger).exists()


def test_looking_at_a_telephone_number_is_written_down(cast: Cast) -> None:
    with cast.everywhere():
        contact = add_contact(
            by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="联系人甲", phone="13800000000"
        )
        reveal_contact(by=cast.manager, contact=contact)
        seen = ContactReveal.objects.get()
        assert (seen.contact, seen.by) == (contact, cast.manager)
        with pytest.raises(PermissionDenied):
            reveal_contact(by=cast.auditor, contact=contact)


def test_a_contact_in_another_park_is_refused(cast: Cast) -> None:
    with cast.everywhere(), pytest.raises(PermissionDenied):
        add_contact(by=cast.officer, park_id=cast.elsewhere.pk, company=cast.company, name="联系人甲")


def test_industries_are_written_once() -> None:
    Industry.objects.all().delete()
    assert load_industries() == 117
    assert load_industries() == 0
    assert Industry.objects.get(code="39").parent == Industry.objects.get(code="C")
