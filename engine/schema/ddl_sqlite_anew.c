/*
 * SQLite: a table made anew, in the order of steps that SQLite documents: the new table under another name,
 * its rows, the old one dropped, the new one renamed, and what went with the old one made again. With
 * legacy_alter_table the last renaming leaves views and triggers of other tables alone, which name the table
 * as before and need not be made again.
 *
 * PRAGMA foreign_keys cannot change within a transaction; Lockstep's connections have it off. With it on,
 * DROP TABLE would act on rows that refer to the table.
 */
#include "engine/schema/ddl_sqlite.h"
#include <string.h>
#include <strings.h>

static const struct schema_column *old_column(const struct schema_table *old, const char *name)
{
    struct schema_column *c;
    vec_each (c, &old->columns) {
        if (strcasecmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

/* OR ABORT: with ON CONFLICT IGNORE or REPLACE of a constraint rows would be lost without a word. */
static void copy_rows(const struct pen *p, const struct schema_table *old, const struct sqlite_shape *shape,
                      const char *as)
{
    AUTO(strbuf_release) struct strbuf into = STRBUF_INIT, b = STRBUF_INIT;
    bool any = false;
    for (size_t i = 0; i < shape->columns.n; i++) {
        const struct schema_column *c = shape->columns.items[i], *before = old_column(old, c->name);
        if (before && !c->generated) {
            strbuf_adds(&into, any ? ", " : "");
            pen_name(&into, p, c->name);
            any = true;
        }
    }
    strbuf_adds(&b, "INSERT OR ABORT INTO ");
    pen_path(&b, p, old->schema, as);
    if (any) {
        strbuf_addf(&b, " (%s) SELECT %s FROM ", strbuf_cstr(&into), strbuf_cstr(&into));
    } else { /* as many rows, of defaults */
        for (size_t i = 0; i < shape->columns.n && !any; i++) {
            const struct schema_column *c = shape->columns.items[i];
            if (!c->generated) {
                strbuf_adds(&b, " (");
                pen_name(&b, p, c->name);
                /* NULL: the next INTEGER PRIMARY KEY */
                bool given = c->default_text && !(c->key_position && strcasecmp(c->type, "INTEGER") == 0);
                strbuf_addf(&b, ") SELECT %s%s%s FROM ", given ? "(" : "", given ? c->default_text : "NULL",
                            given ? ")" : "");
                any = true;
            }
        }
    }
    pen_path(&b, p, old->schema, old->name);
    pen_say(p, &b);
}

static bool counts(const struct sqlite_shape *shape)
{
    for (size_t i = 0; i < shape->columns.n; i++) {
        if (shape->columns.items[i]->autoincrement) {
            return true;
        }
    }
    return false;
}

/* AUTOINCREMENT never gives a number twice: the counter goes with the table. */
static void copy_counter(const struct pen *p, const struct schema_table *old, const char *as)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "DELETE FROM ");
    pen_path(&b, p, old->schema, "sqlite_sequence");
    strbuf_adds(&b, " WHERE name = ");
    pen_literal(&b, p, as);
    pen_say(p, &b);
    strbuf_adds(&b, "INSERT INTO ");
    pen_path(&b, p, old->schema, "sqlite_sequence");
    strbuf_adds(&b, " (name, seq) SELECT ");
    pen_literal(&b, p, as);
    strbuf_adds(&b, ", seq FROM ");
    pen_path(&b, p, old->schema, "sqlite_sequence");
    strbuf_adds(&b, " WHERE name = ");
    pen_literal(&b, p, old->name);
    pen_say(p, &b);
}

/* A statement of this change has dropped it already, and another one makes it as it will be. */
static bool is_dropped(const struct pen *p, const struct schema_item *item)
{
    const struct schema_statement *st;
    vec_each (st, p->out) {
        if (st->change && st->change->actual.object == item->object) {
            return true;
        }
    }
    return false;
}

static int put_back(const struct pen *p, const struct schema *from, const struct schema_table *old)
{
    schema_items_t items;
    const struct schema_item *i;
    int rc = 0;
    schema_children(p->a, from, old, false, &items);
    vec_each (i, &items) {
        bool goes_along = i->kind == SCHEMA_K_INDEX || i->kind == SCHEMA_K_TRIGGER;
        if (rc == 0 && goes_along && !is_dropped(p, i)) {
            rc = sqlite_create(p, i);
        }
    }
    return rc;
}

int sqlite_make_anew(const struct pen *p, const struct schema *from, const struct schema_table *old,
                     const struct sqlite_shape *shape, const char *hazard)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *as = arena_printf(p->a, "lockstep_new_%s", old->name);
    if (!shape->table) { /* it is there already, under its own name */
        return put_back(p, from, old);
    }
    size_t first = p->out->n;
    int rc = sqlite_create_table(p, shape, as);
    if (rc) {
        return rc;
    }
    p->out->items[first].hazard = hazard;
    copy_rows(p, old, shape, as);
    if (counts(shape) && old->autoincrement) {
        copy_counter(p, old, as);
    }
    strbuf_adds(&b, "DROP TABLE ");
    pen_path(&b, p, old->schema, old->name);
    pen_say(p, &b);
    pen_sayf(p, "PRAGMA legacy_alter_table = ON");
    strbuf_adds(&b, "ALTER TABLE ");
    pen_path(&b, p, old->schema, as);
    strbuf_adds(&b, " RENAME TO ");
    pen_name(&b, p, old->name);
    pen_say(p, &b);
    pen_sayf(p, "PRAGMA legacy_alter_table = OFF");
    return put_back(p, from, old);
}
