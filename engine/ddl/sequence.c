/* CREATE SEQUENCE and DROP SEQUENCE. */
#include "engine/ddl/table.h"

int ddl_create_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                        bool if_not_exists, struct err *err)
{
    strbuf_adds(out, if_not_exists ? "CREATE SEQUENCE IF NOT EXISTS " : "CREATE SEQUENCE ");
    ddl_quote_table(out, d, &s->schema, &s->name);
    if (s->type && d->kind == DDL_POSTGRESQL) {
        strbuf_adds(out, " AS ");
        int r = ddl_type_render(out, d, s->type, err);
        if (r < 0) {
            return r;
        }
    }
    AUTO(strbuf_release) struct strbuf options = STRBUF_INIT;
    ddl_sequence_options_text(&options, d, &s->options);
    if (options.len) {
        strbuf_addf(out, " %s", strbuf_cstr(&options));
    }
    return 0;
}

int ddl_drop_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                      bool if_exists, struct err *err)
{
    (void)err;
    strbuf_adds(out, if_exists ? "DROP SEQUENCE IF EXISTS " : "DROP SEQUENCE ");
    ddl_quote_table(out, d, &s->schema, &s->name);
    return 0;
}
