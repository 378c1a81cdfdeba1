"""Two companies are merged while a list that names one of them is written, on real connections."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from companies.actions import merge_companies
from companies.actions.imports import map_import, revert_import, run_import
from companies.actions.merge import carry_out
from companies.models import Company, ImportBatch, ImportRow, Merge
from core import jobs
from core.isolation import user_scope
from ops.daemon import wait_for
from tests.companies.importing import CODE, OTHER, checked, table, upload, worked
from tests.companies.test_duplicate_rules import ONE
from tests.companies.test_merge import pair_of
from tests.fixtures.cast import Cast, found_company

pytestmark = pytest.mark.django_db(transaction=True)
LIST = table(
    ["企业名称", "统一社会信用代码", "城市"],
    ["示例微电子有限公司", CODE, "烟台"],
    ["青岛乙光学有限公司", OTHER, "青岛"],
)


def companies(code: str) -> tuple[Company, Company]:
    """The one that stays, and the one that the list names."""
    loser = found_company("示例微电子有限公司", CODE)
    return found_company("示例微电子（无锡）有限公司", code), loser


def asked(cast: Cast, survivor: Company, loser: Company) -> Merge:
    """A merge that a worker is about to carry out."""
    with user_scope(cast.park_admin):
        pair = pair_of(survivor, loser)
        return merge_companies(by=cast.park_admin, duplicate=pair, survivor=survivor, reason="同一家")


def begun(cast: Cast, *, at_once: bool) -> ImportBatch:
    """The job that writes the list waits, with or without a dry run."""
    if not at_once:
        batch = checked(cast.park_admin, LIST)
        with user_scope(cast.park_admin):
            return run_import(by=cast.park_admin, batch=batch)
    batch = upload(cast.park_admin, LIST)
    with user_scope(cast.park_admin):
        columns = {"mapping": batch.mapping, "match_keys": batch.match_keys, "into_registry": True}
        return map_import(by=cast.park_admin, batch=batch, at_once=True, **columns)


@contextmanager
def both_held(merge: Merge) -> Iterator[None]:
    """Whoever wants the two companies has to wait, and gets them in the order of asking."""
    with transaction.atomic():
        list(Company.objects.filter(pk__in=[merge.survivor_id, merge.loser_id]).order_by("pk").select_for_update())
        yield


def are_waiting(wanted: int) -> bool:
    """Whether so many wait for us, or for one who does; other tests wait in the same server."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH waiting AS (SELECT DISTINCT pid, pg_blocking_pids(pid) AS behind FROM pg_locks WHERE NOT granted),
                 for_us AS (SELECT pid FROM waiting WHERE pg_backend_pid() = ANY (behind))
            SELECT count(*) FROM waiting
             WHERE pid IN (TABLE for_us) OR behind && (SELECT array_agg(pid) FROM for_us)
            """
        )
        return int(cursor.fetchone()[0]) >= wanted


def in_turn(merge: Merge, *works: Callable[[], Any]) -> list[Any]:
    """Each begins when those before it wait for the companies; then all go on. What they raised."""
    raised: list[Any] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    with both_held(merge):
        for place, thread in enumerate(threads, 1):
            thread.start()
            wait_for(partial(are_waiting, place), 30, "it does not come to the companies")
    for thread in threads:
        thread.join(60)
    return raised


@pytest.mark.parametrize(("first", "way"), [("merge", "at once"), ("import", "at once"), ("merge", "after a dry run")])
def test_a_merge_during_an_import_loses_nothing_and_the_line_says_what_happened(
    cast: Cast, first: str, way: str
) -> None:
    (survivor, loser), before = companies(ONE), Company.objects.count()
    batch = begun(cast, at_once=way == "at once")
    merge = asked(cast, survivor, loser)
    works: list[Callable[[], Any]] = [partial(carry_out, merge.pk), jobs.run_next]
    assert in_turn(merge, *(works if first == "merge" else reversed(works))) == []
    for row in (merge, survivor, loser):
        row.refresh_from_db()
    assert (merge.state, loser.merged_into_id) == ("done", survivor.pk)
    assert Company.objects.count() == before + 1
    with user_scope(cast.park_admin):
        assert ImportBatch.objects.get(pk=batch.pk).state == "done"
        named, new = ImportRow.objects.filter(batch=batch).order_by("number")
    assert (new.outcome, new.state) == ("create", "done")
    assert named.company_pk == survivor.pk
    if named.outcome == "update":  # written before the merge, which took the new fact over
        assert (named.state, named.changes, survivor.city) == ("done", {"city": ["", "烟台"]}, "烟台")
    else:  # merged first: the signpost is left as it is
        assert (named.outcome, named.state, named.reason) == ("same", "planned", ["merged"])
        assert (loser.city, survivor.city) == ("", "")
    if way == "at once":  # after a dry run each may wait for the other: then one of them, whichever, begins again
        assert (named.outcome == "update") == (first == "import")


def test_where_the_survivor_took_the_code_over_the_line_means_the_survivor(cast: Cast) -> None:
    survivor, loser = companies("")
    batch = begun(cast, at_once=True)
    merge = asked(cast, survivor, loser)
    assert in_turn(merge, partial(carry_out, merge.pk), jobs.run_next) == []
    with user_scope(cast.park_admin):
        named = ImportRow.objects.get(batch=batch, number=2)
    survivor.refresh_from_db()
    assert (named.outcome, named.state, named.company_pk) == ("update", "done", survivor.pk)
    assert (survivor.credit_code, survivor.city) == (CODE, "烟台")
    assert jobs.run_next()  # the merge's own job finds it done
    with user_scope(cast.park_admin):
        revert_import(by=cast.park_admin, batch=batch)
    worked(cast.park_admin, batch)
    survivor.refresh_from_db()
    assert (survivor.city, survivor.is_merged) == ("", False)
    assert not Company.objects.filter(credit_code=OTHER).exists()
