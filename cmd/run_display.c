/* Taking events in, and the thread that writes. */
#include "cmd/run_display.h"
#include "base/file.h"
#include "base/thread.h"
#include "cmd/run_frame.h"
#include "cmd/run_jsonl.h"
#include "cmd/run_lines.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_US   100000              /* ten times a second at most */
#define TICK_US     250000              /* the clock moves and the size is looked at without events as well */
#define PULSE_US    ((int64_t)30000000) /* a log is never silent for longer */
#define PROGRESS_US 100000              /* jsonl: between two about the progress of one target */

struct run_display {
    struct app *app;
    enum display_form form;
    int fd;
    struct arena arena;
    struct frame_style style;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct run_view view;
    struct strbuf text; /* to be written as it is, above what is drawn */
    bool stopping, dirty, forget, begun;
    int64_t *progress_us; /* jsonl: the newest of each target */
    char run[80];
    /* of the writing thread */
    struct strbuf out;
    VEC(size_t) drawn; /* columns of each line that stands on the screen */
    struct arena drawn_arena;
    size_t drawn_width;
    struct strbuf picture; /* as it was written */
};

/* The last words of a run must not be lost to a reader that is slow; one that is gone ends the output. */
static void write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, text, n);
        if (w > 0) {
            text += w;
            n -= (size_t)w;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

static void look_at_size(struct run_display *d)
{
    struct winsize w = {0};
    bool known = ioctl(d->fd, TIOCGWINSZ, &w) == 0;
    d->style.width = known && w.ws_col > 0 ? w.ws_col : 80;
    d->style.height = known && w.ws_row > 0 ? w.ws_row : 24;
}

/* To the beginning of what stands on the screen. Lines that became wider than the terminal have been broken
 * by it, as most terminals do. */
static size_t go_up(struct run_display *d)
{
    size_t rows = 0;
    for (size_t i = 0; i < d->drawn.n; i++) {
        size_t n = (d->drawn.items[i] + d->style.width - 1) / d->style.width;
        rows += n ? n : 1;
    }
    rows = rows > d->style.height ? d->style.height : rows;
    if (rows > 0) {
        strbuf_addch(&d->out, '\r');
    }
    if (rows > 1) {
        strbuf_addf(&d->out, "\033[%zuA", rows - 1);
    }
    return rows;
}

static void erase(struct run_display *d)
{
    size_t rows = go_up(d);
    /* Not "clear all below" from the first line: when that is the terminal's first, some take it for a
     * cleared screen and keep what was there in their history. */
    strbuf_adds(&d->out, rows == 0 ? "" : rows == 1 ? "\033[2K" : "\033[2K\n\033[J\033[A");
    d->drawn.n = 0;
}

/* Lines are written over, not erased first: that would flicker. Nothing is written when nothing has changed.
 */
static void draw(struct run_display *d, int64_t now_us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf picture = STRBUF_INIT;
    frame_t frame;
    run_frame(&a, &d->view, &d->style, now_us, &frame);
    for (size_t i = 0; i < frame.n; i++) {
        strbuf_addf(&picture, "%s%s\033[K", i ? "\n" : "", frame.items[i].text);
    }
    if (d->drawn.n > 0 && strcmp(strbuf_cstr(&picture), strbuf_cstr(&d->picture)) == 0) {
        return;
    }
    go_up(d);
    strbuf_add(&d->out, strbuf_cstr(&picture), picture.len);
    strbuf_adds(&d->out, frame.n < d->drawn.n ? "\033[J" : "");
    strbuf_clear(&d->picture);
    strbuf_add(&d->picture, strbuf_cstr(&picture), picture.len);
    d->drawn.n = 0;
    for (size_t i = 0; i < frame.n; i++) {
        *vec_push(&d->drawn_arena, &d->drawn) = frame.items[i].columns;
    }
}

/* A program in the background does not draw over what its shell shows. */
static bool in_foreground(const struct run_display *d)
{
    pid_t group = tcgetpgrp(d->fd);
    return group < 0 || group == getpgrp();
}

/* What is to be written now, into d->out. */
static void compose(struct run_display *d, int64_t now_us)
{
    strbuf_clear(&d->out);
    if (d->form == DISPLAY_LIVE) {
        look_at_size(d);
        if (d->forget) {
            d->drawn.n = 0;
        }
        bool resized = d->style.width != d->drawn_width; /* the terminal has broken the lines anew */
        d->drawn_width = d->style.width;
        if (d->text.len || d->stopping || resized) {
            erase(d);
        }
    }
    strbuf_add(&d->out, strbuf_cstr(&d->text), d->text.len);
    strbuf_clear(&d->text);
    if (d->form == DISPLAY_LIVE && !d->stopping && in_foreground(d)) {
        draw(d, now_us);
    }
    d->dirty = d->forget = false;
}

static void wait_until(struct run_display *d, int64_t until_us)
{
    cond_wait_until(&d->wake, &d->lock, until_us);
}

static void pulse(struct run_display *d, int64_t now_us, int64_t written_us)
{
    if ((d->form == DISPLAY_LINES || d->form == DISPLAY_PULSE) && now_us - written_us >= PULSE_US) {
        run_lines_pulse(&d->text, &d->view, now_us);
    }
}

static void *writer(void *arg)
{
    struct run_display *d = arg;
    bool live = d->form == DISPLAY_LIVE;
    int64_t written_us = live ? 0 : time_monotonic_us();
    pthread_mutex_lock(&d->lock);
    for (;;) {
        int64_t now_us = time_monotonic_us(), since_us = now_us - written_us;
        pulse(d, now_us, written_us);
        bool due = live ? since_us >= TICK_US || ((d->dirty || d->text.len) && since_us >= REDRAW_US)
                        : d->text.len > 0;
        if (!due && !d->stopping) {
            bool waiting = live && (d->dirty || d->text.len);
            wait_until(d, written_us + (!live ? PULSE_US : waiting ? REDRAW_US : TICK_US));
            continue;
        }
        bool last = d->stopping;
        compose(d, now_us);
        pthread_mutex_unlock(&d->lock);
        write_all(d->fd, strbuf_cstr(&d->out), d->out.len);
        pthread_mutex_lock(&d->lock);
        written_us = now_us;
        if (last) {
            break;
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

static void take_styles(struct run_display *d)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        d->style.styles[i] = print_style(d->app, stderr, (enum style)i);
    }
    d->style.utf8 = print_utf8();
}

static int start_thread(struct run_display *d, struct err *err)
{
    cond_init(&d->wake);
    pthread_mutex_init(&d->lock, NULL);
    int failed = thread_start(&d->thread, 0, writer, d);
    return failed ? err_set(err, ERR_FAILED, "cannot start a thread: %s", strerror(failed)) : 0;
}

static void release(struct run_display *d)
{
    pthread_cond_destroy(&d->wake);
    pthread_mutex_destroy(&d->lock);
    strbuf_release(&d->text);
    strbuf_release(&d->out);
    strbuf_release(&d->picture);
    arena_release(&d->drawn_arena);
    arena_release(&d->arena);
    free(d);
}

int run_display_start(struct app *app, const struct plan *plan, enum display_form form,
                      struct run_display **out, struct err *err)
{
    struct run_display *d = xcalloc(1, sizeof(*d));
    d->app = app;
    d->form = form;
    d->fd = form == DISPLAY_JSONL ? STDOUT_FILENO : STDERR_FILENO;
    fflush(stdout);
    take_styles(d);
    run_view_init(&d->view, &d->arena, plan, time_monotonic_us());
    d->progress_us = arena_array(&d->arena, plan->targets.n + 1, sizeof(int64_t));
    int rc = start_thread(d, err);
    if (rc) {
        release(d);
        return rc;
    }
    *out = d;
    return 0;
}

void run_display_settle(struct run_display *d)
{
    pthread_mutex_lock(&d->lock);
    bool over = d->stopping;
    d->stopping = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
    if (!over) {
        pthread_join(d->thread, NULL);
    }
}

void run_display_stop(struct run_display *d)
{
    if (d) {
        run_display_settle(d);
        release(d);
    }
}

/* d->lock is held: once the thread is gone, texts are written here. */
static void wake(struct run_display *d)
{
    if (d->stopping) {
        write_all(d->fd, strbuf_cstr(&d->text), d->text.len);
        strbuf_clear(&d->text);
    }
    pthread_cond_signal(&d->wake);
}

/* What stays on the screen: failures, and what changes the course of the run. */
static void live_event(struct run_display *d, const struct run_event *e, int64_t now_us)
{
    bool failed = e->kind == RUN_TARGET_FINISHED && e->result->err.status && e->count > 1;
    if (failed) {
        strbuf_adds(&d->text, d->style.styles[STYLE_RED]);
        run_lines_outcome(&d->text, e->result);
        strbuf_addf(&d->text, "%s\n", d->style.styles[STYLE_PLAIN]);
    } else if (e->kind == RUN_BUDGET_EXCEEDED) {
        run_lines_event(&d->text, &d->view, e, now_us);
    }
    d->dirty = true;
}

static void jsonl_event(struct run_display *d, const struct run_event *e, int64_t now_us)
{
    if (!d->begun) {
        run_jsonl_begin(&d->text, &d->view, e->run);
        d->begun = true;
    }
    if (e->kind == RUN_PROGRESS && e->index < d->view.plan->targets.n) {
        if (now_us - d->progress_us[e->index] < PROGRESS_US) {
            return;
        }
        d->progress_us[e->index] = now_us;
    }
    run_jsonl_event(&d->text, &d->view, e);
}

void run_display_event(void *arg, const struct run_event *e)
{
    struct run_display *d = arg;
    int64_t now_us = time_monotonic_us();
    pthread_mutex_lock(&d->lock);
    run_view_event(&d->view, e, now_us);
    snprintf(d->run, sizeof(d->run), "%s", e->run ? e->run : "");
    bool line = d->form == DISPLAY_LINES || (d->form == DISPLAY_PULSE && e->kind == RUN_LOCK_WAIT);
    if (line) {
        run_lines_event(&d->text, &d->view, e, now_us);
    } else if (d->form == DISPLAY_LIVE) {
        live_event(d, e, now_us);
    } else if (d->form == DISPLAY_JSONL) {
        jsonl_event(d, e, now_us);
    }
    if (d->text.len || d->dirty) {
        wake(d);
    }
    pthread_mutex_unlock(&d->lock);
}

void run_display_interrupted(void *arg, int count)
{
    struct run_display *d = arg;
    pthread_mutex_lock(&d->lock);
    if (d->form == DISPLAY_JSONL) {
        run_jsonl_interrupted(&d->text, d->run, count);
    } else {
        strbuf_adds(&d->text,
                    count == 1
                        ? "interrupted: cancelling what is in flight and rolling back; once more gives up "
                          "taking back\n"
                        : "interrupted again: nothing more is taken back\n");
    }
    d->view.stopping = true;
    wake(d);
    pthread_mutex_unlock(&d->lock);
}

void run_display_resumed(void *arg)
{
    struct run_display *d = arg;
    pthread_mutex_lock(&d->lock);
    d->forget = d->dirty = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
}
