/* What the files of PostgreSQL's reader share: rows of its catalogue on their way into a schema. */
#pragma once
#include "engine/schema/catalog.h"

enum { PG_TEXTS = 1 << 10 };

struct pg_reader {
    struct arena *a;
    struct schema *s;
    struct conn *conn;
    bool whole; /* schema_read_whole(): with what an inspector leaves out, without what belongs to others */
    /* The tables by their number. */
    struct schema_table **slots;
    size_t nslots, ntables;
    /* Children of the table `open` gather here, and move into it with the next one's first. */
    struct schema_table *open;
    struct arena gathering;
    schema_columns_t columns;
    schema_constraints_t constraints;
    schema_indexes_t indexes;
    size_t typed;                /* tables of a composite type */
    const char *texts[PG_TEXTS]; /* kept last, by their hash: the same ones come again and again */
};

/* One row each, of the query of that name. */
void pg_take_name(void *reader, const struct rowset *r);
void pg_take_table(void *reader, const struct rowset *r);
void pg_take_column(void *reader, const struct rowset *r);
void pg_take_constraint(void *reader, const struct rowset *r);
void pg_take_index(void *reader, const struct rowset *r);
void pg_take_trigger(void *reader, const struct rowset *r); /* policies and rules too */
void pg_take_sequence(void *reader, const struct rowset *r);
void pg_take_type(void *reader, const struct rowset *r);
void pg_take_routine(void *reader, const struct rowset *r);
void pg_reader_finish(struct pg_reader *x);

/* A cell's text that stays; NULL for NULL. */
const char *pg_keep(struct pg_reader *x, const struct rowset *r, size_t col);
void pg_keep_array(struct pg_reader *x, const struct rowset *r, size_t col, strings_t *out);
/* An expression as the server prints it when it has read its own print; the text itself for an inspector. */
const char *pg_settled(const struct pg_reader *x, const char *text);
struct schema_identity pg_identity(const struct rowset *r, size_t col);
/* CHECK ((a > 1)) NO INHERIT NOT VALID, without what is around the expression. */
const char *pg_check_expression(struct arena *a, const char *definition);
