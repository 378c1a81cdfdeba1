"""Registers into the registry: what is kept, what is refused, and that twice is once."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from companies.actions import change_company
from companies.models import Company
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
CODE, OTHER = "91370200163562681G", "911100001000011825"


def run(capsys: pytest.CaptureFixture[str], path: Path, by: str = "park_admin") -> str:
    """The last line that the command prints."""
    call_command("import_companies", str(path), by=by)
    return capsys.readouterr().out.strip().splitlines()[-1]


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Four companies: a good one, a wrong code, an old number, none."""
    return write(
        tmp_path / "register.csv",
        "name,uscc,province,city,reg_date,reg_capital_raw",
        f'青岛甲光学有限公司,{CODE},山东,青岛,1996-09-25,"1,100(万)"',
        f"青岛乙光学有限公司,{OTHER[:-1]}0,山东,青岛,2001-02-30,",
        "青岛丙光学有限公司,320507000010685,山东,青岛,,",
        "青岛丁光学有限公司,,山东,青岛,,",
    )


def test_every_row_is_kept_and_the_same_file_again_changes_nothing(
    cast: Cast, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, register) == "created 4, updated 0, unchanged 0, duplicates 0, warnings 2, failed 0"
    assert run(capsys, register) == "created 0, updated 0, unchanged 4, duplicates 0, warnings 2, failed 0"
    first = Company.objects.get(credit_code=CODE)
    assert (first.name, first.origin_park, first.created_by) == ("青岛甲光学有限公司", None, cast.park_admin)
    assert first.capital == Decimal(11_000_000)
    assert {*Company.objects.filter(name__startswith="青岛").values_list("code_kind", flat=True)} == {
        "valid",
        "invalid",
        "old15",
        "",
    }


def test_an_imported_company_is_found_like_a_typed_one(
    cast: Cast, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, register)
    assert Company.objects.search("qdjgx").get().name == "青岛甲光学有限公司"


def test_what_is_new_updates_and_an_empty_cell_says_nothing(
    cast: Cast, register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, register)
    later = write(
        tmp_path / "later.csv", "企业名称,统一社会信用代码,城市,地址", f"青岛甲光电有限公司,{CODE},,一号路1号"
    )
    assert run(capsys, later) == "created 0, updated 1, unchanged 0, duplicates 0, warnings 0, failed 0"
    company = Company.objects.get(credit_code=CODE)
    assert (company.name, company.city, company.address, company.version) == (
        "青岛甲光电有限公司",
        "青岛",
        "一号路1号",
        2,
    )
    assert Company.objects.search("甲光电").get() == company


def test_a_file_in_gb18030_reads_like_one_in_utf8(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "gb.csv", "企业名称,统一社会信用代码", f"青岛㙍光学有限公司,{CODE}", encoding="gb18030")
    assert run(capsys, path).startswith("created 1,")
    assert Company.objects.get(credit_code=CODE).name == "青岛㙍光学有限公司"


def test_of_rows_that_repeat_a_company_the_first_counts_each_time(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "twice.csv", "name,uscc", f"甲有限公司,{CODE}", f"乙有限公司,{CODE}")
    assert run(capsys, path) == "created 1, updated 0, unchanged 1, duplicates 0, warnings 0, failed 0"
    assert run(capsys, path) == "created 0, updated 0, unchanged 2, duplicates 0, warnings 0, failed 0"
    assert Company.objects.get(credit_code=CODE).name == "甲有限公司"


def test_a_row_without_a_name_fails_with_its_line_and_the_others_go_in(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "bad.csv", "name,uscc", f",{CODE}", "a" * 201 + ",", f"乙有限公司,{OTHER}")
    call_command("import_companies", str(path), by="park_admin")
    printed = capsys.readouterr()
    assert printed.out.strip().endswith("created 1, updated 0, unchanged 0, duplicates 0, warnings 0, failed 2")
    assert "2" in printed.err.splitlines()[0]
    assert "3" in printed.err.splitlines()[1]


def test_a_park_takes_nothing_from_the_import_into_its_own_companies(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = Company.objects.create(name="乙有限公司", origin_park=cast.zone)
    run(capsys, write(tmp_path / "a.csv", "name,city", "乙有限公司,青岛"))
    own.refresh_from_db()
    assert own.city == ""
    assert Company.objects.filter(name="乙有限公司", origin_park=None).count() == 1


def test_only_stewards_import(cast: Cast, register: Path) -> None:
    for user in ("officer", "auditor", "nobody"):
        with pytest.raises(CommandError):
            call_command("import_companies", str(register), by=user)
    assert not Company.objects.filter(credit_code=CODE).exists()


@pytest.mark.parametrize("content", [b"uscc,province\n1,2\n", b"", b"\xff\xfe\x00\x81\x20\xff", b"%PDF-1.4\n\x00"])
def test_a_file_that_is_no_register_is_refused_in_words(cast: Cast, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        call_command("import_companies", str(path), by="park_admin")
    assert str(refused.value)


def test_a_change_between_two_imports_is_history_with_the_command(
    cast: Cast, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, register)
    company = Company.objects.get(credit_code=CODE)
    change_company(by=cast.park_admin, company=company, version=1, city="烟台")
    assert run(capsys, register) == "created 0, updated 1, unchanged 3, duplicates 0, warnings 2, failed 0"
    events = apps.get_model("companies", "CompanyEvent")._default_manager.filter(pgh_obj=company).order_by("pgh_id")
    assert [event.city for event in events] == ["青岛", "烟台", "青岛"]
    assert events[0].pgh_context.metadata["command"] == "import_companies"
