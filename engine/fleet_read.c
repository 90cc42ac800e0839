/* Reading where the members of a fleet stand. */
#include "base/arena.h"
#include "engine/fleet_crew.h"
#include <pthread.h>

#define CONNECTIONS   16  /* a database's schemas are read over so many, if there are enough of them */
#define SCHEMAS_LEAST 25  /* in one batch: a login takes as long as reading some */
#define SCHEMAS_MOST  200 /* in one batch: what it tells is held in memory */

static void read_alone(struct fleet *f, struct member *m, struct arena *scratch)
{
    struct err err;
    struct target_state state;
    int rc = member_connect(f, m, false, &err);
    if (rc == 0) {
        rc = target_state_read(&m->book, m->conn, scratch, &state, &err);
        rc = rc ? err_wrap(&err, "%s", m->target->name) : 0;
    }
    if (rc) {
        member_fail(m, &err);
    } else {
        target_state_copy(&m->arena, &state, &m->state); /* what errors there were takes more room */
        m->state_read = true;
    }
    member_rest(f, m);
}

/* What kept one from being connected to keeps all of them; it begins with the name of that one. */
static void fail_all(const struct crew_unit *u, const struct err *why)
{
    size_t prefix = strlen(u->members[0]->target->name) + 2;
    for (size_t i = 0; i < u->n; i++) {
        struct err err = *why;
        if (i > 0 && strlen(why->message) > prefix) {
            memmove(err.message, why->message + prefix, strlen(why->message) - prefix + 1);
            err_wrap(&err, "%s", u->members[i]->target->name);
        }
        member_fail(u->members[i], &err);
    }
}

/* Schemas of one database, over one connection. */
struct schemas {
    struct statement *reads; /* STATE_READS for each, and one about the database that they are in */
    struct outcome *outcomes;
    size_t n;
};

static void prepare(const struct crew_unit *u, struct arena *a, struct schemas *s)
{
    s->n = u->n * STATE_READS;
    s->reads = arena_array(a, s->n + 1, sizeof(*s->reads));
    s->outcomes = arena_array(a, s->n + 1, sizeof(*s->outcomes));
    for (size_t i = 0; i < u->n; i++) {
        const struct member *m = u->members[i];
        struct bookkeeping from_any_schema;
        bookkeeping_init(&from_any_schema, a, m->driver, m->book.version_name, m->schema);
        target_state_reads(&from_any_schema, a, &s->reads[i * STATE_READS]);
    }
    s->n += target_state_prepared(&u->members[0]->book, &s->reads[s->n]);
}

static void take(struct member *m, const struct outcome *outcomes, const struct outcome *prepared,
                 struct arena *scratch, struct arena *kept)
{
    struct err err;
    struct target_state state;
    if (target_state_take(&m->book, scratch, outcomes, prepared, &state, &err) != 0) {
        err_wrap(&err, "%s", m->target->name);
        member_fail(m, &err);
        return;
    }
    target_state_copy(kept, &state, &m->state);
    m->state_read = true;
}

struct reading {
    pthread_mutex_t lock; /* guards kept */
    struct arena kept;    /* an arena each would be larger than what is kept */
};

static void read_schemas(struct reading *r, struct fleet *f, const struct crew_unit *u, struct arena *scratch)
{
    struct member *first = u->members[0];
    struct err err;
    if (member_connect(f, first, false, &err) != 0) {
        fail_all(u, &err);
        return;
    }
    struct schemas s;
    size_t done = 0;
    prepare(u, scratch, &s);
    int rc = first->driver->batch(first->conn, scratch, s.reads, s.n, s.outcomes, &done, &err);
    member_disconnect(first);
    struct arena kept = ARENA_INIT;
    for (size_t i = 0; i < u->n && rc == 0; i++) {
        take(u->members[i], &s.outcomes[i * STATE_READS], &s.outcomes[u->n * STATE_READS], scratch, &kept);
    }
    pthread_mutex_lock(&r->lock);
    arena_adopt(&r->kept, &kept);
    pthread_mutex_unlock(&r->lock);
    for (size_t i = 0; i < u->n; i++) {
        struct member *m = u->members[i];
        /* The batch was cut short; or the step that it stands in is to be looked at over its connection. */
        if (rc || (m->state_read && m->state.half.present)) {
            read_alone(f, m, scratch);
        }
    }
}

static void read_unit(void *arg, struct fleet *f, const struct crew_unit *u, struct arena *scratch)
{
    if (u->n == 1) {
        read_alone(f, u->members[0], scratch);
    } else {
        read_schemas(arg, f, u, scratch);
    }
}

/* Schemas of one database stand together, in the fleet's order. */
static int by_database(const void *x, const void *y)
{
    const struct member *const *m = x, *const *k = y;
    int c = strcmp((*m)->database, (*k)->database);
    return c ? c : (*m > *k) - (*m < *k);
}

static int by_first(const void *x, const void *y)
{
    const struct crew_unit *u = x, *v = y;
    return (u->members[0] > v->members[0]) - (u->members[0] < v->members[0]);
}

typedef VEC(struct crew_unit) crew_units_t;

/* The members of one database, as several batches, so that they can be read at once. */
static void add_database(struct arena *a, struct member **members, size_t n, crew_units_t *out)
{
    size_t size = n / CONNECTIONS + 1;
    size = size < SCHEMAS_LEAST ? SCHEMAS_LEAST : size > SCHEMAS_MOST ? SCHEMAS_MOST : size;
    for (size_t i = 0; i < n; i += size) {
        *vec_push(a, out) = (struct crew_unit){members + i, n - i < size ? n - i : size};
    }
}

static void make_units(struct fleet *f, bool shared, struct arena *a, crew_units_t *out)
{
    struct member **schemas = arena_array(a, f->members.n, sizeof(struct member *)),
                  **alone = arena_array(a, f->members.n, sizeof(struct member *));
    size_t nschemas = 0, nalone = 0;
    struct member *m;
    vec_each (m, &f->members) {
        if (m->lost || (shared && m->state_read)) {
            continue;
        }
        if (shared && m->database && fleet_is_large(f)) {
            schemas[nschemas++] = m;
        } else {
            alone[nalone] = m;
            *vec_push(a, out) = (struct crew_unit){&alone[nalone++], 1};
        }
    }
    qsort(schemas, nschemas, sizeof(struct member *), by_database);
    for (size_t i = 0, end; i < nschemas; i = end) {
        end = i + 1;
        while (end < nschemas && strcmp(schemas[end]->database, schemas[i]->database) == 0) {
            end++;
        }
        add_database(a, schemas + i, end - i, out);
    }
    if (out->n) {
        qsort(out->items, out->n, sizeof(*out->items), by_first);
    }
}

static void forget_errors(struct fleet *f)
{
    struct member *m;
    vec_each (m, &f->members) {
        m->err = m->lost;
    }
}

static size_t count_lost(const struct fleet *f)
{
    size_t n = 0;
    const struct member *m;
    vec_each (m, &f->members) {
        n += m->lost != NULL;
    }
    return n;
}

size_t fleet_read(struct fleet *f, bool keep_going)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct reading r = {.lock = PTHREAD_MUTEX_INITIALIZER};
    crew_units_t units = {0};
    forget_errors(f);
    make_units(f, true, &a, &units);
    size_t failed = crew_work(f, units.items, units.n, keep_going, read_unit, &r) + count_lost(f);
    arena_adopt(f->arena, &r.kept);
    return failed;
}

struct each_member {
    member_fn fn;
    void *arg;
};

static void call_member(void *arg, struct fleet *f, const struct crew_unit *u, struct arena *scratch UNUSED)
{
    const struct each_member *e = arg;
    struct err err;
    if (e->fn(e->arg, f, u->members[0], &err) != 0) {
        member_fail(u->members[0], &err);
    }
    member_rest(f, u->members[0]);
}

size_t fleet_each(struct fleet *f, bool keep_going, member_fn fn, void *arg)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct each_member e = {fn, arg};
    crew_units_t units = {0};
    forget_errors(f);
    make_units(f, false, &a, &units);
    return crew_work(f, units.items, units.n, keep_going, call_member, &e) + count_lost(f);
}

int fleet_first_error(const struct fleet *f, struct err *err)
{
    const struct member *m = f->members.items;
    while (!m->err) {
        m++;
    }
    *err = *m->err;
    return err->status;
}
