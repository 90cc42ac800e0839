/* Running a program for its output within a bound of time and size. */
#include "base/process.h"
#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

struct stream {
    int fd; /* -1 once it has ended */
    struct strbuf text;
    bool keep_all; /* otherwise what exceeds the buffer's maximum is dropped */
};

static void stream_close(struct stream *s)
{
    if (s->fd >= 0) {
        close(s->fd);
        s->fd = -1;
    }
}

static void stream_release(struct stream *s)
{
    stream_close(s);
    strbuf_release(&s->text);
}

/* False when more came than the stream may hold. */
static bool stream_read(struct stream *s)
{
    char buf[4096];
    ssize_t n = read(s->fd, buf, sizeof(buf));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        return true;
    }
    if (n <= 0) {
        stream_close(s);
        return true;
    }
    strbuf_add(&s->text, buf, (size_t)n);
    return !s->keep_all || !s->text.overflow;
}

/* Its own group, so that the program's children can be killed with it; signals as in a fresh program. */
static int spawn(const char *const *argv, int in, int out, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    if (in >= 0) {
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    } else {
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    /* The prototype's missing const is history: argv is not written to. */
    int failed = posix_spawnp(pid, argv[0], &actions, &attr, (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int remaining_ms(int64_t deadline_us)
{
    int64_t left = (deadline_us - time_monotonic_us() + 999) / 1000;
    return left < 0 ? 0 : (int)left;
}

enum end { ENDED, LOST, TIMED_OUT, TOO_MUCH };

struct child {
    const struct process *p;
    pid_t pid;
    int64_t deadline_us;
    bool interrupted;
    int status;
};

/* What the process does with it is its own affair: it may roll back and say so. */
static void pass_interrupt(struct child *c)
{
    int64_t last_us = time_monotonic_us() + (int64_t)c->p->grace_ms * 1000;
    c->interrupted = true;
    c->deadline_us = last_us < c->deadline_us ? last_us : c->deadline_us;
    kill(-c->pid, SIGINT);
}

/* The descriptor to look at for an interrupt; -1 when there is none, or it has been passed on. */
static int cancel_of(const struct child *c)
{
    return c->p->cancel_fd && !c->interrupted ? *c->p->cancel_fd : -1;
}

/* Read both streams to their ends, then wait for the process. A process that has closed its output and goes
 * on is polled for: there is no portable way to wait for a child with a deadline. */
static enum end wait_for(struct child *c, struct stream *out, struct stream *errors)
{
    while (out->fd >= 0 || errors->fd >= 0) {
        struct pollfd fds[] = {{.fd = out->fd, .events = POLLIN},
                               {.fd = errors->fd, .events = POLLIN},
                               {.fd = cancel_of(c), .events = POLLIN}};
        int left = remaining_ms(c->deadline_us);
        if (left == 0) {
            return TIMED_OUT;
        }
        if (poll(fds, COUNT_OF(fds), left) <= 0) {
            continue;
        }
        if (fds[2].revents) {
            pass_interrupt(c);
        }
        if ((fds[0].revents && !stream_read(out)) || (fds[1].revents && !stream_read(errors))) {
            return TOO_MUCH;
        }
    }
    for (int pause_ms = 1;; pause_ms = pause_ms < 50 ? pause_ms * 2 : 50) {
        pid_t done = waitpid(c->pid, &c->status, WNOHANG);
        if (done == c->pid || (done < 0 && errno != EINTR)) {
            return done == c->pid ? ENDED : LOST;
        }
        if (remaining_ms(c->deadline_us) == 0) {
            return TIMED_OUT;
        }
        if (poll(&(struct pollfd){.fd = cancel_of(c), .events = POLLIN}, 1, pause_ms) > 0) {
            pass_interrupt(c);
        }
    }
}

static void first_line(struct slice text, struct slice *line)
{
    slice_cut(&text, '\n', line);
}

static void last_line(struct slice text, struct slice *line)
{
    const char *eol = text.len ? memrchr(text.ptr, '\n', text.len) : NULL;
    size_t from = eol ? (size_t)(eol + 1 - text.ptr) : 0;
    *line = (struct slice){text.ptr + from, text.len - from};
}

static int report(const struct child *c, enum end end, const struct stream *errors, struct err *err)
{
    const struct process *p = c->p;
    const char *what = p->what ? p->what : "the command";
    int status = c->status;
    bool good = end == ENDED && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (c->interrupted && !good) {
        return err_set(err, ERR_INTERRUPTED, "%s was interrupted%s", what,
                       end == ENDED || end == LOST ? "" : ", did not end and was killed");
    }
    if (end == TIMED_OUT) {
        return err_set(err, ERR_FAILED, "%s did not end within %g s and was killed", what,
                       p->timeout_ms / 1e3);
    }
    if (end == TOO_MUCH) {
        return err_set(err, ERR_FAILED, "%s wrote more than %zu KiB and was killed", what,
                       p->max_output >> 10);
    }
    if (end == LOST) {
        err_set(err, ERR_FAILED, "%s has ended, and how it ended is not known", what);
        return err_hint(err, "Whoever starts this program must not ignore SIGCHLD.");
    }
    if (good) {
        return 0;
    }
    struct slice text = slice_trim((struct slice){strbuf_cstr(&errors->text), errors->text.len}), line = {0};
    (p->last_line ? last_line : first_line)(text, &line);
    char how[64];
    if (WIFSIGNALED(status)) {
        snprintf(how, sizeof(how), "was ended by signal %d", WTERMSIG(status));
    } else {
        snprintf(how, sizeof(how), "ended with status %d", WEXITSTATUS(status));
    }
    int shown = line.len > 300 ? 300 : (int)line.len;
    if (shown && !utf8_valid(line.ptr, (size_t)shown)) {
        shown = 0;
    }
    return err_set(err, ERR_FAILED, "%s %s%s%.*s", what, how, shown ? ": " : "", shown,
                   shown ? line.ptr : "");
}

struct pipes {
    int in[2], out[2], errors[2];
};

static void pipe_close(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static void pipes_release(struct pipes *p)
{
    int *all[] = {&p->in[0], &p->in[1], &p->out[0], &p->out[1], &p->errors[0], &p->errors[1]};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        pipe_close(all[i]);
    }
}

/* All of the input at once: it fits into the pipe, so nobody has to read it for that. */
static int pipes_open(struct pipes *p, struct slice input, struct err *err)
{
    bool ok = pipe2(p->out, O_CLOEXEC) == 0 && pipe2(p->errors, O_CLOEXEC) == 0;
    if (ok && input.ptr) {
        ok = pipe2(p->in, O_CLOEXEC) == 0 && write(p->in[1], input.ptr, input.len) == (ssize_t)input.len;
        pipe_close(&p->in[1]);
    }
    return ok ? 0 : err_set(err, ERR_FAILED, "cannot run a command: %s", strerror(errno));
}

int process_capture(struct arena *a, const struct process *p, struct slice *out, struct err *err)
{
    int64_t deadline_us = time_monotonic_us() + (int64_t)p->timeout_ms * 1000;
    AUTO(pipes_release) struct pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}};
    if (p->input.len > PROCESS_INPUT_MAX) {
        return err_set(err, ERR_FAILED, "the input of a command is longer than %u bytes", PROCESS_INPUT_MAX);
    }
    int rc = pipes_open(&pipes, p->input, err);
    if (rc) {
        return rc;
    }
    pid_t pid = 0;
    int failed = spawn(p->argv, pipes.in[0], pipes.out[1], pipes.errors[1], &pid);
    pipe_close(&pipes.in[0]);
    pipe_close(&pipes.out[1]);
    pipe_close(&pipes.errors[1]);
    if (failed) {
        return err_set(err, ERR_FAILED, "cannot run %s: %s", p->argv[0], strerror(failed));
    }
    AUTO(stream_release) struct stream output = {pipes.out[0], {.max = p->max_output}, true};
    AUTO(stream_release) struct stream errors = {pipes.errors[0], {.max = 65536}, false};
    pipes.out[0] = pipes.errors[0] = -1; /* the streams close them */
    struct child child = {.p = p, .pid = pid, .deadline_us = deadline_us};
    enum end end = wait_for(&child, &output, &errors);
    if (end == TIMED_OUT || end == TOO_MUCH) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, &child.status, 0) < 0 && errno == EINTR) {
        }
    }
    rc = report(&child, end, &errors, err);
    if (rc) {
        return rc;
    }
    *out = (struct slice){arena_dupn(a, strbuf_cstr(&output.text), output.text.len), output.text.len};
    return 0;
}
