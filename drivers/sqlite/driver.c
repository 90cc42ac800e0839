/* The table that makes SQLite a driver. */
#include "drivers/sqlite/connection.h"
#include "drivers/sqlite/split.h"
#include "drivers/sqlite/sql.h"

static const char *server_name(struct conn *c)
{
    return c->server;
}

static bool is_missing_table(const struct err *err)
{
    return strcmp(err->sqlstate, "42S02") == 0;
}

const struct driver driver_sqlite = {
    .name = "sqlite",
    .title = "SQLite",
    .caps = DRIVER_TXN_DDL | DRIVER_LOCAL_FILE,
    .max_identifier = 255,
    .begin = "BEGIN IMMEDIATE",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    .script_head = ".bail on",
    .history_ddl = sql_sqlite_history,
    .open = sqlite_open,
    .close = sqlite_close,
    .batch = sqlite_batch,
    .txn = sqlite_txn,
    .cancel = sqlite_cancel,
    .cancel_reset = sqlite_cancel_reset,
    .lock = sqlite_lock,
    .unlock = sqlite_unlock,
    .server = server_name,
    .is_missing_table = is_missing_table,
    .quote_ident = sqlite_quote_ident,
    .needs_quotes = sqlite_needs_quotes,
    .quote_literal = sqlite_quote_literal,
    .split = sqlite_split,
    .print = sqlite_print,
};
