/* From a target's templates to the URL to connect to, and to the one to show. */
#include "base/arena.h"
#include "base/file.h"
#include "environments/parse.h"

#define STAND_IN "1" /* may be a host, a port, a user, a password and a database */

/* The template with a stand-in for every reference. */
static char *literal_form(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    while (template_next(&rest, &part, NULL) > 0) {
        if (part.literal) {
            strbuf_add(&out, part.text.ptr, part.text.len);
        } else {
            strbuf_adds(&out, STAND_IN);
        }
    }
    return arena_dup(a, strbuf_cstr(&out));
}

/* The byte in the template that the one-based character column of its literal form came from. */
static size_t template_offset(const char *text, int column)
{
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    int left = column - 1;
    while (template_next(&rest, &part, NULL) > 0) {
        size_t at = (size_t)(part.whole.ptr - text);
        if (!part.literal || part.whole.len != part.text.len) {
            if (left-- <= 0) {
                return at;
            }
            continue;
        }
        for (size_t i = 0; i < part.text.len; i++) {
            if (left == 0) {
                return at + i;
            }
            /* The end of a character is where the next one, or the part's end, begins. */
            left -= i + 1 == part.text.len || ((unsigned char)part.text.ptr[i + 1] & 0xC0) != 0x80;
        }
    }
    return strlen(text);
}

int env_check_url(struct arena *a, const struct template_text *t, struct env_url_form *out, struct err *err)
{
    int rc = template_check(t, err);
    if (rc) {
        return rc;
    }
    struct env_url_form form = {0};
    const char *mark = strstr(t->text, "://");
    /* Only a reference at the very start may hold the scheme, and ${value} is percent-encoded text. */
    if (strncmp(t->text, "${", 2) != 0 || strncmp(t->text, "${value}", 8) == 0) {
        struct url url;
        rc = url_parse(a, slice_of(literal_form(a, t->text)), &url, err);
        if (rc) {
            if (t->at && err) {
                yaml_error_at(err, t->at, template_offset(t->text, err->column));
                if (!mark) {
                    err->excerpt[0] = '\0'; /* it may be a password, put into the wrong line */
                }
            }
            return rc;
        }
        form.dialect = url.dialect;
        form.has_password = url.password != NULL;
    }
    if (out) {
        *out = form;
    }
    return 0;
}

/* Errors of url_parse count columns in a text that nobody can see once references are in it. */
static int parse_resolved(struct arena *a, const struct template_text *t, const char *text, struct url *out,
                          struct err *err)
{
    int rc = url_parse(a, slice_of(text), out, err);
    if (!rc || !err) {
        return rc;
    }
    if (template_has_reference(t)) {
        /* The message may name a piece of the secret: a scheme that is none. */
        err_set(err, ERR_FILE, "this is not a URL once its references are replaced");
        err_hint(err, "It should read like postgresql://user@host/database, mysql://... or sqlite:///file.");
    }
    if (t->at) {
        err_place(err, t->at->doc->file, t->at->line, t->at->column);
    } else {
        err_wrap(err, "the URL");
    }
    return rc;
}

static bool is_sqlite_path(const struct url *u)
{
    return strcmp(u->dialect, "sqlite") == 0 && strcmp(u->database, ":memory:") != 0 &&
           strncmp(u->database, "file:", 5) != 0;
}

int target_url(struct arena *a, const struct target *t, const char *base, struct url *out, struct err *err)
{
    const char *text;
    int rc = template_resolve_url(a, &t->url, &text, err);
    if (rc) {
        return rc;
    }
    struct url url;
    rc = parse_resolved(a, &t->url, text, &url, err);
    if (rc) {
        return rc;
    }
    if (t->password.text) {
        const char *password;
        rc = template_resolve(a, &t->password, &password, err);
        if (rc) {
            return rc;
        }
        url.password = password;
    }
    if (is_sqlite_path(&url)) {
        url.database = path_join(a, base, url.database);
    }
    *out = url;
    return 0;
}

char *target_display(struct arena *a, const struct target *t, const char *base)
{
    struct url url;
    const char *text;
    /* To show a name no command is run. */
    bool quiet =
        !template_refers_to(&t->url, REFERENCE_EXEC) && !template_refers_to(&t->url, REFERENCE_VAULT);
    if (!quiet || template_resolve_url(a, &t->url, &text, NULL) != 0 ||
        url_parse(a, slice_of(text), &url, NULL) != 0) {
        return url_redact(a, slice_of(t->url.text));
    }
    if (is_sqlite_path(&url)) {
        url.database = path_join(a, base, url.database);
    }
    return url_display(a, &url);
}
