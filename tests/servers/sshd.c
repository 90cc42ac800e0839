/* Starting and stopping sshd. */
#include "tests/servers/sshd.h"
#include "base/attributes.h"
#include "tests/servers/servers.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { STARTED_MAX = 64 };
static pid_t started[STARTED_MAX];
static size_t nstarted;
static pid_t started_by;

static void command(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void command(const char *fmt, ...)
{
    char line[2048], out[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    int status = test_run(out, sizeof(out), "%s", line);
    if (status != 0) {
        fail_msg("%s: status %d: %s", line, status, out);
    }
}

static const char *program(void)
{
    static const char *const places[] = {"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (access(places[i], X_OK) == 0) {
            return places[i];
        }
    }
    const char *required = getenv("LOCKSTEP_TEST_REQUIRE_SERVERS");
    if (required && strcmp(required, "1") == 0) {
        fail_msg("there is no sshd: install openssh-server");
    }
    print_message("skipped: there is no sshd, install openssh-server\n");
    skip();
    abort(); /* skip() does not come back */
}

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static bool answers(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool ok = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
    close(fd);
    return ok;
}

static bool process_stat(pid_t pid, pid_t *parent)
{
    char path[64], text[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0) {
        return false;
    }
    text[n] = '\0';
    const char *end = strrchr(text, ')');
    int ppid;
    if (!end || sscanf(end + 1, " %*c %d", &ppid) != 1) {
        return false;
    }
    *parent = ppid;
    return true;
}

/* Children, and theirs: sshd separates privileges for users other than root. */
static size_t children_of(pid_t parent, pid_t *out, size_t max)
{
    size_t n = 0;
    DIR *proc = opendir("/proc");
    assert_non_null(proc);
    for (struct dirent *d; n < max && (d = readdir(proc));) {
        pid_t pid = (pid_t)strtol(d->d_name, NULL, 10), ppid;
        if (pid > 0 && process_stat(pid, &ppid) && ppid == parent) {
            out[n++] = pid;
        }
    }
    closedir(proc);
    size_t direct = n;
    for (size_t i = 0; i < direct && n < max; i++) {
        n += children_of(out[i], out + n, max - n);
    }
    return n;
}

static size_t signal_children(pid_t parent, int signal)
{
    pid_t pids[512];
    size_t n = children_of(parent, pids, COUNT_OF(pids));
    for (size_t i = 0; i < n; i++) {
        kill(pids[i], signal);
    }
    return n;
}

static void stop(pid_t pid)
{
    kill(pid, SIGTERM);
    for (int i = 0; i < 400 && waitpid(pid, NULL, WNOHANG) == 0; i++) {
        usleep(5000);
    }
}

static void stop_all(void)
{
    for (size_t i = 0; i < nstarted && getpid() == started_by; i++) {
        if (started[i] > 0) {
            signal_children(started[i], SIGKILL);
            stop(started[i]);
        }
    }
}

void sshd_again(struct sshd *s)
{
    const char *sshd = program();
    char config[300], log[300];
    snprintf(config, sizeof(config), "%s/config", s->folder);
    snprintf(log, sizeof(log), "%s/log", s->folder);
    if (!started_by) {
        started_by = getpid();
        atexit(stop_all);
    }
    assert_true(nstarted < STARTED_MAX);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that is killed leaves no sshd behind */
        setsid();
        execl(sshd, sshd, "-D", "-f", config, "-E", log, (char *)NULL);
        _exit(127);
    }
    started[nstarted++] = s->pid = pid;
    for (int i = 0; i < 1000 && !answers(s->port); i++) {
        assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
        usleep(5000);
    }
}

void sshd_start(struct sshd *s, const char *settings)
{
    *s = (struct sshd){.port = free_port()};
    program();
    snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
    snprintf(s->known_hosts, sizeof(s->known_hosts), "%s/known_hosts", s->folder);
    snprintf(s->user_key, sizeof(s->user_key), "%s/user", s->folder);
    if (geteuid() == 0) {
        mkdir("/run/sshd", 0755);
    }
    command(
        "cd %s && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ecdsa -N '' -f host_ecdsa && "
        "ssh-keygen -q -t ed25519 -N '' -f user && cp user.pub authorized_keys && "
        "echo \"[127.0.0.1]:%d $(cut -d' ' -f1,2 host.pub)\" >known_hosts",
        s->folder, s->port);
    command("cd %s && printf '%%s\\n' '%s' 'Port %d' 'ListenAddress 127.0.0.1' \"HostKey $PWD/host\" "
            "\"HostKey $PWD/host_ecdsa\" 'PidFile none' \"AuthorizedKeysFile $PWD/authorized_keys\" "
            "'StrictModes no' 'UsePAM no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' "
            "'PermitRootLogin prohibit-password' 'AllowTcpForwarding local' 'LogLevel VERBOSE' "
            "'MaxStartups 100' >config",
            s->folder, settings, s->port);
    sshd_again(s);
}

void sshd_stop(struct sshd *s)
{
    for (size_t i = 0; i < nstarted; i++) {
        if (started[i] == s->pid) {
            started[i] = 0;
        }
    }
    stop(s->pid);
    s->pid = 0;
}

size_t sshd_signal_sessions(const struct sshd *s, int signal)
{
    return signal_children(s->pid, signal);
}

size_t sshd_logged(const struct sshd *s, const char *text)
{
    char out[64];
    test_run(out, sizeof(out), "grep -c -F -e '%s' %s/log", text, s->folder);
    return (size_t)strtol(out, NULL, 10);
}
