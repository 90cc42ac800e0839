/* ALTER COLUMN of MySQL and MariaDB: MODIFY and CHANGE write the whole column anew. */
#include "engine/ddl/alter.h"
#include <string.h>

/* What the column is afterwards: the change, or what it is now. */
static int column_text(struct ddl_out *out, struct strbuf *text, const struct ddl_alter_column *a,
                       struct err *err)
{
    const struct ddl_dialect *d = out->dialect;
    const struct ddl_type *type = a->type ? a->type : a->existing_type;
    int nullable = a->nullable >= 0 ? a->nullable : a->existing_nullable;
    int counts = a->autoincrement >= 0 ? a->autoincrement : a->existing_autoincrement;
    const struct ddl_default *def = a->has_server_default ? &a->server_default : &a->existing_server_default;
    const char *comment = a->has_comment ? a->comment : a->existing_comment;
    if (!type) {
        return ddl_fail(err, DDL_COMMAND,
                        "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.");
    }
    int r = ddl_type_render(text, d, type, err);
    strbuf_adds(text, nullable != 0 ? " NULL" : " NOT NULL");
    strbuf_adds(text, counts > 0 ? " AUTO_INCREMENT" : "");
    if (!a->has_server_default && (a->existing_identity || a->existing_computed)) {
        return ddl_fail(err, DDL_ASSERTION, "%s", "");
    }
    r = r < 0 ? r : ddl_alter_default_check(def, err);
    if (r == 0 && def->kind != DDL_DEFAULT_NONE) {
        strbuf_adds(text, " DEFAULT ");
        r = ddl_default_text(text, d, def, err);
    }
    if (comment && *comment) {
        strbuf_adds(text, " COMMENT ");
        ddl_quote_comment(text, d, slice_of(comment));
    }
    return r;
}

/* DATETIME and the like may default to a function, which ALTER COLUMN SET DEFAULT does not take. */
static bool needs_change(const struct ddl_alter_column *a)
{
    const struct ddl_type *type = a->type ? a->type : a->existing_type;
    bool keeps = a->has_server_default && a->server_default.kind == DDL_DEFAULT_NONE && !a->server_identity &&
                 !a->server_computed;
    bool class = a->type ? a->type_is_class : a->existing_type_is_class;
    return a->new_name.text || (type && !class && ddl_type_affinity(type) == AFFINITY_DATETIME && !keeps);
}

int ddl_alter_column_mysql(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct ddl_dialect *d = out->dialect;
    bool generated = a->server_identity || a->existing_identity || a->server_computed || a->existing_computed;
    bool change = needs_change(a);
    if (generated) {
        if (a->nullable >= 0) {
            return ddl_fail(err, DDL_NOT_IMPLEMENTED,
                            "Individual alter column constructs not supported by MySQL");
        }
        if (a->has_server_default) {
            return ddl_alter_column_default(out, a, err);
        }
        if (a->type) {
            return ddl_fail(err, DDL_NOT_IMPLEMENTED,
                            "Individual alter column constructs not supported by MySQL");
        }
    }
    if (!change && a->nullable < 0 && !a->type && a->autoincrement < 0 && !a->has_comment &&
        !a->has_server_default) {
        return 0;
    }
    ddl_alter_table(&text, d, &a->table, &a->schema);
    int r;
    if (change || a->nullable >= 0 || a->type || a->autoincrement >= 0 || a->has_comment) {
        strbuf_adds(&text, change ? " CHANGE " : " MODIFY ");
        ddl_quote_name(&text, d, &a->column);
        strbuf_addch(&text, ' ');
        if (change) {
            ddl_quote_name(&text, d, a->new_name.text ? &a->new_name : &a->column);
            strbuf_addch(&text, ' ');
        }
        r = column_text(out, &text, a, err);
    } else {
        strbuf_adds(&text, " ALTER COLUMN ");
        ddl_quote_name(&text, d, &a->column);
        bool drops = a->server_default.kind == DDL_DEFAULT_NONE;
        strbuf_adds(&text, drops ? " DROP DEFAULT" : " SET DEFAULT ");
        r = drops ? 0 : ddl_alter_default_check(&a->server_default, err);
        r = drops || r < 0 ? r : ddl_default_text(&text, d, &a->server_default, err);
    }
    return r < 0 ? r : ddl_out_statement(out, &text, err);
}
