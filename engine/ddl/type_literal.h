/* What literals (type_literal.c) and values for a server (type_live.c) share. */
#pragma once
#include "engine/ddl/type_table.h"

struct literal {
    struct strbuf *out;
    const struct ddl_dialect *d;
    struct arena *arena;
    bool live;
    int depth;
    struct err *err;
};
/* Besides a negative status: SQLAlchemy's "Could not render literal value", and "No literal value renderer".
 */
enum { NOT_RENDERED = 1, NO_RENDERER = 2 };

int sql_literal(struct literal *l, const struct ddl_type *t, const struct sql_value *v);
int sql_live(struct literal *l, const struct ddl_type *t, const struct sql_value *v);
/* The impl of a TypeDecorator on the dialect, one level down. */
int sql_decorated(const struct ddl_dialect *d, const struct ddl_type *t, const struct ddl_type **impl,
                  struct err *err);
/* What an Enum stores for the value. */
int sql_enum_value(struct literal *l, const struct ddl_type *t, const struct sql_value *v, struct slice *out);
void sql_float_text(struct strbuf *out, double value); /* repr(value) */
/* isoformat(); separator between date and time */
void sql_time_text(struct strbuf *out, const struct sql_value *v, char separator);
/* format % {"year": ..., ...}; false: has conversions other than %(name)0Nd */
bool sql_time_format(struct strbuf *out, const char *format, const struct sql_value *v);
void sql_value_repr(struct strbuf *out, const struct sql_value *v); /* repr(v) */
void sql_uuid_text(struct strbuf *out, struct slice hex, bool dashes);
const char *sql_storage_format(const struct ddl_type *t); /* of SQLite's dates */
