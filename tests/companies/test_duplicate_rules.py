"""What is proposed as a duplicate, and what never is."""

import pytest

from companies.actions import add_company, change_company
from companies.duplicates import candidates, propose_all, propose_for
from companies.models import Company, Duplicate
from tests.fixtures.cast import Cast, found_company

pytestmark = pytest.mark.django_db


def valid(body: str) -> str:
    """A code with its check character."""
    from stdnum.cn import uscc

    return body + uscc.calc_check_digit(body)


ONE, TWO = valid("91320200MA1XYH567"), valid("91330100MA2ABC123")


def pairs() -> set[tuple[str, str, str]]:
    """All pairs as names and ground."""
    rows = Duplicate.objects.select_related("left", "right")
    return {(row.left.name, row.right.name, row.evidence) for row in rows}


@pytest.mark.parametrize(
    ("name", "values", "evidence"),
    [
        ("示例微电子（无锡）有限公司", {}, "core"),
        ("示例 微电子 有限公司", {}, "name"),
        ("示例微电", {}, "alias"),
        ("示例旧电子股份有限公司", {}, "alias"),
        ("事例微电子有限公司", {}, "sound"),
        ("示例激电子科技有限公司", {}, None),
        ("全新名称股份有限公司", {"stock_code": "600999"}, "stock"),
    ],
)
def test_a_company_without_a_valid_code_is_compared_by_all_its_names(
    cast: Cast, name: str, values: dict[str, str], evidence: str | None
) -> None:
    known = found_company(
        "示例微电子有限公司", ONE, short_names=["示例微电"], former_names=["示例旧电子有限公司"], stock_code="600999"
    )
    typed = found_company(name, **values)
    propose_for([typed])
    assert pairs() == ({(known.name, typed.name, evidence)} if evidence else set())


@pytest.mark.parametrize("name", ["示例微电子有限公司", "示例微电子（无锡）有限公司", "示例微电"])
def test_two_valid_codes_are_two_companies_whatever_they_are_called(cast: Cast, name: str) -> None:
    found_company("示例微电子有限公司", ONE, short_names=["示例微电"])
    propose_for([found_company(name, TWO)])
    assert pairs() == set()


def test_one_organisation_code_in_two_credit_codes_is_put_before_a_person(cast: Cast) -> None:
    other = valid("93110100MA1XYH567")
    one, two = found_company("示例供销社有限公司", ONE), found_company("示例供销社服务站", other)
    propose_for([two])
    assert pairs() == {(one.name, two.name, "organisation")}
    Duplicate.objects.all().delete()
    list(propose_all())
    assert pairs() == {(one.name, two.name, "organisation")}


def test_the_other_place_makes_it_another_company(cast: Cast) -> None:
    found_company("吉林省宏源示例商贸有限公司", ONE)
    propose_for([found_company("江苏宏源示例商贸有限公司"), found_company("宏源示例商贸有限公司", province="江苏")])
    assert {(left, right) for left, right, _evidence in pairs()} == {
        ("江苏宏源示例商贸有限公司", "宏源示例商贸有限公司")
    }


def test_parks_never_learn_of_each_others_companies(cast: Cast) -> None:
    mine = found_company("示例秘密电子有限公司", origin_park=cast.zone)
    theirs = found_company("示例秘密电子（无锡）有限公司", origin_park=cast.elsewhere)
    propose_for([mine, theirs])
    assert pairs() == set()
    registry = found_company("示例秘密电子有限责任公司", ONE)
    propose_for([registry])
    rows = Duplicate.objects
    assert {pair.other(registry) for pair in rows.visible_to(cast.officer)} == {mine}
    assert {pair.other(registry) for pair in rows.visible_to(cast.stranger)} == {theirs}
    assert not rows.visible_to(cast.enterprise).exists()


def test_a_decision_stands_and_a_ground_that_is_gone_takes_the_question_back(cast: Cast) -> None:
    known, typed = found_company("示例微电子有限公司", ONE), found_company("示例微电子（无锡）有限公司")
    propose_for([typed])
    pair = Duplicate.objects.get()
    Duplicate.objects.filter(pk=pair.pk).update(state="different")
    propose_for([typed, known])
    assert Duplicate.objects.get().state == "different"
    Duplicate.objects.filter(pk=pair.pk).update(state="open")
    typed.name = "完全不同的名称有限公司"
    typed.save()
    propose_for([typed])
    assert not Duplicate.objects.exists()


def test_typing_in_and_correcting_ask_at_once(cast: Cast) -> None:
    known = found_company("示例微电子有限公司", ONE)
    with cast.everywhere():
        typed = add_company(by=cast.officer, park_id=cast.zone.pk, name="示例微电子（无锡）有限公司")
        assert Duplicate.objects.get().park_id == cast.zone.pk
        change_company(by=cast.officer, company=typed, version=1, credit_code=TWO)
    assert not Duplicate.objects.exists()
    assert candidates([Company(name="x")]) == {}
    assert known.normal_key == typed.normal_key


def test_many_of_one_core_are_not_compared_with_each_other_without_end(cast: Cast) -> None:
    rows = [found_company(f"({number})宏源示例商贸有限公司", normal_key="") for number in range(12)]
    Company.objects.filter(pk__in=[row.pk for row in rows]).update(normal_key="宏源示例商贸")
    answer = candidates([Company.objects.get(pk=rows[0].pk)])
    assert len(answer[0]) == 5


def test_full_search_asks_only_those_without_a_valid_code(cast: Cast) -> None:
    known = found_company("示例微电子有限公司", ONE)
    typed = found_company("示例微电子（无锡）有限公司")
    assert list(propose_all())[-1] == (1, 1)
    assert pairs() == {(known.name, typed.name, "core")}
