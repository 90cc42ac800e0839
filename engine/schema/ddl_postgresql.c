/* PostgreSQL: statements that make and drop objects. */
#include "engine/schema/ddl_postgresql.h"
#include <string.h>

bool pg_is_view(const struct schema_item *item)
{
    const struct schema_table *t = item->kind == SCHEMA_K_TABLE ? item->object : NULL;
    return t && (t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW);
}

static const char *table_word(const struct schema_table *t)
{
    static const char *const words[SCHEMA_TABLE_KIND_COUNT] = {
        "TABLE", "TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "TABLE"};
    return words[t->kind];
}

static void routine_object(struct strbuf *b, const struct pen *p, const struct schema_routine *r)
{
    static const char *const words[SCHEMA_ROUTINE_KIND_COUNT] = {"FUNCTION", "PROCEDURE", "AGGREGATE"};
    strbuf_addf(b, "%s ", words[r->kind]);
    pen_path(b, p, r->schema, r->name);
    strbuf_addf(b, "(%s)", r->arguments ? r->arguments : "");
}

void pg_object(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    static const char *const words[SCHEMA_K_COUNT] = {[SCHEMA_K_NAMESPACE] = "SCHEMA",
                                                      [SCHEMA_K_EXTENSION] = "EXTENSION",
                                                      [SCHEMA_K_ENUM] = "TYPE",
                                                      [SCHEMA_K_DOMAIN] = "DOMAIN",
                                                      [SCHEMA_K_SEQUENCE] = "SEQUENCE",
                                                      [SCHEMA_K_COLUMN] = "COLUMN",
                                                      [SCHEMA_K_CONSTRAINT] = "CONSTRAINT",
                                                      [SCHEMA_K_INDEX] = "INDEX",
                                                      [SCHEMA_K_TRIGGER] = "TRIGGER",
                                                      [SCHEMA_K_POLICY] = "POLICY",
                                                      [SCHEMA_K_RULE] = "RULE"};
    const struct schema_table *t = item->table;
    switch (item->kind) {
    case SCHEMA_K_ROUTINE:
        routine_object(b, p, item->object);
        return;
    case SCHEMA_K_TABLE:
        t = item->object;
        strbuf_addf(b, "%s ", table_word(t));
        pen_path(b, p, t->schema, t->name);
        return;
    case SCHEMA_K_COLUMN:
        strbuf_adds(b, "COLUMN ");
        pen_path(b, p, t->schema, t->name);
        strbuf_addch(b, '.');
        pen_name(b, p, item->name);
        return;
    case SCHEMA_K_CONSTRAINT:
    case SCHEMA_K_TRIGGER:
    case SCHEMA_K_POLICY:
    case SCHEMA_K_RULE:
        strbuf_addf(b, "%s ", words[item->kind]);
        pen_name(b, p, item->name);
        strbuf_adds(b, " ON ");
        pen_path(b, p, t->schema, t->name);
        return;
    case SCHEMA_K_OTHER: {
        const struct schema_other *o = item->object;
        const char *type = strstr(o->what, " type"); /* "composite type": SQL says TYPE */
        for (const char *c = type ? type + 1 : o->what; *c; c++) {
            strbuf_addch(b, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
        }
        if (!o->schema || strchr(o->name, '(')) { /* an operator, a cast: told by more than a name */
            strbuf_addf(b, " %s", o->name);
            return;
        }
        strbuf_addch(b, ' ');
        pen_path(b, p, o->schema, o->name);
        return;
    }
    default:
        strbuf_addf(b, "%s ", words[item->kind]);
        if (item->kind == SCHEMA_K_NAMESPACE || item->kind == SCHEMA_K_EXTENSION) {
            pen_name(b, p, item->name);
        } else {
            pen_path(b, p, item->schema, item->name);
        }
    }
}

void pg_comment(const struct pen *p, const struct schema_item *item, const char *comment, bool also_null)
{
    if (!comment && !also_null) {
        return;
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "COMMENT ON ");
    pg_object(&b, p, item);
    strbuf_adds(&b, " IS ");
    pen_literal(&b, p, comment);
    pen_say(p, &b);
}

static void create_enum(struct strbuf *b, const struct pen *p, const struct schema_enum *e)
{
    strbuf_adds(b, "CREATE TYPE ");
    pen_path(b, p, e->schema, e->name);
    strbuf_adds(b, " AS ENUM (");
    for (size_t i = 0; i < e->labels.n; i++) {
        strbuf_adds(b, i ? ", " : "");
        pen_literal(b, p, e->labels.items[i]);
    }
    strbuf_addch(b, ')');
    pen_say(p, b);
}

static void create_domain(struct strbuf *b, const struct pen *p, const struct schema_domain *d)
{
    const struct schema_domain_check *k;
    strbuf_adds(b, "CREATE DOMAIN ");
    pen_path(b, p, d->schema, d->name);
    strbuf_addf(b, " AS %s", d->type);
    if (d->collation) {
        strbuf_adds(b, " COLLATE ");
        pen_name(b, p, d->collation);
    }
    if (d->default_text) {
        strbuf_addf(b, " DEFAULT %s", d->default_text);
    }
    strbuf_adds(b, d->nullable ? "" : " NOT NULL");
    vec_each (k, &d->checks) {
        if (!k->not_valid) {
            strbuf_adds(b, " CONSTRAINT ");
            pen_name(b, p, k->name);
            strbuf_addf(b, " CHECK (%s)", k->expression);
        }
    }
    pen_say(p, b);
    vec_each (k, &d->checks) {
        if (k->not_valid) {
            strbuf_adds(b, "ALTER DOMAIN ");
            pen_path(b, p, d->schema, d->name);
            strbuf_adds(b, " ADD CONSTRAINT ");
            pen_name(b, p, k->name);
            strbuf_addf(b, " CHECK (%s) NOT VALID", k->expression);
            pen_say(p, b);
        }
    }
}

void pg_identity_options(struct strbuf *b, const struct schema_identity *i)
{
    strbuf_addf(b, "INCREMENT BY %lld MINVALUE %lld MAXVALUE %lld START WITH %lld CACHE %lld%s",
                (long long)i->increment, (long long)i->min, (long long)i->max, (long long)i->start,
                (long long)i->cache, i->cycle ? " CYCLE" : "");
}

static void create_sequence(struct strbuf *b, const struct pen *p, const struct schema_sequence *q)
{
    strbuf_addf(b, "CREATE %sSEQUENCE ", q->unlogged ? "UNLOGGED " : "");
    pen_path(b, p, q->schema, q->name);
    strbuf_addf(b, " AS %s ", q->type);
    pg_identity_options(b, &q->options);
    pen_say(p, b);
}

static void create_extension(struct strbuf *b, const struct pen *p, const struct schema_extension *x)
{
    strbuf_adds(b, "CREATE EXTENSION ");
    pen_name(b, p, x->name);
    if (x->schema && strcmp(x->schema, "pg_catalog") != 0) {
        strbuf_adds(b, " SCHEMA ");
        pen_name(b, p, x->schema);
    }
    if (x->version) {
        strbuf_adds(b, " VERSION ");
        pen_literal(b, p, x->version);
    }
    pen_say(p, b);
}

static void create_policy(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    const struct schema_policy *y = item->object;
    strbuf_adds(b, "CREATE ");
    pg_object(b, p, item);
    strbuf_adds(b, y->restrictive ? " AS RESTRICTIVE" : "");
    if (y->command && strcmp(y->command, "ALL") != 0) {
        strbuf_addf(b, " FOR %s", y->command);
    }
    for (size_t i = 0; i < y->roles.n; i++) {
        strbuf_adds(b, i ? ", " : " TO ");
        if (strcmp(y->roles.items[i], "public") == 0) {
            strbuf_adds(b, "PUBLIC");
        } else {
            pen_name(b, p, y->roles.items[i]);
        }
    }
    if (y->using_text) {
        strbuf_addf(b, " USING (%s)", y->using_text);
    }
    if (y->with) {
        strbuf_addf(b, " WITH CHECK (%s)", y->with);
    }
    pen_say(p, b);
}

/* ALTER TABLE t ENABLE REPLICA TRIGGER x, and the like of rules. */
static void fires(const struct pen *p, const struct schema_item *item, const char *word, bool disabled,
                  const char *when)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (!disabled && !when) {
        return;
    }
    strbuf_adds(&b, "ALTER TABLE ");
    pen_path(&b, p, item->table->schema, item->table->name);
    bool off = disabled || strcmp(when, "DISABLED") == 0;
    strbuf_addf(&b, " %s%s%s %s ", off ? "DISABLE" : "ENABLE", off ? "" : " ", off ? "" : when, word);
    pen_name(&b, p, item->name);
    pen_say(p, &b);
}

static void create_index(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    const struct schema_index *x = item->object;
    const char *only = item->table->kind == SCHEMA_PARTITIONED ? strstr(x->definition, " ON ONLY ") : NULL;
    size_t before = only ? (size_t)(only - x->definition) : strlen(x->definition);
    strbuf_add(b, x->definition, before); /* that of a partitioned table is to be on its partitions too */
    if (only) {
        strbuf_addf(b, " ON %s", only + strlen(" ON ONLY "));
    }
    pen_say(p, b);
    if (x->clustered) {
        strbuf_adds(b, "ALTER TABLE ");
        pen_path(b, p, item->table->schema, item->table->name);
        strbuf_adds(b, " CLUSTER ON ");
        pen_name(b, p, x->name);
        pen_say(p, b);
    }
    if (x->replica_identity) {
        strbuf_adds(b, "ALTER TABLE ");
        pen_path(b, p, item->table->schema, item->table->name);
        strbuf_adds(b, " REPLICA IDENTITY USING INDEX ");
        pen_name(b, p, x->name);
        pen_say(p, b);
    }
}

static void create_constraint(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    strbuf_adds(b, "ALTER TABLE ");
    pen_path(b, p, item->table->schema, item->table->name);
    strbuf_adds(b, " ADD ");
    pg_constraint(b, p, item->object);
    pen_say(p, b);
}

static void create_column(struct strbuf *b, const struct pen *p, const struct schema_item *item)
{
    strbuf_adds(b, "ALTER TABLE ");
    pen_path(b, p, item->table->schema, item->table->name);
    strbuf_adds(b, " ADD COLUMN ");
    pg_column(b, p, item->object);
    pen_say(p, b);
    pg_column_rest(p, item);
}

static int create_grant(struct strbuf *b, const struct pen *p, const struct schema_grant *g, const char *verb)
{
    bool gives = strcmp(verb, "GRANT") == 0;
    strbuf_addf(b, "%s ", verb);
    for (size_t i = 0; i < g->privileges.n; i++) {
        strbuf_addf(b, "%s%s", i ? ", " : "", g->privileges.items[i]);
    }
    strbuf_addf(b, " ON %s ", g->on);
    if (strcmp(g->on, "schema") == 0) {
        pen_name(b, p, g->schema ? g->schema : p->s->name);
    } else {
        pen_path(b, p, g->schema, g->name);
    }
    strbuf_adds(b, gives ? " TO " : " FROM ");
    if (strcmp(g->grantee, "public") == 0) {
        strbuf_adds(b, "PUBLIC");
    } else {
        pen_name(b, p, g->grantee);
    }
    strbuf_adds(b, gives && g->grantable.n ? " WITH GRANT OPTION" : "");
    pen_say(p, b);
    return 0;
}

int pg_create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
              schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *comment = NULL;
    switch (item->kind) {
    case SCHEMA_K_NAMESPACE:
        strbuf_adds(&b, "CREATE SCHEMA ");
        pen_name(&b, p, item->name);
        pen_say(p, &b);
        comment = ((const struct schema_namespace *)item->object)->comment;
        break;
    case SCHEMA_K_EXTENSION:
        create_extension(&b, p, item->object);
        return 0; /* an extension brings its comment */
    case SCHEMA_K_ENUM:
        create_enum(&b, p, item->object);
        comment = ((const struct schema_enum *)item->object)->comment;
        break;
    case SCHEMA_K_DOMAIN:
        create_domain(&b, p, item->object);
        comment = ((const struct schema_domain *)item->object)->comment;
        break;
    case SCHEMA_K_OTHER: {
        const struct schema_other *o = item->object;
        if (!o->definition) {
            return pen_cannot(p, item, "how it is made is not known");
        }
        strbuf_adds(&b, o->definition);
        pen_say(p, &b);
        comment = o->comment;
        break;
    }
    case SCHEMA_K_SEQUENCE:
        create_sequence(&b, p, item->object);
        comment = ((const struct schema_sequence *)item->object)->comment;
        break;
    case SCHEMA_K_ROUTINE:
        strbuf_adds(&b, ((const struct schema_routine *)item->object)->definition);
        pen_say(p, &b);
        comment = ((const struct schema_routine *)item->object)->comment;
        break;
    case SCHEMA_K_TABLE:
        return pg_create_table(p, item);
    case SCHEMA_K_COLUMN:
        create_column(&b, p, item);
        return 0;
    case SCHEMA_K_CONSTRAINT:
        create_constraint(&b, p, item);
        comment = ((const struct schema_constraint *)item->object)->comment;
        break;
    case SCHEMA_K_INDEX:
        create_index(&b, p, item);
        comment = ((const struct schema_index *)item->object)->comment;
        break;
    case SCHEMA_K_TRIGGER: {
        const struct schema_trigger *t = item->object;
        strbuf_adds(&b, t->definition);
        pen_say(p, &b);
        fires(p, item, "TRIGGER", t->disabled, t->fires);
        comment = t->comment;
        break;
    }
    case SCHEMA_K_POLICY:
        create_policy(&b, p, item);
        comment = ((const struct schema_policy *)item->object)->comment;
        break;
    case SCHEMA_K_RULE: {
        const struct schema_rule *r = item->object;
        struct slice text = slice_trim(slice_of(r->definition));
        strbuf_add(&b, text.ptr, text.len - (text.len && text.ptr[text.len - 1] == ';'));
        pen_say(p, &b);
        fires(p, item, "RULE", false, r->fires);
        comment = r->comment;
        break;
    }
    case SCHEMA_K_GRANT:
        return create_grant(&b, p, item->object, "GRANT");
    case SCHEMA_K_EVENT:
    case SCHEMA_K_COUNT:
        return pen_cannot(p, item, "PostgreSQL has no such thing");
    }
    pg_comment(p, item, comment, false);
    return 0;
}

/* What is lost with it; NULL: nothing that a statement could not bring back. */
static const char *loss(const struct schema_item *item)
{
    if (item->kind == SCHEMA_K_TABLE && !pg_is_view(item)) {
        return "drops a table with its rows";
    }
    return item->kind == SCHEMA_K_COLUMN      ? "drops a column with what is in it"
           : item->kind == SCHEMA_K_NAMESPACE ? "drops a schema"
           : item->kind == SCHEMA_K_SEQUENCE  ? "drops a sequence and where it stands"
           : item->kind == SCHEMA_K_EXTENSION ? "drops an extension"
                                              : NULL;
}

static int drop(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (item->kind == SCHEMA_K_GRANT) {
        return create_grant(&b, p, item->object, "REVOKE");
    }
    if (item->kind == SCHEMA_K_COLUMN || item->kind == SCHEMA_K_CONSTRAINT) {
        strbuf_adds(&b, "ALTER TABLE ");
        pen_path(&b, p, item->table->schema, item->table->name);
        strbuf_addf(&b, " DROP %s ", item->kind == SCHEMA_K_COLUMN ? "COLUMN" : "CONSTRAINT");
        pen_name(&b, p, item->name);
    } else {
        strbuf_adds(&b, "DROP ");
        pg_object(&b, p, item);
    }
    pen_say(p, &b)->hazard = loss(item);
    return 0;
}

/* The path is that of a child of a table, or of a table, as it is called when all is renamed. */
static bool has_path(struct arena *a, const struct schema_item *item, const struct schema_rename *r)
{
    return item->kind == r->kind && strcmp(schema_item_path(a, item), r->to) == 0;
}

static bool find_renamed(struct arena *a, const struct schema *s, const struct schema_rename *r,
                         struct schema_item *out)
{
    schema_items_t items, children;
    const struct schema_item *i, *child;
    schema_items(a, s, &items);
    vec_each (i, &items) {
        if (has_path(a, i, r)) {
            *out = *i;
            return true;
        }
        if (i->kind != SCHEMA_K_TABLE || r->kind == SCHEMA_K_TABLE) {
            continue;
        }
        schema_children(a, s, i->object, true, &children);
        vec_each (child, &children) {
            if (has_path(a, child, r)) {
                *out = *child;
                return true;
            }
        }
    }
    return false;
}

static int rename_object(struct arena *a, const struct schema *s, const struct schema_rename *r, bool qualify,
                         schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct schema_item item;
    if (!find_renamed(a, s, r, &item)) {
        return err_set(err, ERR_REFUSED, "there is no %s %s", schema_kind_info(r->kind)->name, r->to);
    }
    const char *old = r->from + strlen(r->to) - strlen(item.name);
    bool whole = r->kind == SCHEMA_K_TABLE || r->kind == SCHEMA_K_INDEX;
    strbuf_adds(&b, r->kind == SCHEMA_K_INDEX ? "ALTER INDEX " : "ALTER TABLE ");
    pen_path(&b, p, item.schema, whole ? old : item.table->name);
    strbuf_adds(&b, " RENAME ");
    if (!whole) {
        strbuf_addf(&b, "%s ", r->kind == SCHEMA_K_COLUMN ? "COLUMN" : "CONSTRAINT");
        pen_name(&b, p, old);
        strbuf_addch(&b, ' ');
    }
    strbuf_adds(&b, "TO ");
    pen_name(&b, p, item.name);
    pen_say(p, &b);
    return 0;
}

const struct schema_dialect schema_dialect_postgresql = {.recreates = pg_recreates,
                                                         .in_the_way = pg_in_the_way,
                                                         .replaces = pg_replaces,
                                                         .needs = pg_needs,
                                                         .create = pg_create,
                                                         .drop = drop,
                                                         .alter = pg_alter,
                                                         .before = pg_before,
                                                         .after = pg_after,
                                                         .rename = rename_object};
