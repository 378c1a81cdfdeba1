"""33,162 real companies into the registry, and the standard's own list of industries."""

import csv
import os
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from companies.industries import DIVISIONS, SECTIONS
from companies.models import Company
from core.creditcode import check_credit_code
from tests.fixtures.cast import Cast

FOLDER = Path(os.environ.get("REAL_DATA_DIR", ""))
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set"),
]
ROWS = 33_162


def memory(line: str) -> int:
    """A line of the process's status in KiB: VmRSS now, VmHWM at the most."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{line}:")[1].split()[0])


def rows_of(name: str) -> list[dict[str, str]]:
    """A file of the folder."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.django_db
def test_a_real_register_goes_in_once_and_is_found(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    register = FOLDER / "companies_registry_01.csv"
    rows = rows_of(register.name)
    strange = [row for row in rows if check_credit_code(row["uscc"]).kind != "valid"]
    assert len(strange) == 87
    before, started = Company.objects.count(), time.process_time()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts anew: earlier tests do not count
    resident = memory("VmRSS")
    call_command("import_companies", str(register), by="park_admin")
    # Processor time: what else the machine does must not decide. Alone it takes about 20 s by the clock.
    assert time.process_time() - started < 30
    assert memory("VmHWM") - resident < 300 * 1024
    counts = capsys.readouterr().out.strip().splitlines()[-1]
    assert counts == f"created {ROWS}, updated 0, unchanged 0, duplicates 0, warnings {len(strange)}, failed 0"
    assert Company.objects.count() == before + ROWS
    assert {*Company.objects.exclude(code_kind="valid").values_list("name", flat=True)} >= {
        row["name"] for row in strange
    }
    call_command("import_companies", str(register), by="park_admin")
    counts = capsys.readouterr().out.strip().splitlines()[-1]
    assert counts == f"created 0, updated 0, unchanged {ROWS}, duplicates 0, warnings {len(strange)}, failed 0"
    for typed in ("西藏志道投资有限公司", "志道 投资", "xzzdtz", "91540126321356657K", "zhidaotouzi"):
        assert "西藏志道投资有限公司" in [company.name for company in Company.objects.search(typed)[:3]], typed
    assert all("化纤" in company.name for company in Company.objects.search("化纤")[:50])
    assert Company.objects.search("320507000010685").get().name == "苏州市方达化纤有限公司"


def test_sections_and_divisions_are_those_of_the_standard() -> None:
    wanted = {
        row["code"]: (row["name"], row["parent_code"]) for row in rows_of("gbt4754_2017.csv") if row["level"] in "12"
    }
    ours = {code: (name, "") for code, name, _english in SECTIONS}
    ours |= {code: (name, section) for code, section, name, _english in DIVISIONS}
    assert ours == wanted
