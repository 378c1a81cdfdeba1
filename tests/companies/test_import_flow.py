"""An import from the dry run to its taking back: whose companies it makes, what it leaves alone, and never twice."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from companies.actions import change_company
from companies.actions.imports import (
    map_import,
    resume_import,
    revert_import,
    run_import,
    settle_duplicate,
    stop_import,
    upload_import,
)
from companies.copying import copy_in
from companies.imports import apply
from companies.models import Company, Duplicate, ImportBatch, ImportMapping, ImportRow
from core import jobs
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from tests.companies.importing import CODE, OTHER, checked, imported, outcomes, table, upload, worked
from tests.fixtures import rows
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "城市")
LIST = table(HEAD, ("青岛甲光学有限公司", CODE, "青岛"), ("青岛乙光学有限公司", "", "青岛"))


def line(user: Any, batch: ImportBatch, number: int) -> ImportRow:
    with user_scope(user):
        return ImportRow.objects.get(batch=batch, number=number)


def reverted(user: Any, batch: ImportBatch) -> ImportBatch:
    with user_scope(user):
        revert_import(by=user, batch=batch)
    return worked(user, batch)


def test_the_dry_run_writes_nothing(cast: Cast) -> None:
    before = Company.objects.count()
    batch = checked(cast.officer, LIST)
    assert (batch.state, batch.counts["create"], batch.rows) == ("checked", 2, 2)
    assert Company.objects.count() == before


def test_a_park_brings_coded_companies_into_the_registry_and_keeps_the_others(cast: Cast) -> None:
    batch = imported(cast.officer, LIST)
    coded, own = Company.objects.get(credit_code=CODE), Company.objects.get(name="青岛乙光学有限公司")
    assert (coded.origin_park, own.origin_park, own.created_by) == (None, cast.zone, cast.officer)
    assert batch.state == "done"
    assert batch.counts["create:done"] == 2


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    imported(cast.officer, LIST)
    versions = list(Company.objects.order_by("pk").values_list("pk", "version"))
    again = checked(cast.officer, LIST)
    assert again.counts["same"] == 2
    assert list(Company.objects.order_by("pk").values_list("pk", "version")) == versions


def test_facts_of_the_registry_are_the_stewards(cast: Cast) -> None:
    content = table(HEAD, ("示例光电有限公司", cast.company.credit_code, "烟台"))
    batch = checked(cast.officer, content)
    assert line(cast.officer, batch, 2).reason == ["stewards"]
    imported(cast.park_admin, content)
    cast.company.refresh_from_db()
    assert (cast.company.city, cast.company.version) == ("烟台", 2)


def test_a_steward_may_take_codeless_companies_into_the_registry(cast: Cast) -> None:
    imported(cast.park_admin, LIST)
    assert Company.objects.get(name="青岛乙光学有限公司").origin_park is None
    batch = upload(cast.officer, LIST)
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        map_import(by=cast.officer, batch=batch, mapping=batch.mapping, match_keys=[], into_registry=True)


def test_a_change_is_shown_before_and_after_and_an_empty_cell_says_nothing(cast: Cast) -> None:
    imported(cast.officer, LIST)
    batch = checked(cast.officer, table(HEAD, ("青岛乙光学有限公司", "", "烟台"), ("青岛甲光学有限公司", CODE, "")))
    assert outcomes(cast.officer, batch) == {2: "update", 3: "same"}
    assert line(cast.officer, batch, 2).changes == {"city": ["青岛", "烟台"]}


def test_another_parks_own_company_is_neither_seen_nor_touched(cast: Cast) -> None:
    theirs = rows.make_company("青岛乙光学有限公司", origin_park=cast.elsewhere)
    batch = imported(cast.officer, LIST)
    assert outcomes(cast.officer, batch)[3] == "create"
    theirs.refresh_from_db()
    assert theirs.city == ""


def test_two_valid_codes_are_two_companies_whatever_their_names(cast: Cast) -> None:
    batch = checked(cast.officer, table(HEAD, ("示例光电有限公司", CODE, "")), match_keys=["credit_code", "name"])
    assert outcomes(cast.officer, batch) == {2: "create"}


def test_a_same_name_without_code_waits_for_a_person(cast: Cast) -> None:
    batch = checked(cast.officer, table(HEAD, ("示例光电有限公司", "", "烟台")))
    found = line(cast.officer, batch, 2)
    assert (found.outcome, found.company_pk) == ("duplicate", cast.company.pk)
    with user_scope(cast.officer):
        settle_duplicate(by=cast.officer, batch=batch, line=found, chosen="create")
        run_import(by=cast.officer, batch=batch)
    worked(cast.officer, batch)
    assert Company.objects.filter(name="示例光电有限公司", origin_park=cast.zone).count() == 1


def test_a_duplicate_that_is_this_one_is_changed(cast: Cast) -> None:
    imported(cast.officer, table(HEAD, ("青岛乙光学有限公司", "", "青岛")))
    batch = checked(cast.officer, table(HEAD, ("青岛乙光学有限公司", CODE, "烟台")), match_keys=["credit_code"])
    found = line(cast.officer, batch, 2)
    assert found.outcome == "duplicate"
    with user_scope(cast.officer):
        settle_duplicate(by=cast.officer, batch=batch, line=found, chosen="update")
    found = line(cast.officer, batch, 2)
    assert (found.changes["city"], found.changes["credit_code"]) == (["青岛", "烟台"], ["", CODE])
    with user_scope(cast.officer):
        settle_duplicate(by=cast.officer, batch=batch, line=found, chosen="")
        assert (found.outcome, found.changes, found.reason[0]) == ("duplicate", {}, "same_name")
        settle_duplicate(by=cast.officer, batch=batch, line=found, chosen="update")
        run_import(by=cast.officer, batch=batch)
    worked(cast.officer, batch)
    company = Company.objects.get(name="青岛乙光学有限公司")
    assert (company.credit_code, company.origin_park, company.city) == (CODE, None, "烟台")
    reverted(cast.officer, batch)
    company.refresh_from_db()
    assert (company.credit_code, company.origin_park, company.city) == ("", cast.zone, "青岛")


def test_what_the_import_itself_made_raises_no_doubt_while_it_runs(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companies.actions.import_work.CHUNK", 1)
    content = table(HEAD, ("青岛甲光学有限公司", CODE, "青岛"), ("青岛甲光学有限公司", "320507000010685", "青岛"))
    batch = imported(cast.park_admin, content)
    assert outcomes(cast.park_admin, batch) == {2: "create", 3: "create"}
    assert checked(cast.park_admin, content).counts["same"] == 2


def test_names_alone_match_where_there_is_no_code_to_go_by(cast: Cast) -> None:
    batch = checked(cast.officer, table(["公司名称", "城市"], ["示例光电有限公司", ""]))
    assert batch.match_keys == ["name"]
    assert outcomes(cast.officer, batch) == {2: "same"}


def test_marks_several_in_a_cell_and_the_exchange_by_what_lists_call_them(cast: Cast) -> None:
    head = ("企业名称", "统一社会信用代码", "股票代码", "交易所", "资质荣誉")
    known = Company.objects.create(name="青岛甲光学有限公司", credit_code=CODE, marks=["unicorn"])
    batch = imported(
        cast.park_admin,
        table(
            head,
            ("青岛甲光学有限公司", CODE, "", "上交所", "专精特新、世界 500 强；没有这个"),
            ("青岛乙光学有限公司", OTHER, "430047", "新三板", "高新技术企业"),
        ),
    )
    first, second = line(cast.park_admin, batch, 2), line(cast.park_admin, batch, 3)
    assert [one[0] for one in first.warnings] == ["no_mark", "exchange_alone"]
    known.refresh_from_db()
    assert (known.marks, known.exchange) == (["global_500", "specialised", "unicorn"], "")
    made = Company.objects.get(pk=second.company_pk)
    assert (made.exchange, made.marks) == ("NEEQ", ["high_tech"])
    reverted(cast.park_admin, batch)
    known.refresh_from_db()
    assert known.marks == ["unicorn"]


def test_new_companies_without_a_code_are_put_on_the_review_list(cast: Cast) -> None:
    known = Company.objects.create(name="无锡示例光电科技有限公司", short_names=["锡光电"], credit_code=CODE)
    batch = imported(cast.officer, table(["企业名称"], ["锡光电有限公司"]))
    made = Company.objects.get(source=batch.name)
    assert Duplicate.objects.filter(left=known, right=made, park=cast.zone).exists()
    reverted(cast.officer, batch)
    assert not Duplicate.objects.exists()


def test_columns_are_remembered_for_files_of_the_same_shape(cast: Cast) -> None:
    content = table(["甲", "乙"], ["青岛甲光学有限公司", "青岛"])
    checked(cast.officer, content, mapping=["name", "city"], match_keys=["name"])
    assert upload(cast.officer, content).mapping == ["name", "city"]
    assert upload(cast.operator_officer, content).mapping == ["", ""]
    with user_scope(cast.officer):
        assert ImportMapping.objects.count() == 1


@pytest.mark.parametrize(("mapping", "field"), [(["name", "name", ""], "column_1"), (["", "city", ""], "column_0")])
def test_a_field_twice_or_no_name_is_refused_at_its_column(cast: Cast, mapping: list[str], field: str) -> None:
    batch = upload(cast.officer, LIST)
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        map_import(by=cast.officer, batch=batch, mapping=mapping, match_keys=[])
    assert refused.value.field == field


def test_who_may_not_import_is_refused(cast: Cast) -> None:
    with user_scope(cast.auditor), pytest.raises(PermissionDenied):
        upload_import(by=cast.auditor, park_id=cast.zone.pk, file=None)  # type: ignore[arg-type]  # never looked at


def test_taking_back_removes_what_it_made_and_sets_back_what_it_changed(cast: Cast) -> None:
    imported(cast.park_admin, table(HEAD, ("示例光电有限公司", cast.company.credit_code, "烟台")))
    before = Company.objects.count()
    batch = imported(
        cast.park_admin,
        table(HEAD, ("示例光电有限公司", cast.company.credit_code, "威海"), ("丙有限公司", OTHER, "青岛")),
    )
    batch = reverted(cast.park_admin, batch)
    assert (batch.state, batch.counts["create:undone"], batch.counts["update:undone"]) == ("reverted", 1, 1)
    cast.company.refresh_from_db()
    assert cast.company.city == "烟台"
    assert Company.objects.count() == before


def test_what_is_used_or_changed_since_is_kept_with_the_reason(cast: Cast) -> None:
    content = table(HEAD, *[(f"示例{name}有限公司", "", "青岛") for name in ("甲", "乙", "丙", "丁")])
    batch = imported(cast.park_admin, content)
    used, foreign, changed, free = Company.objects.filter(source=batch.name).order_by("pk")
    with cast.everywhere():
        rows.make_lead(cast.zone, owner=cast.officer, company=used)
        rows.make_lead(cast.elsewhere, owner=cast.stranger, company=foreign)
    change_company(by=cast.park_admin, company=changed, version=1, city="烟台")
    reverted(cast.park_admin, batch)
    said = {number: line(cast.park_admin, batch, number).reason for number in (2, 3, 4, 5)}
    assert said == {2: ["in_use"], 3: ["in_use"], 4: ["changed", "city"], 5: []}
    assert not Company.objects.filter(pk=free.pk).exists()
    assert Company.objects.filter(pk__in=[used.pk, foreign.pk, changed.pk]).count() == 3


def test_a_change_since_is_not_overwritten_by_taking_back(cast: Cast) -> None:
    batch = imported(cast.park_admin, table(HEAD, ("示例光电有限公司", cast.company.credit_code, "烟台")))
    cast.company.refresh_from_db()
    change_company(by=cast.park_admin, company=cast.company, version=None, city="威海")
    reverted(cast.park_admin, batch)
    cast.company.refresh_from_db()
    assert cast.company.city == "威海"
    assert line(cast.park_admin, batch, 2).reason == ["changed", "city"]


def test_a_company_merged_between_dry_run_and_import_is_left_alone(cast: Cast) -> None:
    loser = Company.objects.create(name="青岛甲光学有限公司", credit_code=CODE)
    batch = checked(cast.park_admin, table(HEAD, ("青岛甲光学有限公司", CODE, "烟台")))
    assert outcomes(cast.park_admin, batch) == {2: "update"}
    Company.objects.filter(pk=loser.pk).update(merged_into=cast.company)
    with user_scope(cast.park_admin):
        run_import(by=cast.park_admin, batch=batch)
    worked(cast.park_admin, batch)
    assert line(cast.park_admin, batch, 2).reason == ["merged"]
    assert Company.objects.filter(credit_code=CODE).count() == 1


def test_a_company_typed_in_between_is_found_not_doubled(cast: Cast) -> None:
    batch = checked(cast.park_admin, LIST)
    Company.objects.create(name="青岛甲光学有限公司", credit_code=CODE, city="青岛")
    with user_scope(cast.park_admin):
        run_import(by=cast.park_admin, batch=batch)
    batch = worked(cast.park_admin, batch)
    assert outcomes(cast.park_admin, batch) == {2: "same", 3: "create"}


def test_copy_refuses_a_code_that_is_there_as_any_other_write_does(cast: Cast) -> None:
    twice = [Company(name=name, credit_code=CODE) for name in ("甲", "乙")]
    for company in twice:
        company.derive()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(twice)


def test_stopped_half_way_it_goes_on_and_makes_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companies.actions.import_work.CHUNK", 2)
    batch = checked(cast.officer, table(["公司名称"], *[[f"示例{n}号有限公司"] for n in range(7)]))
    with user_scope(cast.officer):
        run_import(by=cast.officer, batch=batch)
    row = jobs.claim_next()
    assert row is not None
    original = jobs.Progress.report

    def stop_at_second(progress: jobs.Progress, done: int, total: int | None = None) -> None:
        if done > 2:
            with user_scope(cast.officer):
                stop_import(by=cast.officer, batch=batch)
        original(progress, done, total)

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Progress, "report", stop_at_second)
        jobs.run(row)
    assert Company.objects.filter(name__endswith="号有限公司").count() == 4
    with user_scope(cast.officer):
        stopped = ImportBatch.objects.get(pk=batch.pk)
    assert (stopped.state, stopped.counts["create:done"], stopped.counts["create:planned"]) == ("stopped", 4, 3)
    with user_scope(cast.officer):
        resume_import(by=cast.officer, batch=batch)
    batch = worked(cast.officer, batch)
    assert (batch.state, batch.counts["create:done"]) == ("done", 7)
    assert Company.objects.filter(name__endswith="号有限公司").count() == 7


def test_a_short_list_shows_how_far_it_got(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "FIRST", (2, 3))
    said: list[tuple[str, int, int | None]] = []
    original = jobs.Progress.report

    def heard(progress: jobs.Progress, done: int, total: int | None = None) -> None:
        said.append((progress.job.kind.rpartition("_")[2], done, total))
        original(progress, done, total)

    monkeypatch.setattr(jobs.Progress, "report", heard)
    batch = imported(cast.officer, table(["公司名称"], *[[f"示例{n}号有限公司"] for n in range(7)]))
    reverted(cast.officer, batch)
    steps = [(2, 7), (5, 7), (7, 7)]
    assert said == [(kind, *step) for kind in ("check", "run", "revert") for step in steps]


def test_one_number_under_two_names_leaves_the_second_line_and_takes_the_others_in(cast: Cast) -> None:
    names = ("青岛甲光学有限公司", "青岛乙光学有限公司", "青岛丙光学有限公司")
    codes = ("320507000010685", "320507000010685", CODE)
    batch = imported(cast.officer, table(HEAD, *[(*both, "青岛") for both in zip(names, codes, strict=True)]))
    assert outcomes(cast.officer, batch) == {2: "create", 3: "duplicate", 4: "create"}
    assert line(cast.officer, batch, 3).reason == ["same_code", names[0]]


def test_written_at_once_it_goes_on_behind_the_last_line_that_has_a_row(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companies.actions.import_work.CHUNK", 2)
    batch = upload(cast.officer, table(["公司名称"], *[[f"示例{n}号有限公司"] for n in (0, 1, 2, 3, 1, 4, 5)]))
    with user_scope(cast.officer):
        map_import(by=cast.officer, batch=batch, mapping=["name"], match_keys=["name"], at_once=True)

    def lost(progress: jobs.Progress, done: int, total: int | None = None) -> None:
        raise OSError("the worker is lost")

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Progress, "report", lost)
        assert jobs.run_next()
    assert Company.objects.filter(name__endswith="号有限公司").count() == 2
    with user_scope(cast.officer):
        resume_import(by=cast.officer, batch=batch)
    batch = worked(cast.officer, batch)
    assert (batch.state, batch.rows, batch.counts["create:done"]) == ("done", 7, 6)
    assert line(cast.officer, batch, 6).reason == ["repeated", 3]
    assert Company.objects.filter(name__endswith="号有限公司").count() == 6


def test_a_second_click_and_a_stale_page_are_conflicts(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    with user_scope(cast.officer):
        with pytest.raises(Stale):
            run_import(by=cast.officer, batch=batch, version=batch.version - 1)
        run_import(by=cast.officer, batch=batch)
        with pytest.raises(Conflict):
            run_import(by=cast.officer, batch=batch)
        with pytest.raises(Conflict):
            map_import(by=cast.officer, batch=batch, mapping=batch.mapping, match_keys=[])


def test_who_lost_the_right_meanwhile_imports_nothing(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    with user_scope(cast.officer):
        run_import(by=cast.officer, batch=batch)
    cast.officer.memberships.update(is_active=False)
    assert jobs.run_next()
    assert not Company.objects.filter(credit_code=CODE).exists()
