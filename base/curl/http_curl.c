/* HTTP requests by libcurl. Each request is a transfer of its own: they are few, and far between. */
#include "base/file.h"
#include "base/http.h"
#include <curl/curl.h>
#include <pthread.h>

#define HEADERS_MAX ((size_t)256 << 10)

/* A transfer with what it collects. */
struct transfer {
    const struct http_request *request;
    struct arena *a;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    struct http_answer answer;
    struct strbuf body;
    size_t header_bytes;
    bool headers_overflow;
    char detail[CURL_ERROR_SIZE];
};

static void transfer_release(struct transfer *t)
{
    if (t->multi && t->easy) {
        curl_multi_remove_handle(t->multi, t->easy);
    }
    curl_easy_cleanup(t->easy);
    curl_multi_cleanup(t->multi);
    curl_slist_free_all(t->headers);
    strbuf_release(&t->body);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    strbuf_add(&t->body, bytes, size * n);
    return t->body.overflow ? 0 : size * n;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    struct slice line = slice_trim((struct slice){bytes, size * n}), name;
    t->header_bytes += size * n;
    if (t->header_bytes > HEADERS_MAX) {
        t->headers_overflow = true;
        return 0;
    }
    if (slice_starts(line, "HTTP/")) {
        t->answer.headers.n = 0; /* a proxy's answer or "100 Continue" came before this one */
        return size * n;
    }
    struct slice value = line;
    if (slice_cut(&value, ':', &name) && value.ptr) {
        struct http_header *h = vec_push(t->a, &t->answer.headers);
        h->name = slice_dup(t->a, slice_trim(name));
        h->value = slice_dup(t->a, slice_trim(value));
    }
    return size * n;
}

static void begin_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool set_headers(struct transfer *t)
{
    /* libcurl would wait a second for a server to agree to a long body. */
    t->headers = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < t->request->nheaders && t->headers; i++) {
        const struct http_header *h = &t->request->headers[i];
        /* "Name;" is libcurl's way to send an empty value. */
        struct curl_slist *longer =
            curl_slist_append(t->headers, h->value[0] ? arena_printf(t->a, "%s: %s", h->name, h->value)
                                                      : arena_printf(t->a, "%s;", h->name));
        if (!longer) {
            return false;
        }
        t->headers = longer;
    }
    return t->headers && curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

static bool set_method(struct transfer *t)
{
    const struct http_request *r = t->request;
    bool body = r->body.ptr != NULL, ok = true;
    if (body) {
        ok = curl_easy_setopt(t->easy, CURLOPT_POST, 1L) == CURLE_OK &&
             curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len) == CURLE_OK &&
             curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, r->body.ptr) == CURLE_OK;
    } else if (r->method && strcmp(r->method, "HEAD") == 0) {
        return curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    return ok && (!r->method || curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK);
}

/* Every setting must hold: a transfer that does not verify, or follows a redirect, is worse than none. */
static bool set_up(struct transfer *t)
{
    const struct http_request *r = t->request;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_CONNECTTIMEOUT_MS, r->connect_timeout_ms > 0 ? r->connect_timeout_ms : 10000},
        {CURLOPT_TIMEOUT_MS, r->timeout_ms > 0 ? r->timeout_ms : 30000},
#if LIBCURL_VERSION_NUM >= 0x075700
        {CURLOPT_QUICK_EXIT, 1}, /* a name that is still looked up does not hold up the end */
#endif
    };
    bool ok = t->easy && t->multi;
    for (size_t i = 0; i < COUNT_OF(numbers) && ok; i++) {
        ok = curl_easy_setopt(t->easy, numbers[i].option, numbers[i].value) == CURLE_OK;
    }
    ok = ok && curl_easy_setopt(t->easy, CURLOPT_URL, r->url) == CURLE_OK &&
#if LIBCURL_VERSION_NUM >= 0x075500
         curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
#else
         curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK &&
#endif
         curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "lockstep/" LOCKSTEP_VERSION) == CURLE_OK &&
         curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail) == CURLE_OK &&
         curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
         curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
         curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
         curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t) == CURLE_OK;
    if (ok && r->ca_file) {
        /* Instead of the system's authorities, not beside them. */
        ok = curl_easy_setopt(t->easy, CURLOPT_CAINFO, r->ca_file) == CURLE_OK &&
             curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    }
    return ok && set_method(t) && set_headers(t) && curl_multi_add_handle(t->multi, t->easy) == CURLM_OK;
}

static int cannot(struct transfer *t, const char *why, struct err *err)
{
    err_set(err, ERR_FAILED, "%s: %s", http_origin(t->a, t->request->url), why);
    return ERR_FAILED;
}

static const struct {
    CURLcode code;
    int status;
    bool retryable, sent; /* sent: the server may have received the request */
    const char *text;     /* NULL: libcurl's own words, which name hosts, files and certificates only */
    const char *hint;
} results[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ERR_UNREACHABLE, true, false, "its name cannot be resolved", NULL},
    {CURLE_COULDNT_RESOLVE_PROXY, ERR_UNREACHABLE, true, false, "the name of the proxy cannot be resolved",
     "Look at http_proxy, HTTPS_PROXY, ALL_PROXY and NO_PROXY."},
    {CURLE_COULDNT_CONNECT, ERR_UNREACHABLE, true, false, "cannot connect", NULL},
    {CURLE_OPERATION_TIMEDOUT, ERR_UNREACHABLE, true, true, NULL, NULL},
    {CURLE_GOT_NOTHING, ERR_UNREACHABLE, true, true, "the server closed the connection without an answer",
     NULL},
    {CURLE_RECV_ERROR, ERR_UNREACHABLE, true, true, "the connection was lost", NULL},
    {CURLE_SEND_ERROR, ERR_UNREACHABLE, true, true, "the connection was lost", NULL},
    {CURLE_PARTIAL_FILE, ERR_UNREACHABLE, true, true, "the connection was lost in the middle of the answer",
     NULL},
    {CURLE_SSL_CONNECT_ERROR, ERR_UNREACHABLE, true, false, NULL, "Does the server speak TLS on this port?"},
    {CURLE_PEER_FAILED_VERIFICATION, ERR_FAILED, false, false, NULL,
     "Name the file of the authority that signed the server's certificate."},
    {CURLE_SSL_CACERT_BADFILE, ERR_FAILED, false, false,
     "the file of authorities cannot be read, or holds no certificate", NULL},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_FAILED, false, true, "the server does not speak HTTP", NULL},
    {CURLE_WEIRD_SERVER_REPLY, ERR_FAILED, false, true, "the server does not speak HTTP", NULL},
    {CURLE_URL_MALFORMAT, ERR_FILE, false, false, "the URL is malformed", NULL},
};

static int explain(struct transfer *t, CURLcode code, struct err *err)
{
    size_t most = t->body.max;
    if (t->headers_overflow) {
        return cannot(t, "the headers of the answer are longer than 256 KiB", err);
    }
    if (t->body.overflow) {
        return cannot(t, arena_printf(t->a, "the answer is longer than %zu bytes", most), err);
    }
    size_t i = 0;
    while (i < COUNT_OF(results) && results[i].code != code) {
        i++;
    }
    if (i == COUNT_OF(results)) {
        return cannot(t, curl_easy_strerror(code), err);
    }
    const char *text = results[i].text ? results[i].text
                       : t->detail[0]  ? t->detail
                                       : curl_easy_strerror(code);
    curl_off_t asked_after = 0, took = 0;
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &asked_after);
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &took);
    bool asked = asked_after > 0; /* the request has begun to leave */
    if (code == CURLE_OPERATION_TIMEDOUT) {
        text = arena_printf(t->a, "%s within %.1f s", asked ? "no answer" : "cannot connect",
                            (double)took / 1e6);
    }
    err_set(err, results[i].status, "%s: %s", http_origin(t->a, t->request->url), text);
    if (results[i].hint) {
        err_hint(err, "%s", results[i].hint);
    }
    if (err) {
        err->retryable = results[i].retryable;
        err->connection_lost = results[i].sent && asked;
    }
    return results[i].status;
}

/* Carry the transfer to its end; *code is libcurl's word about it. */
static int perform(struct transfer *t, CURLcode *code, struct err *err)
{
    const int *cancel = t->request->cancel_fd;
    struct curl_waitfd extra = {.fd = cancel ? *cancel : -1, .events = CURL_WAIT_POLLIN};
    for (;;) {
        int running = 0, waiting = 0;
        CURLMcode m = curl_multi_perform(t->multi, &running);
        if (m == CURLM_OK && running == 0) {
            const CURLMsg *message = curl_multi_info_read(t->multi, &waiting);
            *code = message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
            return 0;
        }
        extra.revents = 0;
        if (m == CURLM_OK) {
            m = curl_multi_poll(t->multi, cancel ? &extra : NULL, cancel ? 1 : 0, 1000, NULL);
        }
        if (m != CURLM_OK) {
            return cannot(t, curl_multi_strerror(m), err);
        }
        if (extra.revents) {
            return err_set(err, ERR_INTERRUPTED, "%s: interrupted", http_origin(t->a, t->request->url));
        }
    }
}

static int curl_send(struct arena *a, const struct http_request *r, struct http_answer *out, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, begin_library);
    AUTO(transfer_release)
    struct transfer t = {
        .request = r, .a = a, .body = {.max = r->max_answer ? r->max_answer : (size_t)1 << 20}};
    t.easy = curl_easy_init();
    t.multi = curl_multi_init();
    if (!set_up(&t)) {
        return cannot(&t, "libcurl lacks what this needs", err);
    }
    CURLcode code = CURLE_OK;
    long status = 0;
    int rc = perform(&t, &code, err);
    if (!rc && code != CURLE_OK) {
        rc = explain(&t, code, err);
    }
    if (rc) {
        return rc;
    }
    curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
    t.answer.status = (int)status;
    t.answer.body = (struct slice){arena_dupn(a, strbuf_cstr(&t.body), t.body.len), t.body.len};
    *out = t.answer;
    return 0;
}

extern const struct http_client http_curl;
const struct http_client http_curl = {.send = curl_send};
