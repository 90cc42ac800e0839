/* Addresses and session settings as Connector/C takes them, and errors of logging in. */
#include "drivers/mysql/connection.h"
#include <errmsg.h>
#include <errno.h>
#include <mysqld_error.h>
#include <netdb.h>
#include <sys/stat.h>

#define CONNECT_TIMEOUT_MS 10000
#define LOCK_TIMEOUT_MS    5000
#define PLAIN_TIMEOUT_S    5  /* for a session that only cancels: somebody waits for it */
#define READ_GRACE_S       30 /* beyond the statement timeout: the server should have answered by then */

static unsigned whole_seconds(int64_t ms)
{
    int64_t s = ms / 1000 + (ms % 1000 != 0);
    return (unsigned)(s < 1 ? 1 : s > 31536000 ? 31536000 : s);
}

static const char *find_socket(struct arena *a, const char *path)
{
    static const char *const names[] = {"my.sock", "mysqld.sock", "mysql.sock"};
    struct stat st;
    if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        return arena_dup(a, path);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *socket = arena_printf(a, "%s/%s", path, names[i]);
        if (stat(socket, &st) == 0) {
            return socket;
        }
    }
    return arena_printf(a, "%s/%s", path, names[0]);
}

static int check_charset(const char *value, struct err *err)
{
    static const char *const known[] = {"utf8mb4", "utf8", "utf8mb3"};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(value, known[i]) == 0) {
            return 0;
        }
    }
    err_set(err, ERR_USAGE, "parameter charset is '%s', expected utf8mb4", value);
    return err_hint(err, "Leave charset out: sessions speak utf8mb4, whatever the tables hold.");
}

static int read_param(struct mysql_login *l, const struct driver_param *p, struct err *err)
{
    static const char *const names[] = {
        "unix_socket", "charset", "read_default_file", "read_default_group", "ssl_ca", "ssl_cert", "ssl_key"};
    const char **places[] = {&l->socket, NULL,         &l->defaults_file, &l->defaults_group,
                             &l->tls_ca, &l->tls_cert, &l->tls_key};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(p->name, names[i]) != 0) {
            continue;
        }
        if (!places[i]) {
            return check_charset(p->value, err);
        }
        if (!*places[i]) { /* the address itself outranks its parameters */
            *places[i] = arena_dup(&l->arena, p->value);
        }
        return 0;
    }
    err_set(err, ERR_USAGE, "unknown parameter '%s' for MySQL/MariaDB", p->name);
    const char *near = str_nearest(p->name, names, COUNT_OF(names));
    if (near) {
        return err_hint(err, "Did you mean '%s'?", near);
    }
    return err_hint(err,
                    "Known are unix_socket, charset, read_default_file, read_default_group, ssl_ca, ssl_cert "
                    "and ssl_key.");
}

/* One statement, so that it costs one round trip. Each kind of server skips what is in the other's comment.
 */
static const char *init_command(struct arena *a, const struct driver_session *s)
{
    unsigned lock_s = whole_seconds(s->lock_timeout_ms > 0 ? s->lock_timeout_ms : LOCK_TIMEOUT_MS);
    char *set = arena_printf(a, "SET SESSION lock_wait_timeout = %u, SESSION innodb_lock_wait_timeout = %u",
                             lock_s, lock_s);
    int64_t ms = s->statement_timeout_ms;
    if (ms <= 0) {
        return set;
    }
    return arena_printf(a,
                        "%s /*M! , SESSION max_statement_time = %lld.%03lld */"
                        " /*!80000 , SESSION max_execution_time = %lld */",
                        set, (long long)(ms / 1000), (long long)(ms % 1000), (long long)ms);
}

static const char *display_name(struct mysql_login *l)
{
    if (l->socket) {
        return l->socket;
    }
    if (!l->host) {
        return "the default place";
    }
    const char *host = l->verified_name ? l->verified_name : l->host;
    return arena_printf(&l->arena, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
                        l->port ? l->port : MYSQL_PORT);
}

int mysql_login_new(const struct driver_address *address, const struct driver_session *session,
                    struct mysql_login **out, struct err *err)
{
    struct mysql_login *l = xcalloc(1, sizeof(*l));
    struct arena *a = &l->arena;
    atomic_init(&l->refs, 1);
    l->user = arena_dup(a, address->user);
    l->password = arena_dup(a, address->password);
    l->database = arena_dup(a, address->database);
    l->port = address->port > 0 ? (unsigned)address->port : 0;
    l->tls = address->tls;
    l->tls_ca = arena_dup(a, address->tls_ca);
    l->tls_cert = arena_dup(a, address->tls_cert);
    l->tls_key = arena_dup(a, address->tls_key);
    l->application = arena_dup(a, session->application ? session->application : "lockstep");
    l->connect_timeout_ms =
        session->connect_timeout_ms > 0 ? session->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    l->statement_timeout_ms = session->statement_timeout_ms;
    l->init = init_command(a, session);
    for (size_t i = 0; i < address->nparams; i++) {
        int rc = read_param(l, &address->params[i], err);
        if (rc != 0) {
            mysql_login_unref(l);
            return rc;
        }
    }
    if (!l->socket && address->host && address->host[0] == '/') {
        l->socket = find_socket(a, address->host);
    } else if (!l->socket) {
        l->host = arena_dup(a, address->hostaddr ? address->hostaddr : address->host);
        l->verified_name = address->hostaddr ? arena_dup(a, address->host) : NULL;
    }
    l->display = display_name(l);
    *out = l;
    return 0;
}

struct mysql_login *mysql_login_ref(struct mysql_login *l)
{
    atomic_fetch_add(&l->refs, 1);
    return l;
}

void mysql_login_unref(struct mysql_login *l)
{
    if (!l || atomic_fetch_sub(&l->refs, 1) != 1) {
        return;
    }
    if (l->password) {
        explicit_bzero((void *)(uintptr_t)l->password, strlen(l->password));
    }
    arena_release(&l->arena);
    free(l);
}

/* Over OpenSSL the library looks at the chain when it has a CA, and at the name as well only when told to
 * verify. Over another TLS library, or without a CA of its own, it would look at neither: verify-ca then asks
 * for more than it has to. */
static bool verifies_name(MYSQL *my, const struct mysql_login *l)
{
    const char *library = NULL;
    mariadb_get_infov(my, MARIADB_TLS_LIBRARY, &library);
    bool chain_alone = l->tls_ca && library && strncmp(library, "OpenSSL", 7) == 0;
    return l->tls == TLS_VERIFY_FULL || (l->tls == TLS_VERIFY_CA && !chain_alone);
}

static void set_tls(MYSQL *my, const struct mysql_login *l)
{
    my_bool on = 1, off = 0;
    if (l->tls_ca || l->tls_cert || l->tls_key) {
        mysql_ssl_set(my, l->tls_key, l->tls_cert, l->tls_ca, NULL, NULL);
    }
    if (l->tls == TLS_DISABLE) {
        mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &off);
    } else if (l->tls != TLS_DEFAULT) {
        mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &on);
        mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, verifies_name(my, l) ? &on : &off);
    }
}

static void set_options(MYSQL *my, const struct mysql_login *l, bool plain)
{
    unsigned connect_s = whole_seconds(l->connect_timeout_ms);
    if (plain && connect_s > PLAIN_TIMEOUT_S) {
        connect_s = PLAIN_TIMEOUT_S;
    }
    mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    if (plain || l->statement_timeout_ms > 0) {
        unsigned read_s = plain ? connect_s : whole_seconds(l->statement_timeout_ms) + READ_GRACE_S;
        mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &read_s);
    }
    if (!plain) {
        mysql_options(my, MYSQL_INIT_COMMAND, l->init);
    }
    unsigned local_infile = 0; /* a server could ask for any file of ours */
    mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &local_infile);
    mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_optionsv(my, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", l->application);
    if (l->defaults_file) {
        mysql_options(my, MYSQL_READ_DEFAULT_FILE, l->defaults_file);
    }
    mysql_options(my, MYSQL_READ_DEFAULT_GROUP, l->defaults_group ? l->defaults_group : "lockstep");
    if (l->port && l->host && strcmp(l->host, "localhost") == 0) {
        /* Otherwise the library goes for the Unix socket and the port is ignored. */
        unsigned tcp = MYSQL_PROTOCOL_TCP;
        mysql_options(my, MYSQL_OPT_PROTOCOL, &tcp);
    }
    set_tls(my, l);
}

/* my.cnf is read inside mysql_real_connect() and outranks options: trust nothing but what came out. */
static int check_tls(MYSQL *my, const struct mysql_login *l, struct err *err)
{
    if (l->tls == TLS_DEFAULT || l->tls == TLS_DISABLE) {
        return 0;
    }
    my_bool verify = 0;
    const char *ca = NULL;
    mysql_get_option(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    mysql_get_option(my, MYSQL_OPT_SSL_CA, &ca);
    bool own_ca = !l->tls_ca || (ca && strcmp(ca, l->tls_ca) == 0);
    bool as_asked = l->tls == TLS_REQUIRE || (own_ca && (verify || !verifies_name(my, l)));
    if (mysql_get_ssl_cipher(my) && as_asked && mysql_name_was_verified(my, l, verify)) {
        return 0;
    }
    err_set(err, ERR_UNREACHABLE, "the connection to %s is not protected as asked: %s", l->display,
            !mysql_get_ssl_cipher(my) ? "TLS is not in use"
            : !own_ca                 ? "another CA than the target's was used"
                                      : "the server's certificate is not verified");
    return err_hint(err,
                    "Look for TLS options in the [client] groups of my.cnf that stand against the target's.");
}

static const char *hint_for(unsigned code)
{
    switch (code) {
    case ER_ACCESS_DENIED_ERROR:
        return "Check user and password, and that the account may come from this host.";
    case ER_DBACCESS_DENIED_ERROR:
        return "Grant the user access to the database, or correct the database's name.";
    case ER_BAD_DB_ERROR:
        return "Create the database first, or correct its name.";
    case ER_HOST_NOT_PRIVILEGED:
        return "Make an account on the server that may come from this host.";
    case ER_CON_COUNT_ERROR:
    case ER_TOO_MANY_USER_CONNECTIONS:
        return "Wait until others disconnect, or raise max_connections on the server.";
    case CR_UNKNOWN_HOST:
        return "Check the spelling of the host's name and that it can be looked up here.";
    case CR_SSL_CONNECTION_ERROR:
        return "Check the TLS mode and the CA certificate, and that the server's certificate names the host.";
    case CR_CONNECTION_ERROR:
        return "Check that the server runs, and the host and port or the socket's path in the URL.";
    default:
        return "Check host and port, that the server is running, and that no firewall is in between.";
    }
}

/* "(111)" or "(111 Connection refused)": the library has the system's reason as text only. */
static bool has_number(const char *message, int number)
{
    char closed[16], open[16];
    snprintf(closed, sizeof(closed), "(%d)", number);
    snprintf(open, sizeof(open), "(%d ", number);
    return strstr(message, closed) || strstr(message, open);
}

/* Would the same perhaps be let in a little later? */
static bool may_pass(unsigned code, const char *message)
{
    /* The library says EINPROGRESS for whatever ended a connect; one that took all of its time ends in
     * mysql_connect_bounded(). A socket is missing while its server restarts. */
    static const int errors[] = {ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EINPROGRESS, ENOENT};
    switch (code) {
    case ER_CON_COUNT_ERROR:
    case ER_TOO_MANY_USER_CONNECTIONS:
    case ER_SERVER_SHUTDOWN:
    case CR_SERVER_LOST: /* in the middle of logging in */
        return true;
    case CR_UNKNOWN_HOST:
        return has_number(message, EAI_AGAIN);
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
        for (size_t i = 0; i < COUNT_OF(errors); i++) {
            if (has_number(message, errors[i])) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

static int login_error(MYSQL *my, const struct mysql_login *l, struct err *err)
{
    unsigned code = mysql_errno(my);
    err_set(err, ERR_UNREACHABLE, "cannot connect to MySQL/MariaDB at %s: %s", l->display, mysql_error(my));
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", mysql_sqlstate(my));
        err->retryable = may_pass(code, mysql_error(my));
    }
    return err_hint(err, "%s", hint_for(code));
}

static void init_library(void)
{
    mysql_library_init(0, NULL, NULL);
    mysql_name_init();
}

int mysql_login_connect(const struct mysql_login *l, const char *host, bool plain, MYSQL **out,
                        struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_library);
    MYSQL *my = mysql_init(NULL);
    if (!my) {
        return err_set(err, ERR_FAILED, "cannot set up a MySQL client");
    }
    set_options(my, l, plain);
    unsigned long flags = plain ? 0 : CLIENT_MULTI_STATEMENTS | CLIENT_MULTI_RESULTS | CLIENT_FOUND_ROWS;
    int rc = 0;
    mysql_name_begin(l);
    if (!mysql_real_connect(my, host ? host : l->host, l->user, l->password, plain ? NULL : l->database,
                            l->port, l->socket, flags)) {
        rc = login_error(my, l, err);
    } else {
        rc = check_tls(my, l, err);
    }
    mysql_name_end();
    if (rc == 0 && strcmp(mysql_character_set_name(my), "utf8mb4") != 0 &&
        mysql_set_character_set(my, "utf8mb4") != 0) {
        rc = login_error(my, l, err);
    }
    if (rc != 0) {
        mysql_close(my);
        return rc;
    }
    my_bool off = 0;
    mysql_options(my, MYSQL_OPT_RECONNECT, &off);
    *out = my;
    return 0;
}
