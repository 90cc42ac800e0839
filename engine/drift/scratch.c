/* Scratch databases: making, filling, reading, dropping. What their servers are told is in scratch_server.c.
 */
#include "engine/drift/scratch.h"
#include "base/file.h"
#include "engine/drift/scratch_server.h"
#include "engine/drift/snapshot.h"
#include "engine/planner/planner.h"
#include "engine/reach.h"
#include "engine/run/run.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_PREFIX "lockstep-scratch-"

struct scratch {
    struct arena *a;
    const struct project *project;
    struct scratch_options options;
    struct environment *environment;
    struct fleet fleet;
    struct run_watch watch;
    bool watching;
    struct scratch_server *server; /* NULL: in memory */
};

static struct member *member_of(struct scratch *s)
{
    return &s->fleet.members.items[0];
}

struct conn *scratch_conn(struct scratch *s)
{
    return member_of(s)->conn;
}

static int connect_member(struct scratch *s, const char *url, struct err *err)
{
    int rc = environment_from_url(s->a, url, &s->environment, err);
    if (rc) {
        return rc;
    }
    s->environment->name = "scratch";
    s->environment->targets[0].name = "scratch";
    if (s->options.like && s->server) {
        s->environment->targets[0].tunnel = s->options.like->tunnel;
    }
    rc = fleet_open(s->a, s->project, s->environment, NULL, &s->fleet, err);
    if (rc) {
        return rc;
    }
    struct member *m = member_of(s);
    m->cancel_fd = &s->watch.cancel_fd;
    rc = member_connect(&s->fleet, m, true, err);
    m->pinned = rc == 0;
    run_watch_conn(&s->watch, m->conn);
    return rc;
}

int scratch_open(struct arena *a, const struct project *p, const char *dialect,
                 const struct scratch_options *options, struct scratch **out, struct err *err)
{
    struct scratch *s = arena_alloc(a, sizeof(*s));
    *s = (struct scratch){.a = a, .project = p, .options = *options};
    const char *url = "sqlite://";
    int rc = run_watch_start(&s->watch, options->control, err);
    s->watching = rc == 0;
    if (!rc && strcmp(dialect, "sqlite") != 0) {
        rc = scratch_server_open(a, p, dialect, options, &s->watch, &s->server, &url, err);
    }
    rc = rc ? rc : connect_member(s, url, err);
    if (rc) {
        scratch_close(s);
        return rc == ERR_USAGE ? rc : err_wrap(err, "making a scratch database");
    }
    *out = s;
    return 0;
}

void scratch_close(struct scratch *s)
{
    if (!s) {
        return;
    }
    run_watch_conn(s->watching ? &s->watch : NULL, NULL);
    fleet_close(&s->fleet);
    run_watch_stop(s->watching ? &s->watch : NULL);
    scratch_server_close(s->server);
}

/* --- filling it */

int scratch_run_sql(struct scratch *s, const char *path, struct slice sql, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = scratch_conn(s);
    struct sql_script script;
    int rc = conn_driver(c)->split(&a, sql, &script, err);
    if (rc) {
        return err_place(err, path, err->line, err->column);
    }
    struct statement *statements = arena_array(&a, script.n + 1, sizeof(*statements));
    struct outcome *outcomes = arena_array(&a, script.n + 1, sizeof(*outcomes));
    for (size_t i = 0; i < script.n; i++) {
        statements[i] = (struct statement){.text = script.items[i].text, .copy = script.items[i].copy};
    }
    size_t done = 0;
    rc = script.n ? conn_driver(c)->batch(c, &a, statements, script.n, outcomes, &done, err) : 0;
    if (rc) {
        return err_place(err, path, done < script.n ? script.items[done].line : 0, 0);
    }
    return 0;
}

/* The process that made the folder is gone: its number is in the name. */
static bool is_left_over(const char *name)
{
    size_t n = strlen(FOLDER_PREFIX);
    if (strncmp(name, FOLDER_PREFIX, n) != 0) {
        return false;
    }
    long pid = strtol(name + n, NULL, 10);
    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void remove_folder(const char *folder)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        unlink(path_join(&a, folder, e->d_name));
    }
    if (dir) {
        closedir(dir);
    }
    rmdir(folder);
}

static void remove_left_over(const char *place)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    DIR *dir = opendir(place);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        if (is_left_over(e->d_name)) {
            remove_folder(path_join(&a, place, e->d_name));
        }
    }
    if (dir) {
        closedir(dir);
    }
}

/* The run that builds it keeps its log in a store of its own, in memory where that can be. */
static int make_folder(struct arena *a, char **out, struct err *err)
{
    const char *tmp = getenv("TMPDIR");
    const char *place = tmp && tmp[0] ? tmp : access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    remove_left_over(place);
    char *folder = arena_printf(a, "%s/" FOLDER_PREFIX "%ld-XXXXXX", place, (long)getpid());
    if (!mkdtemp(folder)) {
        return err_errno(err, place, "cannot make a folder for a scratch database");
    }
    *out = folder;
    return 0;
}

/* A failure of the run, told as one of a revision. */
static int run_failure(const struct run_result *result, struct err *err)
{
    if (result->interrupted) {
        return err_set(err, ERR_INTERRUPTED, "interrupted");
    }
    if (result->targets.n && result->targets.items[0].err.status) {
        *err = result->targets.items[0].err;
        err->status = ERR_FAILED;
        return err_wrap(err, "the revisions do not build a database from nothing");
    }
    return err_set(err, ERR_FAILED, "the revisions do not build a database from nothing");
}

static int run_steps(struct scratch *s, const struct plan *plan, const char *folder, struct err *err)
{
    struct store *store = NULL;
    int rc = store_open(path_join(s->a, folder, "store.db"), true, &store, err);
    if (rc) {
        return rc;
    }
    struct run_result result = {0};
    struct run_opts opts = {.store = store,
                            .fleet = &s->fleet,
                            .control = s->options.control,
                            .command = "scratch",
                            .alembic = s->options.alembic,
                            .no_snapshots = true};
    rc = run_plan(s->a, plan, &opts, &result, err);
    store_close(store);
    member_of(s)->cancel_fd = &s->watch.cancel_fd;
    run_watch_conn(&s->watch, member_of(s)->conn);
    return rc ? rc : result.exit_status ? run_failure(&result, err) : 0;
}

int scratch_upgrade(struct scratch *s, const struct graph *g, const strings_t *position, struct err *err)
{
    struct position at = {*position};
    revisions_t within = {0};
    if (position->n == 0) {
        return 0;
    }
    position_revisions(s->a, g, &at, &within);
    struct plan_request q = {.project = s->project,
                             .environment = s->environment,
                             .graph = g,
                             .direction = DIRECTION_UPGRADE,
                             .within = &within,
                             .alembic = s->options.alembic,
                             .one_wave = true,
                             .transaction = -1};
    struct plan *plan = NULL;
    char *folder = NULL;
    int rc = member_read(&s->fleet, member_of(s), err);
    rc = rc ? rc : planner_plan(s->a, &s->fleet, &q, &plan, err);
    rc = rc ? rc : make_folder(s->a, &folder, err);
    rc = rc ? rc : run_steps(s, plan, folder, err);
    if (folder) {
        remove_folder(folder);
    }
    return rc;
}

/* Revisions may have turned the session to other tables, roles or settings: it is read by another one. Only
 * one in memory has no other. */
int scratch_schema(struct scratch *s, struct arena *a, struct schema **out, struct err *err)
{
    struct member *m = member_of(s);
    if (!s->server) {
        return snapshot_read_conn(a, m->conn, &m->book, NULL, out, err);
    }
    struct conn *c = NULL;
    int rc = member_open(&s->fleet, m, a, &s->watch.cancel_fd, &c, err);
    if (rc) {
        return rc;
    }
    run_watch_conn(&s->watch, c);
    rc = snapshot_read_conn(a, c, &m->book, NULL, out, err);
    run_watch_conn(&s->watch, m->conn);
    conn_close(c);
    return rc;
}
