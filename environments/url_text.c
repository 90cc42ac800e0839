/* URLs for people: without passwords. */
#include "base/arena.h"
#include "environments/url.h"

#define HIDDEN "***"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

void url_encode(struct strbuf *out, const char *text, const char *also)
{
    for (const char *c = text; *c; c++) {
        if (is_plain(*c) || strchr(also, *c)) {
            strbuf_addch(out, *c);
        } else {
            strbuf_addf(out, "%%%02X", (unsigned char)*c);
        }
    }
}

/* Parameters that hold no secret and tell targets apart. Others are left out. */
static bool is_shown(const char *name)
{
    static const char *const names[] = {"schema", "unix_socket", "charset", "sslmode", "service", "mode"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void add_param(struct strbuf *out, char *separator, const char *name, const char *value)
{
    strbuf_addch(out, *separator);
    *separator = '&';
    strbuf_adds(out, name);
    strbuf_addch(out, '=');
    url_encode(out, value, "/:,");
}

char *url_display(struct arena *a, const struct url *u)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    bool file = strcmp(u->dialect, "sqlite") == 0,
         elsewhere = u->host && (u->host[0] == '/' || strchr(u->host, ','));
    char separator = '?';
    strbuf_addf(&out, "%s://", u->dialect);
    if (u->user) {
        url_encode(&out, u->user, "");
        strbuf_addch(&out, '@');
    }
    if (u->host && !elsewhere) {
        bool six = strchr(u->host, ':') != NULL;
        strbuf_adds(&out, six ? "[" : "");
        url_encode(&out, u->host, six ? ":%" : "");
        strbuf_adds(&out, six ? "]" : "");
    }
    if (u->port) {
        strbuf_addf(&out, ":%d", u->port);
    }
    if (u->database && !(file && strcmp(u->database, ":memory:") == 0 && !u->nparams)) {
        strbuf_addch(&out, '/');
        file ? strbuf_adds(&out, u->database) : url_encode(&out, u->database, "");
    } else if (file) {
        strbuf_adds(&out, "/:memory:");
    }
    if (elsewhere) {
        add_param(&out, &separator, "host", u->host);
    }
    for (size_t i = 0; i < u->nparams; i++) {
        if (is_shown(u->params[i].name)) {
            add_param(&out, &separator, u->params[i].name, u->params[i].value);
        }
    }
    return arena_dup(a, strbuf_cstr(&out));
}

/* The end of a reference ${...} that begins at i, or i. Braces nest. */
static size_t skip_reference(struct slice s, size_t i)
{
    if (i + 1 >= s.len || s.ptr[i] != '$' || s.ptr[i + 1] != '{') {
        return i;
    }
    size_t depth = 0;
    for (size_t j = i + 1; j < s.len; j++) {
        depth += s.ptr[j] == '{';
        depth -= s.ptr[j] == '}';
        if (depth == 0) {
            return j;
        }
    }
    return i;
}

/* Where "user:PASSWORD@" has its password, after "://" and up to the last @ before the parameters. Without an
 * @ a text after a colon that is no port counts: the @host may have been forgotten. */
static bool find_password(struct slice s, size_t *from, size_t *to)
{
    const char *mark = s.len ? memmem(s.ptr, s.len, "://", 3) : NULL;
    size_t start = mark ? (size_t)(mark - s.ptr) + 3 : 0, colon = 0, at = 0, slash = s.len;
    for (size_t i = start; i < s.len; i++) {
        if (s.ptr[i] == '?' && (at || !colon)) {
            break;
        }
        if (s.ptr[i] == ':' && !colon) {
            colon = i;
        } else if (s.ptr[i] == '@') {
            at = i;
        } else if (s.ptr[i] == '/' && slash == s.len) {
            slash = i;
        }
        i = skip_reference(s, i);
    }
    if (!colon || (at && at < colon) || slash < colon) {
        return false;
    }
    *from = colon + 1;
    *to = at ? at : slash;
    bool port = !at && *to > *from;
    for (size_t i = *from; i < *to && port; i++) {
        port = s.ptr[i] >= '0' && s.ptr[i] <= '9';
    }
    return !port && *to > *from && s.ptr[start] != '[';
}

static bool is_secret_param(struct slice name)
{
    static const char *const parts[] = {"pass", "pwd", "secret", "token", "key"};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        size_t n = strlen(parts[i]);
        for (size_t j = 0; j + n <= name.len; j++) {
            if (strncasecmp(name.ptr + j, parts[i], n) == 0) {
                return true;
            }
        }
    }
    return false;
}

char *url_redact(struct arena *a, struct slice text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    size_t from = 0, to = 0, done = 0;
    if (find_password(text, &from, &to)) {
        strbuf_add(&out, text.ptr, from);
        strbuf_adds(&out, HIDDEN);
        done = to;
    }
    struct slice rest = {text.ptr + done, text.len - done};
    const char *query = rest.len ? memchr(rest.ptr, '?', rest.len) : NULL;
    if (!query) {
        strbuf_add(&out, rest.ptr, rest.len);
        return arena_dup(a, strbuf_cstr(&out));
    }
    strbuf_add(&out, rest.ptr, (size_t)(query - rest.ptr));
    rest = (struct slice){query + 1, (size_t)(rest.ptr + rest.len - query) - 1};
    struct slice pair, name;
    for (char separator = '?'; slice_cut(&rest, '&', &pair); separator = '&') {
        struct slice value = pair;
        slice_cut(&value, '=', &name);
        strbuf_addch(&out, separator);
        if (value.ptr && is_secret_param(name)) {
            strbuf_add(&out, name.ptr, name.len);
            strbuf_adds(&out, "=" HIDDEN);
        } else {
            strbuf_add(&out, pair.ptr, pair.len);
        }
    }
    return arena_dup(a, strbuf_cstr(&out));
}

char *url_for_python(struct arena *a, const struct url *u)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    bool file = strcmp(u->dialect, "sqlite") == 0, socket = u->host && u->host[0] == '/';
    /* SQLAlchemy has given up "postgres". */
    strbuf_adds(&out, strcmp(u->scheme, "postgres") == 0 ? "postgresql" : u->scheme);
    if (u->python_driver) {
        strbuf_addf(&out, "+%s", u->python_driver);
    }
    strbuf_adds(&out, "://");
    if (u->user) {
        url_encode(&out, u->user, "");
        if (u->password) {
            strbuf_addch(&out, ':');
            url_encode(&out, u->password, "");
        }
        strbuf_addch(&out, '@');
    }
    if (u->host && !socket) {
        bool six = strchr(u->host, ':') != NULL;
        strbuf_addf(&out, six ? "[%s]" : "%s", u->host);
    }
    if (u->port) {
        strbuf_addf(&out, ":%d", u->port);
    }
    if (u->database && !(file && strcmp(u->database, ":memory:") == 0)) {
        strbuf_addch(&out, '/');
        file ? strbuf_adds(&out, u->database) : url_encode(&out, u->database, "");
    }
    char separator = '?';
    if (socket) {
        add_param(&out, &separator, "host", u->host);
    }
    for (size_t i = 0; i < u->nparams; i++) {
        if (strcmp(u->params[i].name, "schema") != 0) { /* Lockstep's own */
            add_param(&out, &separator, u->params[i].name, u->params[i].value);
        }
    }
    char *text = arena_dup(a, strbuf_cstr(&out));
    explicit_bzero(out.ptr, out.len);
    return text;
}
