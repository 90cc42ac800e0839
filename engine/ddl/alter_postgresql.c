/* ALTER COLUMN of PostgreSQL: types with USING, and identity columns. */
#include "engine/ddl/alter.h"
#include <string.h>

int ddl_alter_column_postgresql(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    const struct ddl_option *using = ddl_option_get(&a->options, "postgresql_using");
    bool has_using = using && (using->expr || using->value.kind != SQL_VALUE_NULL);
    if (has_using && !a->type) {
        return ddl_fail(err, DDL_COMMAND, "postgresql_using must be used with the type_ parameter");
    }
    if (has_using && using->expr) {
        return ddl_fail(err, DDL_TYPE, "Boolean value of this clause is not defined");
    }
    if (has_using && (using->expr || using->value.kind != SQL_VALUE_STR)) {
        return err_set(err, ERR_REFUSED, "postgresql_using that is not a str");
    }
    if (a->type) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        ddl_alter_table(&text, d, &a->table, &a->schema);
        strbuf_adds(&text, " ALTER COLUMN ");
        ddl_quote_name(&text, d, &a->column);
        strbuf_adds(&text, " TYPE ");
        int r = ddl_type_render(&text, d, a->type, err);
        if (r < 0) {
            return r;
        }
        strbuf_addch(&text, ' ');
        if (has_using && using->value.text.len) {
            strbuf_addf(&text, "USING %.*s", (int)using->value.text.len, using->value.text.ptr);
        }
        r = ddl_out_statement(out, &text, err);
        if (r < 0) {
            return r;
        }
    }
    return ddl_alter_column_default(out, a, err);
}

/* One option that differs from what is there; PostgreSQL takes them as separate SETs. */
struct identity_option {
    const char *name;
    bool given, was_given;
    int64_t value, was_value;
};

static void set_option(struct strbuf *text, const struct ddl_dialect *d, const struct identity_option *o)
{
    struct ddl_sequence_options one = {0};
    if (strcmp(o->name, "cache") == 0) {
        one.has_cache = o->given;
        one.cache = o->value;
    } else if (strcmp(o->name, "cycle") == 0) {
        one.has_cycle = o->given;
        one.cycle = o->value != 0;
    } else if (strcmp(o->name, "increment") == 0) {
        one.has_increment = o->given;
        one.increment = o->value;
    } else if (strcmp(o->name, "maxvalue") == 0) {
        one.has_max = o->given;
        one.max = o->value;
    } else if (strcmp(o->name, "minvalue") == 0) {
        one.has_min = o->given;
        one.min = o->value;
    } else if (strcmp(o->name, "nomaxvalue") == 0) {
        one.nomaxvalue = o->given;
    } else if (strcmp(o->name, "nominvalue") == 0) {
        one.nominvalue = o->given;
    } else {
        one.has_start = o->given;
        one.start = o->value;
    }
    strbuf_adds(text, "SET ");
    ddl_sequence_options_text(text, d, &one);
    strbuf_addch(text, ' ');
}

int ddl_alter_identity(struct strbuf *text, const struct ddl_dialect *d, const struct ddl_alter_column *a,
                       struct err *err)
{
    static const struct ddl_sequence_options none = {0};
    if (!a->server_identity && a->server_default.kind != DDL_DEFAULT_NONE) {
        /* Alembic compares the default with an identity that it is not, and may trip over that. */
        return a->existing_identity->always || a->server_default.kind == DDL_DEFAULT_FETCHED
                   ? err_set(err, ERR_REFUSED, "alter_column() from an Identity to another default")
               : a->server_default.kind == DDL_DEFAULT_EXPR
                   ? ddl_fail(err, DDL_TYPE, "Boolean value of this clause is not defined")
                   : 0;
    }
    if (!a->server_identity) {
        strbuf_adds(text, "DROP IDENTITY");
        return 0;
    }
    if (a->has_existing_server_default && a->existing_server_default.kind == DDL_DEFAULT_NONE &&
        !a->existing_identity) {
        strbuf_adds(text, "ADD ");
        ddl_identity_text(text, d, a->server_identity);
        return 0;
    }
    const struct ddl_sequence_options *n = &a->server_identity->options;
    const struct ddl_sequence_options *o = a->existing_identity ? &a->existing_identity->options : &none;
    bool was_always = a->existing_identity && a->existing_identity->always;
    const struct identity_option options[] = {
        {"cache", n->has_cache, o->has_cache, n->cache, o->cache},
        {"cycle", n->has_cycle, o->has_cycle, n->cycle, o->cycle},
        {"increment", n->has_increment, o->has_increment, n->increment, o->increment},
        {"maxvalue", n->has_max, o->has_max, n->max, o->max},
        {"minvalue", n->has_min, o->has_min, n->min, o->min},
        {"nomaxvalue", n->nomaxvalue, o->nomaxvalue, n->nomaxvalue, o->nomaxvalue},
        {"nominvalue", n->nominvalue, o->nominvalue, n->nominvalue, o->nominvalue},
        {"start", n->has_start, o->has_start, n->start, o->start},
    };
    size_t begin = text->len;
    if (a->server_identity->always != was_always) {
        strbuf_adds(text, a->server_identity->always ? "SET GENERATED ALWAYS " : "SET GENERATED BY DEFAULT ");
    }
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const struct identity_option *p = &options[i];
        bool differs = p->given != p->was_given || (p->given && p->value != p->was_value);
        if (differs && p->given) {
            set_option(text, d, p);
        }
    }
    /* With nothing to set Alembic asks whether the default that was there is true. */
    return text->len == begin && a->existing_server_default.kind == DDL_DEFAULT_EXPR
               ? ddl_fail(err, DDL_TYPE, "Boolean value of this clause is not defined")
               : 0;
}
