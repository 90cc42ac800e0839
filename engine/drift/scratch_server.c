/* Scratch databases on a server. Each is named lockstep_scratch_ and digits; the session that made it holds a
 * lock by that name for as long as it is used, so that whoever finds one without its lock may drop it. */
#include "engine/drift/scratch_server.h"
#include "base/arena.h"
#include "engine/reach.h"
#include <sys/random.h>

#define PREFIX "lockstep_scratch_"

/* {name}: as an identifier; {text}: as a literal. */
struct words {
    const char *driver;
    const char *lock; /* one row: true when it was got */
    const char *unlock;
    const char *left; /* query: names that begin with PREFIX and that nobody is connected to */
    const char *drop;
    const char *create;   /* {more}: what `defaults` gave */
    const char *defaults; /* query on another database: one text; NULL: there are none */
};
static const struct words all_words[] = {
    {"postgresql", "SELECT pg_try_advisory_lock(hashtextextended({text}, 0))",
     "SELECT pg_advisory_unlock(hashtextextended({text}, 0))",
     "SELECT datname FROM pg_database d WHERE datname LIKE 'lockstep\\_scratch\\_%' AND NOT EXISTS "
     "(SELECT 1 FROM pg_stat_activity a WHERE a.datname = d.datname)",
     "DROP DATABASE IF EXISTS {name}", "CREATE DATABASE {name} TEMPLATE template0", NULL},
    {"mysql", "SELECT GET_LOCK({text}, 0)", "SELECT RELEASE_LOCK({text})",
     "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'lockstep\\_scratch\\_%'",
     "DROP DATABASE IF EXISTS {name}", "CREATE DATABASE {name}{more}",
     "SELECT CONCAT(' CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name) "
     "FROM information_schema.schemata WHERE schema_name = DATABASE()"},
};

struct scratch_server {
    struct arena arena;
    const struct words *words;
    const struct driver *driver;
    struct conn *admin;
    const char *name; /* NULL: not made yet */
    const char *more;
    struct run_watch *watch;
};

static const char *fill(struct scratch_server *s, const char *text, const char *name)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (const char *p = text; *p;) {
        if (strncmp(p, "{name}", 6) == 0) {
            s->driver->quote_ident(&out, name);
            p += 6;
        } else if (strncmp(p, "{text}", 6) == 0) {
            s->driver->quote_literal(&out, slice_of(name));
            p += 6;
        } else if (strncmp(p, "{more}", 6) == 0) {
            strbuf_adds(&out, s->more ? s->more : "");
            p += 6;
        } else {
            strbuf_addch(&out, *p++);
        }
    }
    return arena_dup(&s->arena, strbuf_cstr(&out));
}

static bool is_true(const struct rowset *rows)
{
    struct slice cell = rows->nrows ? rowset_cell(rows, 0, 0) : (struct slice){0};
    return slice_eq(cell, "t") || slice_eq(cell, "1");
}

static int try_lock(struct scratch_server *s, const char *name, bool *out, struct err *err)
{
    struct rowset rows;
    int rc = conn_query(s->admin, &s->arena, fill(s, s->words->lock, name), &rows, err);
    *out = rc == 0 && is_true(&rows);
    return rc;
}

/* Databases of processes that were killed. Whatever hinders that is no reason to fail. */
static void drop_left_over(struct scratch_server *s)
{
    struct rowset rows, unlocked;
    struct err ignored;
    if (conn_query(s->admin, &s->arena, s->words->left, &rows, &ignored)) {
        return;
    }
    for (size_t i = 0; i < rows.nrows; i++) {
        const char *name = slice_dup(&s->arena, rowset_cell(&rows, i, 0));
        bool free = false;
        if (try_lock(s, name, &free, &ignored) == 0 && free) {
            conn_exec(s->admin, fill(s, s->words->drop, name), &ignored);
            conn_query(s->admin, &s->arena, fill(s, s->words->unlock, name), &unlocked, &ignored);
        }
    }
}

static int make(struct scratch_server *s, struct err *err)
{
    unsigned char random[8];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return err_set(err, ERR_FAILED, "cannot get random bytes for a name");
    }
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    strbuf_adds(&name, PREFIX);
    for (size_t i = 0; i < sizeof(random); i++) {
        strbuf_addf(&name, "%02x", random[i]);
    }
    const char *wanted = arena_dup(&s->arena, strbuf_cstr(&name));
    bool got = false;
    int rc = try_lock(s, wanted, &got, err);
    if (!rc && !got) {
        rc = err_set(err, ERR_FAILED, "the lock of the scratch database %s is taken", wanted);
    }
    if (rc) {
        return rc;
    }
    s->name = wanted; /* from here on there may be something to drop */
    rc = conn_exec(s->admin, fill(s, s->words->create, wanted), err);
    if (rc) {
        err_hint(err, "The user of the scratch: URL needs the right to make and drop databases.");
    }
    return rc;
}

static int read_defaults(struct scratch_server *s, struct conn *from, struct err *err)
{
    struct rowset rows;
    if (!from || !s->words->defaults) {
        return 0;
    }
    int rc = conn_query(from, &s->arena, s->words->defaults, &rows, err);
    if (!rc && rows.nrows) {
        s->more = rowset_cell(&rows, 0, 0).ptr;
    }
    return rc;
}

static int missing_url(const char *dialect, struct err *err)
{
    err_set(err, ERR_USAGE, "there is no server for a scratch database of %s", dialect);
    return err_hint(
        err,
        "Name one in the environment document, \"scratch: %s://user@host/database\", whose user may "
        "make and drop databases.",
        dialect);
}

static int connect_admin(struct scratch_server *s, struct arena *a, const struct project *p,
                         const char *dialect, const struct scratch_options *options, struct url *url,
                         struct err *err)
{
    static const struct settings defaults = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
    struct target t = {.name = "scratch", .url = *options->url};
    if (options->like) {
        t.tunnel = options->like->tunnel;
    }
    struct reach reach = {.target = &t,
                          .settings = options->like ? &options->like->settings : &defaults,
                          .base = p ? p->dir : "."};
    int rc = target_url(a, &t, reach.base, url, err);
    if (!rc && strcmp(url->dialect, dialect) != 0) {
        rc = missing_url(dialect, err);
    }
    if (rc) {
        return rc;
    }
    struct driver_session session = {.application = "lockstep scratch", .cancel_fd = &s->watch->cancel_fd};
    return reach_open(&s->arena, &reach, session, &s->admin, err);
}

static const struct words *words_of(const char *dialect)
{
    for (size_t i = 0; i < COUNT_OF(all_words); i++) {
        if (strcmp(all_words[i].driver, dialect) == 0) {
            return &all_words[i];
        }
    }
    return NULL;
}

int scratch_server_open(struct arena *a, const struct project *p, const char *dialect,
                        const struct scratch_options *options, struct run_watch *watch,
                        struct scratch_server **out, const char **url, struct err *err)
{
    const struct words *words = words_of(dialect);
    if (!options->url || !words) {
        return missing_url(dialect, err);
    }
    struct scratch_server *s = xcalloc(1, sizeof(*s));
    s->words = words;
    s->watch = watch;
    struct url place;
    int rc = driver_find(dialect, &s->driver, err);
    rc = rc ? rc : connect_admin(s, a, p, dialect, options, &place, err);
    if (!rc) {
        run_watch_conn(watch, s->admin);
        rc = read_defaults(s, options->defaults, err);
        if (!rc) {
            drop_left_over(s);
            rc = make(s, err);
        }
        run_watch_conn(watch, NULL);
    }
    if (rc) {
        scratch_server_close(s);
        return rc;
    }
    place.database = s->name;
    *url = url_for_python(a, &place);
    *out = s;
    return 0;
}

void scratch_server_close(struct scratch_server *s)
{
    struct err ignored;
    if (!s) {
        return;
    }
    if (s->admin && s->name) {
        s->driver->cancel_reset(s->admin);
        conn_exec(s->admin, fill(s, s->words->drop, s->name), &ignored);
    }
    conn_close(s->admin);
    arena_release(&s->arena);
    free(s);
}
