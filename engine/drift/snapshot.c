/* Reading the schema of a live database without what is not part of it, and keeping it in the store. */
#include "engine/drift/snapshot.h"
#include "base/arena.h"
#include "base/file.h"
#include <string.h>

/* Names of our own tables, and of schemas that hold a store. */
struct own {
    const char *tables[3];
    strings_t stores;
};

static bool is_own_table(const struct own *o, const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(o->tables); i++) {
        if (strcmp(o->tables[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_store(const struct own *o, const char *schema)
{
    for (size_t i = 0; schema && i < o->stores.n; i++) {
        if (strcmp(o->stores.items[i], schema) == 0) {
            return true;
        }
    }
    return false;
}

static bool grant_is_own(const struct own *o, const struct schema_grant *g)
{
    size_t n = strcspn(g->name, ".(");
    for (size_t i = 0; i < COUNT_OF(o->tables); i++) {
        if (strlen(o->tables[i]) == n && strncmp(o->tables[i], g->name, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool keep(void *ctx, const struct schema_item *item)
{
    const struct own *o = ctx;
    if (is_store(o, item->schema) || (item->kind == SCHEMA_K_NAMESPACE && is_store(o, item->name))) {
        return false;
    }
    switch (item->kind) {
    case SCHEMA_K_TABLE:
        return !is_own_table(o, item->name);
    case SCHEMA_K_SEQUENCE:
        return !is_own_table(o, ((const struct schema_sequence *)item->object)->owner_table);
    case SCHEMA_K_GRANT:
        return !grant_is_own(o, item->object);
    default:
        return true;
    }
}

/* A store in the target's own database: its schema holds the tables of a store. */
static void find_stores(struct arena *a, const struct schema *s, struct own *o)
{
    const struct schema_namespace *n;
    vec_each (n, &s->namespaces) {
        if (schema_table(s, n->name, "store_version") && schema_table(s, n->name, "runs_alive")) {
            *vec_push(a, &o->stores) = n->name;
        }
    }
}

/* What is temporary or the system's own is no object, but the lists hold it. */
static void drop_passing(struct schema *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->tables.n; i++) {
        struct schema_table *t = s->tables.items[i];
        if (!t->temporary && !t->system) {
            s->tables.items[kept++] = t;
        }
    }
    s->tables.n = kept;
}

int snapshot_read_conn(struct arena *a, struct conn *c, const struct bookkeeping *book, const char *scope,
                       struct schema **out, struct err *err)
{
    struct schema *s = NULL;
    int rc = schema_read_whole(a, c, scope, SCHEMA_ALL, &s, err);
    if (rc) {
        return rc;
    }
    struct own own = {.tables = {book->version_name, bookkeeping_history_name(a, book), LEASE_TABLE}};
    find_stores(a, s, &own);
    drop_passing(s);
    schema_filter(s, keep, &own);
    *out = s;
    return 0;
}

int snapshot_read(struct arena *a, struct fleet *f, struct member *m, struct schema **out, struct err *err)
{
    int rc = member_connect(f, m, false, err);
    if (rc) {
        return rc;
    }
    rc = snapshot_read_conn(a, m->conn, &m->book, m->in_schema, out, err);
    return rc ? err_wrap(err, "%s: reading the schema", m->target->name) : 0;
}

static int refuse_half(const struct member *m, struct err *err)
{
    err_set(err, ERR_REFUSED, "%s: it is within revision %s", m->target->name, m->state.half.revision);
    return err_hint(err, "\"lockstep status\" tells where it stands and how to go on.");
}

int snapshot_take(struct arena *a, struct store *s, struct fleet *f, struct member *m, struct snapshot *snap,
                  struct schema **schema, struct err *err)
{
    int rc = member_read(f, m, err);
    if (rc || m->state.half.present) {
        return rc ? rc : refuse_half(m, err);
    }
    strings_t at = m->state.at.ids;
    rc = snapshot_read(a, f, m, schema, err);
    rc = rc ? rc : member_read(f, m, err);
    if (rc) {
        return rc;
    }
    if (m->state.half.present || !position_same(&at, &m->state.at.ids)) {
        err_set(err, ERR_REFUSED, "%s: a run was at work on it meanwhile", m->target->name);
        return err_hint(err, "Take the snapshot when it has ended.");
    }
    snap->target = m->target->name;
    snap->position = at;
    snap->taken_us = time_now_us();
    schema_fingerprint(*schema, snap->fingerprint);
    return s ? snapshot_save(s, snap, *schema, err) : 0;
}

static bool in_default(UNUSED void *ctx, const struct schema_item *item)
{
    return !item->schema && item->kind != SCHEMA_K_NAMESPACE && item->kind != SCHEMA_K_EXTENSION;
}

void snapshot_narrow(struct schema *s)
{
    schema_filter(s, in_default, NULL);
}

int snapshot_save(struct store *s, struct snapshot *snap, const struct schema *schema, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    schema_write(&text, schema, SCHEMA_TEXT_SNAPSHOT);
    schema_fingerprint(schema, snap->fingerprint);
    return snapshots_save(s, snap, (struct slice){strbuf_cstr(&text), text.len}, err);
}

int snapshot_find(struct store *s, struct arena *a, const char *environment, const char *target,
                  struct snapshot *out, bool *found, struct err *err)
{
    snapshots_t list = {0};
    int rc = snapshots_list(s, a, environment, target, &list, err);
    if (rc) {
        return rc;
    }
    *found = list.n > 0;
    if (list.n) {
        *out = list.items[0];
    }
    return 0;
}

int snapshot_document(struct store *s, struct arena *a, const char *fingerprint, struct schema **out,
                      struct err *err)
{
    struct slice text = {0};
    int rc = snapshots_document(s, a, fingerprint, &text, err);
    return rc ? rc : schema_parse(a, text, "the snapshot in the store", out, err);
}
