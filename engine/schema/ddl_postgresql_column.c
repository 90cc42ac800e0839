/* PostgreSQL: changing a column in place. */
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

/* As SET STATISTICS has it. */
long long pg_statistics(const struct schema_column *c)
{
    return c->statistics == 0 ? -1 : c->statistics < 0 ? 0 : (long long)c->statistics;
}

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
    const struct schema_identity *old = x->old->identity;
    if (!old) {
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
        strbuf_adds(b, pg_begins_anew(old, new) ? " RESTART" : "");
    }
    pen_say(x->p, b)->hazard = old && pg_begins_anew(old, new) ? "its numbers begin anew" : NULL;
}

enum family { NUMBER, TEXT, TIME, JSON, OTHER };

static enum family family_of(const char *type)
{
    static const struct {
        const char *begin;
        enum family family;
    } names[] = {{"smallint", NUMBER}, {"integer", NUMBER}, {"bigint", NUMBER},  {"numeric", NUMBER},
                 {"real", NUMBER},     {"double", NUMBER},  {"text", TEXT},      {"character", TEXT},
                 {"name", TEXT},       {"date", TIME},      {"timestamp", TIME}, {"json", JSON}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strncmp(type, names[i].begin, strlen(names[i].begin)) == 0 && !strchr(type, '[')) {
            return names[i].family;
        }
    }
    return OTHER;
}

/* Said in so many words, a cast to a type with a length cuts what is too long; an assignment refuses it. */
static bool cuts(const char *type)
{
    return strncmp(type, "character", 9) == 0 || strncmp(type, "bit", 3) == 0;
}

/* Not every type has a cast to every other, but each has one to text and one from it. */
static void add_conversion(struct column_change *x)
{
    if (cuts(x->new->type)) {
        bool plain = strncmp(x->new->type, "character", 9) == 0 && !strchr(x->new->type, '[');
        if (plain) {
            strbuf_adds(&x->b, " USING ");
            pen_name(&x->b, x->p, x->new->name);
            strbuf_adds(&x->b, "::text");
        }
        return;
    }
    enum family old = family_of(x->old->type), new = family_of(x->new->type);
    bool direct = (old == new &&old != OTHER) || old == TEXT || new == TEXT;
    strbuf_adds(&x->b, " USING ");
    pen_name(&x->b, x->p, x->new->name);
    strbuf_addf(&x->b, direct ? "::%s" : "::text::%s", x->new->type);
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
        add_conversion(x);
    }
    pen_say(x->p, &x->b)->hazard =
        "rewrites the table unless the types are alike, and fails on values that do not fit, or rounds them";
    if (kept && !change_has(x->c, "default")) {
        set_default(x);
    }
}

static void alter_value(struct column_change *x)
{
    bool own = !x->new->inherited || !x->old->inherited; /* else it follows the parent's */
    if (change_has(x->c, "identity") && !x->new->identity) {
        say(x, "DROP IDENTITY");
    }
    if (change_has(x->c, "default") && x->old->default_text && !x->new->default_text && !x->old->generated) {
        say(x, "DROP DEFAULT");
    }
    if (own && (change_has(x->c, "type") || change_has(x->c, "collation"))) {
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

/* SET STORAGE DEFAULT is for later versions. */
static const char *usual_storage(const char *type)
{
    static const char *const extended[] = {"text", "character", "bytea",   "json", "tsvector",
                                           "xml",  "path",      "polygon", "bit",  "\"char\"[]"},
                             *const main[] = {"numeric", "inet", "cidr"};
    for (size_t i = 0; i < COUNT_OF(main); i++) {
        if (strncmp(type, main[i], strlen(main[i])) == 0 && !strchr(type, '[')) {
            return "MAIN";
        }
    }
    for (size_t i = 0; i < COUNT_OF(extended); i++) {
        if (strncmp(type, extended[i], strlen(extended[i])) == 0) {
            return "EXTENDED";
        }
    }
    return strchr(type, '[') || strstr(type, "range") ? "EXTENDED" : "PLAIN";
}

int pg_alter_column(const struct pen *p, const struct schema_change *c)
{
    struct column_change x = {p, c, c->actual.object, c->expected.object, STRBUF_INIT};
    if (change_has(c, "generated") && !(x.new->inherited &&x.old->inherited)) {
        say(&x, "DROP EXPRESSION");
    }
    alter_value(&x);
    if (change_has(c, "statistics")) {
        say(&x, arena_printf(p->a, "SET STATISTICS %lld", pg_statistics(x.new)));
    }
    bool retyped = change_has(c, "type"); /* which takes both with it */
    if (change_has(c, "storage") || (retyped && x.new->storage)) {
        say(&x, arena_printf(p->a, "SET STORAGE %s",
                             x.new->storage ? x.new->storage : usual_storage(x.new->type)));
    }
    if (change_has(c, "compression") || (retyped && x.new->compression)) {
        say(&x,
            arena_printf(p->a, "SET COMPRESSION %s", x.new->compression ? x.new->compression : "default"));
    }
    if (change_has(c, "comment")) {
        pg_comment(p, &c->expected, x.new->comment, true);
    }
    strbuf_release(&x.b);
    return 0;
}
