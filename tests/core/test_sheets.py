"""Workbooks out: harmless, typed, and the same bytes every time."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.utils.translation import gettext_lazy

from core.sheets import MONEY_FORMAT, Column, Sheet, defused, download_name, write_xlsx, xlsx_bytes


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def one_sheet(rows: list[list[object]], title: str = "Ranking", header: tuple[str, ...] = ("A", "B")) -> Any:
    return opened(xlsx_bytes([Sheet(title, header, rows)])).worksheets[0]


ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    '"=1+1',
    "'=1+1",
    "=cmd|'/C calc'!A0",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_is_a_formula_in_a_cell_a_header_or_a_title(attack: str) -> None:
    page = one_sheet([[attack, 1]], title=attack, header=(attack, "B"))
    for cell in (page["A1"], page["A2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")
    assert page.title[0] not in "=+-@＝＋－＠'\t\r\n"
    assert download_name(attack)[0] not in "=+-@＝＋－＠'\t\r\n "


@pytest.mark.parametrize("text", ["示例制造有限公司", "3M", "a=b", "x-y", "100%", "（华东）", ""])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert defused(text) == text


def test_words_that_spreadsheets_take_for_errors_are_text() -> None:
    assert one_sheet([["#N/A", "#REF!"]])["A2"].data_type == "s"


def test_numbers_and_dates_keep_their_kind() -> None:
    moment = dt.datetime(2026, 10, 31, 16, 30, tzinfo=dt.UTC)
    columns: list[Column | str] = [
        Column("Amount", number_format=MONEY_FORMAT),
        "Count",
        "Day",
        "Moment",
        "Nothing",
        "Huge",
        "Not",
        "Lazy",
    ]
    row = [Decimal("1234.50"), 7, dt.date(2026, 10, 1), moment, None, 10**20, float("nan"), gettext_lazy("Monday")]
    page = opened(xlsx_bytes([Sheet("S", columns, [row])])).worksheets[0]
    cells = page[2]
    assert (cells[0].value, cells[0].data_type, cells[0].number_format) == (1234.5, "n", "#,##0.00")
    assert cells[1].value == 7
    assert cells[2].value == dt.datetime(2026, 10, 1)  # noqa: DTZ001 - a workbook knows no zones
    assert cells[3].value == dt.datetime(2026, 11, 1, 0, 30), "as the clock in Shanghai shows"  # noqa: DTZ001
    assert cells[4].value is None
    assert (cells[5].value, cells[6].value) == (str(10**20), "nan")
    assert cells[7].data_type == "s"


def test_control_characters_and_endless_texts_are_cut() -> None:
    page = one_sheet([["a\x00b\x1fc\ud800", "长" * 50_000]])
    assert page["A2"].value == "abc"
    assert len(page["B2"].value) == 32_766


def test_the_header_stands_out_stays_in_view_and_columns_are_wide_enough() -> None:
    page = one_sheet([["一个很长很长很长的公司名称有限公司", 1]])
    assert page["A1"].font.bold
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width > 30


def test_titles_are_short_unique_and_without_forbidden_marks() -> None:
    titles = ["a/b:c*d?e[f]", "x" * 50, "X" * 50, "", "", "''"]
    book = opened(xlsx_bytes([Sheet(title, ["A"], []) for title in titles]))
    assert len({name.casefold() for name in book.sheetnames}) == 6
    assert all(0 < len(name) <= 31 for name in book.sheetnames)


def _rows() -> Iterator[list[object]]:
    for number in range(300):
        yield [f"单位{number}", Decimal(number) / 7, dt.date(2026, 1, 1) + dt.timedelta(days=number)]


def test_the_same_figures_give_the_same_bytes_at_any_time() -> None:
    made = []
    for moment in ("2026-11-01 09:00", "2027-03-04 23:59"):
        with time_machine.travel(moment, tick=False):
            made.append(xlsx_bytes([Sheet("Ranking", ["A", "B", "C"], _rows())]))
    assert made[0] == made[1]
    assert b"2026-11" not in zipfile.ZipFile(io.BytesIO(made[0])).read("docProps/core.xml")
    assert len(list(opened(made[0]).worksheets[0].iter_rows())) == 301


def test_other_figures_give_other_bytes() -> None:
    assert xlsx_bytes([Sheet("S", ["A"], [[1]])]) != xlsx_bytes([Sheet("S", ["A"], [[2]])])


def test_a_file_and_a_stream_get_the_same(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [Sheet("S", ["A"], [[1]])])
    assert (tmp_path / "a.xlsx").read_bytes() == xlsx_bytes([Sheet("S", ["A"], [[1]])])


def test_download_names_have_no_folders() -> None:
    assert download_name("../2026-10 月报/排名") == "2026-10 月报 排名.xlsx"
    assert download_name("***") == "file.xlsx"


def test_amounts_have_their_thousands_parted_and_the_heads_filter() -> None:
    page = one_sheet([["甲", Decimal(12_345_678_900)], ["乙", Decimal("0.50")]])
    assert [page["B2"].number_format, page["B3"].number_format] == ["#,##0", "#,##0.00"]
    assert page.auto_filter.ref == "A1:B3"
