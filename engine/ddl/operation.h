/*
 * Alembic's operations as statements of a dialect, in Alembic's order: what alembic.ddl.impl and its dialects
 * do. Every function appends whole statements (without ";") to `out`, in order. Errors: as in table.h.
 */
#pragma once
#include "engine/ddl/table.h"

struct ddl_out { /* where statements go */
    struct arena *arena;
    const struct ddl_dialect *dialect;
    void *arg;
    /* text is valid during the call. May fail (live mode: the server said no). */
    int (*statement)(void *arg, struct slice text, struct err *err);
    bool live; /* statements go to a server: CREATE TYPE checks first, literals as bound */
    /* live: does the enum or domain type exist already? NULL: never asked. */
    int (*type_exists)(void *arg, const struct ddl_type *t, bool *exists, struct err *err);
    struct ddl_seen_types *seen; /* PostgreSQL types that create_table created; NULL: none is remembered */
};

/* Named types that operations of one run have created: Alembic creates each once. */
struct ddl_seen_type {
    const char *schema, *name;
};
struct ddl_seen_types {
    struct arena *arena;
    VEC(struct ddl_seen_type) items;
};

int ddl_op_create_table(struct ddl_out *out, struct ddl_table *t, bool if_not_exists,
                        struct err *err); /* types, table, indexes, comments */
/* CREATE TYPE for what the table's columns need, each once. */
int ddl_op_create_types(struct ddl_out *out, const struct ddl_table *t, struct err *err);
int ddl_op_drop_table(struct ddl_out *out, const struct ddl_table *t, bool if_exists, struct err *err);
int ddl_op_rename_table(struct ddl_out *out, struct ddl_name from, struct ddl_name to, struct ddl_name schema,
                        struct err *err);
struct ddl_add_column_opts {
    bool if_not_exists, inline_references, inline_primary_key;
};
/* ADD COLUMN and nothing else; and the reference that inline_references puts into it, or NULL. */
int ddl_op_add_column_alone(struct ddl_out *out, const struct ddl_table *t, const struct ddl_column *c,
                            const struct ddl_add_column_opts *o, struct err *err);
const struct ddl_constraint *ddl_inline_reference(const struct ddl_table *t, const struct ddl_column *c);
/* ... with its constraints, indexes and comment. */
int ddl_op_add_column(struct ddl_out *out, struct ddl_table *t, struct ddl_column *c,
                      const struct ddl_add_column_opts *o, struct err *err);
int ddl_op_drop_column(struct ddl_out *out, const struct ddl_table *t, const struct ddl_column *c,
                       bool if_exists, const ddl_options_t *kw, struct err *err);

/* -1: not given. */
struct ddl_alter_column {
    struct ddl_name table, schema, column, new_name;
    int nullable;
    bool has_server_default;
    struct ddl_default server_default;
    const struct ddl_identity *server_identity;
    const struct ddl_computed *server_computed;
    bool has_existing_server_default;
    struct ddl_default existing_server_default;
    const struct ddl_identity *existing_identity;
    const struct ddl_computed *existing_computed;
    const struct ddl_type *type, *existing_type;
    bool has_comment;
    const char *comment;
    const char *existing_comment;
    int autoincrement, existing_autoincrement, existing_nullable;
    ddl_options_t options; /* postgresql_using, ... */
    /* Given as a class (sa.DateTime) and not as an instance: Alembic then does not see that MySQL takes
     * functions as defaults for the type. */
    bool type_is_class, existing_type_is_class;
    const struct ddl_naming *naming;
};
/* Without what a Boolean's or Enum's CHECK needs. */
int ddl_op_alter_column_alone(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err);
/* That CHECK for the column with the type; NULL: none on this dialect. */
struct ddl_constraint *ddl_alter_check(struct ddl_out *out, const struct ddl_alter_column *a,
                                       const struct ddl_type *type);
int ddl_op_alter_column(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err);
int ddl_op_add_constraint(struct ddl_out *out, struct ddl_constraint *c, struct err *err);
/* type: "foreignkey" "unique" "check" "primary" or NULL */
int ddl_op_drop_constraint(struct ddl_out *out, const struct ddl_constraint *c, const char *type,
                           bool if_exists, struct err *err);
int ddl_op_create_index(struct ddl_out *out, struct ddl_index *i, int if_not_exists, struct err *err);
int ddl_op_drop_index(struct ddl_out *out, struct ddl_index *i, bool if_exists, struct err *err);
int ddl_op_column_comment(struct ddl_out *out, const struct ddl_column *c, struct err *err);
/* drop: of op.drop_table_comment(), where a comment of None is another text on MySQL. */
int ddl_op_table_comment(struct ddl_out *out, const struct ddl_table *t, const char *comment, bool drop,
                         struct err *err);
/* The enum or domain that columns of the type need to exist, or NULL. */
const struct ddl_type *ddl_named_type(struct arena *a, const struct ddl_dialect *d, const struct ddl_type *t);
/* One statement: text is emptied. */
int ddl_out_statement(struct ddl_out *out, struct strbuf *text, struct err *err);
