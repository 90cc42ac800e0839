/* Baselines of drift. */
#include "engine/drift/baseline.h"
#include "base/arena.h"
#include "base/file.h"
#include "engine/drift/scratch.h"
#include <string.h>

/* Of a snapshot (key: its fingerprint) or a scratch database (dialect, position, scope). */
struct made {
    const char *key;
    struct schema *schema;
    char fingerprint[DIGEST_HEX + 1];
    struct err err; /* status 0: it was made */
};

struct baselines {
    struct fleet *fleet;
    struct store *store;
    const struct graph *graph;
    const struct drift_options *options;
    pthread_mutex_t lock; /* guards what follows; held while one is made: others wait for it */
    struct arena arena;
    VEC(struct made) made;
};

struct baselines *baselines_new(struct fleet *f, struct store *s, const struct graph *g,
                                const struct drift_options *options)
{
    struct baselines *b = xcalloc(1, sizeof(*b));
    *b = (struct baselines){.fleet = f, .store = s, .graph = g, .options = options};
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void baselines_free(struct baselines *b, struct arena *into)
{
    arena_adopt(into, &b->arena);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

static struct made *find(struct baselines *b, const char *key)
{
    struct made *m;
    vec_each (m, &b->made) {
        if (strcmp(m->key, key) == 0) {
            return m;
        }
    }
    return NULL;
}

static struct made *add(struct baselines *b, const char *key)
{
    struct made *m = vec_push(&b->arena, &b->made);
    *m = (struct made){.key = arena_dup(&b->arena, key)};
    return m;
}

static int give(const struct made *m, struct baseline *out, struct err *err)
{
    if (m->err.status) {
        *err = m->err;
        return err->status;
    }
    out->schema = m->schema;
    memcpy(out->fingerprint, m->fingerprint, sizeof(out->fingerprint));
    return 0;
}

/* "2026-11-20 02:00 UTC" */
static const char *minute(struct arena *a, int64_t us)
{
    char *text = time_format(a, us, false);
    text[10] = ' ';
    return arena_printf(a, "%.16s UTC", text);
}

int baseline_snapshot(struct baselines *b, struct arena *a, const struct snapshot *snap, const char *live,
                      struct baseline *out, struct err *err)
{
    *out = (struct baseline){
        .text = snap->run ? arena_printf(a, "snapshot of run %s, %s", snap->run, minute(a, snap->taken_us))
                          : arena_printf(a, "snapshot of %s", minute(a, snap->taken_us))};
    memcpy(out->fingerprint, snap->fingerprint, sizeof(out->fingerprint));
    if (strcmp(snap->fingerprint, live) == 0) {
        return 0;
    }
    pthread_mutex_lock(&b->lock);
    struct made *m = find(b, snap->fingerprint);
    if (!m) {
        m = add(b, snap->fingerprint);
        if (snapshot_document(b->store, &b->arena, snap->fingerprint, &m->schema, &m->err) == 0) {
            m->err.status = 0;
            memcpy(m->fingerprint, snap->fingerprint, sizeof(m->fingerprint));
        }
    }
    int rc = give(m, out, err);
    pthread_mutex_unlock(&b->lock);
    return rc;
}

static int build(struct baselines *b, struct member *m, struct made *made, struct err *err)
{
    struct scratch *s = NULL;
    struct scratch_options options = {.url = environment_scratch(m->environment, m->driver->name),
                                      .like = m->environment,
                                      .control = b->options->control,
                                      .alembic = b->options->alembic,
                                      .defaults = m->conn};
    int rc = scratch_open(&b->arena, b->fleet->project, m->driver->name, &options, &s, err);
    rc = rc ? rc : scratch_upgrade(s, b->graph, &m->state.at.ids, err);
    rc = rc ? rc : scratch_schema(s, &b->arena, &made->schema, err);
    scratch_close(s);
    if (rc) {
        return rc;
    }
    if (m->in_schema) {
        snapshot_narrow(made->schema);
    }
    schema_fingerprint(made->schema, made->fingerprint);
    return 0;
}

/* Targets of one dialect at one position share it. Their databases' defaults are those of the first. */
int baseline_scratch(struct baselines *b, struct member *m, struct baseline *out, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *key = arena_printf(&a, "%s %s %s", m->driver->name, m->in_schema ? "one" : "all",
                                   position_text(&a, &m->state.at.ids));
    *out = (struct baseline){.text = "what the revisions build in a scratch database"};
    pthread_mutex_lock(&b->lock);
    struct made *made = find(b, key);
    if (!made) {
        struct made fresh = {.key = key};
        if (build(b, m, &fresh, &fresh.err) == 0) {
            fresh.err.status = 0;
        }
        made = add(b, key);
        fresh.key = made->key;
        *made = fresh;
    }
    int rc = give(made, out, err);
    pthread_mutex_unlock(&b->lock);
    return rc;
}
