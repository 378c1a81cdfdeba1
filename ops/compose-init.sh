#!/bin/sh
# Runs once in the container of PostgreSQL, after roles.sql: passwords, extensions, the database.
set -eu
run() { psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"; }

run --dbname template1 --command 'CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist'
run --dbname postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" --set=backup="$BACKUP_PASSWORD" <<'SQL'
ALTER ROLE luodi_owner PASSWORD :'owner';
ALTER ROLE luodi_app PASSWORD :'app';
ALTER ROLE luodi_backup PASSWORD :'backup';
CREATE DATABASE luodi OWNER luodi_owner;
SQL
