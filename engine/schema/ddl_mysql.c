/* MySQL and MariaDB: statements that make, drop and rename objects. */
#include "engine/schema/ddl_mysql.h"
#include "engine/schema/mysql_token.h"
#include <string.h>

static void add_definer(struct strbuf *b, const char *definer)
{
    const char *at = definer ? strrchr(definer, '@') : NULL;
    if (!definer) {
        return;
    }
    strbuf_adds(b, "DEFINER=");
    AUTO(arena_release) struct arena a = ARENA_INIT;
    my_name(b, at ? arena_dupn(&a, definer, (size_t)(at - definer)) : definer);
    if (at) {
        strbuf_addch(b, '@');
        my_name(b, at + 1);
    }
    strbuf_addch(b, ' ');
}

/* CREATE x ... becomes CREATE DEFINER=... x ... */
static void say_code(const struct pen *p, struct strbuf *b, const char *definition, const char *definer)
{
    strbuf_adds(b, "CREATE ");
    add_definer(b, definer);
    strbuf_adds(b, definition + strlen("CREATE "));
    pen_say(p, b);
}

static int create_routine(const struct pen *p, struct strbuf *b, const struct schema_item *item)
{
    const struct schema_routine *r = item->object;
    if (!r->definition) {
        return pen_cannot(p, item, "its body could not be read");
    }
    say_code(p, b, r->definition, r->definer);
    return 0;
}

/* DISABLE stands before the comment and the body. */
static void create_event(const struct pen *p, struct strbuf *b, const struct schema_event *e)
{
    struct slice text = slice_of(e->definition);
    size_t at = 0;
    struct mysql_token t = mysql_next(text, &at);
    while (t.kind != MYSQL_END && !mysql_is_word(text, t, "COMMENT") && !mysql_is_word(text, t, "DO")) {
        t = mysql_next(text, &at);
    }
    const char *definition =
        e->disabled ? arena_printf(p->a, "%.*sDISABLE %s", (int)t.from, e->definition, e->definition + t.from)
                    : e->definition;
    say_code(p, b, definition, e->definer);
}

static int create_view(const struct pen *p, struct strbuf *b, const struct schema_item *item)
{
    const struct schema_table *t = item->object;
    if (!t->definition) {
        return pen_cannot(p, item, "its text could not be read");
    }
    strbuf_adds(b, "CREATE ");
    if (t->algorithm) {
        strbuf_addf(b, "ALGORITHM=%s ", t->algorithm);
    }
    add_definer(b, t->definer);
    if (t->security) {
        strbuf_addf(b, "SQL SECURITY %s ", t->security);
    }
    strbuf_adds(b, "VIEW ");
    my_path(b, p, t->schema, t->name);
    strbuf_addf(b, " AS %s", t->definition);
    if (t->check_option) {
        strbuf_addf(b, " WITH %s CHECK OPTION", t->check_option);
    }
    pen_say(p, b);
    return 0;
}

static int create_sequence(const struct pen *p, struct strbuf *b, const struct schema_item *item)
{
    const struct schema_sequence *q = item->object;
    const struct schema_identity *o = &q->options;
    if (o->max == o->min) {
        return pen_cannot(p, item, "its options could not be read");
    }
    strbuf_adds(b, "CREATE SEQUENCE ");
    my_path(b, p, q->schema, q->name);
    strbuf_addf(b, " START WITH %lld INCREMENT BY %lld MINVALUE %lld MAXVALUE %lld", (long long)o->start,
                (long long)o->increment, (long long)o->min, (long long)o->max);
    if (o->cache) {
        strbuf_addf(b, " CACHE %lld", (long long)o->cache);
    } else {
        strbuf_adds(b, " NOCACHE");
    }
    strbuf_adds(b, o->cycle ? " CYCLE" : " NOCYCLE");
    if (q->comment) {
        strbuf_adds(b, " COMMENT=");
        my_text(b, q->comment);
    }
    pen_say(p, b);
    return 0;
}

static void alter_table_with(const struct pen *p, struct strbuf *b, const struct schema_item *item)
{
    strbuf_adds(b, "ALTER TABLE ");
    my_path(b, p, item->table->schema, item->table->name);
    strbuf_addch(b, ' ');
}

/* 'a'@'b' is as the server gives it. */
static void grant(const struct pen *p, struct strbuf *b, const struct schema_grant *g, const char *verb)
{
    bool gives = strcmp(verb, "GRANT") == 0, column = strcmp(g->on, "column") == 0;
    const char *dot = column ? strrchr(g->name, '.') : NULL;
    strbuf_addf(b, "%s ", verb);
    for (size_t i = 0; i < g->privileges.n; i++) {
        strbuf_addf(b, "%s%s", i ? ", " : "", g->privileges.items[i]);
        if (dot) {
            strbuf_adds(b, " (");
            my_name(b, dot + 1);
            strbuf_addch(b, ')');
        }
    }
    strbuf_adds(b, " ON ");
    if (strcmp(g->on, "schema") == 0) {
        my_name(b, g->schema);
        strbuf_adds(b, ".*");
    } else {
        my_path(b, p, g->schema, dot ? arena_dupn(p->a, g->name, (size_t)(dot - g->name)) : g->name);
    }
    strbuf_addf(b, " %s %s", gives ? "TO" : "FROM", g->grantee);
    strbuf_adds(b, gives && g->grantable.n ? " WITH GRANT OPTION" : "");
    pen_say(p, b);
}

int my_create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
              schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    switch (item->kind) {
    case SCHEMA_K_NAMESPACE:
        strbuf_adds(&b, "CREATE DATABASE ");
        my_name(&b, item->name);
        pen_say(p, &b);
        return 0;
    case SCHEMA_K_SEQUENCE:
        return create_sequence(p, &b, item);
    case SCHEMA_K_ROUTINE:
        return create_routine(p, &b, item);
    case SCHEMA_K_TABLE:
        if (((const struct schema_table *)item->object)->kind == SCHEMA_VIEW) {
            return create_view(p, &b, item);
        }
        my_create_table(p, item->object, false);
        return 0;
    case SCHEMA_K_COLUMN:
        alter_table_with(p, &b, item);
        strbuf_adds(&b, "ADD COLUMN ");
        my_column(&b, item->table, item->object, true);
        pen_say(p, &b);
        return 0;
    case SCHEMA_K_CONSTRAINT:
        alter_table_with(p, &b, item);
        strbuf_adds(&b, "ADD ");
        if (((const struct schema_constraint *)item->object)->kind == SCHEMA_PRIMARY_KEY) {
            my_primary_key(&b, item->table, item->object);
        } else {
            my_constraint(&b, p, item->object);
        }
        pen_say(p, &b);
        return 0;
    case SCHEMA_K_INDEX:
        alter_table_with(p, &b, item);
        strbuf_adds(&b, "ADD ");
        my_index(&b, p, item->table, item->object);
        pen_say(p, &b);
        return 0;
    case SCHEMA_K_TRIGGER: {
        const struct schema_trigger *t = item->object;
        say_code(p, &b, t->definition, t->definer);
        return 0;
    }
    case SCHEMA_K_EVENT:
        create_event(p, &b, item->object);
        return 0;
    case SCHEMA_K_GRANT:
        grant(p, &b, item->object, "GRANT");
        return 0;
    default:
        return pen_cannot(p, item, "MySQL and MariaDB have no such thing");
    }
}

static const char *loss(const struct schema_item *item)
{
    bool table =
        item->kind == SCHEMA_K_TABLE && ((const struct schema_table *)item->object)->kind != SCHEMA_VIEW;
    return table                              ? "drops a table with its rows"
           : item->kind == SCHEMA_K_COLUMN    ? "drops a column with what is in it"
           : item->kind == SCHEMA_K_NAMESPACE ? "drops a database with all that is in it"
           : item->kind == SCHEMA_K_SEQUENCE  ? "drops a sequence and where it stands"
                                              : NULL;
}

static const char *part_word(const struct schema_item *item)
{
    const struct schema_constraint *k = item->object;
    return item->kind == SCHEMA_K_COLUMN   ? "COLUMN"
           : item->kind == SCHEMA_K_INDEX  ? "KEY"
           : k->kind == SCHEMA_FOREIGN_KEY ? "FOREIGN KEY"
           : k->kind == SCHEMA_UNIQUE      ? "KEY"
                                           : "CONSTRAINT";
}

static const char *object_word(const struct schema_item *item)
{
    switch (item->kind) {
    case SCHEMA_K_NAMESPACE:
        return "DATABASE";
    case SCHEMA_K_SEQUENCE:
        return "SEQUENCE";
    case SCHEMA_K_ROUTINE:
        return ((const struct schema_routine *)item->object)->kind == SCHEMA_PROCEDURE ? "PROCEDURE"
                                                                                       : "FUNCTION";
    case SCHEMA_K_TABLE:
        return ((const struct schema_table *)item->object)->kind == SCHEMA_VIEW ? "VIEW" : "TABLE";
    case SCHEMA_K_TRIGGER:
        return "TRIGGER";
    case SCHEMA_K_EVENT:
        return "EVENT";
    default:
        return NULL;
    }
}

int my_drop(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
            schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *word = object_word(item);
    if (item->kind == SCHEMA_K_GRANT) {
        grant(p, &b, item->object, "REVOKE");
        return 0;
    }
    if (word) {
        const char *name =
            item->kind == SCHEMA_K_ROUTINE ? ((const struct schema_routine *)item->object)->name : item->name;
        strbuf_addf(&b, "DROP %s ", word);
        my_path(&b, p, item->schema, name);
    } else if (item->table) {
        const struct schema_constraint *k = item->object;
        bool key = item->kind == SCHEMA_K_CONSTRAINT && k->kind == SCHEMA_PRIMARY_KEY;
        alter_table_with(p, &b, item);
        strbuf_addf(&b, "DROP %s", key ? "PRIMARY KEY" : part_word(item));
        if (!key) {
            strbuf_addch(&b, ' ');
            my_name(&b, item->name);
        }
    } else {
        return pen_cannot(p, item, "MySQL and MariaDB have no such thing");
    }
    pen_say(p, &b)->hazard = loss(item);
    return 0;
}

static int alter(struct arena *a, const struct schema *from, const struct schema *to,
                 const struct schema_change *change, bool qualify, schema_statements_t *out, struct err *err)
{
    return my_write(a, from, to, &change, 1, qualify, out, err);
}

static const struct schema_table *table_of_rename(const struct pen *p, const char *path, const char **rest)
{
    struct schema_table *const *t;
    vec_each (t, &p->s->tables) {
        size_t n = strlen((*t)->name);
        if (strncmp(path, (*t)->name, n) == 0 && path[n] == '.') {
            *rest = path + n + 1;
            return *t;
        }
    }
    return NULL;
}

/* r->to may be a bare name, or a path like r->from. */
static const char *bare(const char *from, const char *rest, const char *to)
{
    size_t n = (size_t)(rest - from);
    return strncmp(from, to, n) == 0 ? to + n : to;
}

static int rename_object(struct arena *a, const struct schema *s, const struct schema_rename *r, bool qualify,
                         schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err), *p = &pen;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *rest = NULL;
    if (r->kind == SCHEMA_K_TABLE) {
        strbuf_adds(&b, "RENAME TABLE ");
        my_path(&b, p, NULL, r->from);
        strbuf_adds(&b, " TO ");
        my_path(&b, p, NULL, r->to);
        pen_say(p, &b);
        return 0;
    }
    const struct schema_table *t = table_of_rename(p, r->from, &rest);
    if (!t || (r->kind != SCHEMA_K_COLUMN && r->kind != SCHEMA_K_INDEX)) {
        return err_set(err, ERR_REFUSED,
                       "%s cannot be renamed to %s: MySQL and MariaDB rename tables, columns "
                       "and indexes of tables that are there",
                       r->from, r->to);
    }
    strbuf_adds(&b, "ALTER TABLE ");
    my_path(&b, p, t->schema, t->name);
    strbuf_addf(&b, " RENAME %s ", r->kind == SCHEMA_K_COLUMN ? "COLUMN" : "INDEX");
    my_name(&b, rest);
    strbuf_adds(&b, " TO ");
    my_name(&b, bare(r->from, rest, r->to));
    pen_say(p, &b);
    return 0;
}

const struct schema_dialect schema_dialect_mysql = {
    .create = my_create, .drop = my_drop, .alter = alter, .rename = rename_object, .write = my_write};
