/* The table that makes MySQL/MariaDB a driver. */
#include "drivers/mysql/connection.h"
#include "drivers/mysql/lexer.h"
#include "drivers/mysql/split.h"
#include "drivers/mysql/sql.h"
#include "drivers/mysql/trace.h"

static bool is_missing_table(const struct err *err)
{
    return strcmp(err->sqlstate, "42S02") == 0;
}

#define WITH_TRANSACTIONS "('InnoDB', 'ROCKSDB', 'TokuDB', 'NDBCLUSTER')"

const struct driver driver_mysql = {
    .name = "mysql",
    .title = "MySQL/MariaDB",
    .caps = DRIVER_IMPLICIT_COMMIT,
    .max_identifier = 64,
    .default_port = 3306,
    .begin = "START TRANSACTION",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .journal_begin = "SET autocommit = 0",
    .journal_end = "SET autocommit = 1",
    .forget_last = "SET last_insert_id = 0",
    .table_options = "ENGINE = InnoDB",
    .rollback_doubt = "SHOW WARNINGS",
    .rollback_doubt_code = "1196", /* ER_WARNING_NOT_COMPLETE_ROLLBACK */
    .now = "UTC_TIMESTAMP(6)",
    .script_head = "SET NAMES utf8mb4;",
    .history_ddl = sql_mysql_history,
    .open = mysql_conn_open,
    .close = mysql_conn_close,
    .batch = mysql_conn_batch,
    .txn = mysql_conn_txn,
    .cancel = mysql_conn_cancel,
    .cancel_reset = mysql_conn_cancel_reset,
    .give_up = mysql_conn_give_up,
    .session_state =
        "SELECT CONNECTION_ID(), (SELECT CASE COMMAND WHEN 'Sleep' THEN 'idle' ELSE 'working' END "
        "FROM information_schema.PROCESSLIST WHERE ID = {session})",
    .lock = mysql_conn_lock,
    .unlock = mysql_conn_unlock,
    .lock_reading = mysql_conn_lock_reading,
    .shared = mysql_conn_shared,
    .lease_ddl = sql_mysql_lease,
    .lease_age = "TIMESTAMPDIFF(SECOND, acquired, UTC_TIMESTAMP(6))",
    .lease_guard = mysql_lease_guard,
    .lock_holder = mysql_conn_lock_holder,
    .session = mysql_conn_session,
    .blockers = mysql_conn_blockers,
    .fails = mysql_fails,
    .server = mysql_conn_server,
    .is_missing_table = is_missing_table,
    .quote_ident = mysql_quote_ident,
    .needs_quotes = mysql_needs_quotes,
    .quote_literal = mysql_quote_literal,
    .split = mysql_split,
    .trace = mysql_trace,
    .end_session = "KILL CONNECTION {session}",
    .session_at_work =
        "SELECT ID FROM information_schema.PROCESSLIST WHERE ID = {session} AND COMMAND <> 'Sleep' "
        "AND ID <> CONNECTION_ID()",
    .trace_entry = mysql_trace_entry,
    .loose_tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                    "table_type = 'BASE TABLE' AND engine NOT IN " WITH_TRANSACTIONS,
    .hidden_code = "SELECT action_statement FROM information_schema.triggers WHERE trigger_schema = "
                   "DATABASE() UNION ALL "
                   "SELECT routine_definition FROM information_schema.routines WHERE routine_schema = "
                   "DATABASE() UNION ALL "
                   "SELECT view_definition FROM information_schema.views WHERE table_schema = DATABASE()",
    .loose_databases =
        "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema NOT IN (DATABASE(), "
        "'information_schema', 'performance_schema', 'sys') AND table_type = 'BASE TABLE' AND engine NOT "
        "IN " WITH_TRANSACTIONS,
    .print = mysql_print,
};
