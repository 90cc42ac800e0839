/* Requests to the user's own Alembic and their answers. */
#include "engine/alembic/bridge.h"
#include "base/process.h"
#include "engine/alembic/sql.h" /* bridge.py as a string */
#include <jansson.h>

#define RENDER_MS  60000
#define RUN_MS     (24 * 3600 * 1000) /* a migration may take long; an interrupt ends it earlier */
#define GRACE_MS   10000              /* to roll back in, after an interrupt */
#define OUTPUT_MAX ((size_t)64 << 20)

static json_t *list_of(const strings_t *items)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n; i++) {
        json_array_append_new(list, json_string(items->items[i]));
    }
    return list;
}

static void put(json_t *o, const char *key, const char *value)
{
    json_object_set_new(o, key, value ? json_string(value) : json_null());
}

static char *request_text(const struct bridge *b, const struct bridge_request *r, const char *mode)
{
    json_t *o = json_object(), *x = json_array();
    const struct migration_settings *s = r->settings;
    for (size_t i = 0; i < s->nx; i++) {
        json_array_append_new(x, json_sprintf("%s=%s", s->x[i].name, s->x[i].value));
    }
    AUTO(strbuf_release) struct strbuf versions = STRBUF_INIT;
    for (size_t i = 0; i < b->versions.n; i++) {
        strbuf_addf(&versions, "%s%s", i ? "\n" : "", b->versions.items[i]);
    }
    put(o, "mode", mode);
    put(o, "ini", b->ini);
    put(o, "section", b->section);
    put(o, "script_location", b->script_location);
    put(o, "versions", strbuf_cstr(&versions));
    json_object_set_new(o, "sys_path", list_of(&b->sys_path));
    json_object_set_new(o, "x", x);
    put(o, "revision", r->revision);
    put(o, "direction", r->downgrade ? "downgrade" : "upgrade");
    put(o, "dialect", r->dialect->name);
    put(o, "url", r->url);
    put(o, "version_table", s->version_table);
    put(o, "version_table_schema", s->version_table_schema);
    json_object_set_new(o, "render_as_batch", json_boolean(s->render_as_batch));
    json_object_set_new(o, "include_schemas", json_boolean(s->include_schemas));
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

static int ask(struct arena *a, const struct bridge *b, const struct bridge_request *r, const char *mode,
               int timeout, json_t **answer, struct err *err)
{
    char *text = request_text(b, r, mode);
    if (!text) {
        return err_set(err, ERR_FAILED, "a name or path of the project is not UTF-8");
    }
    const char *const argv[] = {b->python, "-c", sql_alembic_bridge, NULL};
    struct slice out;
    int rc = process_capture(a,
                             &(struct process){.argv = argv,
                                               .input = slice_of(text),
                                               .timeout_ms = timeout,
                                               .max_output = OUTPUT_MAX,
                                               .what = b->python,
                                               .last_line = true,
                                               .cancel_fd = r->cancel_fd,
                                               .grace_ms = GRACE_MS},
                             &out, err);
    explicit_bzero(text, strlen(text)); /* the URL's password is in it */
    free(text);
    if (rc) {
        return err_wrap(err, "%s of %s by Alembic itself", r->downgrade ? "downgrade" : "upgrade",
                        r->revision);
    }
    json_error_t error;
    *answer = json_loadb(out.ptr, out.len, 0, &error);
    return *answer ? 0 : err_set(err, ERR_FAILED, "%s gave no answer: %s", b->python, error.text);
}

static void read_statements(struct arena *a, const json_t *answer, strings_t *out)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(answer, "statements"), i, item)
    {
        if (json_is_string(item)) {
            *vec_push(a, out) = arena_dup(a, json_string_value(item));
        }
    }
}

int bridge_render(struct arena *a, const struct bridge *b, const struct bridge_request *r,
                  strings_t *statements, const char **live, struct err *err)
{
    json_t *answer;
    int rc = ask(a, b, r, "render", RENDER_MS, &answer, err);
    if (rc) {
        return rc;
    }
    *live = arena_dup(a, json_string_value(json_object_get(answer, "live")));
    read_statements(a, answer, statements);
    json_decref(answer);
    return 0;
}

int bridge_offline(struct arena *a, const struct bridge *b, const struct bridge_request *r, strings_t *texts,
                   struct err *err)
{
    json_t *answer;
    int rc = ask(a, b, r, "offline", RENDER_MS, &answer, err);
    if (rc) {
        return rc;
    }
    read_statements(a, answer, texts);
    json_decref(answer);
    return 0;
}

int bridge_run(struct arena *a, const struct bridge *b, const struct bridge_request *r, strings_t *statements,
               bool *taken_back, struct err *err)
{
    json_t *answer;
    *taken_back = false;
    int rc = ask(a, b, r, "run", RUN_MS, &answer, err);
    if (rc) {
        return rc;
    }
    const char *failure = json_string_value(json_object_get(answer, "taken_back"));
    if (failure) {
        *taken_back = true;
        bool interrupted = json_is_true(json_object_get(answer, "interrupted"));
        rc = err_set(err, interrupted ? ERR_INTERRUPTED : ERR_FAILED, "%s", failure);
    }
    read_statements(a, answer, statements);
    json_decref(answer);
    return rc;
}
