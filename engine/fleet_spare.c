/* Which connections stay open between reading and running. */
#include "engine/fleet_spare.h"
#include "base/arena.h"
#include "base/thread.h"
#include <sys/resource.h>

#define MOST      64 /* of a fleet */
#define FILES_OF  8  /* a connection may have this part of the files that may be open */
#define SHARE_OF  2  /* and a server keeps as much as it gives */
#define UNLIMITED INT64_MAX

struct server {
    const char *name;
    bool known; /* what it can spare has been found out */
    int64_t left;
};

struct spare {
    int64_t per_server; /* as the environment has it */
    struct arena arena;
    pthread_mutex_t lock; /* guards what follows, and the arena */
    pthread_cond_t found;
    int64_t left;
    VEC(struct server *) servers;
};

/* Somebody who says how many at once means connections, too. A pause may take days. */
static int64_t limit_of(const struct rollout *r, bool *pauses)
{
    int64_t least = r->parallel_per_server > 0 ? r->parallel_per_server : UNLIMITED;
    *pauses = false;
    for (size_t i = 0; i < r->waves.n; i++) {
        const struct rollout_wave *w = &r->waves.items[i];
        *pauses = *pauses || w->pause != WAVE_PAUSE_NONE;
        least = w->parallel_per_server > 0 && w->parallel_per_server < least ? w->parallel_per_server : least;
    }
    return least;
}

struct spare *spare_new(const struct rollout *r)
{
    struct spare *s = xcalloc(1, sizeof(*s));
    struct rlimit files;
    bool pauses;
    s->per_server = limit_of(r, &pauses);
    s->left = pauses ? 0 : MOST;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / FILES_OF < (rlim_t)s->left) {
        s->left = (int64_t)(files.rlim_cur / FILES_OF);
    }
    pthread_mutex_init(&s->lock, NULL);
    cond_init(&s->found);
    return s;
}

void spare_free(struct spare *s)
{
    if (!s) {
        return;
    }
    pthread_cond_destroy(&s->found);
    pthread_mutex_destroy(&s->lock);
    arena_release(&s->arena);
    free(s);
}

/* None where the question has no answer. */
static int64_t ask(struct member *m)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct rowset rows;
    struct err ignored;
    if (m->driver->shared && m->driver->shared(m->conn)) {
        return 0; /* the sessions are those of a pooler */
    }
    if (conn_query(m->conn, &a, m->driver->room, &rows, &ignored) != 0 || rows.nrows != 1) {
        return 0;
    }
    struct slice cell = rowset_cell(&rows, 0, 0);
    return cell.ptr ? strtoll(cell.ptr, NULL, 10) / SHARE_OF : 0;
}

static struct server *find_server(struct spare *s, const char *name)
{
    for (size_t i = 0; i < s->servers.n; i++) {
        if (strcmp(s->servers.items[i]->name, name) == 0) {
            return s->servers.items[i];
        }
    }
    return NULL;
}

/* The first one asks; the others have to wait for the answer. */
static struct server *know_server(struct spare *s, struct member *m)
{
    struct server *server = find_server(s, m->server);
    if (server) {
        while (!server->known) {
            pthread_cond_wait(&s->found, &s->lock);
        }
        return server;
    }
    server = arena_alloc(&s->arena, sizeof(*server));
    *server = (struct server){.name = m->server};
    *vec_push(&s->arena, &s->servers) = server;
    pthread_mutex_unlock(&s->lock);
    int64_t room = ask(m);
    pthread_mutex_lock(&s->lock);
    server->left = room < s->per_server ? room : s->per_server;
    server->known = true;
    pthread_cond_broadcast(&s->found);
    return server;
}

bool spare_takes(struct spare *s, struct member *m)
{
    if (!s || !m->conn || !m->driver->room) {
        return false;
    }
    bool taken = false;
    pthread_mutex_lock(&s->lock);
    if (s->left > 0) {
        struct server *server = know_server(s, m);
        taken = s->left > 0 && server->left > 0;
        s->left -= taken;
        server->left -= taken;
    }
    pthread_mutex_unlock(&s->lock);
    return taken;
}
