"""Files as they come: every encoding is read, everything hostile or broken is refused in words, at the field."""

import io
import zipfile
from typing import Any

import pytest
from django.utils import translation

from companies.imports.facts import industries_by_name
from companies.models import Company
from core.errors import Refused
from tests.companies.importing import CODE, OTHER, book, checked, imported, outcomes, rezipped, table, upload
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "成立日期")
ROW = ("青岛甲光学有限公司", CODE, "1996-09-25")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        table(HEAD, ROW),
        table(HEAD, ROW, encoding="utf-8-sig"),
        table(HEAD, ROW, encoding="gb18030"),
        table(HEAD, ROW, encoding="utf-16"),
        table(HEAD, ROW, delimiter="\t"),
        table(HEAD, ROW, delimiter=";"),
        table(HEAD, ROW, delimiter="|"),
        table(HEAD, ROW).replace(b"\n", b"\r\n"),
        book(HEAD, ROW),
        book(["2026年企业名单"], [], HEAD, ROW),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16", "tab", "semicolon", "bar", "crlf", "xlsx", "xlsx under a title"],
)
def test_one_list_reads_the_same_however_it_was_saved(cast: Cast, content: bytes) -> None:
    batch = imported(cast.park_admin, content)
    assert batch.mapping == ["name", "credit_code", "registered_on"]
    company = Company.objects.get(credit_code=CODE)
    assert (company.name, str(company.registered_on)) == ("青岛甲光学有限公司", "1996-09-25")


def zipped(**parts: bytes) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def protected() -> bytes:
    """The beginning of a workbook with a password: the old container, with the part that holds the new one."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1024 + "EncryptedPackage".encode("utf-16-le")


def entity(content: bytes) -> bytes:
    """XML that wants to read a file of the machine."""
    start = content.index(b"<worksheet")
    return b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + content[start:]


def test_what_cannot_be_taken_is_refused_at_the_file_with_its_own_words(cast: Cast) -> None:
    bomb = zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=b" " * 64 * 1024 * 1024)
    formula = book(HEAD, ("=A1", CODE, ""))
    merged = book(HEAD, ROW, ROW, change=lambda sheet: sheet.merge_cells("A2:A3"))
    hostile: dict[str, bytes] = {
        "empty": b"",
        "bomb": bomb,
        "formula": formula,
        "merged": merged,
        "protected": protected(),
        "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2048,
        "web page": "<html><table><tr><td>企业名称</td></tr></table></html>".encode(),
        "500 columns": table([f"列{n}" for n in range(500)], ["x"] * 500),
        "500 columns, xlsx": book([f"列{n}" for n in range(500)], ["x"] * 500),
        "no rows": table(HEAD),
        "no rows, xlsx": book(HEAD),
        "wrong encoding": b"\x81\xff\xfe\x00" * 50,
        "archive": zipped(readme=b"x"),
        "broken archive": book(HEAD, ROW)[:-400],
        "entities": rezipped(book(HEAD, ROW), SHEET, entity),
        "open quote": table(HEAD) + b'"' + b"x" * 200_000,
    }
    said: dict[str, str] = {}
    for name, content in hostile.items():
        with translation.override("zh-hans"), pytest.raises(Refused) as refused:
            upload(cast.park_admin, content, "名单.xlsx")
        assert refused.value.field == "file", name
        said[name] = str(refused.value)
    assert "A2" in said["formula"]
    assert "A2:A3" in said["merged"]
    assert "密码" in said["protected"]
    assert all(any("一" <= character <= "鿿" for character in text) for text in said.values())


def test_merged_cells_of_a_title_or_of_another_sheet_do_not_matter(cast: Cast) -> None:
    def titled(sheet: Any) -> None:
        sheet.merge_cells("A1:C1")
        sheet.parent.create_sheet("说明").merge_cells("A2:A9")

    assert upload(cast.park_admin, book(["企业名单"], HEAD, ROW, change=titled), "名单.xlsx").header_row == 2


def test_a_list_of_one_column_is_enough(cast: Cast) -> None:
    batch = imported(cast.officer, table(["公司"], ["青岛甲光学有限公司"], ["青岛乙光学有限公司"]))
    assert batch.counts["create:done"] == 2


def test_dates_as_text_and_as_numbers_of_a_spreadsheet(cast: Cast) -> None:
    written = ["1996-09-25", "1996/9/25", "1996年9月25日", "19960925", "35333"]
    rows = [(f"青岛{place}号光学有限公司", "", text) for place, text in enumerate(written)]
    imported(cast.officer, table(HEAD, *rows, ("青岛坏日期有限公司", "", "去年")))
    days = Company.objects.filter(name__startswith="青岛", name__contains="号").values_list("registered_on", flat=True)
    assert {str(day) for day in days} == {"1996-09-25"}
    assert Company.objects.get(name="青岛坏日期有限公司").registered_on is None


def test_the_same_company_forty_times_is_one(cast: Cast) -> None:
    batch = checked(cast.park_admin, table(HEAD, *[ROW] * 40))
    assert (batch.counts["create"], batch.counts["same"]) == (1, 39)


def test_a_long_name_a_web_page_and_an_unknown_industry_are_said_not_swallowed(cast: Cast) -> None:
    head = ("企业名称", "网址", "行业", "省份")
    rows = [("长" * 201, "", "", ""), ("青岛甲光学有限公司", "javascript:alert(1)", "炼丹", "山东省")]
    batch = imported(cast.park_admin, table(head, *rows))
    assert outcomes(cast.park_admin, batch) == {2: "failed", 3: "create"}
    company = Company.objects.get(name="青岛甲光学有限公司")
    assert (company.website, company.industry, company.province) == ("", None, "山东")
    assert batch.counts["warnings"] == 1


def test_a_line_with_too_many_cells_fails_and_the_others_go_in(cast: Cast) -> None:
    content = table(HEAD) + f"甲有限公司,{OTHER},,多,多\n乙有限公司,,\n".encode()
    batch = imported(cast.park_admin, content)
    assert outcomes(cast.park_admin, batch) == {2: "failed", 3: "create"}


def test_an_industry_is_known_by_code_and_by_name(cast: Cast) -> None:
    imported(cast.park_admin, table(("企业名称", "行业"), ("青岛甲光学有限公司", "C39"), ("青岛乙光学有限公司", "39")))
    wanted = industries_by_name()["39"]
    assert set(Company.objects.filter(name__startswith="青岛").values_list("industry", flat=True)) == {wanted.pk}


@pytest.mark.parametrize(
    ("heading", "cell", "raw", "amount"),
    [
        ("注册资本（万元）", "1,100", "1,100万元", (11_000_000, "CNY")),
        ("注册资本(单位：万美元)", "500", "500万美元", (5_000_000, "USD")),
        ("注册资金/亿元", "2.5", "2.5亿元", (250_000_000, "CNY")),
        ("注册资本（万元）", "500万美元", "500万美元", (5_000_000, "USD")),
        ("注册资本", "1100", "1100", (1100, "CNY")),
        ("注册资本（备注）", "1100", "", (None, "CNY")),
    ],
)
def test_bare_figures_are_counted_in_the_unit_of_their_heading(
    cast: Cast, heading: str, cell: str, raw: str, amount: tuple[int | None, str]
) -> None:
    batch = imported(cast.admin, book(("企业名称", "统一社会信用代码", heading), ("示例甲有限公司", CODE, cell)))
    assert batch.counts["create:done"] == 1
    company = Company.objects.get(credit_code=CODE)
    assert (company.capital_raw, company.capital, company.capital_currency) == (raw, *amount)
