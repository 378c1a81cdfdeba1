"""Publishing: the workbook that is kept for ever, the mails, what the database refuses, and corrections afterwards."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import openpyxl
import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction

from core.isolation import scope
from core.models import Attachment
from leads.models import Submission
from notices.actions import deliver_due
from notices.models import Notice
from projects.models import Milestone, Payment
from reports import actions, workbook
from reports.models import Report, ReportFact, ReportLine, Restatement
from tests.fixtures.cast import Cast
from tests.reports.month import NOVEMBER, OCTOBER, busy_month, recognised, signed, visit

pytestmark = pytest.mark.django_db
AFTER_CUTOFF = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(AFTER_CUTOFF, tick=False) as traveller:
        yield traveller


@pytest.fixture
def published(cast: Cast) -> Report:
    with cast.everywhere():
        busy_month(cast)
    return publish(cast)


def publish(cast: Cast, month: date = OCTOBER) -> Report:
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        return actions.publish_report(report=actions.close_month(park_id=cast.zone.pk, month=month))


def stored(report: Report) -> bytes:
    assert report.workbook
    return bytes(report.workbook)


def sheets_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


# The workbook -------------------------------------------------------------------------------------------------------


def test_the_workbook_made_again_is_byte_for_byte_the_stored_one(cast: Cast, published: Report, clock: Any) -> None:
    clock.move_to(datetime(2027, 8, 1, tzinfo=UTC))
    with cast.everywhere():
        cast.officer.display_name = "改名后"
        cast.officer.save()
        again = Report.objects.select_related("park", "scheme").get(pk=published.pk)
        assert workbook.workbook_of(again) == stored(again)
    assert hashlib.sha256(stored(again)).hexdigest() == again.sha256


def test_the_workbook_holds_both_rankings_and_every_record(cast: Cast, published: Report) -> None:
    sheets = sheets_of(stored(published))
    assert list(sheets) == ["人员", "部门", "记录", "说明"]
    header, first, *_rest = sheets["人员"]
    row = dict(zip(header, first, strict=True))
    assert (row["名次"], row["姓名"], row["得分"], row["走出去"]) == (1, "officer", 30.1, 3)
    with cast.everywhere():
        assert len(sheets["记录"]) - 1 == ReportFact.objects.filter(report=published).count()


def test_every_figure_of_the_workbook_is_the_sum_of_its_records(published: Report) -> None:
    sheets = sheets_of(stored(published))
    header, *rows = sheets["人员"]
    titles, *records = sheets["记录"]
    assert (titles[-1], {row[-1] for row in records}) == ("份额", {1})
    for row in rows:
        figures = dict(zip(header, row, strict=True))
        behind = {
            name: [r[5] for r in records if (r[0], r[3]) == (name, figures["姓名"])] for name in ("走出去", "签约")
        }
        assert {name: len(values) for name, values in behind.items()} == {name: figures[name] for name in behind}
        agreed = sum(r[5] for r in records if (r[0], r[3]) == ("协议额", figures["姓名"]))
        assert agreed == figures["协议额（元）"]


def cells_of(content: bytes) -> list[Element]:
    """Read without the library that wrote it: the archive and its XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        trees = [defusedxml.ElementTree.fromstring(archive.read(name)) for name in names]
    return [cell for tree in trees for cell in tree.iter(f"{SHEET}c")]


def test_a_second_reader_finds_no_formula_in_it(cast: Cast) -> None:
    with cast.everywhere():
        cast.officer.display_name = '=HYPERLINK("http://evil.example","x")'
        cast.officer.save()
        signed(cast, cast.officer, 10_000_000, name="+SUM(A1:A9)")
        signed(cast, cast.colleague, 10_000_000, name="＝1+1")
    content = stored(publish(cast))
    cells = cells_of(content)
    assert len(cells) > 20
    assert [cell for cell in cells if cell.find(f"{SHEET}f") is not None] == []
    texts = [
        str(value) for rows in sheets_of(content).values() for row in rows for value in row if isinstance(value, str)
    ]
    assert any("HYPERLINK" in text for text in texts)
    assert [text for text in texts if text[:1] in "=+-@＝＋－＠\t\r"] == []


def test_confidential_titles_stay_out_of_what_is_mailed(cast: Cast) -> None:
    with cast.everywhere():
        project = signed(cast, cast.officer, 10_000_000, name="绝密")
        project.lead.confidentiality = "own"
        project.lead.save()
        visit(cast, cast.officer, lead=project.lead, company=project.company)
    records = [row for row in sheets_of(stored(publish(cast)))["记录"] if row[0] in {"新增线索", "走出去"}]
    assert [row[2] for row in records] == ["保密", "保密"]


# What the database refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"workbook": b"other"}, {"totals": {}}, {"state": "draft"}, {"sha256": ""}])
def test_a_published_report_cannot_be_changed(cast: Cast, published: Report, change: dict[str, Any]) -> None:
    with cast.everywhere(), pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Report.objects.filter(pk=published.pk).update(**change)


def test_a_published_report_cannot_be_deleted(cast: Cast, published: Report) -> None:
    with cast.everywhere(), pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=published.pk)._raw_delete("default")


def test_nothing_can_be_added_to_a_published_report(cast: Cast, published: Report) -> None:
    with cast.everywhere():
        line = ReportLine.objects.filter(report=published).first()
        fact = ReportFact.objects.filter(report=published).first()
        assert line
        assert fact
        changes: list[tuple[Any, dict[str, int]]] = [
            (line, {"user_id": cast.stranger.pk}),
            (fact, {"record_id": 999_999}),
        ]
        for row, change in changes:
            row.pk = None
            for name, value in change.items():
                setattr(row, name, value)
            with pytest.raises(DatabaseError, match="published report is final"), transaction.atomic():
                row.save(force_insert=True)


def test_lines_and_records_of_a_draft_cannot_be_changed_either(cast: Cast) -> None:
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        report = actions.close_month(park_id=cast.zone.pk, month=OCTOBER)
    for model in (ReportLine, ReportFact):
        with cast.everywhere(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model.objects.filter(report=report).delete()


# Mail ---------------------------------------------------------------------------------------------------------------


def test_leaders_managers_and_ranked_officers_get_the_workbook_by_mail_once(cast: Cast, published: Report) -> None:
    publish(cast)
    while deliver_due():
        pass
    sent = [message for message in mail.outbox if message.attachments]
    assert sorted(message.to[0] for message in sent) == sorted(
        f"{name}@example.com" for name in ("leader", "park_admin", "manager", "officer", "colleague", "window")
    )
    name, content, kind = sent[0].attachments[0]
    assert (name, content, kind) == (
        "2026-10 测试开发区 招商考核通报.xlsx",
        stored(published),
        actions.XLSX,
    )
    with cast.everywhere():
        assert Attachment.objects.count() == 1
        assert Notice.objects.filter(kind="report", channel="page").count() == 6


def test_publishing_again_changes_nothing(cast: Cast, published: Report, clock: Any) -> None:
    clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    assert publish(cast).published_at == published.published_at


# Corrections --------------------------------------------------------------------------------------------------------


def ensure(cast: Cast) -> list[tuple[str, str, Decimal, Decimal]]:
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        actions.ensure_reports(park=cast.zone)
        rows = Restatement.objects.order_by("id")
        return [(row.indicator, f"{row.of_month:%m}→{row.listed_in:%m}", row.before, row.after) for row in rows]


def test_nothing_is_restated_while_nothing_changed(cast: Cast, published: Report) -> None:
    assert ensure(cast) == []


def test_a_corrected_amount_is_listed_in_the_open_month_and_the_closed_one_stays(cast: Cast, published: Report) -> None:
    with cast.everywhere():
        Payment.objects.filter(state="recognised").update(amount_yuan=6_000_000)
    expected = [("funds_recognised", "10→11", Decimal(8_000_000), Decimal(6_000_000))]
    assert ensure(cast) == expected
    assert ensure(cast) == expected
    with cast.everywhere():
        assert ReportFact.objects.get(report=published, indicator="funds_recognised").value == 8_000_000
        Payment.objects.filter(state="recognised").update(amount_yuan=8_000_000)
    assert ensure(cast)[1:] == [("funds_recognised", "10→11", Decimal(6_000_000), Decimal(8_000_000))]
    with cast.everywhere():
        Payment.objects.filter(state="recognised").update(amount_yuan=6_000_000)
    assert len(ensure(cast)) == 3


def test_what_no_longer_counts_is_restated_to_nothing(cast: Cast, published: Report) -> None:
    with cast.everywhere():
        Submission.objects.filter(state="valid").update(state="invalid")
    assert ensure(cast) == [("submissions_valid", "10→11", Decimal(1), Decimal(0))]


def test_a_step_found_done_in_time_later_is_restated(cast: Cast, published: Report) -> None:
    with cast.everywhere():
        late = Milestone.objects.get(done_on__day=25)
        Milestone.objects.filter(pk=late.pk).update(done_on=late.due_on)
    assert ensure(cast) == [("milestones_on_time", "10→11", Decimal(0), Decimal(1))]


def test_facts_of_the_open_month_are_no_corrections(cast: Cast, published: Report) -> None:
    with cast.everywhere():
        visit(cast, cast.officer, NOVEMBER)
        recognised(cast, signed(cast, cast.officer, 10_000_000, NOVEMBER), cast.officer, 5_000_000, NOVEMBER)
    assert ensure(cast) == []
