/*
 * YAML: whatever loads is written and must read back alike, whatever text there is must survive being
 * written, and an environment document never does more than fail.
 */
#include "base/arena.h"
#include "base/yaml.h"
#include "environments/environment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_node(struct yaml_out *y, const struct yaml_node *n)
{
    if (n->kind == YAML_SCALAR) {
        yaml_out_string(y, n->text.ptr, n->text.len);
        return;
    }
    n->kind == YAML_MAP ? yaml_out_map(y) : yaml_out_list(y);
    for (size_t i = 0; i < n->n; i++) {
        if (n->kind == YAML_MAP) {
            yaml_out_string(y, n->keys[i]->text.ptr, n->keys[i]->text.len);
        }
        write_node(y, n->items[i]);
    }
    yaml_out_end(y);
}

static bool same(const struct yaml_node *x, const struct yaml_node *y)
{
    if (x->kind != y->kind || x->n != y->n || x->text.len != y->text.len ||
        (x->text.len && memcmp(x->text.ptr, y->text.ptr, x->text.len) != 0)) {
        return false;
    }
    for (size_t i = 0; i < x->n; i++) {
        if (!same(x->items[i], y->items[i]) || (x->kind == YAML_MAP && !same(x->keys[i], y->keys[i]))) {
            return false;
        }
    }
    return true;
}

static void check_place(const struct err *err, struct slice text)
{
    if (err->status >= 0 || !err->message[0] || !utf8_valid(err->message, strlen(err->message)) ||
        !utf8_valid(err->excerpt, strlen(err->excerpt)) || !utf8_valid(err->hint, strlen(err->hint)) ||
        (err->line > 0 && (size_t)err->line > text.len + 1)) {
        abort();
    }
}

static void check_tree(struct arena *a, const struct yaml_node *root)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    struct yaml_doc *again;
    struct err err;
    write_node(y, root);
    if (yaml_out_finish(y, &err) != 0) {
        if (!strstr(err.message, "a key that is too long")) {
            abort();
        }
        return;
    }
    if (yaml_load(a, "again", (struct slice){b.ptr, b.len}, &again, &err) != 0 || !again->root ||
        !same(root, again->root)) {
        abort();
    }
}

static void check_text(struct arena *a, struct slice text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    struct yaml_doc *doc;
    struct err err;
    yaml_out_map(y);
    yaml_out_cstr(y, "sql");
    yaml_out_string(y, text.ptr, text.len);
    yaml_out_end(y);
    int rc = yaml_out_finish(y, &err);
    if ((rc == 0) != utf8_valid(text.ptr, text.len)) {
        abort();
    }
    if (rc == 0) {
        if (yaml_load(a, "text", (struct slice){b.ptr, b.len}, &doc, &err) != 0) {
            abort();
        }
        const struct yaml_node *n = yaml_get(doc->root, "sql");
        if (n->text.len != text.len || (text.len && memcmp(n->text.ptr, text.ptr, text.len) != 0)) {
            abort();
        }
    }
}

static int no_rows(void *arg UNUSED, struct arena *a UNUSED, const struct environment *e UNUSED,
                   const struct target *t UNUSED, const char ***values, size_t *n, struct err *err UNUSED)
{
    static const char *rows[] = {"a", "b$c%d"};
    *values = rows;
    *n = COUNT_OF(rows);
    return 0;
}

static void check_environment(struct arena *a, struct slice text)
{
    struct environment *e;
    struct err err;
    if (environment_parse(a, "fuzz/environment.yaml", text, &e, &err) != 0) {
        check_place(&err, text);
        return;
    }
    if (environment_supported(e, USE_PROMOTE, &err) != 0) {
        check_place(&err, text);
    }
    if (e->ntargets > 100) {
        return;
    }
    for (size_t i = 0; i < e->ntargets; i++) {
        if (e->targets[i].each.kind == EACH_RANGE && e->targets[i].each.to - e->targets[i].each.from > 1000) {
            return;
        }
    }
    if (environment_expand(a, e, no_rows, NULL, &err) != 0) {
        check_place(&err, text);
        return;
    }
    for (size_t i = 0; i < e->ntargets; i++) {
        /* References would run commands and read files: what they do is not the parser's business. */
        struct url url;
        if (!template_has_reference(&e->targets[i].url) && !template_has_reference(&e->targets[i].password) &&
            target_url(a, &e->targets[i], ".", &url, &err) != 0) {
            abort(); /* the check of the document and the use of it must agree */
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    /* An exact copy, so that reading past the end shows. */
    char *copy = xmalloc(size);
    struct slice text = {copy, size};
    struct yaml_doc *doc;
    struct err err;
    if (size) {
        memcpy(copy, data, size);
    }
    if (yaml_load(&a, "fuzz.yaml", text, &doc, &err) != 0) {
        check_place(&err, text);
    } else if (doc->root) {
        check_tree(&a, doc->root);
    }
    check_text(&a, text);
    check_environment(&a, text);
    free(copy);
    return 0;
}
