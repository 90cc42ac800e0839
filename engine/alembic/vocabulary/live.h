/* Connections and their results: private to live_*.c. */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

/* A cell as the Python value that a result of SQLAlchemy's has. type: of the selected column, NULL when it is
 * not known (text()). cell.ptr NULL: SQL NULL. NULL and raised on failure. */
pyv live_cell(struct py *py, struct slice cell, enum cell_kind kind, const struct ddl_type *type);

/* live_cell.c: as the driver gives it, without a type of SQLAlchemy's; and its parts. */
pyv live_native(struct py *py, struct slice cell, enum cell_kind kind);
pyv live_uuid(struct py *py, struct slice cell);
pyv live_moment(struct py *py, struct slice cell, enum sql_value_kind kind);
pyv live_span(struct py *py, struct slice cell);
pyv live_array(struct py *py, struct slice cell, enum cell_kind items, const struct ddl_type *item);
pyv live_unreadable(struct py *py, struct slice cell, const char *what); /* refused */

/* What conn.execute() gives. In PLAN mode its rows are not there: every look at them needs a live database.
 */
struct live_result {
    struct py_instance head;
    bool known; /* LIVE */
    bool closed;
    struct rowset rows;
    int64_t affected;
    const struct ddl_type *const *types; /* of the columns; NULL: not known */
    size_t ntypes;
    size_t at;                     /* next row */
    int kind;                      /* enum live_shape: what a row is given as */
    size_t column;                 /* scalars(i) */
    const struct sql_expr *insert; /* a single INSERT, for what it made; NULL: something else */
    uint64_t statement;            /* how many had been sent when it was */
    struct rowset keys;            /* RETURNING that nobody asked for */
};
enum live_shape { LIVE_ROWS, LIVE_SCALARS, LIVE_MAPPINGS };
struct live_result *live_result_new(struct py *py);

/* live_inserted.c: result.inserted_primary_key, lastrowid */
py_native live_inserted_primary_key, live_lastrowid;
/* An INSERT's result: what RETURNING gave of itself is no row for the program. */
void live_result_of_insert(struct live_result *r, const struct sql_expr *statement, uint64_t number);

extern const struct py_type live_type_result, live_type_row, live_type_mapping, live_type_connection,
    live_type_engine;

/* A row: a tuple with names. */
struct live_row {
    struct py_instance head;
    const struct live_result *result;
    size_t index; /* in the result */
    pyv *values;  /* ncols, read on demand */
};
pyv live_row_new(struct py *py, const struct live_result *r, size_t index);
pyv live_row_value(struct py *py, const struct live_row *row, size_t column);
