/* The PostgreSQL driver: what it is and can do. */
#include "drivers/postgresql/internal.h"
#include "drivers/postgresql/split.h"
#include "drivers/postgresql/sql.h"
#include "drivers/postgresql/trace.h"

extern const struct driver driver_postgresql;

static bool is_missing_table(const struct err *err)
{
    return strcmp(err->sqlstate, "42P01") == 0;
}

const struct driver driver_postgresql = {
    .name = "postgresql",
    .title = "PostgreSQL",
    .caps = DRIVER_TXN_DDL | DRIVER_SCHEMAS,
    .max_identifier = 63,
    .default_port = 5432,
    .begin = "BEGIN",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .prepare = "PREPARE TRANSACTION {id}",
    .commit_prepared = "COMMIT PREPARED {id}",
    .rollback_prepared = "ROLLBACK PREPARED {id}",
    /* By functions: planning with the view and what it joins takes a new session longer than all the rest. */
    .prepared =
        "SELECT current_setting('max_prepared_transactions'), "
        "(SELECT count(*) FROM pg_catalog.pg_prepared_xact()), p.gid "
        "FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_prepared_xact() p ON p.gid LIKE '" PREPARED_PREFIX "%' "
        "AND p.dbid = (SELECT objid FROM pg_catalog.pg_get_object_address("
        "'database', ARRAY[current_database()::text], '{}'))",
    /* Not every version has all three. */
    .hold = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN "
            "('idle_in_transaction_session_timeout', "
            "'idle_session_timeout', 'transaction_timeout')",
    .now = "clock_timestamp()", /* now() stands still within a transaction */
    .script_head = "\\set ON_ERROR_STOP on\n"
                   "SET client_encoding = 'UTF8';\n"
                   "SET standard_conforming_strings = on;",
    .history_ddl = sql_postgresql_history,
    .open = pg_open,
    .close = pg_close,
    .batch = pg_batch,
    .txn = pg_txn,
    .cancel = pg_cancel,
    .cancel_reset = pg_cancel_reset,
    .give_up = pg_give_up,
    /* A process that began later has the number of one that has ended. */
    .session_state =
        "SELECT pg_catalog.pg_backend_pid(), (SELECT CASE WHEN state LIKE 'idle%' THEN 'idle' ELSE 'working' "
        "END "
        "FROM pg_catalog.pg_stat_activity WHERE pid = {session} AND "
        "(backend_start IS NULL OR backend_start <= clock_timestamp() - make_interval(secs => {age})))",
    .room = "SELECT CASE WHEN r.rolconnlimit < 0 AND d.datconnlimit < 0 THEN "
            "current_setting('max_connections')::bigint - "
            "current_setting('superuser_reserved_connections')::bigint - "
            "(SELECT count(*) FROM pg_catalog.pg_stat_get_activity(NULL)) ELSE 0 END "
            "FROM pg_catalog.pg_roles r, pg_catalog.pg_database d "
            "WHERE r.rolname = current_user AND d.datname = current_database()",
    .lock = pg_lock,
    .unlock = pg_unlock,
    .lock_reading = pg_lock_reading,
    .shared = pg_shared,
    .lease_ddl = sql_postgresql_lease,
    .lease_age = "extract(epoch FROM clock_timestamp() - acquired)::bigint",
    .lease_guard = pg_lease_guard,
    .lock_holder = pg_lock_holder,
    .session = pg_session,
    .blockers = pg_blockers,
    .fails = pg_fails,
    .may_leave = pg_may_leave,
    .leftovers = pg_leftovers,
    .server = pg_server,
    .is_missing_table = is_missing_table,
    /* The server passes over schemas of the search path that the user may not use, without a word. */
    .hidden_table = "SELECT pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(current_user) "
                    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, "
                    "pg_catalog.regexp_split_to_table(pg_catalog.current_setting('search_path'), ' *, *') p "
                    "WHERE c.relname = {table} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
                    "AND n.nspname = CASE p WHEN '\"$user\"' THEN current_user "
                    "ELSE pg_catalog.replace(pg_catalog.btrim(p, '\"'), '\"\"', '\"') END "
                    "AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') LIMIT 1",
    .quote_ident = pg_quote_ident,
    .needs_quotes = pg_needs_quotes,
    .quote_literal = pg_quote_literal,
    .restore = pg_restore,
    .split = postgresql_split,
    .trace = postgresql_trace,
    .end_session = "SELECT pg_catalog.pg_terminate_backend({session})",
    /* A pooler gives each transaction another session: the statement tells, unless its text was cut. */
    .session_at_work =
        "SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND "
        "state <> 'idle' AND pid <> pg_catalog.pg_backend_pid() AND '{digest}' <> '' AND "
        "(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(query, 'UTF8')), 'hex') = '{digest}' OR "
        "(pid = {session} AND pg_catalog.octet_length(query) >= (SELECT setting::int - 1 FROM "
        "pg_catalog.pg_settings WHERE name = 'track_activity_query_size')))",
    .trace_entry = postgresql_trace_entry,
    .print = postgresql_print,
};
