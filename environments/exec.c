/* Running a command for its output within a bound of time and size. */
#include "environments/exec.h"
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

/* Its own group, so that a command's children can be killed with it; signals as in a fresh program. */
static int spawn_shell(const char *command, int out, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    char sh[] = "sh", c[] = "-c", *text = xstrdup(command);
    char *argv[] = {sh, c, text, NULL};
    int failed = posix_spawn(pid, "/bin/sh", &actions, &attr, argv, environ);
    free(text);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int remaining_ms(int64_t deadline_us)
{
    int64_t left = (deadline_us - time_monotonic_us() + 999) / 1000;
    return left < 0 ? 0 : (int)left;
}

enum end { ENDED, TIMED_OUT, TOO_MUCH };

/* Read both streams to their ends, then wait for the process. A process that has closed its output and goes
 * on is polled for: there is no portable way to wait for a child with a deadline. */
static enum end wait_for(pid_t pid, struct stream *out, struct stream *errors, int64_t deadline_us,
                         int *status)
{
    while (out->fd >= 0 || errors->fd >= 0) {
        struct pollfd fds[] = {{.fd = out->fd, .events = POLLIN}, {.fd = errors->fd, .events = POLLIN}};
        int left = remaining_ms(deadline_us);
        if (left == 0) {
            return TIMED_OUT;
        }
        if (poll(fds, 2, left) <= 0) {
            continue;
        }
        if ((fds[0].revents && !stream_read(out)) || (fds[1].revents && !stream_read(errors))) {
            return TOO_MUCH;
        }
    }
    for (int pause_ms = 1;; pause_ms = pause_ms < 50 ? pause_ms * 2 : 50) {
        pid_t done = waitpid(pid, status, WNOHANG);
        if (done == pid || (done < 0 && errno != EINTR)) {
            return ENDED;
        }
        if (remaining_ms(deadline_us) == 0) {
            return TIMED_OUT;
        }
        poll(NULL, 0, pause_ms);
    }
}

static int report(enum end end, int status, int timeout_ms, const struct stream *errors, struct err *err)
{
    if (end == TIMED_OUT) {
        return err_set(err, ERR_FAILED, "the command did not end within %g s and was killed",
                       timeout_ms / 1e3);
    }
    if (end == TOO_MUCH) {
        return err_set(err, ERR_FAILED, "the command wrote more than %zu KiB and was killed",
                       EXEC_OUTPUT_MAX >> 10);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return 0;
    }
    struct slice text = slice_trim((struct slice){strbuf_cstr(&errors->text), errors->text.len}), line;
    slice_cut(&text, '\n', &line);
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
    return err_set(err, ERR_FAILED, "the command %s%s%.*s", how, shown ? ": " : "", shown,
                   shown ? line.ptr : "");
}

int exec_capture(struct arena *a, const char *command, int timeout_ms, struct slice *out, struct err *err)
{
    int64_t deadline_us = time_monotonic_us() + (int64_t)timeout_ms * 1000;
    int pipes[2], error_pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0) {
        return err_set(err, ERR_FAILED, "cannot run a command: %s", strerror(errno));
    }
    if (pipe2(error_pipes, O_CLOEXEC) != 0) {
        err_set(err, ERR_FAILED, "cannot run a command: %s", strerror(errno));
        close(pipes[0]);
        close(pipes[1]);
        return ERR_FAILED;
    }
    AUTO(stream_release) struct stream output = {pipes[0], {.max = EXEC_OUTPUT_MAX}, true};
    AUTO(stream_release) struct stream errors = {error_pipes[0], {.max = 4096}, false};
    pid_t pid = 0;
    int failed = spawn_shell(command, pipes[1], error_pipes[1], &pid);
    close(pipes[1]);
    close(error_pipes[1]);
    if (failed) {
        return err_set(err, ERR_FAILED, "cannot run /bin/sh: %s", strerror(failed));
    }
    int status = 0;
    enum end end = wait_for(pid, &output, &errors, deadline_us, &status);
    if (end != ENDED) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    int rc = report(end, status, timeout_ms, &errors, err);
    if (rc) {
        return rc;
    }
    *out = (struct slice){arena_dupn(a, strbuf_cstr(&output.text), output.text.len), output.text.len};
    return 0;
}
