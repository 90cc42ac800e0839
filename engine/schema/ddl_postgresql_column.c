/* PostgreSQL: changing a column in place. */
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

struct column_change {
    const struct pen *p;
    const struct schema_change *c;
    const struct schema_column *old, *new;
    struct strbuf b;
};

/* "ALTER TABLE t ALTER COLUMN c " begins the next statement. */
static struct strbuf *begin(struct column_change *x)
{
    strbuf_clear(&x->b);
    strbuf_adds(&x->b, "ALTER TABLE ");
    pen_path(&x->b, x->p, x->c->expected.table->schema, x->c->expected.table->name);
    strbuf_adds(&x->b, " ALTER COLUMN ");
    pen_name(&x->b, x->p, x->c->expected.name);
    strbuf_addch(&x->b, ' ');
    return &x->b;
}

static struct schema_statement *say(struct column_change *x, const char *what)
{
    strbuf_adds(begin(x), what);
    return pen_say(x->p, &x->b);
}

static void set_default(struct column_change *x)
{
    strbuf_addf(begin(x), "SET DEFAULT %s", x->new->default_text);
    pen_say(x->p, &x->b);
}

static void alter_identity(struct column_change *x)
{
    const struct schema_identity *new = x->new->identity;
    struct strbuf *b = begin(x);
    if (!x->old->identity) {
        strbuf_addf(b, "ADD GENERATED %s AS IDENTITY (", new->always ? "ALWAYS" : "BY DEFAULT");
        pg_identity_options(b, new);
        strbuf_addch(b, ')');
    } else {
        strbuf_addf(
            b,
            "SET GENERATED %s SET INCREMENT BY %lld SET MINVALUE %lld SET MAXVALUE %lld SET START WITH %lld "
            "SET CACHE %lld SET %s",
            new->always ? "ALWAYS" : "BY DEFAULT", (long long)new->increment, (long long)new->min,
            (long long)new->max, (long long)new->start, (long long)new->cache,
            new->cycle ? "CYCLE" : "NO CYCLE");
    }
    pen_say(x->p, b);
}

/* The old default need not fit the new type: it goes before. */
static void alter_type(struct column_change *x)
{
    bool type = change_has(x->c, "type"), kept = x->old->default_text && x->new->default_text &&type;
    if (kept) {
        say(x, "DROP DEFAULT");
    }
    strbuf_addf(begin(x), "TYPE %s", x->new->type);
    if (x->new->collation) {
        strbuf_adds(&x->b, " COLLATE ");
        pen_name(&x->b, x->p, x->new->collation);
    }
    if (type) {
        strbuf_adds(&x->b, " USING ");
        pen_name(&x->b, x->p, x->new->name);
        strbuf_addf(&x->b, "::%s", x->new->type);
    }
    pen_say(x->p, &x->b)->hazard =
        "rewrites the table unless the types are alike, and fails on values that do not fit";
    if (kept && !change_has(x->c, "default")) {
        set_default(x);
    }
}

/* A column cannot be given another expression: it is dropped and added again. */
static void regenerate(struct column_change *x)
{
    const struct schema_table *t = x->c->expected.table;
    strbuf_adds(&x->b, "ALTER TABLE ");
    pen_path(&x->b, x->p, t->schema, t->name);
    strbuf_adds(&x->b, " DROP COLUMN ");
    pen_name(&x->b, x->p, x->new->name);
    pen_say(x->p, &x->b)->hazard = "drops a column with what is in it";
    strbuf_adds(&x->b, "ALTER TABLE ");
    pen_path(&x->b, x->p, t->schema, t->name);
    strbuf_adds(&x->b, " ADD COLUMN ");
    pg_column(&x->b, x->p, x->new);
    pen_say(x->p, &x->b)->hazard = "writes every row";
    pg_column_rest(x->p, &x->c->expected);
}

static void alter_value(struct column_change *x)
{
    if (change_has(x->c, "identity") && !x->new->identity) {
        say(x, "DROP IDENTITY");
    }
    if (change_has(x->c, "default") && x->old->default_text && !x->new->default_text && !x->old->generated) {
        say(x, "DROP DEFAULT");
    }
    if (change_has(x->c, "type") || change_has(x->c, "collation")) {
        alter_type(x);
    }
    if (change_has(x->c, "default") && x->new->default_text && !x->new->generated) {
        set_default(x);
    }
    if (change_has(x->c, "nullable")) {
        say(x, x->new->nullable ? "DROP NOT NULL" : "SET NOT NULL")->hazard =
            x->new->nullable ? NULL : "reads the whole table under a lock, and fails when there are NULLs";
    }
    if (change_has(x->c, "identity") && x->new->identity) {
        alter_identity(x);
    }
}

int pg_alter_column(const struct pen *p, const struct schema_change *c)
{
    struct column_change x = {p, c, c->actual.object, c->expected.object, STRBUF_INIT};
    if (change_has(c, "generated") && x.new->generated) {
        regenerate(&x);
        strbuf_release(&x.b);
        return 0;
    }
    if (change_has(c, "generated")) {
        say(&x, "DROP EXPRESSION");
    }
    alter_value(&x);
    if (change_has(c, "statistics")) {
        say(&x, arena_printf(p->a, "SET STATISTICS %lld",
                             x.new->statistics ? (long long)x.new->statistics : -1LL));
    }
    if (change_has(c, "storage")) {
        say(&x, arena_printf(p->a, "SET STORAGE %s", x.new->storage ? x.new->storage : "DEFAULT"));
    }
    if (change_has(c, "compression")) {
        say(&x,
            arena_printf(p->a, "SET COMPRESSION %s", x.new->compression ? x.new->compression : "default"));
    }
    if (change_has(c, "comment")) {
        pg_comment(p, &c->expected, x.new->comment, true);
    }
    strbuf_release(&x.b);
    return 0;
}
