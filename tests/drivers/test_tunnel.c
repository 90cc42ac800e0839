/* SSH tunnels against real sshds: what goes through them, who is let in, and what is said when nothing does.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/module.h"
#include "drivers/tunnel.h"
#include "tests/servers/servers.h"
#include "tests/servers/sshd.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static struct sshd bastion; /* most tests share it */
static int echo_port;

#define SECOND INT64_C(1000000)

/* --- a server to reach: sends back what it gets */

static void *echo_connection(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char buf[65536];
    for (ssize_t n; (n = recv(fd, buf, sizeof(buf), 0)) > 0;) {
        for (ssize_t done = 0, m; done < n; done += m) {
            m = send(fd, buf + done, (size_t)(n - done), MSG_NOSIGNAL);
            if (m <= 0) {
                break;
            }
        }
    }
    close(fd);
    return NULL;
}

static int listen_on_loopback(int backlog, int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    assert_int_equal(listen(fd, backlog), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static void *echo_server(void *arg)
{
    int listener = (int)(intptr_t)arg;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;
        if (fd >= 0 && pthread_create(&thread, NULL, echo_connection, (void *)(intptr_t)fd) == 0) {
            pthread_detach(thread);
        }
    }
    return NULL;
}

static int connect_to(const char *address, int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
    struct timeval patience = {.tv_sec = 30};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Sends and gets back; false when the connection does not carry. */
static bool echoes(int fd, const char *text)
{
    char buf[256];
    size_t n = strlen(text), got = 0;
    if (send(fd, text, n, MSG_NOSIGNAL) != (ssize_t)n) {
        return false;
    }
    while (got < n) {
        ssize_t m = recv(fd, buf + got, sizeof(buf) - got, 0);
        if (m <= 0) {
            return false;
        }
        got += (size_t)m;
    }
    return memcmp(buf, text, n) == 0;
}

/* --- opening */

static struct ssh_hop hop_of(const struct sshd *s)
{
    return (struct ssh_hop){
        .host = "127.0.0.1", .port = s->port, .key = s->user_key, .known_hosts = s->known_hosts, .agent = 0};
}

static int open_hops(const struct ssh_hop *hops, size_t n, int port, int64_t timeout_ms, struct ssh_end **out,
                     struct err *err)
{
    struct ssh_way way = {.hops = hops, .n = n, .keepalive_ms = 2000};
    *err = (struct err){0};
    return tunnel_open(&way, "127.0.0.1", port, time_monotonic_us() + timeout_ms * 1000, NULL, out, err);
}

static struct ssh_end *open_ok(struct ssh_hop hop, int port)
{
    struct ssh_end *end = NULL;
    struct err err;
    if (open_hops(&hop, 1, port, 10000, &end, &err) != 0) {
        fail_msg("%s (%s)", err.message, err.hint);
    }
    return end;
}

/* A hop that is not let in: the status, and what message and hint hold. */
static void refuses(struct ssh_hop hop, int status, const char *message, const char *hint)
{
    struct ssh_end *end = NULL;
    struct err err;
    int rc = open_hops(&hop, 1, echo_port, 10000, &end, &err);
    if (rc != status || !strstr(err.message, message) || !strstr(err.hint, hint)) {
        fail_msg("expected %d: %s (%s)\nfound %d: %s (%s)", status, message, hint, rc, err.message, err.hint);
    }
    assert_null(end);
}

static const char *place(const char *name)
{
    return arena_printf(&arena, "%s/%s", bastion.folder, name);
}

static void put(const char *path, const char *text)
{
    struct err err = {0};
    if (file_write(path, slice_of(text), false, &err) != 0) {
        fail_msg("%s", err.message);
    }
}

static const char *get(const char *path)
{
    struct slice text;
    assert_int_equal(file_read(&arena, path, 0, &text, NULL), 0);
    return text.ptr;
}

static void shell(const char *line)
{
    char out[1024];
    if (test_run(out, sizeof(out), "%s", line) != 0) {
        fail_msg("%s: %s", line, out);
    }
}

/* --- tests */

static void test_it_carries(void **state UNUSED)
{
    struct ssh_end *end = open_ok(hop_of(&bastion), echo_port);
    assert_int_equal(tunnel_port(end), echo_port); /* the far port, on an address of its own */
    assert_int_equal(strncmp(tunnel_address(end), "127.", 4), 0);
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(fd >= 0);
    assert_true(echoes(fd, "hello"));
    assert_false(tunnel_failure(end, NULL));
    tunnel_close(end);
    assert_true(echoes(fd, "still there")); /* an open connection outlives its end */
    close(fd);
}

struct worker {
    pthread_t thread;
    const char *text;
    bool ok;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct ssh_hop hop = hop_of(&bastion);
    struct ssh_end *end = NULL;
    struct err err;
    if (open_hops(&hop, 1, echo_port, 20000, &end, &err) != 0) {
        print_message("%s\n", err.message);
        return NULL;
    }
    w->ok = true;
    for (int i = 0; i < 5; i++) {
        int fd = connect_to(tunnel_address(end), tunnel_port(end));
        w->ok = w->ok && fd >= 0 && echoes(fd, w->text);
        close(fd);
    }
    tunnel_close(end);
    return NULL;
}

static void test_many_share_one_session(void **state UNUSED)
{
    size_t before = sshd_logged(&bastion, "Accepted publickey");
    struct worker workers[48] = {0};
    for (size_t i = 0; i < COUNT_OF(workers); i++) {
        workers[i].text = arena_printf(&arena, "worker %zu", i);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_true(workers[i].ok);
    }
    assert_in_range(sshd_logged(&bastion, "Accepted publickey") - before, 0, 1);
}

/* More than one session takes. */
static void test_more_connections_than_a_session_takes(void **state UNUSED)
{
    struct sshd own;
    sshd_start(&own, "");
    struct ssh_end *end = open_ok(hop_of(&own), echo_port);
    int fds[200];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = connect_to(tunnel_address(end), tunnel_port(end));
        assert_true(fds[i] >= 0 && echoes(fds[i], "one more"));
    }
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        assert_true(echoes(fds[i], "still there"));
        close(fds[i]);
    }
    assert_in_range(sshd_logged(&own, "Accepted publickey"), 2, 4);
    tunnel_close(end);
}

/* Both ways at once, more than any window or buffer holds. */
static void *send_much(void *arg)
{
    int fd = *(int *)arg;
    static char block[1 << 16];
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = (char)(i * 7 + 3);
    }
    for (int i = 0; i < 160; i++) {
        for (size_t done = 0; done < sizeof(block);) {
            ssize_t n = send(fd, block + done, sizeof(block) - done, MSG_NOSIGNAL);
            if (n <= 0) {
                return NULL;
            }
            done += (size_t)n;
        }
    }
    return NULL;
}

static void test_much_goes_through_unchanged(void **state UNUSED)
{
    struct ssh_end *end = open_ok(hop_of(&bastion), echo_port);
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    pthread_t sender;
    int64_t began = time_monotonic_us();
    assert_int_equal(pthread_create(&sender, NULL, send_much, &fd), 0);
    static char buf[1 << 16];
    size_t total = 0;
    for (ssize_t n; total < 160u << 16 && (n = recv(fd, buf, sizeof(buf), 0)) > 0;) {
        for (ssize_t i = 0; i < n; i++, total++) {
            if (buf[i] != (char)((total & 0xFFFF) * 7 + 3)) {
                fail_msg("byte %zu is wrong", total);
            }
        }
    }
    pthread_join(sender, NULL);
    assert_int_equal(total, 160u << 16);
    assert_true(time_monotonic_us() - began < 20 * SECOND);
    close(fd);
    tunnel_close(end);
}

/* A file of its own for each case: sessions are shared by those that ask for the same. */
static struct ssh_hop hop_knowing(const char *text)
{
    static int n;
    struct ssh_hop hop = hop_of(&bastion);
    hop.known_hosts = place(arena_printf(&arena, "hosts%d", n++));
    put(hop.known_hosts, text);
    return hop;
}

static const char *key_of(const char *file)
{
    char *key = arena_dup(&arena, get(place(file)));
    char *comment = strrchr(key, ' ');
    *comment = '\0';
    return key;
}

static void test_known_hosts(void **state UNUSED)
{
    struct ssh_hop hop = hop_knowing("# nothing\n");
    struct ssh_end *end = NULL;
    struct err err;
    assert_int_equal(open_hops(&hop, 1, echo_port, 10000, &end, &err), ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "is not a known host: it shows the key ssh-ed25519 SHA256:"));
    char print[256];
    test_run(print, sizeof(print), "ssh-keygen -l -f %s | cut -d' ' -f2 | tr -d '\n'", place("host.pub"));
    assert_non_null(strstr(err.message, print));
    const char *line = strstr(err.hint, "[127.0.0.1]:");
    assert_non_null(line);
    tunnel_close(open_ok(hop_knowing(arena_printf(&arena, "%s\n", line)), echo_port)); /* exactly that */

    const char *right = key_of("host.pub"), *second = key_of("host_ecdsa.pub"), *wrong = key_of("user.pub");
    const char *const known[] = {
        arena_printf(&arena, "127.0.0.1 %s\n", right), /* without a port: for any, as with ssh */
        arena_printf(&arena, "[127.0.0.1]:%d %s\n", bastion.port, second), /* asked for by its type */
        arena_printf(&arena, "[127.0.0.1]:%d %s\n[127.0.0.1]:%d %s\n", bastion.port, wrong, bastion.port,
                     right),
        arena_printf(&arena, "other,[127.0.0.?]:%d\t%s comment\r\n", bastion.port, right),
        arena_printf(&arena, "@cert-authority * %s\n[127.0.0.1]:%d %s", wrong, bastion.port, right),
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        tunnel_close(open_ok(hop_knowing(known[i]), echo_port));
    }
    hop = hop_knowing(known[3] + 6);
    shell(arena_printf(&arena, "echo '[127.0.0.1]:%d %s' >%s; ssh-keygen -q -H -f %s", bastion.port, right,
                       hop.known_hosts, hop.known_hosts));
    assert_int_equal(strncmp(get(hop.known_hosts), "|1|", 3), 0);
    tunnel_close(open_ok(hop, echo_port));

    const struct {
        const char *text, *message, *hint;
    } cases[] = {
        {arena_printf(&arena, "\n[127.0.0.1]:%d %s\n", bastion.port, wrong), "HAS CHANGED",
         "remove line 2 of"},
        {arena_printf(&arena, "[127.0.0.1]:%d %s\n@revoked * %s\n", bastion.port, right, right), ":2 revokes",
         "Do not use it"},
        {arena_printf(&arena, "[127.0.0.1]:%d %s\n", bastion.port + 1, right), "is not a known host",
         "Compare"},
        {arena_printf(&arena, "*,!127.0.0.1,![127.0.0.1]:* %s\n", right), "is not a known host", "Compare"},
        {arena_printf(&arena, "[127.0.0.1]:%d ecdsa-sha2-nistp521 AAAA\n", bastion.port),
         "of a type that is not known", "Compare"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        refuses(hop_knowing(cases[i].text), ERR_UNREACHABLE, cases[i].message, cases[i].hint);
    }
    hop.known_hosts = place("missing");
    refuses(hop, ERR_FILE, "the known hosts of the tunnel", "");
}

static const char *make_key(const char *name, const char *options)
{
    shell(arena_printf(&arena, "cd %s && ssh-keygen -q -f %s %s && cat %s.pub >>authorized_keys",
                       bastion.folder, name, options, name));
    return place(name);
}

static void test_keys(void **state UNUSED)
{
    struct ssh_hop hop = hop_of(&bastion);
    hop.key = make_key("ecdsa", "-t ecdsa -N ''");
    tunnel_close(open_ok(hop, echo_port));

    hop.key = make_key("locked", "-t ed25519 -N 'open sesame'");
    refuses(hop, ERR_FILE, "is encrypted, and no passphrase was given", "passphrase: ${env:...}");
    hop.passphrase = "wrong";
    refuses(hop, ERR_FILE, "the passphrase does not open the SSH key", "ssh-keygen -y");
    hop.passphrase = "open sesame";
    tunnel_close(open_ok(hop, echo_port));
    hop.key = make_key("pem", "-t ecdsa -m PEM -N 'open sesame'");
    tunnel_close(open_ok(hop, echo_port));
    hop.passphrase = NULL;
    refuses(hop, ERR_FILE, "is encrypted, and no passphrase was given", "");

    hop.key = make_key("rsa", "-t rsa -N ''");
    refuses(hop, ERR_UNREACHABLE, "rsa: refused (RSA)", "use an Ed25519 key");

    shell(arena_printf(&arena, "cd %s && ssh-keygen -q -t ed25519 -N '' -f stranger", bastion.folder));
    hop.key = place("stranger");
    refuses(hop, ERR_UNREACHABLE, "stranger: not accepted", "authorized_keys");
    hop.user = "nobody-of-that-name";
    refuses(hop, ERR_UNREACHABLE, "cannot log in to the SSH host nobody-of-that-name@127.0.0.1",
            "the tunnel's user");
    hop.user = NULL;

    assert_int_equal(chmod(place("stranger"), 0644), 0);
    refuses(hop, ERR_FILE, "can be read by others (its mode is 0644)", "chmod 600");
    hop.key = place("user.pub");
    assert_int_equal(chmod(hop.key, 0600), 0);
    refuses(hop, ERR_FILE, "is a public key", "without \".pub\"");
    hop.key = place("none");
    refuses(hop, ERR_FILE, "the SSH key", "");
    put(place("text"), "hello\n");
    assert_int_equal(chmod(place("text"), 0600), 0);
    hop.key = place("text");
    refuses(hop, ERR_FILE, "is not a private key", "BEGIN OPENSSH");
}

static void test_agent(void **state UNUSED)
{
    char out[512];
    const char *socket_path = place("agent");
    test_run(out, sizeof(out), "ssh-agent -a %s | sed -n 's/.*SSH_AGENT_PID=\\([0-9]*\\);.*/\\1/p'",
             socket_path);
    pid_t agent = (pid_t)strtol(out, NULL, 10);
    assert_true(agent > 1);
    struct ssh_hop hop = hop_of(&bastion);
    hop.key = NULL;
    hop.agent = 1;
    setenv("HOME", bastion.folder, 1); /* no keys of its own */
    unsetenv("SSH_AUTH_SOCK");
    refuses(hop, ERR_UNREACHABLE, "SSH_AUTH_SOCK is not set", "name a key");
    setenv("SSH_AUTH_SOCK", socket_path, 1);
    refuses(hop, ERR_UNREACHABLE, "agent: it holds no key", "ssh-add");
    shell(arena_printf(&arena,
                       "cd %s && ssh-keygen -q -t ed25519 -N '' -f other && "
                       "ssh-add -q other && ssh-add -q user",
                       bastion.folder));
    tunnel_close(open_ok(hop, echo_port));
    /* A locked key whose open form the agent holds. */
    make_key("held", "-t ed25519 -N ''");
    shell(arena_printf(&arena, "cd %s && ssh-add -q held && ssh-keygen -q -p -N secret -f held",
                       bastion.folder));
    hop.key = place("held");
    hop.agent = -1;
    tunnel_close(open_ok(hop, echo_port));
    /* It must not be asked when it was ruled out. */
    hop.agent = 0;
    refuses(hop, ERR_FILE, "is encrypted", "");
    /* One that does not answer holds nobody up for longer than the deadline. */
    hop.key = NULL;
    hop.agent = -1;
    hop.user = NULL;
    kill(agent, SIGSTOP);
    struct ssh_end *end = NULL;
    struct err err;
    struct ssh_hop fresh = hop_knowing(get(bastion.known_hosts));
    fresh.key = NULL;
    fresh.agent = -1;
    int64_t began = time_monotonic_us();
    assert_int_equal(open_hops(&fresh, 1, echo_port, 600, &end, &err), ERR_UNREACHABLE);
    assert_true(time_monotonic_us() - began < 20 * SECOND);
    kill(agent, SIGCONT);
    kill(agent, SIGTERM);
    unsetenv("SSH_AUTH_SOCK");
}

static void test_forwarding_refused(void **state UNUSED)
{
    struct sshd closed;
    sshd_start(&closed, "AllowTcpForwarding no");
    struct ssh_end *end = open_ok(hop_of(&closed), echo_port);
    struct err err = {0};
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_false(echoes(fd, "hello"));
    close(fd);
    assert_true(tunnel_failure(end, &err));
    assert_non_null(strstr(err.message, "does not allow a way to 127.0.0.1:"));
    assert_non_null(strstr(err.hint, "AllowTcpForwarding"));
    assert_false(err.retryable);
    assert_false(tunnel_failure(end, &err)); /* told once */
    tunnel_close(end);

    int port;
    close(listen_on_loopback(1, &port)); /* nobody listens there now */
    end = open_ok(hop_of(&bastion), port);
    fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_false(echoes(fd, "hello"));
    close(fd);
    assert_true(tunnel_failure(end, &err));
    assert_non_null(strstr(err.message, "cannot connect to 127.0.0.1:"));
    assert_true(err.retryable);
    tunnel_close(end);
}

static void test_two_hops(void **state UNUSED)
{
    struct sshd inner;
    sshd_start(&inner, "");
    struct ssh_hop hops[] = {hop_of(&bastion), hop_of(&inner)};
    struct ssh_end *end = NULL;
    struct err err;
    if (open_hops(hops, 2, echo_port, 10000, &end, &err) != 0) {
        fail_msg("%s (%s)", err.message, err.hint);
    }
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(echoes(fd, "through two"));
    assert_int_equal(sshd_logged(&inner, "Accepted publickey"), 1);
    close(fd);
    tunnel_close(end);
    /* Each hop's key is looked at; a hop that cannot be reached is named. */
    hops[1].known_hosts = place("nobody");
    put(hops[1].known_hosts, "");
    assert_int_equal(open_hops(hops, 2, echo_port, 10000, &end, &err), ERR_UNREACHABLE);
    assert_non_null(
        strstr(err.message, arena_printf(&arena, "127.0.0.1:%d is not a known host", inner.port)));
    close(listen_on_loopback(1, &hops[1].port));
    assert_int_equal(open_hops(hops, 2, echo_port, 10000, &end, &err), ERR_UNREACHABLE);
    assert_non_null(
        strstr(err.message, arena_printf(&arena, "127.0.0.1:%d cannot connect to", bastion.port)));
}

static void test_a_dead_session_is_replaced(void **state UNUSED)
{
    struct sshd own;
    sshd_start(&own, "");
    struct ssh_end *end = open_ok(hop_of(&own), echo_port);
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(echoes(fd, "before"));
    assert_true(sshd_signal_sessions(&own, SIGKILL) > 0);
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 0); /* lost, and told at once */
    close(fd);
    struct err err = {0};
    assert_true(tunnel_failure(end, &err));
    assert_non_null(strstr(err.message, "was lost"));
    fd = connect_to(tunnel_address(end), tunnel_port(end)); /* through the same end */
    assert_true(echoes(fd, "after"));
    close(fd);
    assert_int_equal(sshd_logged(&own, "Accepted publickey"), 2);

    sshd_signal_sessions(&own, SIGKILL);
    sshd_stop(&own);
    fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_false(echoes(fd, "nobody there"));
    close(fd);
    sshd_again(&own);
    struct ssh_end *again = open_ok(hop_of(&own), echo_port);
    fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(echoes(fd, "back again"));
    close(fd);
    tunnel_close(again);
    tunnel_close(end);
}

static void test_a_silent_bastion_is_noticed(void **state UNUSED)
{
    struct sshd own;
    sshd_start(&own, "");
    struct ssh_end *end = open_ok(hop_of(&own), echo_port);
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(echoes(fd, "hello"));
    assert_true(sshd_signal_sessions(&own, SIGSTOP) > 0);
    int64_t began = time_monotonic_us();
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 0);
    assert_true(time_monotonic_us() - began <
                40 * SECOND); /* keepalives of 2 s, three of them, and one more */
    struct err err = {0};
    assert_true(tunnel_failure(end, &err));
    assert_non_null(strstr(err.message, "has not answered for"));
    close(fd);
    sshd_signal_sessions(&own, SIGKILL);
    tunnel_close(end);
}

/* A listener whose queue is full answers no one, like a host behind a firewall that drops. */
static void test_a_target_that_does_not_answer_holds_up_no_other(void **state UNUSED)
{
    int port, full = listen_on_loopback(0, &port), queued[4];
    for (size_t i = 0; i < COUNT_OF(queued); i++) {
        queued[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        connect(queued[i], (struct sockaddr *)&at, sizeof(at));
    }
    struct ssh_end *hole = open_ok(hop_of(&bastion), port), *end = open_ok(hop_of(&bastion), echo_port);
    int lost = connect_to(tunnel_address(hole), port);
    assert_true(send(lost, "x", 1, MSG_NOSIGNAL) == 1);
    poll(NULL, 0, 20);
    int64_t began = time_monotonic_us();
    for (int i = 0; i < 3; i++) {
        int fd = connect_to(tunnel_address(end), tunnel_port(end));
        assert_true(echoes(fd, "not held up"));
        close(fd);
    }
    assert_true(time_monotonic_us() - began < 15 * SECOND);
    close(lost);
    for (size_t i = 0; i < COUNT_OF(queued); i++) {
        close(queued[i]);
    }
    close(full);
    tunnel_close(hole);
    tunnel_close(end);
}

static void *cancel_soon(void *arg)
{
    poll(NULL, 0, 100);
    eventfd_write(*(int *)arg, 1);
    return NULL;
}

static void test_deadline_and_interrupt(void **state UNUSED)
{
    /* Connects, and says nothing. */
    struct ssh_hop hop = hop_of(&bastion);
    int silent = listen_on_loopback(16, &hop.port);
    struct ssh_end *end = NULL;
    struct err err;
    int64_t began = time_monotonic_us();
    assert_int_equal(open_hops(&hop, 1, echo_port, 300, &end, &err), ERR_UNREACHABLE);
    assert_true(time_monotonic_us() - began < 20 * SECOND);
    assert_non_null(strstr(err.message, "no answer in time while greeting the SSH host"));

    int event = eventfd(0, EFD_CLOEXEC);
    pthread_t thread;
    struct ssh_way way = {.hops = &hop, .n = 1};
    began = time_monotonic_us();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &event), 0);
    assert_int_equal(tunnel_open(&way, "127.0.0.1", echo_port, began + 30 * SECOND, &event, &end, &err),
                     ERR_INTERRUPTED);
    assert_true(time_monotonic_us() - began < 20 * SECOND);
    pthread_join(thread, NULL);
    close(event);
    close(silent);

    close(listen_on_loopback(1, &hop.port));
    assert_int_equal(open_hops(&hop, 1, echo_port, 5000, &end, &err), ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "Connection refused"));
    assert_true(err.retryable);
    hop.host = "no-such-host.invalid";
    assert_int_equal(open_hops(&hop, 1, echo_port, 20000, &end, &err), ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "no-such-host.invalid"));
    /* Talks, but not SSH. */
    hop.host = "127.0.0.1";
    hop.port = echo_port;
    assert_int_equal(open_hops(&hop, 1, echo_port, 2000, &end, &err), ERR_UNREACHABLE);
}

/* Only for root: another user's connection is not carried. */
static void test_other_users_are_kept_out(void **state UNUSED)
{
    if (geteuid() != 0) {
        skip();
    }
    struct ssh_end *end = open_ok(hop_of(&bastion), echo_port);
    char out[256];
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (setuid(65534) != 0) {
            _exit(9);
        }
        int fd = connect_to(tunnel_address(end), tunnel_port(end));
        _exit(fd >= 0 && echoes(fd, "let me in") ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 0);
    (void)out;
    int fd = connect_to(tunnel_address(end), tunnel_port(end));
    assert_true(echoes(fd, "but me"));
    close(fd);
    tunnel_close(end);
}

static int set_up(void **state UNUSED)
{
    module_set_dir(LOCKSTEP_MODULE_DIR);
    signal(SIGPIPE, SIG_IGN);
    sshd_start(&bastion, "MaxAuthTries 20");
    pthread_t thread;
    int listener = listen_on_loopback(256, &echo_port);
    return pthread_create(&thread, NULL, echo_server, (void *)(intptr_t)listener);
}

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_carries),
        TEST(test_many_share_one_session),
        TEST(test_more_connections_than_a_session_takes),
        TEST(test_much_goes_through_unchanged),
        TEST(test_known_hosts),
        TEST(test_keys),
        TEST(test_agent),
        TEST(test_forwarding_refused),
        TEST(test_two_hops),
        TEST(test_a_dead_session_is_replaced),
        TEST(test_a_silent_bastion_is_noticed),
        TEST(test_a_target_that_does_not_answer_holds_up_no_other),
        TEST(test_deadline_and_interrupt),
        TEST(test_other_users_are_kept_out),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
