-- The three roles of Luodi, and the settings that make every query outside a scope an error. Idempotent; run as superuser.
--   luodi_owner   owns the database and its tables: migrations
--   luodi_app     owns nothing: web and worker; bound by row-level security
--   luodi_backup  reads everything, row-level security notwithstanding: backups
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luodi_owner') THEN CREATE ROLE luodi_owner; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luodi_app') THEN CREATE ROLE luodi_app; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luodi_backup') THEN CREATE ROLE luodi_backup; END IF;
END
$$;

ALTER ROLE luodi_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE;
ALTER ROLE luodi_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE luodi_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
GRANT pg_read_all_data TO luodi_backup;

-- No array but a sentence: a query outside a scope fails with it, on an empty table, too.
ALTER ROLE luodi_app SET luodi.read = 'no park scope: open one with scope()';
ALTER ROLE luodi_app SET luodi.write = 'no park scope: open one with scope()';
ALTER ROLE luodi_app SET luodi.company = '';
ALTER ROLE luodi_app SET luodi."user" = '';

-- What waits to be put in order in the index of the search is read by every search: half a millisecond at most. An
-- import lets more wait and puts it in order itself (companies.imports.apply).
ALTER ROLE luodi_app SET gin_pending_list_limit = '512kB';

-- A record is read together with what it names, up to ten tables by their keys. All orders of them take sixty milliseconds
-- to weigh, the reading one: beyond the first five (a list filters in those), tables are joined as the statement names them.
ALTER ROLE luodi_app SET join_collapse_limit = 5;
