/* Checks of requests, and the way to the module that sends them. */
#include "base/http.h"
#include "base/module.h"
#include <strings.h>

static struct module module = {
    .name = "http", .what = "the HTTP client", .packages = "libcurl4 (Debian 13: libcurl4t64)"};

/* What follows "http://" or "https://", or NULL. */
static const char *after_scheme(const char *url)
{
    size_t plain = strlen("http://"), tls = strlen("https://");
    return strncasecmp(url, "http://", plain) == 0  ? url + plain
           : strncasecmp(url, "https://", tls) == 0 ? url + tls
                                                    : NULL;
}

int http_check_url(const char *url, struct err *err)
{
    const char *host = url ? after_scheme(url) : NULL;
    const char *wrong = NULL;
    if (!host) {
        wrong = "expected a URL that begins with https:// or http://";
    } else if (host[strcspn(host, "/?#")] == '#') {
        wrong = "the URL has a fragment";
    } else if (strcspn(host, "/?") == 0 || host[0] == ':') {
        wrong = "the URL names no host";
    } else if (memchr(host, '@', strcspn(host, "/?"))) {
        wrong = "the URL holds a user";
    }
    for (const char *c = host; c && *c && !wrong; c++) {
        wrong = (unsigned char)*c <= ' ' || *c == 0x7F ? "the URL holds white space or a control character"
                                                       : NULL;
    }
    return wrong ? err_set(err, ERR_FILE, "%s", wrong) : 0;
}

char *http_origin(struct arena *a, const char *url)
{
    const char *host = http_check_url(url, NULL) == 0 ? after_scheme(url) : NULL;
    return host ? arena_dupn(a, url, (size_t)(host - url) + strcspn(host, "/?")) : arena_dup(a, "the URL");
}

const char *http_header_value(const struct http_answer *answer, const char *name)
{
    const struct http_header *h;
    vec_each (h, &answer->headers) {
        if (strcasecmp(h->name, name) == 0) {
            return h->value;
        }
    }
    return NULL;
}

/* RFC 9110's token; nothing else may be the name of a header or a method. */
static bool is_token(const char *s)
{
    for (const char *c = s; *c; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", *c)) {
            return false;
        }
    }
    return s[0] != '\0';
}

/* A line break in a value would let whoever wrote it add headers and requests. */
static int check_header(const struct http_header *h, struct err *err)
{
    if (!is_token(h->name)) {
        return err_set(err, ERR_FILE, "the name of an HTTP header is not a plain word");
    }
    for (const char *c = h->value; *c; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7F) {
            return err_set(err, ERR_FILE,
                           "the value of the HTTP header %s holds a line break or a control character",
                           h->name);
        }
    }
    return 0;
}

int http_send(struct arena *a, const struct http_request *r, struct http_answer *out, struct err *err)
{
    int rc = http_check_url(r->url, err);
    if (!rc && r->method && !is_token(r->method)) {
        rc = err_set(err, ERR_FILE, "the HTTP method is not a plain word");
    }
    for (size_t i = 0; i < r->nheaders && !rc; i++) {
        rc = check_header(&r->headers[i], err);
    }
    const void *api = NULL;
    rc = rc ? rc : module_load(&module, &api, err);
    return rc ? rc : ((const struct http_client *)api)->send(a, r, out, err);
}
