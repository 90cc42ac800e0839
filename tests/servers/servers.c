/* Places of the test servers, databases and folders that clean up after themselves, running commands. */
#include "tests/servers/servers.h"
#include "base/arena.h"
#include "base/str.h"
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { KEPT = 32, NAME_SIZE = 512 };

struct made {
    struct made *next;
    enum { MADE_FOLDER, MADE_POSTGRESQL, MADE_MYSQL } kind;
    char name[NAME_SIZE];
};
static struct made *made_first;
static pid_t made_by;

static const char *server_variable(const char *name)
{
    const char *value = getenv(name);
    if (value && value[0]) {
        return value;
    }
    const char *required = getenv("LOCKSTEP_TEST_REQUIRE_SERVERS");
    if (required && strcmp(required, "1") == 0) {
        fail_msg("%s is not set: run this through tests/servers/with-servers", name);
    }
    print_message("skipped: %s is not set, run this through tests/servers/with-servers\n", name);
    skip();
    abort(); /* skip() does not come back */
}

const char *server_postgresql(void)
{
    return server_variable("LOCKSTEP_TEST_POSTGRESQL");
}

const char *server_mysql(void)
{
    return server_variable("LOCKSTEP_TEST_MYSQL");
}

int server_port(const char *url)
{
    const char *colon = strrchr(url, ':');
    long port = colon ? strtol(colon + 1, NULL, 10) : 0;
    assert_in_range(port, 1, 65535);
    return (int)port;
}

static char *next_name(void)
{
    static char names[KEPT][NAME_SIZE];
    static unsigned at;
    return names[at++ % KEPT];
}

const char *server_tls_file(const char *file)
{
    char *name = next_name();
    int n = snprintf(name, NAME_SIZE, "%s/%s", server_variable("LOCKSTEP_TEST_TLS"), file);
    assert_in_range(n, 1, NAME_SIZE - 1);
    return name;
}

static int run_command(char *out, size_t size, const char *command)
{
    if (size) {
        out[0] = '\0';
    }
    fflush(NULL);
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): running command lines is its purpose
    if (!pipe) {
        return -1;
    }
    size_t used = 0;
    char buf[4096];
    size_t n;
    do {
        n = fread(buf, 1, sizeof(buf), pipe);
        if (size) {
            size_t room = size - 1 - used, take = n < room ? n : room;
            memcpy(out + used, buf, take);
            used += take;
            out[used] = '\0';
        }
    } while (n > 0);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : -1;
}

int test_run(char *out, size_t size, const char *fmt, ...)
{
    AUTO(strbuf_release) struct strbuf command = STRBUF_INIT;
    va_list ap, copy;
    va_start(ap, fmt);
    va_copy(copy, ap);
    int n = vsnprintf(NULL, 0, fmt, copy);
    va_end(copy);
    char *text = xmalloc((size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    /* The braces stand on their own lines so that a here-document may end the command. */
    strbuf_addf(&command, "{\n%s\n} 2>&1", text);
    free(text);
    return run_command(out, size, strbuf_cstr(&command));
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int psql(char *out, size_t size, const char *sql)
{
    return test_run(out, size, "psql -X -q -v ON_ERROR_STOP=1 '%s/postgres' -c '%s'", server_postgresql(),
                    sql);
}

static int mariadb(char *out, size_t size, const char *sql)
{
    return test_run(out, size, "mariadb --no-defaults -h 127.0.0.1 -P %d -u root -e '%s'",
                    server_port(server_mysql()), sql);
}

static void remove_made(void)
{
    while (made_first) {
        struct made *m = made_first;
        made_first = m->next;
        char sql[NAME_SIZE + 64], out[512];
        /* A forked child inherits the list and must leave the things to its parent. */
        if (made_by != getpid()) {
            free(m);
            continue;
        }
        switch (m->kind) {
        case MADE_FOLDER:
            nftw(m->name, remove_one, 16, FTW_DEPTH | FTW_PHYS);
            break;
        case MADE_POSTGRESQL:
            snprintf(sql, sizeof(sql), "drop database if exists \"%s\" with (force)", m->name);
            psql(out, sizeof(out), sql);
            break;
        case MADE_MYSQL:
            snprintf(sql, sizeof(sql), "drop database if exists %s", m->name);
            mariadb(out, sizeof(out), sql);
            break;
        }
        free(m);
    }
}

static void remember(int kind, const char *name)
{
    if (made_by != getpid()) {
        made_first = NULL; /* in a forked child: the list is the parent's */
        made_by = getpid();
        atexit(remove_made);
    }
    struct made *m = xcalloc(1, sizeof(*m));
    m->kind = (unsigned)kind;
    snprintf(m->name, sizeof(m->name), "%s", name);
    m->next = made_first;
    made_first = m;
}

static char *database_name(const char *prefix)
{
    static unsigned made;
    char *name = next_name();
    int n = snprintf(name, NAME_SIZE, "%s_%ld_%u", prefix, (long)getpid(), ++made);
    assert_in_range(n, 1, 63);
    return name;
}

const char *server_postgresql_database(const char *prefix)
{
    char *name = database_name(prefix), sql[NAME_SIZE + 64], out[1024];
    snprintf(sql, sizeof(sql), "create database \"%s\"", name);
    if (psql(out, sizeof(out), sql) != 0) {
        fail_msg("%s: %s", sql, out);
    }
    remember(MADE_POSTGRESQL, name);
    return name;
}

const char *server_mysql_database(const char *prefix)
{
    char *name = database_name(prefix), sql[NAME_SIZE + 64], out[1024];
    snprintf(sql, sizeof(sql), "create database %s", name);
    if (mariadb(out, sizeof(out), sql) != 0) {
        fail_msg("%s: %s", sql, out);
    }
    remember(MADE_MYSQL, name);
    return name;
}

const char *test_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *name = next_name();
    int n = snprintf(name, NAME_SIZE, "%s/lockstep-test-XXXXXX", base && base[0] ? base : "/tmp");
    assert_in_range(n, 1, NAME_SIZE - 1);
    if (!mkdtemp(name)) {
        fail_msg("mkdtemp %s: %s", name, strerror(errno));
    }
    remember(MADE_FOLDER, name);
    return name;
}
