/* URLs: what parses can be shown, the shown form parses to the same place and holds no password, and
 * templates are cut into parts that add up. */
#include "base/arena.h"
#include "environments/environment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

static void check_display(struct arena *a, const struct url *u)
{
    struct url again;
    const char *shown = url_display(a, u);
    if (url_parse(a, slice_of(shown), &again, NULL) != 0) {
        abort();
    }
    if (again.password || strcmp(again.dialect, u->dialect) != 0 || !same_text(again.user, u->user) ||
        !same_text(again.host, u->host) || again.port != u->port || !same_text(again.database, u->database)) {
        abort();
    }
}

static void check_template(struct arena *a, const char *text)
{
    const struct template_text t = {.text = text, .in_each = true, .dir = "."};
    struct slice rest = slice_of(text);
    struct template_part part;
    struct err err;
    size_t seen = 0;
    int rc;
    do {
        rc = template_next(&rest, &part, &err);
        seen += rc > 0 ? part.whole.len : 0;
    } while (rc > 0);
    if ((rc == 0) != (template_check(&t, &err) == 0) || (rc == 0 && seen != strlen(text))) {
        abort();
    }
    /* Within a reference a value with braces is refused before it is put in. */
    if (rc == 0 && !template_nests_value(text)) {
        const struct template_text put = {.text = template_put_value(a, text, "${a}$}", false), .dir = "."};
        if (template_check(&put, &err) != 0 || template_refers_to(&put, REFERENCE_VALUE)) {
            abort();
        }
    }
    struct environment *e;
    if (environment_from_url(a, text, &e, &err) == 0 && !template_has_reference(&e->targets[0].url)) {
        target_display(a, &e->targets[0], ".");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size);
    struct slice text = {copy, size};
    struct url url;
    struct err err;
    if (size) {
        memcpy(copy, data, size);
    }
    if (url_parse(&a, text, &url, &err) == 0) {
        check_display(&a, &url);
    } else if (err.status >= 0 || !err.message[0] || err.column < 1 || (size_t)err.column > size + 1) {
        abort();
    }
    url_redact(&a, text);
    check_template(&a, arena_dupn(&a, copy, size));
    free(copy);
    return 0;
}
