/* Targets with their connections: environments on one side, drivers on the other. */
#include "engine/fleet.h"
#include "base/failpoint.h"
#include "engine/fleet_spare.h"
#include "engine/reach.h"
#include "engine/store/audit.h"
#include "engine/vigil.h"
#include <strings.h>
#include <unistd.h>

#define KEPT_CONNECTIONS 16     /* so many members may stay connected between reading and running */
#define KEPT_MOST        64     /* when the environment has so many at work at once */
#define SEPARATOR        '\x1f' /* stands in no name */
#define RETRY_FOR_MS     30000  /* of a run, while a server says "not now" */

static const char *project_dir(const struct project *p)
{
    return p ? p->dir : ".";
}

struct query_arg {
    const struct project *project;
};

static int run_each_query(void *arg, struct arena *a, const struct environment *e, const struct target *t,
                          const char ***values, size_t *n, struct err *err)
{
    const struct query_arg *q = arg;
    /* The same way and the same protection as for the targets that come out of it. */
    struct target from = {.name = t->name,
                          .url = t->each.url,
                          .password = t->each.password,
                          .tls = t->tls,
                          .has_tls = t->has_tls,
                          .tunnel = t->tunnel,
                          .node = t->node};
    struct reach reach = {.target = &from, .settings = &e->settings, .base = project_dir(q->project)};
    struct conn *conn = NULL;
    int rc = reach_open(a, &reach, (struct driver_session){.application = "lockstep"}, &conn, err);
    if (rc) {
        return err_wrap(err, "each.query of target %s", t->name);
    }
    struct rowset rows;
    rc = conn_query(conn, a, t->each.query, &rows, err);
    conn_close(conn);
    if (rc) {
        return err_wrap(err, "each.query of target %s", t->name);
    }
    const char **list = arena_array(a, rows.nrows, sizeof(*list));
    for (size_t i = 0; i < rows.nrows; i++) {
        struct slice cell = rowset_cell(&rows, i, 0);
        if (!cell.ptr) {
            err_set(err, ERR_FAILED, "each.query of target %s: row %zu is NULL", t->name, i + 1);
            return err_hint(err, "Let the query leave NULL out, for instance with WHERE ... IS NOT NULL.");
        }
        list[i] = cell.ptr;
    }
    *values = list;
    *n = rows.nrows;
    return 0;
}

int fleet_expand(struct arena *a, const struct project *p, struct environment *e, struct err *err)
{
    struct query_arg q = {p};
    return environment_expand(a, e, run_each_query, &q, err);
}

/* The machine itself has many names, and limits count all that lead to one port of it. */
static const char *machine_of(struct arena *a, const char *host)
{
    bool here = strcasecmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
                strcmp(host, "::1") == 0 || host[0] == '/';
    char *name = arena_dup(a, here ? "localhost" : host);
    for (char *c = name; *c; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    return name;
}

/* What targets of one server have in common. A socket without a port stands for the server behind it; behind
 * a tunnel a name such as localhost is what it is to the last host of the tunnel. */
static const char *server_of(struct arena *a, const struct driver *driver, const struct target *t,
                             const struct url *u)
{
    const char *socket = url_param(u, "unix_socket"), *host = machine_of(a, u->host ? u->host : "");
    int port = u->port ? u->port : driver->default_port;
    if (driver->caps & DRIVER_LOCAL_FILE) {
        return "";
    }
    if (socket) {
        return arena_dup(a, socket);
    }
    const char *server = arena_printf(a, strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    if (!t->tunnel || t->tunnel->n == 0) {
        return server;
    }
    const struct tunnel_hop *last = &t->tunnel->hops[t->tunnel->n - 1];
    return arena_printf(a, "%s via %s:%d", server, last->host.text, last->port);
}

static const struct err *keep_err(struct arena *a, const struct err *why)
{
    struct err *kept = arena_alloc(a, sizeof(*kept));
    *kept = *why;
    return kept;
}

static void add_lost(struct fleet *f, const struct environment *e, const struct target *t, struct err *why)
{
    err_wrap(why, "%s", t->name);
    struct member m = {.environment = e, .target = t, .server = "", .lost = keep_err(f->arena, why)};
    m.address = target_display(f->arena, t, project_dir(f->project));
    m.err = m.lost;
    *vec_push(f->arena, &f->members) = m;
}

/* All that leads to the database but the schema. */
static const char *database_of(struct arena *a, const struct member *m, const struct url *u)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const char *const parts[] = {m->driver->name, m->scheme, u->user, u->password, u->host, u->database};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        strbuf_addf(&text, "%d%s%c", parts[i] != NULL, parts[i] ? parts[i] : "", SEPARATOR);
    }
    strbuf_addf(&text, "%d", u->port);
    for (size_t i = 0; i < u->nparams; i++) {
        if (strcmp(u->params[i].name, "schema") != 0) {
            strbuf_addf(&text, "%c%s=%s", SEPARATOR, u->params[i].name, u->params[i].value);
        }
    }
    const struct tls_settings *tls = &m->target->tls;
    const char *const files[] = {tls->ca, tls->cert, tls->key};
    strbuf_addf(&text, "%c%d%d", SEPARATOR, m->target->has_tls, (int)tls->mode);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        strbuf_addf(&text, "%c%s", SEPARATOR, files[i] ? files[i] : "");
    }
    strbuf_addf(&text, "%c%p", SEPARATOR, (const void *)m->target->tunnel);
    return arena_dup(a, strbuf_cstr(&text));
}

static int add_member(struct fleet *f, const struct environment *e, const struct target *t, struct err *err)
{
    struct url url;
    struct member m = {.environment = e, .target = t};
    int rc = target_url(f->arena, t, project_dir(f->project), &url, err);
    rc = rc ? rc : driver_find(url.dialect, &m.driver, err);
    if (rc) {
        return rc;
    }
    m.scheme = url.scheme;
    m.server = server_of(f->arena, m.driver, t, &url);
    m.address = target_display(f->arena, t, project_dir(f->project));
    m.lock_timeout_ms = e->settings.lock_timeout_ms;
    m.statement_timeout_ms = e->settings.statement_timeout_ms;
    const char *schema = f->project ? f->project->version_table_schema : NULL;
    const char *table =
        f->project && f->project->version_table ? f->project->version_table : "alembic_version";
    bookkeeping_init(&m.book, f->arena, m.driver, table, schema);
    m.lock_key = arena_printf(f->arena, LOCK_OF_TABLE "%s", m.book.version_table);
    const char *in_schema = url_param(&url, "schema");
    m.in_schema = in_schema && (m.driver->caps & DRIVER_SCHEMAS) ? in_schema : NULL;
    if (in_schema && !schema && (m.driver->caps & DRIVER_SCHEMAS)) {
        m.schema = in_schema;
        m.database = database_of(f->arena, &m, &url);
    }
    *vec_push(f->arena, &f->members) = m;
    return 0;
}

void member_fail(struct member *m, const struct err *why)
{
    m->err = keep_err(&m->arena, why);
}

bool fleet_is_large(const struct fleet *f)
{
    return f->members.n > (f->kept ? f->kept : KEPT_CONNECTIONS);
}

void fleet_keep_for_run(struct fleet *f)
{
    if (f->members.n == 0) {
        return;
    }
    const struct rollout *r = &f->members.items[0].environment->rollout;
    int64_t most = rollout_most_per_server(r);
    f->kept = most < KEPT_CONNECTIONS ? KEPT_CONNECTIONS : most > KEPT_MOST ? KEPT_MOST : (size_t)most;
    f->spare = f->spare ? f->spare : spare_new(r);
}

static int by_name(const void *x, const void *y)
{
    const struct member *const *m = x, *const *k = y;
    return strcmp((*m)->target->name, (*k)->target->name);
}

static int open_fleet(struct arena *a, const struct project *p, const struct environment *e,
                      const struct selection *selection, bool all, struct fleet *out, struct err *err)
{
    struct fleet f = {.arena = a, .project = p};
    bool *chosen = NULL;
    size_t n = 0;
    int rc = selection_choose(a, selection, e, &chosen, &n, err);
    if (rc) {
        return rc;
    }
    f.application = arena_printf(a, "lockstep %s@%s (%ld)", actor_name(a), actor_host(a), (long)getpid());
    f.members.items = arena_array(a, n, sizeof(struct member)); /* they stay where they are */
    f.members.cap = n;
    for (size_t i = 0; i < e->ntargets; i++) {
        struct err why;
        rc = chosen[i] ? add_member(&f, e, &e->targets[i], &why) : 0;
        if (rc && !all) {
            *err = why;
            return err_wrap(err, "target %s", e->targets[i].name);
        }
        if (rc) {
            add_lost(&f, e, &e->targets[i], &why);
        }
    }
    f.by_name = arena_array(a, n + 1, sizeof(struct member *));
    for (size_t i = 0; i < n; i++) {
        f.by_name[i] = &f.members.items[i];
    }
    qsort(f.by_name, n, sizeof(struct member *), by_name);
    f.vigil = vigil_new();
    *out = f;
    return 0;
}

int fleet_open(struct arena *a, const struct project *p, const struct environment *e,
               const struct selection *selection, struct fleet *out, struct err *err)
{
    return open_fleet(a, p, e, selection, false, out, err);
}

int fleet_open_all(struct arena *a, const struct project *p, const struct environment *e,
                   const struct selection *selection, struct fleet *out, struct err *err)
{
    return open_fleet(a, p, e, selection, true, out, err);
}

void member_disconnect(struct member *m)
{
    struct err err = {0};
    if (m->lease && member_unlock(m, &err) != 0) {
        m->lock_note = arena_printf(&m->arena, "%s", err.message);
    }
    if (m->pinned) {
        m->state_locked = m->spared = false;
        if (m->locked) {
            member_unlock(m, &err);
        }
        return;
    }
    vigil_leave(m->fleet ? m->fleet->vigil : NULL, m->conn);
    conn_close(m->conn);
    m->conn = NULL;
    m->locked = m->state_locked = m->spared = false;
}

void fleet_close(struct fleet *f)
{
    struct member *m;
    vec_each (m, &f->members) {
        m->pinned = false;
        member_disconnect(m);
        arena_adopt(f->arena, &m->arena);
    }
    spare_free(f->spare);
    vigil_free(f->vigil);
    f->spare = NULL;
    f->vigil = NULL;
}

struct member *fleet_find(struct fleet *f, const char *name)
{
    struct target target = {.name = name};
    struct member wanted = {.target = &target};
    const struct member *key = &wanted;
    struct member **found =
        f->members.n ? bsearch(&key, f->by_name, f->members.n, sizeof(struct member *), by_name) : NULL;
    return found ? *found : NULL;
}

static int open_member(const struct fleet *f, const struct member *m, struct arena *a, bool create,
                       bool patient, const int *cancel_fd, struct conn **out, struct err *err)
{
    struct driver_session session = {.application = f->application, .create = create, .cancel_fd = cancel_fd};
    session.lock_timeout_ms = m->lock_timeout_ms > 0 ? m->lock_timeout_ms : 0;
    session.statement_timeout_ms = m->statement_timeout_ms > 0 ? m->statement_timeout_ms : 0;
    struct reach reach = {
        .target = m->target, .settings = &m->environment->settings, .base = project_dir(f->project)};
    int64_t retry_for_ms = reach.settings->connect_retry_for_ms;
    reach.waiting = patient ? m->waiting : NULL;
    reach.retry_for_ms = !patient ? 0 : retry_for_ms >= 0 ? retry_for_ms : RETRY_FOR_MS;
    return reach_open(a, &reach, session, out, err);
}

int member_open(const struct fleet *f, const struct member *m, struct arena *a, const int *cancel_fd,
                struct conn **out, struct err *err)
{
    return open_member(f, m, a, false, false, cancel_fd, out, err);
}

int member_connect(struct fleet *f, struct member *m, bool create, struct err *err)
{
    if (m->lost) {
        *err = *m->lost;
        return err->status;
    }
    bool stand_in = create && !m->conn_creates && (m->driver->caps & DRIVER_LOCAL_FILE);
    if (m->conn && !stand_in) {
        return 0;
    }
    member_disconnect(m);
    m->fleet = f;
    struct conn *conn = NULL;
    const int *cancel_fd = m->cancel_fd ? m->cancel_fd : f->cancel_fd;
    FAILPOINT("before-connect");
    int rc = open_member(f, m, &m->arena, create, m->patient, cancel_fd, &conn, err);
    FAILPOINT("after-connect");
    if (rc) {
        return err_wrap(err, "%s", m->target->name);
    }
    m->conn = conn;
    m->conn_creates = create;
    vigil_enter(f->vigil, m, conn);
    return 0;
}

int member_read(struct fleet *f, struct member *m, struct err *err)
{
    int rc = member_connect(f, m, false, err);
    if (rc) {
        return rc;
    }
    rc = target_state_read(&m->book, m->conn, &m->arena, &m->state, err);
    if (rc) {
        return err_wrap(err, "%s", m->target->name);
    }
    m->state_read = true;
    return 0;
}

int member_read_ahead(struct fleet *f, struct member *m, struct err *err)
{
    if (!m->driver->lock_reading) {
        return member_read(f, m, err);
    }
    int rc = member_connect(f, m, true, err);
    if (rc) {
        return rc;
    }
    struct lock_holder holder = {0};
    FAILPOINT("before-lock");
    rc = target_state_read_locking(&m->book, m->conn, &m->arena, m->lock_key, &m->locked, &holder, &m->state,
                                   err);
    FAILPOINT("after-lock");
    if (rc == 0 && m->locked) {
        rc = member_respect_leases(m, &m->arena, &holder, err);
        m->locked = rc == 0;
        rc = rc == ERR_REFUSED ? 0 : rc;
    }
    if (rc) {
        return err_wrap(err, "%s", m->target->name);
    }
    m->state_read = true;
    /* While it was read, the holder of a lease that is gone by now may still have been at work. */
    m->state_locked = m->locked && !holder.leases;
    return 0;
}

void member_rest(struct fleet *f, struct member *m)
{
    if (!fleet_is_large(f) || m->locked || m->state.half.present) {
        return;
    }
    m->spared = m->spared || (!m->err && spare_takes(f->spare, m));
    if (!m->spared) {
        member_disconnect(m);
    }
}
