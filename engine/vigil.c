/* Asking silent servers, and giving them up. */
#include "engine/vigil.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/thread.h"
#include "engine/fleet.h"
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define QUIET_MS 30000 /* settings.liveness */
#define AGAIN_MS                                                                                             \
    5000 /* between two questions when an answer was bad; a sixth of the quiet time if that is less */
#define ASKING_MAX  32                 /* questions at the same time */
#define UNREACHED   3                  /* in a row, until a server is given up */
#define NOT_WORKING 2                  /* an answer may be under way when the server is asked */
#define GRACE_US    ((int64_t)5000000) /* a question beyond the time of a connection attempt */

enum state { STATE_WORKING, STATE_IDLE, STATE_UNREACHABLE };

struct entry {
    struct entry *next;
    const struct member *member;
    const struct fleet *fleet;
    struct conn *conn;
    int64_t began_us, ask_us; /* when it entered, and when it is asked about next */
    unsigned unreached, not_working;
};

/* One question about one connection. */
struct question {
    struct vigil *vigil;
    pthread_t thread;
    const struct member *member;
    const struct fleet *fleet;
    const struct conn *about; /* only compared: it may be closed meanwhile */
    int64_t session, age_s;
    int64_t quiet_since_us;
    int cancel_fd;
    /* Guarded by the vigil's lock. */
    struct conn *conn; /* with the question in flight */
    bool done;
    enum state state;
};

struct vigil {
    pthread_mutex_t lock; /* guards everything */
    pthread_cond_t wake;
    struct entry *entries;
    bool started, stopping;
    pthread_t thread;
};

struct vigil *vigil_new(void)
{
    struct vigil *v = xcalloc(1, sizeof(*v));
    cond_init(&v->wake);
    pthread_mutex_init(&v->lock, NULL);
    return v;
}

static int64_t quiet_us(const struct member *m)
{
    int64_t ms = m->environment->settings.liveness_ms;
    return (ms < 0 ? QUIET_MS : ms) * 1000;
}

static int64_t again_us(const struct member *m)
{
    int64_t sixth = quiet_us(m) / 6;
    return sixth < AGAIN_MS * 1000 ? sixth : AGAIN_MS * 1000;
}

static struct conn_base *base_of(struct conn *c)
{
    return (struct conn_base *)(void *)c;
}

static int64_t quiet_since(struct conn *c)
{
    return atomic_load_explicit(&base_of(c)->quiet_since_us, memory_order_relaxed);
}

/* ---- asking ---- */

/* Did nobody answer, rather than refuse? Whoever says that it has too many sessions (08004) is there. */
static bool is_silence(const struct err *e)
{
    static const char *const own[] = {"", "HY000", "08S01", "08001", "08006"}; /* of the client libraries */
    bool none = false;
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        none = none || strcmp(e->sqlstate, own[i]) == 0;
    }
    return e->status == ERR_UNREACHABLE && none;
}

static enum state read_state(struct question *q, const struct rowset *rows, struct conn *conn)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice own = rowset_cell(rows, 0, 0), state = rowset_cell(rows, 0, 1);
    const char *number = own.ptr ? slice_dup(&a, own) : "";
    bool true_numbers = strtoll(number, NULL, 10) == conn_session(conn);
    if (!true_numbers || q->session == 0) {
        return STATE_WORKING; /* a pooler or proxy in between makes numbers up: that it answers is all there
                                 is */
    }
    return slice_eq(state, "working") ? STATE_WORKING : STATE_IDLE;
}

static void write_query(struct strbuf *out, const char *text, const struct question *q)
{
    while (*text) {
        if (strncmp(text, "{session}", 9) == 0) {
            strbuf_addf(out, "%lld", (long long)q->session);
            text += 9;
        } else if (strncmp(text, "{age}", 5) == 0) {
            strbuf_addf(out, "%lld", (long long)q->age_s);
            text += 5;
        } else {
            strbuf_addch(out, *text++);
        }
    }
}

static enum state ask_on(struct question *q, struct arena *a, struct conn *conn)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct rowset rows;
    struct err err = {0};
    write_query(&text, conn_driver(conn)->session_state, q);
    if (conn_query(conn, a, strbuf_cstr(&text), &rows, &err) != 0) {
        return err.connection_lost || err.status == ERR_INTERRUPTED ? STATE_UNREACHABLE : STATE_WORKING;
    }
    return read_state(q, &rows, conn);
}

static void *ask(void *arg)
{
    struct question *q = arg;
    struct vigil *v = q->vigil;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *conn = NULL;
    struct err err = {0};
    /* The member itself is somebody's who changes it: this is all of it that stays as it is. */
    const struct member same = {.environment = q->member->environment, .target = q->member->target};
    int rc = member_open(q->fleet, &same, &a, &q->cancel_fd, &conn, &err);
    pthread_mutex_lock(&v->lock);
    q->conn = conn;
    pthread_mutex_unlock(&v->lock);
    enum state state = rc == 0                                             ? ask_on(q, &a, conn)
                       : is_silence(&err) || err.status == ERR_INTERRUPTED ? STATE_UNREACHABLE
                                                                           : STATE_WORKING;
    pthread_mutex_lock(&v->lock);
    q->conn = NULL;
    q->state = state;
    q->done = true;
    pthread_cond_broadcast(&v->wake);
    pthread_mutex_unlock(&v->lock);
    conn_close(conn);
    return NULL;
}

static void begin_question(struct vigil *v, struct question *q, const struct entry *e, int64_t now_us)
{
    *q = (struct question){.vigil = v,
                           .member = e->member,
                           .fleet = e->fleet,
                           .about = e->conn,
                           .session = conn_session(e->conn),
                           .age_s = (now_us - e->began_us) / 1000000,
                           .quiet_since_us = quiet_since(e->conn),
                           .cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                           .state = STATE_WORKING};
    if (q->cancel_fd < 0 || thread_start(&q->thread, 0, ask, q) != 0) {
        q->done = true; /* we are short of something ourselves: no reason to give up a server */
        q->thread = 0;
    }
}

/* The time is up, or nobody wants to know any more. */
static void end_question(struct question *q)
{
    eventfd_write(q->cancel_fd, 1);
    if (q->conn) {
        conn_driver(q->conn)->give_up(q->conn, "no answer to whether it still works");
    }
}

static bool all_done(const struct question *questions, size_t n)
{
    bool done = true;
    for (size_t i = 0; i < n; i++) {
        done = done && questions[i].done;
    }
    return done;
}

static void join_questions(struct vigil *v, struct question *questions, size_t n, int64_t deadline_us)
{
    while (!all_done(questions, n)) {
        int64_t now_us = time_monotonic_us();
        bool over = v->stopping || now_us >= deadline_us;
        for (size_t i = 0; i < n && over; i++) {
            if (!questions[i].done) {
                end_question(&questions[i]); /* again and again: it may have a connection only now */
            }
        }
        cond_wait_until(&v->wake, &v->lock, over ? now_us + 100000 : deadline_us);
    }
    pthread_mutex_unlock(&v->lock);
    for (size_t i = 0; i < n; i++) {
        if (questions[i].thread) {
            pthread_join(questions[i].thread, NULL);
        }
        if (questions[i].cancel_fd >= 0) {
            close(questions[i].cancel_fd);
        }
    }
    pthread_mutex_lock(&v->lock);
}

/* ---- judging ---- */

static void judge(struct entry *e, const struct question *q, int64_t now_us)
{
    e->unreached = q->state == STATE_UNREACHABLE ? e->unreached + 1 : 0;
    e->not_working = q->state == STATE_IDLE ? e->not_working + 1 : 0;
    bool good = q->state == STATE_WORKING;
    e->ask_us = now_us + (good ? quiet_us(e->member) : again_us(e->member));
    const struct driver *driver = conn_driver(e->conn);
    if (e->unreached >= UNREACHED) {
        driver->give_up(e->conn, "the server has fallen silent and cannot be reached again");
    } else if (e->not_working >= NOT_WORKING) {
        driver->give_up(e->conn, "no answer came, and the server does not work on it any more");
    }
}

static void judge_all(struct vigil *v, const struct question *questions, size_t n)
{
    int64_t now_us = time_monotonic_us();
    for (struct entry *e = v->entries; e && !v->stopping; e = e->next) {
        for (size_t i = 0; i < n; i++) {
            /* The same wait of the same connection. */
            if (e->conn == questions[i].about && quiet_since(e->conn) == questions[i].quiet_since_us) {
                judge(e, &questions[i], now_us);
            }
        }
    }
}

/* What has to be asked now; *next_us: when to look again. */
static size_t find_silent(struct vigil *v, struct question *questions, int64_t now_us, int64_t *next_us)
{
    size_t n = 0;
    *next_us = INT64_MAX;
    for (struct entry *e = v->entries; e; e = e->next) {
        int64_t since = quiet_since(e->conn), quiet = quiet_us(e->member);
        if (quiet == 0 || atomic_load(&base_of(e->conn)->given_up)) {
            continue;
        }
        if (since == 0 || now_us - since < quiet) {
            e->unreached = e->not_working = 0;
            e->ask_us = 0;
        }
        /* A wait that begins now is silent for too long after the quiet time; looking more often finds it
         * soon. */
        int64_t due = since && e->ask_us ? e->ask_us : since ? since + quiet : now_us + quiet / 4;
        if (since && now_us >= due && n < ASKING_MAX) {
            begin_question(v, &questions[n++], e, now_us);
        } else {
            due = due <= now_us ? now_us + quiet / 4 : due;
            *next_us = due < *next_us ? due : *next_us;
        }
    }
    return n;
}

static void *keep_vigil(void *arg)
{
    struct vigil *v = arg;
    struct question *questions = xcalloc(ASKING_MAX, sizeof(*questions));
    pthread_mutex_lock(&v->lock);
    while (!v->stopping) {
        int64_t next_us, now_us = time_monotonic_us(), longest_us = 0;
        size_t n = find_silent(v, questions, now_us, &next_us);
        for (size_t i = 0; i < n; i++) {
            int64_t ms = questions[i].member->environment->settings.connect_timeout_ms;
            int64_t us = (ms > 0 ? ms : 10000) * 1000;
            longest_us = us > longest_us ? us : longest_us;
        }
        if (n > 0) {
            join_questions(v, questions, n, now_us + longest_us + GRACE_US);
            judge_all(v, questions, n);
        } else {
            cond_wait_until(&v->wake, &v->lock, next_us);
        }
    }
    pthread_mutex_unlock(&v->lock);
    free(questions);
    return NULL;
}

/* ---- who is looked after ---- */

void vigil_enter(struct vigil *v, const struct member *m, struct conn *conn)
{
    if (!v || !conn_driver(conn)->give_up || quiet_us(m) == 0) {
        return;
    }
    struct entry *e = xcalloc(1, sizeof(*e));
    *e = (struct entry){.member = m, .fleet = m->fleet, .conn = conn, .began_us = time_monotonic_us()};
    pthread_mutex_lock(&v->lock);
    bool first = !v->entries;
    e->next = v->entries;
    v->entries = e;
    if (!v->started) {
        v->started = thread_start(&v->thread, 0, keep_vigil, v) == 0; /* else the next one tries again */
    }
    if (first) {
        pthread_cond_broadcast(&v->wake);
    }
    pthread_mutex_unlock(&v->lock);
}

void vigil_leave(struct vigil *v, struct conn *conn)
{
    if (!v || !conn) {
        return;
    }
    pthread_mutex_lock(&v->lock);
    struct entry **at = &v->entries;
    while (*at && (*at)->conn != conn) {
        at = &(*at)->next;
    }
    struct entry *found = *at;
    if (found) {
        *at = found->next;
    }
    pthread_mutex_unlock(&v->lock);
    free(found);
}

void vigil_free(struct vigil *v)
{
    if (!v) {
        return;
    }
    pthread_mutex_lock(&v->lock);
    v->stopping = true;
    pthread_cond_broadcast(&v->wake);
    pthread_mutex_unlock(&v->lock);
    if (v->started) {
        pthread_join(v->thread, NULL);
    }
    while (v->entries) {
        vigil_leave(v, v->entries->conn);
    }
    pthread_cond_destroy(&v->wake);
    pthread_mutex_destroy(&v->lock);
    free(v);
}
