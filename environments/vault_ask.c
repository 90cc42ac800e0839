/* Requests to Vault, and what its answers mean. */
#include "base/arena.h"
#include "base/file.h"
#include "base/http.h"
#include "environments/vault_internal.h"
#include <jansson.h>
#include <poll.h>

#define TRIES 3

struct ask {
    const struct vault_access *access;
    const char *token; /* NULL: none yet */
    const char *path;  /* behind /v1/ */
    struct slice body;
    int64_t deadline_us;
};

static int left_ms(const struct ask *q)
{
    int64_t left = (q->deadline_us - time_monotonic_us()) / 1000;
    return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static int send_once(struct arena *a, const struct ask *q, struct http_answer *out, struct err *err)
{
    struct http_header headers[4] = {{"X-Vault-Request", "true"}};
    struct http_request r = {.url = arena_printf(a, "%s/v1/%s", q->access->address, q->path),
                             .headers = headers,
                             .nheaders = 1,
                             .body = q->body,
                             .timeout_ms = left_ms(q),
                             .connect_timeout_ms = left_ms(q),
                             .ca_file = q->access->ca};
    if (q->token) {
        headers[r.nheaders++] = (struct http_header){"X-Vault-Token", q->token};
    }
    if (q->access->namespace_) {
        headers[r.nheaders++] = (struct http_header){"X-Vault-Namespace", q->access->namespace_};
    }
    if (q->body.ptr) {
        headers[r.nheaders++] = (struct http_header){"Content-Type", "application/json"};
    }
    if (r.timeout_ms == 0) {
        err_set(err, ERR_UNREACHABLE, "%s: no answer within %g s", q->access->address,
                q->access->timeout_ms / 1e3);
        if (err) {
            err->retryable = true;
        }
        return ERR_UNREACHABLE;
    }
    return http_send(a, &r, out, err);
}

/* Answers that a moment later are another one: a standby that lags, a limit on requests, a server in between.
 */
static bool is_passing(int status)
{
    return status == 412 || status == 429 || status == 500 || status == 502 || status == 504;
}

static int send_with_tries(struct arena *a, const struct ask *q, struct http_answer *out, struct err *err)
{
    struct err first = {0};
    for (int i = 1;; i++) {
        struct err e = {0};
        int rc = send_once(a, q, out, &e);
        int pause_ms = 200 * i;
        bool again = rc ? e.retryable : is_passing(out->status);
        if (again && i < TRIES && left_ms(q) > pause_ms) {
            first = i == 1 ? e : first;
            poll(NULL, 0, pause_ms);
            continue;
        }
        if (rc && err) {
            *err = e;
        }
        return rc;
    }
}

/* The first of the errors that Vault lists, unless it repeats what was sent; NULL when there is none to show.
 */
static const char *told(struct arena *a, const struct ask *q, const json_t *answer)
{
    const char *text = json_string_value(json_array_get(json_object_get(answer, "errors"), 0));
    const struct vault_access *x = q->access;
    const char *const secrets[] = {q->token, x->token, x->secret_id};
    for (size_t i = 0; i < COUNT_OF(secrets) && text; i++) {
        text = secrets[i] && strstr(text, secrets[i]) ? NULL : text;
    }
    struct slice rest = slice_trim(slice_of(text)), last = {0}, line;
    while (slice_cut(&rest, '\n', &line)) {
        last = slice_trim(line).len ? slice_trim(line) : last;
        last = slice_starts(last, "* ") ? (struct slice){last.ptr + 2, last.len - 2} : last;
    }
    last.len = last.len > 200 ? utf8_valid_length(last.ptr, 200) : last.len;
    return last.len ? slice_dup(a, last) : NULL;
}

static const struct {
    int status, result;
    const char *text, *hint;
} refusals[] = {
    {400, ERR_FAILED, "the request was refused", NULL},
    {403, ERR_FAILED, "permission denied",
     "The token has expired, or its policy does not allow to read this path (\"vault token lookup\" tells)."},
    {429, ERR_UNREACHABLE, "too many requests", "Try again later."},
    {500, ERR_UNREACHABLE, "Vault has an error of its own", NULL},
    {502, ERR_UNREACHABLE, "a server in between cannot reach Vault", NULL},
    {503, ERR_UNREACHABLE, "Vault is sealed or down for maintenance", "Unseal it, or wait until it is back."},
    {504, ERR_UNREACHABLE, "a server in between cannot reach Vault", NULL},
};

static int explain(struct arena *a, const struct ask *q, const struct http_answer *answer, const json_t *body,
                   struct err *err)
{
    const char *origin = http_origin(a, q->access->address);
    const char *location = http_header_value(answer, "Location");
    if (answer->status >= 300 && answer->status < 400) {
        err_set(err, ERR_FAILED, "%s redirects to %s, and a token is sent to one address only", origin,
                location ? http_origin(a, location) : "nowhere");
        return err_hint(err, "Set the address of Vault to the one it redirects to.");
    }
    size_t i = 0;
    while (i < COUNT_OF(refusals) && refusals[i].status != answer->status) {
        i++;
    }
    const char *said = told(a, q, body);
    if (i == COUNT_OF(refusals)) {
        return err_set(err, ERR_FAILED, "%s answered with status %d%s%s", origin, answer->status,
                       said ? ": " : "", said ? said : "");
    }
    bool repeats = said && strstr(said, refusals[i].text);
    err_set(err, refusals[i].result, "%s: %s (status %d%s%s)", origin, refusals[i].text, answer->status,
            said && !repeats ? ": " : "", said && !repeats ? said : "");
    if (err) {
        err->retryable = refusals[i].result == ERR_UNREACHABLE;
    }
    return refusals[i].hint ? err_hint(err, "%s", refusals[i].hint) : refusals[i].result;
}

/* An answer of status 200 (or 404, when the caller knows what that means) as JSON; *json is the caller's to
 * drop. *status is set by a refusal too. */
static int ask(struct arena *a, const struct ask *q, bool maybe_404, json_t **json, int *status,
               struct err *err)
{
    struct http_answer answer = {0};
    json_error_t where;
    int rc = send_with_tries(a, q, &answer, err);
    if (rc) {
        return rc;
    }
    *status = answer.status;
    json_t *body = json_loadb(answer.body.ptr, answer.body.len, JSON_REJECT_DUPLICATES, &where);
    if (answer.status != 200 && !(answer.status == 404 && maybe_404 && json_is_object(body))) {
        rc = explain(a, q, &answer, body, err);
    } else if (!json_is_object(body)) {
        err_set(err, ERR_FAILED, "the answer of %s is not what Vault says",
                http_origin(a, q->access->address));
        rc = err_hint(err, "Is this the address of a Vault server?");
    }
    if (rc) {
        json_decref(body);
        return rc;
    }
    *json = body;
    return 0;
}

int vault_ask_login(struct arena *a, const struct vault_access *access, int64_t deadline_us,
                    const char **token, struct err *err)
{
    json_t *login = json_pack("{s:s, s:s}", "role_id", access->role_id, "secret_id", access->secret_id);
    char *text = login ? json_dumps(login, JSON_COMPACT) : NULL;
    json_decref(login);
    if (!text) {
        return err_set(err, ERR_FILE, "the role id or the secret id of Vault is not UTF-8 text");
    }
    struct ask q = {.access = access,
                    .path = arena_printf(a, "auth/%s/login", access->approle_mount),
                    .body = slice_of(text),
                    .deadline_us = deadline_us};
    json_t *answer = NULL;
    int status, rc = ask(a, &q, false, &answer, &status, err);
    free(text);
    const char *found =
        rc ? NULL : json_string_value(json_object_get(json_object_get(answer, "auth"), "client_token"));
    if (!rc && !found) {
        rc = err_set(err, ERR_FAILED, "%s answered without a token", http_origin(a, access->address));
    }
    if (!rc) {
        *token = arena_dup(a, found);
    }
    json_decref(answer);
    return rc ? err_wrap(err, "cannot log in to Vault by AppRole") : 0;
}

/* A deleted version is a 404 that tells when. */
static int absent(struct arena *a, const struct ask *q, const json_t *answer, struct err *err)
{
    const json_t *metadata = json_object_get(json_object_get(answer, "data"), "metadata");
    const char *deleted = json_string_value(json_object_get(metadata, "deletion_time"));
    int64_t version = json_integer_value(json_object_get(metadata, "version"));
    const char *origin = http_origin(a, q->access->address);
    if (json_is_true(json_object_get(metadata, "destroyed"))) {
        return err_set(err, ERR_FILE, "%s: version %lld of the secret has been destroyed", origin,
                       (long long)version);
    }
    if (deleted && deleted[0]) {
        return err_set(err, ERR_FILE, "%s: version %lld of the secret was deleted at %.40s", origin,
                       (long long)version, deleted);
    }
    err_set(err, ERR_FILE, "%s: there is no secret at %s", origin, q->path);
    return err_hint(err,
                    "Is the part before /data/ the mount? One of several parts is named in vault.mount of "
                    "lockstep.yaml; and the mount has to be a key-value store of version 2.");
}

static const char *kind_of(const json_t *value)
{
    return json_is_object(value)  ? "an object"
           : json_is_array(value) ? "a list"
           : json_is_null(value)  ? "null"
                                  : "a number with a fraction";
}

static int take_values(struct arena *a, const struct ask *q, json_t *answer, struct vault_secret *out,
                       struct err *err)
{
    json_t *data = json_object_get(json_object_get(answer, "data"), "data"), *value;
    const char *key;
    if (!json_is_object(data)) {
        err_set(err, ERR_FAILED, "the answer of %s is not what a key-value store of version 2 says",
                http_origin(a, q->access->address));
        return err_hint(err, "Is the mount a key-value store of version 2?");
    }
    json_object_foreach(data, key, value)
    {
        struct vault_value *v = vec_push(a, &out->values);
        v->key = arena_dup(a, key);
        if (json_is_string(value)) {
            v->value = arena_dup(a, json_string_value(value));
        } else if (json_is_integer(value)) {
            v->value = arena_printf(a, "%lld", (long long)json_integer_value(value));
        } else if (json_is_boolean(value)) {
            v->value = json_is_true(value) ? "true" : "false";
        } else {
            v->kind = kind_of(value);
        }
    }
    return 0;
}

int vault_ask_secret(struct arena *a, const struct vault_access *access, const char *token, const char *path,
                     int64_t deadline_us, struct vault_secret *out, bool *denied, struct err *err)
{
    const struct ask q = {.access = access, .token = token, .path = path, .deadline_us = deadline_us};
    struct vault_secret secret = {0};
    struct err e = {0};
    json_t *answer = NULL;
    int status = 0, rc = ask(a, &q, true, &answer, &status, &e);
    *denied = rc && status == 403;
    if (!rc) {
        rc = status == 404 ? absent(a, &q, answer, &e) : take_values(a, &q, answer, &secret, &e);
    }
    json_decref(answer);
    if (rc) {
        if (err) {
            *err = e;
        }
        return rc;
    }
    *out = secret;
    return 0;
}

int vault_ask_self(struct arena *a, const struct vault_access *access, const char *token, int64_t deadline_us,
                   const char **out, struct err *err)
{
    const struct ask q = {
        .access = access, .token = token, .path = "auth/token/lookup-self", .deadline_us = deadline_us};
    json_t *answer = NULL;
    int status, rc = ask(a, &q, false, &answer, &status, err);
    if (rc) {
        return rc;
    }
    const json_t *ttl = json_object_get(json_object_get(answer, "data"), "ttl");
    int64_t seconds = json_integer_value(ttl);
    *out = seconds > 0 ? arena_printf(a, "its token is good for %s", duration_format(a, seconds * 1000000))
                       : "its token does not expire";
    json_decref(answer);
    return 0;
}
