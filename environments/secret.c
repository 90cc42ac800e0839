/* References in values: their form, and what they stand for. Running commands lives in exec.c. */
#include "environments/secret.h"
#include "base/arena.h"
#include "base/file.h"
#include "environments/exec.h"
#include "environments/url.h"
#include "environments/vault.h"

#define EXEC_TIMEOUT_MS 30000
#define SECRET_MAX      ((size_t)64 << 10)

static const char *const reference_names[] = {"env", "file", "exec", "vault", "value"};
_Static_assert(COUNT_OF(reference_names) == REFERENCE_COUNT, "a name for each kind");

static int wrong_form(const char *message, const char *hint, struct err *err)
{
    err_set(err, ERR_FILE, "%s", message);
    err_place(err, NULL, 1, 1);
    return err_hint(err, "%s", hint);
}

/* The brace that closes the one at s[1], or s.len. */
static size_t closing_brace(struct slice s)
{
    size_t depth = 0;
    for (size_t i = 1; i < s.len; i++) {
        depth += s.ptr[i] == '{';
        depth -= s.ptr[i] == '}';
        if (depth == 0) {
            return i;
        }
    }
    return s.len;
}

static int unknown_reference(struct slice name, struct err *err)
{
    char word[32];
    if (name.len == 0 || name.len >= sizeof(word)) {
        return wrong_form(
            "a reference is written ${env:NAME}, ${file:PATH}, ${exec:COMMAND} or ${vault:PATH#KEY}",
            "Write $$ for a dollar sign itself.", err);
    }
    memcpy(word, name.ptr, name.len);
    word[name.len] = '\0';
    const char *near = str_nearest(word, reference_names, REFERENCE_COUNT);
    err_set(err, ERR_FILE, "unknown reference \"%s\"", word);
    err_place(err, NULL, 1, 1);
    return near ? err_hint(err, "did you mean \"%s\"?", near)
                : err_hint(
                      err,
                      "Known references: env, file, exec, vault, value. Write $$ for a dollar sign itself.");
}

static int parse_reference(struct slice inner, struct template_part *out, struct err *err)
{
    struct slice argument = inner, name;
    slice_cut(&argument, ':', &name);
    for (int kind = 0; kind < REFERENCE_COUNT; kind++) {
        if (!slice_eq(name, reference_names[kind])) {
            continue;
        }
        out->kind = (enum reference_kind)kind;
        out->text = argument;
        if ((kind == REFERENCE_VALUE) != (argument.ptr == NULL)) {
            return kind == REFERENCE_VALUE
                       ? wrong_form("${value} takes no argument", "Write ${value}.", err)
                       : wrong_form("a reference needs something after its name, such as ${env:NAME}",
                                    "Write what it refers to after a colon.", err);
        }
        if (kind != REFERENCE_VALUE && slice_trim(argument).len == 0) {
            return wrong_form("a reference needs something after the colon, such as ${env:NAME}",
                              "Write what it refers to.", err);
        }
        if (kind == REFERENCE_VAULT && vault_check_reference(argument, err) != 0) {
            return err_place(err, NULL, 1, 1);
        }
        return 1;
    }
    return unknown_reference(name, err);
}

int template_next(struct slice *rest, struct template_part *out, struct err *err)
{
    struct slice s = *rest;
    if (s.len == 0) {
        return 0;
    }
    struct template_part part = {.literal = true, .text = s, .whole = s};
    int rc = 1;
    if (s.len > 1 && s.ptr[0] == '$' && s.ptr[1] == '$') {
        part.text = (struct slice){s.ptr, 1};
        part.whole.len = 2;
    } else if (s.len > 1 && s.ptr[0] == '$' && s.ptr[1] == '{') {
        size_t close = closing_brace(s);
        if (close == s.len) {
            return wrong_form("a reference has no closing brace",
                              "Close it with }, or write $$ for a dollar sign itself.", err);
        }
        part.literal = false;
        part.whole.len = close + 1;
        rc = parse_reference((struct slice){s.ptr + 2, close - 2}, &part, err);
    } else {
        const char *dollar = s.len > 1 ? memchr(s.ptr + 1, '$', s.len - 1) : NULL;
        part.text.len = part.whole.len = dollar ? (size_t)(dollar - s.ptr) : s.len;
    }
    if (rc < 0) {
        return rc;
    }
    *rest = (struct slice){s.ptr + part.whole.len, s.len - part.whole.len};
    *out = part;
    return 1;
}

/* Give an error without a place that of the byte at `offset` in the template. */
static int place(const struct template_text *t, size_t offset, struct err *err)
{
    return t->at ? yaml_error_at(err, t->at, offset) : err_place(err, NULL, 0, 0);
}

static const char *find_in(struct slice s, const char *text)
{
    return memmem(s.ptr, s.len, text, strlen(text));
}

/* value=... at the beginning of a word; --value=... is none. */
static bool sets_value(struct slice command)
{
    const char *end = command.ptr + command.len, *p = command.ptr;
    for (; (p = find_in((struct slice){p, (size_t)(end - p)}, "value=")) != NULL; p++) {
        if (p == command.ptr || memchr(" \t\n;&|(`", p[-1], 8)) {
            return true;
        }
    }
    return false;
}

/* ${value} within a reference, as in ${vault:secret/${value}#password}. A command that gives `value` a value
 * of its own means that one. */
static const char *nested_value(const struct template_part *part)
{
    if (part->literal || part->kind == REFERENCE_VALUE ||
        (part->kind == REFERENCE_EXEC && sets_value(part->text))) {
        return NULL;
    }
    return find_in(part->text, "${value}");
}

#define SHELL_VALUE     "value='"
#define SHELL_VALUE_END "'; "

/* In a command the value is a variable of the shell: it can become no part of what is run. */
static void put_shell_value(struct strbuf *out, const struct template_part *part, const char *value)
{
    strbuf_adds(out, "${exec:" SHELL_VALUE);
    for (const char *c = value; *c; c++) {
        strbuf_adds(out, *c == '\'' ? "'\\'" : "");
        strbuf_addch(out, *c);
    }
    strbuf_adds(out, SHELL_VALUE_END);
    strbuf_add(out, part->text.ptr, part->text.len);
    strbuf_addch(out, '}');
}

/* The command as it was written. */
static const char *command_of(const char *argument)
{
    const char *end =
        strncmp(argument, SHELL_VALUE, strlen(SHELL_VALUE)) == 0 ? strstr(argument, SHELL_VALUE_END) : NULL;
    return end ? end + strlen(SHELL_VALUE_END) : argument;
}

int template_check(const struct template_text *t, struct err *err)
{
    struct slice rest = slice_of(t->text);
    struct template_part part = {0};
    for (;;) {
        size_t offset = (size_t)(rest.ptr - t->text);
        int rc = template_next(&rest, &part, err);
        if (rc == 0) {
            return 0;
        }
        bool value = rc > 0 && ((!part.literal && part.kind == REFERENCE_VALUE) || nested_value(&part));
        if (value && !t->in_each) {
            rc = wrong_form("${value} needs an \"each\" beside it", "Add each, or write the value out.", err);
        }
        if (rc < 0) {
            place(t, offset, err);
            return rc;
        }
    }
}

static bool refers(const struct template_text *t, bool any, enum reference_kind kind)
{
    struct slice rest = slice_of(t->text);
    struct template_part part = {0};
    while (template_next(&rest, &part, NULL) > 0) {
        if (!part.literal && (any || part.kind == kind)) {
            return true;
        }
    }
    return false;
}

bool template_has_reference(const struct template_text *t)
{
    return refers(t, true, REFERENCE_ENV);
}

bool template_refers_to(const struct template_text *t, enum reference_kind kind)
{
    return refers(t, false, kind);
}

bool template_nests_value(const char *text)
{
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    while (template_next(&rest, &part, NULL) > 0) {
        if (nested_value(&part)) {
            return true;
        }
    }
    return false;
}

static void put_nested(struct strbuf *out, struct slice whole, const char *value)
{
    const size_t len = strlen("${value}");
    const char *at = memmem(whole.ptr, whole.len, "${value}", len);
    while (at) {
        size_t before = (size_t)(at - whole.ptr);
        strbuf_add(out, whole.ptr, before);
        strbuf_adds(out, value);
        whole = (struct slice){at + len, whole.len - before - len};
        at = memmem(whole.ptr, whole.len, "${value}", len);
    }
    strbuf_add(out, whole.ptr, whole.len);
}

char *template_put_value(struct arena *a, const char *text, const char *value, bool percent)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    while (template_next(&rest, &part, NULL) > 0) {
        if (nested_value(&part) && part.kind == REFERENCE_EXEC) {
            put_shell_value(&out, &part, value);
        } else if (nested_value(&part)) {
            put_nested(&out, part.whole, value);
        } else if (part.literal || part.kind != REFERENCE_VALUE) {
            strbuf_add(&out, part.whole.ptr, part.whole.len);
        } else if (percent) {
            url_encode(&out, value, "");
        } else {
            for (const char *c = value; *c; c++) {
                strbuf_adds(&out, *c == '$' ? "$" : "");
                strbuf_addch(&out, *c);
            }
        }
    }
    return arena_dup(a, strbuf_cstr(&out));
}

char *template_plain(struct arena *a, const char *text, const char *value)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    while (template_next(&rest, &part, NULL) > 0) {
        struct slice put = part.literal ? part.text : slice_of(value);
        strbuf_add(&out, put.ptr, put.len);
    }
    return arena_dup(a, strbuf_cstr(&out));
}

/* Without one line end, as $(...) and editors have it. */
static struct slice drop_line_end(struct slice s)
{
    if (s.len && s.ptr[s.len - 1] == '\n') {
        s.len--;
        if (s.len && s.ptr[s.len - 1] == '\r') {
            s.len--;
        }
    }
    return s;
}

static int lookup(struct arena *a, const char *dir, const struct template_part *part, struct slice *out,
                  struct err *err)
{
    const char *argument = slice_dup(a, part->text);
    const char *value;
    int rc;
    switch (part->kind) {
    case REFERENCE_ENV:
        value = getenv(argument);
        if (!value) {
            err_set(err, ERR_FILE, "the environment variable %s is not set", argument);
            return err_hint(err, "Set it where lockstep runs, or name another one.");
        }
        *out = slice_of(value);
        return 0;
    case REFERENCE_FILE:
        rc = file_read(a, path_join(a, dir, argument), SECRET_MAX, out, err);
        if (rc) {
            return err_wrap(err, "${file:%s}", argument);
        }
        *out = drop_line_end(*out);
        return 0;
    case REFERENCE_EXEC:
        rc = exec_capture(a, argument, EXEC_TIMEOUT_MS, out, err);
        if (rc) {
            /* Only the program: arguments may be secrets. */
            argument = command_of(argument);
            return err_wrap(err, "${exec:%.*s ...}", (int)strcspn(argument, " \t\n;|&"), argument);
        }
        *out = drop_line_end(*out);
        return 0;
    case REFERENCE_VAULT:
        rc = vault_read(a, argument, out, err);
        return rc ? err_wrap(err, "${vault:%s}", argument) : 0;
    default:
        return err_set(err, ERR_FILE, "${value} has not been replaced");
    }
}

static int resolve_part(struct arena *a, const struct template_text *t, const struct template_part *part,
                        struct slice *out, struct err *err)
{
    if (part->literal) {
        *out = part->text;
        return 0;
    }
    int rc = lookup(a, t->dir, part, out, err);
    if (!rc && out->len && memchr(out->ptr, '\0', out->len)) {
        rc = err_set(err, ERR_FILE, "a value with a NUL character came from ${%s:...}",
                     reference_names[part->kind]);
    }
    if (rc && err) {
        /* No excerpt: this is about a secret. */
        size_t offset = (size_t)(part->whole.ptr - t->text);
        err->file[0] = '\0';
        place(t, offset, err);
        err->excerpt[0] = '\0';
    }
    return rc;
}

/* Where a literal @ ends the user and password of a URL, and where a literal ? begins its parameters. */
static void url_regions(const char *text, size_t *login_from, size_t *login_to, size_t *query)
{
    struct slice rest = slice_of(text);
    struct template_part part = {0};
    bool in_host = false, past_host = false;
    *login_from = *login_to = 0;
    *query = SIZE_MAX;
    while (template_next(&rest, &part, NULL) > 0) {
        for (size_t i = 0; part.literal && i < part.text.len && *query == SIZE_MAX; i++) {
            size_t at = (size_t)(part.whole.ptr - text) + i;
            char c = part.text.ptr[i];
            if (!in_host && c == '/' && at >= 2 && text[at - 1] == '/' && text[at - 2] == ':') {
                in_host = true;
                *login_from = at + 1;
            } else if (in_host && !past_host && c == '@') {
                *login_to = at;
            } else if (in_host && c == '/') {
                past_host = true;
            } else if (c == '?') {
                *query = at;
            }
        }
    }
}

static int resolve(struct arena *a, const struct template_text *t, bool url, const char **out,
                   struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = {.max = (size_t)1 << 20};
    struct slice rest = slice_of(t->text), value = {0};
    struct template_part part = {0};
    size_t login_from = 0, login_to = 0, query = SIZE_MAX;
    if (url) {
        url_regions(t->text, &login_from, &login_to, &query);
    }
    for (;;) {
        size_t offset = (size_t)(rest.ptr - t->text);
        int rc = template_next(&rest, &part, err);
        if (rc == 0) {
            break;
        }
        if (rc > 0) {
            rc = resolve_part(a, t, &part, &value, err);
        } else {
            place(t, offset, err);
        }
        if (rc < 0) {
            return rc;
        }
        bool encode = !part.literal && ((offset >= login_from && offset < login_to) || offset > query);
        if (encode) {
            url_encode(&text, slice_dup(a, value), "");
        } else {
            strbuf_add(&text, value.ptr, value.len);
        }
    }
    if (text.overflow) {
        err_set(err, ERR_FILE, "the value is longer than 1 MiB once its references are replaced");
        return place(t, 0, err);
    }
    *out = arena_dupn(a, strbuf_cstr(&text), text.len);
    return 0;
}

int template_resolve(struct arena *a, const struct template_text *t, const char **out, struct err *err)
{
    return resolve(a, t, false, out, err);
}

int template_resolve_url(struct arena *a, const struct template_text *t, const char **out, struct err *err)
{
    return resolve(a, t, true, out, err);
}
