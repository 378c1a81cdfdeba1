"""Two imports at the same instant: one job, each company once."""

import threading
from typing import Any

import pytest
from django.db import connection

from companies.actions.imports import (
    run_import,
)
from companies.models import Company
from core import jobs
from core.errors import Conflict
from core.isolation import user_scope
from tests.companies.importing import CODE, checked, table, worked
from tests.fixtures.cast import make_cast

HEAD = ("企业名称", "统一社会信用代码", "城市")
LIST = table(HEAD, ("青岛甲光学有限公司", CODE, "青岛"), ("青岛乙光学有限公司", "", "青岛"))


@pytest.mark.django_db(transaction=True)
def test_two_people_who_run_the_same_import_at_once_begin_one_job() -> None:
    cast = make_cast()
    batch = checked(cast.officer, LIST)
    begun: list[str] = []

    def click(user: Any) -> None:
        try:
            with user_scope(user):
                run_import(by=user, batch=batch)
            begun.append("begun")
        except Conflict:
            begun.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(user,)) for user in (cast.officer, cast.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == ["begun", "conflict"]
    worked(cast.officer, batch)
    assert not jobs.run_next()
    assert Company.objects.filter(credit_code=CODE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_list_at_once_make_each_company_once() -> None:
    cast = make_cast()
    batches = [checked(user, LIST) for user in (cast.park_admin, cast.admin)]
    for user, batch in zip((cast.park_admin, cast.admin), batches, strict=True):
        with user_scope(user):
            run_import(by=user, batch=batch)
    jobs.AT_ONCE, before = 2, jobs.AT_ONCE
    try:
        claimed = [jobs.claim_next(), jobs.claim_next()]
    finally:
        jobs.AT_ONCE = before

    def work(row: Any) -> None:
        try:
            jobs.run(row)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(row,)) for row in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Company.objects.filter(name__startswith="青岛").count() == 2
