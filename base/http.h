/*
 * A small HTTP client, for secret stores and webhooks. libcurl does the work, in a module (base/module.h)
 * that is loaded at the first request.
 *
 * TLS certificates are always verified. Redirects are never followed: the answer is the redirect, since what
 * is sent here is secret and belongs to one address. Proxies are taken from http_proxy, HTTPS_PROXY,
 * ALL_PROXY and NO_PROXY. Errors name the server (http_origin()) and never a path, a query, a header or a
 * body.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct http_header {
    const char *name, *value;
};

struct http_request {
    const char *method; /* NULL: POST when there is a body, GET otherwise */
    const char *url;    /* http or https */
    const struct http_header *headers;
    size_t nheaders;
    struct slice body;      /* ptr NULL: none */
    int connect_timeout_ms; /* 0: 10 s */
    int timeout_ms;         /* for all of it, name lookup included; 0: 30 s */
    size_t max_answer;      /* bytes of the body; 0: 1 MiB */
    const char *ca_file;    /* the authorities to trust instead of the system's; NULL: the system's */
    const int *cancel_fd;   /* the request ends when it becomes readable; NULL: none */
};

struct http_answer {
    int status;                      /* any: 404 and 500 are answers, not errors */
    VEC(struct http_header) headers; /* names as sent */
    struct slice body;               /* NUL-terminated */
};

/* Send a request and read the whole answer into the arena. Thread-safe. Errors: ERR_FILE for a request that
 * is wrong in itself, ERR_UNREACHABLE for a server that cannot be reached or does not answer in time
 * (retryable), ERR_FAILED for what trying again does not change (a certificate, too long an answer),
 * ERR_INTERRUPTED. With connection_lost the server may have received the request. */
int http_send(struct arena *a, const struct http_request *r, struct http_answer *out, struct err *err);

/* The first header of that name, in any case; NULL when there is none. */
const char *http_header_value(const struct http_answer *answer, const char *name);
/* "https://host:port" as in the URL: what may be shown of it. "the URL" when that cannot be told. In the
 * arena. */
char *http_origin(struct arena *a, const char *url);
/* Is this an http or https URL with a host, and without a user, a fragment, white space or control
 * characters? ERR_FILE otherwise; the message does not repeat it. */
int http_check_url(const char *url, struct err *err);

/* What the module provides: http_send() with a request that has been checked. */
struct http_client {
    int (*send)(struct arena *a, const struct http_request *r, struct http_answer *out, struct err *err);
};
