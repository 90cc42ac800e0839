/* PostgreSQL: changing everything but columns in place. */
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

static void begin(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    strbuf_clear(b);
    strbuf_adds(b, "ALTER ");
    pg_object(b, p, item);
    strbuf_addch(b, ' ');
}

/* New labels stand before the old one that follows them. */
static int alter_enum(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const strings_t *old = &((const struct schema_enum *)c->actual.object)->labels;
    const strings_t *new = &((const struct schema_enum *)c->expected.object)->labels;
    for (size_t i = 0, k = 0; i < new->n; i++) {
        if (k < old->n && strcmp(old->items[k], new->items[i]) == 0) {
            k++;
            continue;
        }
        begin(b, p, &c->expected);
        strbuf_adds(b, "ADD VALUE ");
        pen_literal(b, p, new->items[i]);
        if (k < old->n) {
            strbuf_adds(b, " BEFORE ");
            pen_literal(b, p, old->items[k]);
        }
        pen_say(p, b);
    }
    return 0;
}

static bool has_check(const struct schema_domain *d, const struct schema_domain_check *k)
{
    const struct schema_domain_check *x;
    vec_each (x, &d->checks) {
        if (strcmp(x->name, k->name) == 0 && strcmp(x->expression, k->expression) == 0 &&
            x->not_valid == k->not_valid) {
            return true;
        }
    }
    return false;
}

static int alter_domain(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_domain *old = c->actual.object, *new = c->expected.object;
    const struct schema_domain_check *k;
    if (change_has(c, "default")) {
        begin(b, p, &c->expected);
        strbuf_adds(b, new->default_text ? "SET DEFAULT " : "DROP DEFAULT");
        strbuf_adds(b, new->default_text ? new->default_text : "");
        pen_say(p, b);
    }
    if (change_has(c, "nullable")) {
        begin(b, p, &c->expected);
        strbuf_adds(b, new->nullable ? "DROP NOT NULL" : "SET NOT NULL");
        pen_say(p, b)->hazard =
            new->nullable ? NULL : "reads every table with such a column, and fails when there are NULLs";
    }
    vec_each (k, &old->checks) {
        if (!has_check(new, k)) {
            begin(b, p, &c->expected);
            strbuf_adds(b, "DROP CONSTRAINT ");
            pen_name(b, p, k->name);
            pen_say(p, b);
        }
    }
    vec_each (k, &new->checks) {
        if (!has_check(old, k)) {
            begin(b, p, &c->expected);
            strbuf_adds(b, "ADD CONSTRAINT ");
            pen_name(b, p, k->name);
            strbuf_addf(b, " CHECK (%s)%s", k->expression, k->not_valid ? " NOT VALID" : "");
            pen_say(p, b);
        }
    }
    return 0;
}

/* Where a sequence stands is not known; where it began is. */
bool pg_begins_anew(const struct schema_identity *old, const struct schema_identity *new)
{
    return old->start < new->min || old->start > new->max;
}

static int alter_sequence(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    static const char *const others[] = {"comment", "unlogged", "owner_table", "owner_column"};
    const struct schema_sequence *old = c->actual.object, *new = c->expected.object;
    if (!change_only(c, others, COUNT_OF(others))) {
        begin(b, p, &c->expected);
        strbuf_addf(b, "AS %s ", new->type);
        pg_identity_options(b, &new->options);
        strbuf_adds(b, new->options.cycle ? "" : " NO CYCLE");
        bool anew = pg_begins_anew(&old->options, &new->options);
        strbuf_adds(b, anew ? " RESTART" : "");
        pen_say(p, b)->hazard = anew ? "the sequence begins anew" : NULL;
    }
    if (change_has(c, "unlogged")) {
        begin(b, p, &c->expected);
        strbuf_adds(b, new->unlogged ? "SET UNLOGGED" : "SET LOGGED");
        pen_say(p, b);
    }
    return 0;
}

static void set_options(const struct pen *p, struct strbuf *b, const struct schema_item *item,
                        const char *name, const char *value)
{
    begin(b, p, item);
    if (value) {
        strbuf_addf(b, "SET (%s=%s)", name, value);
    } else {
        strbuf_addf(b, "RESET (%s)", name);
    }
    pen_say(p, b);
}

static void alter_table_options(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_table *old = c->actual.object, *new = c->expected.object;
    const struct schema_option *o, *x;
    vec_each (o, &old->options) {
        bool kept = false;
        vec_each (x, &new->options) {
            kept = kept || strcmp(x->name, o->name) == 0;
        }
        if (!kept) {
            set_options(p, b, &c->expected, o->name, NULL);
        }
    }
    vec_each (o, &new->options) {
        bool same = false;
        vec_each (x, &old->options) {
            same = same || (strcmp(x->name, o->name) == 0 && strcmp(x->value, o->value) == 0);
        }
        if (!same) {
            set_options(p, b, &c->expected, o->name, o->value);
        }
    }
}

static int alter_table(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_table *new = c->expected.object;
    if (change_has(c, "access_method")) {
        begin(b, p, &c->expected);
        strbuf_addf(b, "SET ACCESS METHOD %s", new->access_method ? new->access_method : "heap");
        pen_say(p, b)->hazard = "rewrites the table";
    }
    const struct {
        const char *field, *what;
        const char *hazard;
    } words[] = {
        {"unlogged", new->unlogged ? "SET UNLOGGED" : "SET LOGGED", "rewrites the table"},
        {"row_security", new->row_security ? "ENABLE ROW LEVEL SECURITY" : "DISABLE ROW LEVEL SECURITY",
         NULL},
        {"force_row_security",
         new->force_row_security ? "FORCE ROW LEVEL SECURITY" : "NO FORCE ROW LEVEL SECURITY", NULL},
        {"tablespace",
         arena_printf(p->a, "SET TABLESPACE %s", new->tablespace ? new->tablespace : "pg_default"),
         "rewrites the table"},
        {"replica_identity",
         arena_printf(p->a, "REPLICA IDENTITY %s", new->replica_identity ? new->replica_identity : "DEFAULT"),
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (change_has(c, words[i].field)) {
            begin(b, p, &c->expected);
            strbuf_adds(b, words[i].what);
            pen_say(p, b)->hazard = words[i].hazard;
        }
    }
    if (change_has(c, "options")) {
        alter_table_options(p, b, c);
    }
    return 0;
}

static int alter_index(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_index *old = c->actual.object, *new = c->expected.object;
    if (change_has(c, "options")) {
        for (size_t i = 0; i < old->options.n; i++) {
            const char *name = arena_dupn(p->a, old->options.items[i], strcspn(old->options.items[i], "="));
            set_options(p, b, &c->expected, name, NULL);
        }
        for (size_t i = 0; i < new->options.n; i++) {
            begin(b, p, &c->expected);
            strbuf_addf(b, "SET (%s)", new->options.items[i]);
            pen_say(p, b);
        }
    }
    if (change_has(c, "tablespace")) {
        begin(b, p, &c->expected);
        strbuf_addf(b, "SET TABLESPACE %s", new->tablespace ? new->tablespace : "pg_default");
        pen_say(p, b);
    }
    return 0;
}

static int alter_firing(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    bool trigger = c->expected.kind == SCHEMA_K_TRIGGER;
    const struct schema_trigger *t = trigger ? c->expected.object : NULL;
    const char *fires = trigger ? t->fires : ((const struct schema_rule *)c->expected.object)->fires;
    bool off = trigger ? t->disabled : fires && strcmp(fires, "DISABLED") == 0;
    if (!change_has(c, "fires") && !change_has(c, "disabled")) {
        return 0;
    }
    strbuf_adds(b, "ALTER TABLE ");
    pen_path(b, p, c->expected.table->schema, c->expected.table->name);
    strbuf_addf(b, " %s %s%s%s ", off ? "DISABLE" : "ENABLE", off || !fires ? "" : fires,
                off || !fires ? "" : " ", trigger ? "TRIGGER" : "RULE");
    pen_name(b, p, c->expected.name);
    pen_say(p, b);
    return 0;
}

static int alter_policy(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_policy *new = c->expected.object;
    begin(b, p, &c->expected);
    for (size_t i = 0; i < new->roles.n; i++) {
        strbuf_adds(b, i ? ", " : "TO ");
        if (strcmp(new->roles.items[i], "public") == 0) {
            strbuf_adds(b, "PUBLIC");
        } else {
            pen_name(b, p, new->roles.items[i]);
        }
    }
    if (new->using_text) {
        strbuf_addf(b, " USING (%s)", new->using_text);
    }
    if (new->with) {
        strbuf_addf(b, " WITH CHECK (%s)", new->with);
    }
    pen_say(p, b);
    return 0;
}

static int alter_extension(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_extension *new = c->expected.object;
    if (change_has(c, "version")) {
        begin(b, p, &c->expected);
        strbuf_adds(b, "UPDATE TO ");
        pen_literal(b, p, new->version);
        pen_say(p, b);
    }
    if (change_has(c, "in")) {
        begin(b, p, &c->expected);
        strbuf_adds(b, "SET SCHEMA ");
        pen_name(b, p, new->schema);
        pen_say(p, b);
    }
    return 0;
}

static int alter_constraint(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    const struct schema_constraint *new = c->expected.object;
    if (!change_has(c, "not_valid")) {
        return 0;
    }
    strbuf_adds(b, "ALTER TABLE ");
    pen_path(b, p, c->expected.table->schema, c->expected.table->name);
    strbuf_adds(b, " VALIDATE CONSTRAINT ");
    pen_name(b, p, new->name);
    pen_say(p, b)->hazard = "reads the whole table, and fails on rows that do not fit";
    return 0;
}

static int alter_routine(const struct pen *p, struct strbuf *b, const struct schema_change *c)
{
    if (change_has(c, "definition")) {
        strbuf_adds(b,
                    ((const struct schema_routine *)c->expected.object)->definition); /* CREATE OR REPLACE */
        pen_say(p, b);
    }
    return 0;
}

/* The new type beside the old one; columns are changed over, and pg_after() drops the old one. */
static int replace_type(const struct pen *p, struct strbuf *b, const struct schema *to,
                        const struct schema_change *c)
{
    const struct schema_item *item = &c->expected;
    const struct schema_other *o = item->kind == SCHEMA_K_OTHER ? item->object : NULL;
    const char *name = o ? o->name : item->name;
    strbuf_addf(b, "ALTER %s ", item->kind == SCHEMA_K_DOMAIN ? "DOMAIN" : "TYPE");
    pen_path(b, p, item->schema, name);
    strbuf_adds(b, " RENAME TO ");
    pen_name(b, p, pg_replaced_name(p->a, name));
    pen_say(p, b)->hazard =
        "a new type takes its name: every table with such a column is rewritten, and values that "
        "do not fit the new one make it fail";
    return pg_create(p->a, to, item, p->qualify, p->out, p->err);
}

int pg_alter(struct arena *a, const struct schema *from, const struct schema *to,
             const struct schema_change *c, bool qualify, schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, to, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    static const char *const comments[] = {"comment"};
    int rc = 0;
    if (c->expected.kind == SCHEMA_K_COLUMN) {
        return pg_alter_column(p, c);
    }
    if (pg_replaces(from, to, c)) {
        return replace_type(p, &b, to, c);
    }
    if (!change_only(c, comments, COUNT_OF(comments))) {
        static int (*const alter[SCHEMA_K_COUNT])(const struct pen *, struct strbuf *,
                                                  const struct schema_change *) = {
            [SCHEMA_K_ENUM] = alter_enum,           [SCHEMA_K_DOMAIN] = alter_domain,
            [SCHEMA_K_SEQUENCE] = alter_sequence,   [SCHEMA_K_TABLE] = alter_table,
            [SCHEMA_K_INDEX] = alter_index,         [SCHEMA_K_TRIGGER] = alter_firing,
            [SCHEMA_K_RULE] = alter_firing,         [SCHEMA_K_POLICY] = alter_policy,
            [SCHEMA_K_EXTENSION] = alter_extension, [SCHEMA_K_CONSTRAINT] = alter_constraint,
            [SCHEMA_K_ROUTINE] = alter_routine};
        rc = alter[c->expected.kind] ? alter[c->expected.kind](p, &b, c)
                                     : pen_cannot(p, &c->expected, "it cannot be changed in place");
    }
    const struct schema_attribute *x;
    vec_each (x, &c->attributes) {
        if (rc == 0 && strcmp(x->field->name, "comment") == 0) {
            pg_comment(p, &c->expected, x->expected, true);
        }
    }
    return rc;
}
