/*
 * Parsing target URLs. The grammar is SQLAlchemy's, with libpq's percent-encoding of every part; messages
 * never quote a part that could be a password put in the wrong place. Showing URLs lives in url_text.c.
 */
#include "environments/url.h"
#include "base/arena.h"
#include "base/vec.h"
#include <arpa/inet.h>

#define URL_MAX ((size_t)64 << 10)

struct parser {
    struct arena *a;
    struct slice text;
    struct url url;
    VEC(struct url_param) params;
    struct err *err;
};

static int fail(struct parser *p, const char *at, const char *message)
{
    err_set(p->err, ERR_FILE, "%s", message);
    size_t column = 1;
    for (const char *c = p->text.ptr; c < at; c++) {
        column += ((unsigned char)*c & 0xC0) != 0x80;
    }
    err_place(p->err, NULL, 1, (int)column);
    return ERR_FILE;
}

static const struct {
    const char *scheme, *dialect;
} schemes[] = {{"postgresql", "postgresql"},
               {"postgres", "postgresql"},
               {"mysql", "mysql"},
               {"mariadb", "mysql"},
               {"sqlite", "sqlite"}};

static bool is_scheme_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static int unknown_scheme(struct parser *p, struct slice name)
{
    const char *names[COUNT_OF(schemes)];
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        names[i] = schemes[i].scheme;
    }
    char *word = slice_dup(p->a, name);
    fail(p, p->text.ptr, arena_printf(p->a, "unknown database \"%s\" in the URL", word));
    const char *near = str_nearest(word, names, COUNT_OF(names));
    if (near) {
        err_hint(p->err, "did you mean \"%s\"?", near);
    } else {
        err_hint(p->err, "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://.");
    }
    return ERR_FILE;
}

/* "dialect+driver://"; the driver is Python's business. On success *rest is what follows "://". */
static int parse_scheme(struct parser *p, struct slice *rest)
{
    const char *mark = memmem(p->text.ptr, p->text.len, "://", 3);
    if (!mark) {
        fail(p, p->text.ptr, "expected a URL such as postgresql://user@host/database");
        err_hint(p->err, "Begin the URL with postgresql://, mysql://, mariadb:// or sqlite://.");
        return ERR_FILE;
    }
    struct slice whole = {p->text.ptr, (size_t)(mark - p->text.ptr)}, name, driver = whole;
    slice_cut(&driver, '+', &name);
    for (size_t i = 0; i < whole.len; i++) {
        if (!is_scheme_char(whole.ptr[i]) && !(whole.ptr[i] == '+' && i == name.len)) {
            return fail(p, whole.ptr + i, "this character cannot stand in the scheme of a URL");
        }
    }
    if (name.len == 0 || name.len > 32 || (driver.ptr && driver.len == 0)) {
        return fail(p, p->text.ptr, "expected a database and \"://\" at the start of the URL");
    }
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (slice_eq(name, schemes[i].scheme)) {
            p->url.dialect = schemes[i].dialect;
            p->url.scheme = schemes[i].scheme;
            p->url.python_driver = driver.ptr ? slice_dup(p->a, driver) : NULL;
            *rest = (struct slice){mark + 3, p->text.len - whole.len - 3};
            return 0;
        }
    }
    return unknown_scheme(p, name);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Undo percent-encoding; in parameters a plus sign is a space, as Python's parse_qsl has it. */
static int decode(struct parser *p, struct slice s, bool plus, const char **out)
{
    char *text = arena_alloc(p->a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            int high = i + 1 < s.len ? hex_value(s.ptr[i + 1]) : -1;
            int low = i + 2 < s.len ? hex_value(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                fail(p, s.ptr + i, "expected two hexadecimal digits after %");
                return err_hint(p->err, "Write a percent sign itself as %%25.");
            }
            c = (char)(high * 16 + low);
            i += 2;
            if (c == '\0') {
                return fail(p, s.ptr + i - 2, "%00 cannot stand in a URL");
            }
        } else if (plus && c == '+') {
            c = ' ';
        }
        text[n++] = c;
    }
    if (!utf8_valid(text, n)) {
        return fail(p, s.ptr, "this part of the URL does not decode to UTF-8");
    }
    *out = text;
    return 0;
}

/* 1 to 65535, or 0 when it is no port. */
static int port_of(struct slice s)
{
    int port = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || i == 5) {
            return 0;
        }
        port = port * 10 + (s.ptr[i] - '0');
    }
    return port <= 65535 ? port : 0;
}

static int parse_port(struct parser *p, struct slice s)
{
    p->url.port = port_of(s);
    if (p->url.port) {
        return 0;
    }
    fail(p, s.ptr, "expected a port from 1 to 65535 after the host");
    return err_hint(p->err, "A URL with a password is written scheme://user:password@host/database.");
}

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return false;
        }
    }
    return s.len > 0;
}

static size_t find_first(struct slice s, const char *set)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] && strchr(set, s.ptr[i])) {
            return i;
        }
    }
    return s.len;
}

/* Split off "user:password@". A password may hold a slash as it is (SQLAlchemy takes it so) unless what
 * stands before the slash reads as host:port. */
static int parse_login(struct parser *p, struct slice *rest)
{
    const char *at = rest->len ? memchr(rest->ptr, '@', rest->len) : NULL;
    if (!at) {
        return 0;
    }
    struct slice login = {rest->ptr, (size_t)(at - rest->ptr)};
    size_t user = find_first(login, ":/?");
    if (user < login.len && login.ptr[user] != ':') {
        return 0; /* the @ belongs to the database or a parameter */
    }
    struct slice password = {login.ptr + user + 1, user < login.len ? login.len - user - 1 : 0};
    size_t slash = find_first(password, "/?");
    if (slash < password.len && all_digits((struct slice){password.ptr, slash})) {
        return 0;
    }
    int rc = 0;
    if (user) {
        rc = decode(p, (struct slice){login.ptr, user}, false, &p->url.user);
    }
    if (!rc && user < login.len) {
        rc = decode(p, password, false, &p->url.password);
    }
    *rest = (struct slice){at + 1, rest->len - login.len - 1};
    return rc;
}

static bool is_ipv6(struct slice s)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr unused;
    size_t zone = find_first(s, "%");
    if (zone >= sizeof(address)) {
        return false;
    }
    for (size_t i = zone + 1; i < s.len; i++) {
        if (!is_scheme_char(s.ptr[i]) && s.ptr[i] != '-') {
            return false;
        }
    }
    memcpy(address, s.ptr, zone);
    address[zone] = '\0';
    return inet_pton(AF_INET6, address, &unused) == 1;
}

/* A name, an address, or a folder with a Unix socket. */
static int check_host(struct parser *p, const char *at, const char *host)
{
    bool socket = host[0] == '/';
    for (const char *c = host; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F || strchr("@[]\"'<>\\", *c) || (*c == '/' && !socket)) {
            fail(p, at, *c == '@' ? "the host holds an @" : "this host holds a character that no host can");
            return err_hint(p->err,
                            "In a user or password write @ as %%40, : as %%3A, / as %%2F, %% as %%25.");
        }
    }
    if (!socket && strchr(host, ':') && !is_ipv6(slice_of(host))) {
        return fail(p, at, "expected a host name or address");
    }
    return 0;
}

static int parse_host(struct parser *p, struct slice s)
{
    int rc = 0;
    struct slice host = s, port = {NULL, 0};
    if (slice_starts(s, "[")) {
        const char *close = memchr(s.ptr, ']', s.len);
        if (!close) {
            return fail(p, s.ptr, "expected a ] after the IPv6 address");
        }
        host = (struct slice){s.ptr + 1, (size_t)(close - s.ptr) - 1};
        struct slice after = {close + 1, s.len - host.len - 2};
        if (after.len && after.ptr[0] != ':') {
            return fail(p, after.ptr, "expected a port or / after the IPv6 address");
        }
        port = after.len ? (struct slice){after.ptr + 1, after.len - 1} : port;
        if (!is_ipv6(host)) {
            return fail(p, s.ptr, "expected an IPv6 address between [ and ]");
        }
        /* "%eth0" is written "%25eth0" by the book and plainly by people. */
        size_t zone = find_first(host, "%");
        bool encoded = slice_starts((struct slice){host.ptr + zone, host.len - zone}, "%25");
        p->url.host = encoded ? arena_printf(p->a, "%.*s%%%.*s", (int)zone, host.ptr,
                                             (int)(host.len - zone - 3), host.ptr + zone + 3)
                              : slice_dup(p->a, host);
    } else {
        size_t colon = find_first(s, ":");
        host.len = colon;
        port = colon < s.len ? (struct slice){s.ptr + colon + 1, s.len - colon - 1} : port;
        if (host.len) {
            rc = decode(p, host, false, &p->url.host);
        }
    }
    if (!rc && p->url.host) {
        rc = check_host(p, host.ptr, p->url.host);
    }
    if (!rc && p->url.host && strchr(p->url.host, ',') && p->url.host[0] != '/') {
        fail(p, host.ptr, "expected one host");
        rc = err_hint(p->err,
                      "Several hosts for libpq are given as a parameter: postgresql:///database?host=a,b");
    }
    if (!rc && port.ptr) {
        rc = parse_port(p, port);
    }
    return rc;
}

static int parse_params(struct parser *p, struct slice query)
{
    struct slice pair;
    while (slice_cut(&query, '&', &pair)) {
        struct slice name, value = pair;
        struct url_param param = {0};
        slice_cut(&value, '=', &name);
        if (pair.len == 0) {
            continue;
        }
        if (!value.ptr || name.len == 0) {
            return fail(p, pair.ptr, "expected name=value");
        }
        int rc = decode(p, name, true, &param.name);
        if (!rc) {
            rc = decode(p, value, true, &param.value);
        }
        if (rc) {
            return rc;
        }
        for (size_t i = 0; i < p->params.n; i++) {
            if (strcmp(p->params.items[i].name, param.name) == 0) {
                return fail(p, pair.ptr, "this parameter is given twice");
            }
        }
        if (p->params.n == 64) {
            return fail(p, pair.ptr, "more than 64 parameters");
        }
        *vec_push(p->a, &p->params) = param;
    }
    return 0;
}

/* libpq takes the parts of the address as parameters as well: move them to where everybody looks. */
static int adopt_params(struct parser *p)
{
    const struct {
        const char *name, **field;
    } parts[] = {{"host", &p->url.host},
                 {"user", &p->url.user},
                 {"password", &p->url.password},
                 {"dbname", &p->url.database}};
    size_t kept = 0;
    for (size_t i = 0; i < p->params.n; i++) {
        const struct url_param param = p->params.items[i];
        bool moved = false, twice = false;
        for (size_t j = 0; j < COUNT_OF(parts); j++) {
            if (strcmp(param.name, parts[j].name) == 0) {
                moved = true;
                twice = *parts[j].field && param.value[0];
                *parts[j].field = param.value[0] ? param.value : *parts[j].field;
            }
        }
        if (strcmp(param.name, "port") == 0) {
            moved = true;
            twice = p->url.port != 0;
            p->url.port = port_of(slice_of(param.value));
            if (!p->url.port) {
                return fail(p, p->text.ptr, "expected a port from 1 to 65535 in the parameter \"port\"");
            }
        }
        if (twice) {
            return fail(p, p->text.ptr, arena_printf(p->a, "the %s is given twice in the URL", param.name));
        }
        if (!moved) {
            p->params.items[kept++] = param;
        }
    }
    p->params.n = kept;
    return p->url.host ? check_host(p, p->text.ptr, p->url.host) : 0;
}

static int parse_server(struct parser *p, struct slice rest)
{
    int rc = parse_login(p, &rest);
    if (rc) {
        return rc;
    }
    size_t end = find_first(rest, "/?");
    rc = end ? parse_host(p, (struct slice){rest.ptr, end}) : 0;
    if (rc) {
        return rc;
    }
    struct slice path = {rest.ptr + end, rest.len - end}, query = {NULL, 0};
    size_t mark = find_first(path, "?");
    if (mark < path.len) {
        query = (struct slice){path.ptr + mark + 1, path.len - mark - 1};
        path.len = mark;
    }
    if (path.len > 1) {
        rc = decode(p, (struct slice){path.ptr + 1, path.len - 1}, false, &p->url.database);
    }
    if (!rc && query.ptr) {
        rc = parse_params(p, query);
    }
    return rc ? rc : adopt_params(p);
}

/* The path stands as written: SQLAlchemy does not decode it either. */
static int parse_sqlite(struct parser *p, struct slice rest)
{
    size_t mark = find_first(rest, "?");
    struct slice path = {rest.ptr, mark};
    if (path.len && path.ptr[0] != '/') {
        fail(p, path.ptr, "a SQLite URL has no host");
        return err_hint(p->err, "Write sqlite:///relative.db or sqlite:////absolute.db.");
    }
    p->url.database = path.len > 1 ? arena_dupn(p->a, path.ptr + 1, path.len - 1) : ":memory:";
    return mark < rest.len ? parse_params(p, (struct slice){rest.ptr + mark + 1, rest.len - mark - 1}) : 0;
}

int url_parse(struct arena *a, struct slice text, struct url *out, struct err *err)
{
    struct err unwanted;
    struct parser p = {.a = a, .text = text, .err = err ? err : &unwanted};
    if (!text.len || !text.ptr) {
        p.text = SLICE("");
        return fail(&p, p.text.ptr, "the URL is empty");
    }
    if (text.len > URL_MAX) {
        return fail(&p, text.ptr, "the URL is longer than 64 KiB");
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7F || (c == ' ' && !slice_starts(text, "sqlite"))) {
            fail(&p, text.ptr + i, "a URL holds no white space or control characters");
            return err_hint(p.err, "Write a space as %%20.");
        }
    }
    struct slice rest = {NULL, 0};
    int rc = parse_scheme(&p, &rest);
    if (rc) {
        return rc;
    }
    bool file = slice_starts(text, "sqlite");
    rc = file ? parse_sqlite(&p, rest) : parse_server(&p, rest);
    if (rc) {
        return rc;
    }
    p.url.params = p.params.items;
    p.url.nparams = p.params.n;
    *out = p.url;
    return 0;
}

const char *url_param(const struct url *u, const char *name)
{
    for (size_t i = 0; i < u->nparams; i++) {
        if (strcmp(u->params[i].name, name) == 0) {
            return u->params[i].value;
        }
    }
    return NULL;
}
