"""Tables in: encodings, row numbers, and files made to hurt."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.sheets import Sheet, write_xlsx
from core.tables import Row, TableError, open_table, read_rows


def csv_file(folder: Path, data: bytes | str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


TEXT = "名称,金额\r\n甲公司,1\r\n\r\n乙公司,2\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_that_people_have(tmp_path: Path, encoding: str) -> None:
    rows = list(read_rows(csv_file(tmp_path, TEXT, encoding)))
    assert rows == [Row(2, {"名称": "甲公司", "金额": "1"}), Row(4, {"名称": "乙公司", "金额": "2"})]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(tmp_path, f'a{delimiter}b\n1{delimiter}"x, y; z"\n')
    assert [row.values for row in read_rows(path)] == [{"a": "1", "b": "x, y; z"}]


def test_row_numbers_are_the_files_lines_also_behind_a_cell_of_two_lines(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'a,b\n"one\ntwo",1\nthree,2\n')
    assert [row.number for row in read_rows(path)] == [2, 4]


def test_short_rows_are_filled_and_headers_made_unique(tmp_path: Path) -> None:
    with open_table(csv_file(tmp_path, "名称,,名称,\n甲\n")) as table:
        assert table.header == ["名称", "#2", "名称 (2)"]
        assert next(table.rows).values == {"名称": "甲", "#2": "", "名称 (2)": ""}


def test_a_workbook_is_read_as_people_see_it(tmp_path: Path) -> None:
    path = tmp_path / "named.wrongly"
    rows = [["甲", 5, 2.5, dt.date(2026, 1, 2), None], [], ["乙", 0, 1, dt.date(2026, 1, 3), True]]
    write_xlsx(path, [Sheet("S", ["name", "n", "x", "day", "flag"], rows)])
    found = list(read_rows(path))
    assert found[0] == Row(2, {"name": "甲", "n": "5", "x": "2.5", "day": "2026-01-02", "flag": ""})
    assert (found[1].number, found[1].values["flag"]) == (4, "True")


def test_formulas_give_their_last_value_and_are_never_computed(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("first", 0)
    page.append(["a", "b"])
    page.append(["x", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    assert [row.values for row in read_rows(tmp_path / "a.xlsx")] == [{"a": "x", "b": ""}]


def with_entry(name: str, data: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    plain = io.BytesIO()
    write_xlsx(plain, [Sheet("S", ["a"], [["1"]])])
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            copy.writestr(entry.filename, data if entry.filename == name else source.read(entry))
        if name not in source.namelist():
            copy.writestr(name, data)
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: b"", id="empty"),
        pytest.param(lambda: b"\n\n , ,\n", id="nothing but blanks"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", id="old xls"),
        pytest.param(lambda: b"a,b\n\xff\xfe\xff\xff\x80\n", id="no encoding"),
        pytest.param(lambda: b"a,b\nx\x00y,1\n", id="binary"),
        pytest.param(lambda: b"PK\x03\x04 not really", id="broken zip"),
        pytest.param(lambda: b"a," * 400 + b"b\n", id="too many columns"),
        pytest.param(lambda: b'a,b\n"never closed' + b"x" * 200_000, id="endless cell"),
        pytest.param(lambda: b"a,b\n1,2,3\n", id="more cells than names"),
        pytest.param(lambda: with_entry("xl/worksheets/sheet1.xml", LAUGHS), id="entity bomb"),
        pytest.param(lambda: with_entry("xl/worksheets/sheet1.xml", b"<worksheet><row"), id="cut XML"),
        pytest.param(lambda: with_entry("xl/workbook.xml", b"nonsense"), id="no workbook"),
        pytest.param(lambda: with_entry("xl/sharedStrings.xml", b" " * (201 * 1024 * 1024)), id="bomb of texts"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_hint(tmp_path: Path, make: Callable[[], bytes]) -> None:
    with pytest.raises(TableError) as raised:
        list(read_rows(csv_file(tmp_path, make())))
    assert str(raised.value)


def test_an_error_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(TableError) as raised:
        list(read_rows(csv_file(tmp_path, "a,b\n1,2\n\n1,2,3\n")))
    assert raised.value.row == 4


def test_a_workbook_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [Sheet("S", [f"c{number}" for number in range(400)], [])])
    with pytest.raises(TableError):
        list(read_rows(tmp_path / "a.xlsx"))


def test_more_rows_than_allowed_are_refused_when_they_are_reached(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a\n1\n2\n3\n")
    with open_table(path, most_rows=2) as table:
        assert next(table.rows).values == {"a": "1"}
        with pytest.raises(TableError):
            list(table.rows)


def test_a_quotation_mark_that_is_not_closed_is_told_with_its_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '名称,城市\n甲公司,济南\n"乙公司,青岛\n丙公司,无锡\n')
    with pytest.raises(TableError) as refused:
        list(read_rows(path))
    assert refused.value.row == 3
