"""What the database itself says of the boundary."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, models, transaction

from accounts.models import User
from companies.models import Contact
from core.isolation import ParkOwned, scope
from core.merging import is_history
from core.reconcile import UnknownTableError, _check_model, plan
from leads.models import Activity, Lead
from ops.postgres import OWNER
from tests.fixtures.cast import Cast
from tests.fixtures.database import as_role
from tests.fixtures.rows import make_lead

pytestmark = pytest.mark.django_db

OWNED = [model for model in apps.get_models() if issubclass(model, ParkOwned)]


def test_every_park_and_history_table_has_row_security_with_policies_for_reading_and_writing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, array_agg(DISTINCT cmd::text) FROM pg_policies GROUP BY 1")
        policies = dict(cursor.fetchall())
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        secured = {row[0] for row in cursor.fetchall()}
    owned = {model._meta.db_table for model in OWNED}
    history = {
        model._meta.db_table
        for model in apps.get_models()
        if is_history(model) and issubclass(model.pgh_tracked_model, ParkOwned)  # type: ignore[attr-defined]
    }
    assert owned | history <= secured
    assert all(set(policies[table]) == {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in owned)
    assert all(policies[table] == ["SELECT"] for table in history)


def test_the_application_role_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'luodi_app'::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_every_unique_constraint_of_a_park_owned_model_holds_the_park(model: type[ParkOwned]) -> None:
    """A unique index across parks would reveal another park's values."""
    unique = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    assert all("park" in constraint.fields for constraint in unique)
    assert not [f.name for f in model._meta.local_fields if f.unique and not f.primary_key]


HOLES = {
    "row security off": "ALTER TABLE leads_lead DISABLE ROW LEVEL SECURITY",
    "a policy that says more": "ALTER POLICY luodi_read ON leads_lead USING (true)",
    "a policy too many": "CREATE POLICY open_door ON leads_lead FOR SELECT TO luodi_app USING (true)",
    "a grant too many": "GRANT UPDATE ON leads_leadevent TO luodi_app",
    "a missing grant": "REVOKE SELECT ON leads_lead FROM luodi_app",
    "a door that stands open": "GRANT EXECUTE ON FUNCTION luodi_held_in_zone(bigint, bigint, bigint[]) TO PUBLIC",
    "a door without its own path": "ALTER FUNCTION luodi_held_in_zone(bigint, bigint, bigint[]) RESET search_path",
    "a door gone": "DROP FUNCTION luodi_held_in_zone(bigint, bigint, bigint[])",
    "a door of nobody": "CREATE FUNCTION luodi_side_door() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hole", HOLES)
def test_the_plan_finds_and_mends_a_hole(hole: str) -> None:
    with as_role(OWNER), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(HOLES[hole])
            statements = plan()
            assert statements
            for statement in statements:
                cursor.execute(statement)
        assert plan() == []
        transaction.set_rollback(True)


def test_a_table_that_is_nobodys_stops_the_migration() -> None:
    class Forgotten(models.Model):
        class Meta:
            app_label = "leads"
            db_table = "leads_forgotten"

        def __str__(self) -> str:
            return "forgotten"

    try:
        with pytest.raises(UnknownTableError):
            _check_model(Forgotten)
    finally:
        del apps.all_models["leads"]["forgotten"]
        apps.clear_cache()


def test_a_reference_to_another_parks_row_is_rejected(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.elsewhere, owner=cast.stranger)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO leads_stagechange (park_id, lead_id, from_stage, to_stage, at, by_id, note)"
                " VALUES (%s, %s, '', 'planning', now(), %s, '')",
                [cast.zone.pk, lead.pk, cast.officer.pk],
            )


def test_history_cannot_be_changed_or_forged(cast: Cast) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer)
        for statement in (
            "UPDATE leads_leadevent SET stage = 'signed'",
            "DELETE FROM leads_leadevent",
            "INSERT INTO leads_leadevent SELECT * FROM leads_leadevent",
            "CREATE TEMPORARY TABLE leads_leadevent (id int)",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_every_write_is_in_the_history_bulk_and_raw_included(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer)
        Lead.objects.filter(pk=lead.pk).update(title="bulk")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE leads_lead SET title = 'raw' WHERE id = %s", [lead.pk])
            cursor.execute("SELECT title FROM leads_leadevent WHERE pgh_obj_id = %s ORDER BY pgh_id", [lead.pk])
            assert [row[0] for row in cursor.fetchall()][-2:] == ["bulk", "raw"]


def test_a_contacts_personal_data_stay_out_of_the_history(cast: Cast) -> None:
    with cast.everywhere():
        Contact.objects.create(park=cast.zone, company=cast.company, name="某人", phone="13800001111")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'companies_contactevent'"
            )
            assert not {"name", "phone", "email", "wechat"} & {row[0] for row in cursor.fetchall()}


def test_a_portal_session_sees_one_company_in_the_database_too(cast: Cast) -> None:
    with cast.everywhere():
        make_lead(cast.inner, owner=cast.operator_manager, company=cast.settled)
    with scope(read=[cast.inner.pk], write=[cast.inner.pk], company=cast.settled.pk, user=cast.enterprise.pk):
        assert Lead.objects.count() == 0
        assert Activity.objects.count() == 0


def test_people_see_the_parks_of_their_memberships_and_of_granted_oversight(cast: Cast) -> None:
    def fresh(user: User) -> User:
        return User.objects.get(pk=user.pk)

    assert fresh(cast.officer).access.read_parks == {cast.zone.pk}
    assert fresh(cast.leader).access.read_parks == {cast.zone.pk, cast.inner.pk, cast.sibling.pk}
    assert fresh(cast.leader).access.write_parks == {cast.zone.pk}
    assert fresh(cast.operator_manager).access.read_parks == {cast.inner.pk}
    assert fresh(cast.auditor).access.write_parks == frozenset()


def test_the_scope_is_taken_back_when_a_savepoint_fails(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), scope(read=[cast.zone.pk]):
        raise ZeroDivisionError
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        Lead.objects.count()
