/* New revision files: ids, names and the text that a person then fills in. */
#include "cmd/revision_file.h"
#include "base/file.h"
#include "cmd/report.h"
#include "engine/alembic/project/mako.h"
#include "engine/alembic/project/new_revision.h"
#include <ctype.h>
#include <errno.h>
#include <sys/random.h>

#define ID_BYTES 6
#define SLUG_MAX 40

static bool is_id_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Ids and labels stand between "@ - + :" and commas on the command line, and ids in file names. */
static int check_name(const char *what, const char *text, struct err *err)
{
    static const char *const reserved[] = {"head", "heads", "base", "current"};
    size_t n = strlen(text);
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (strcmp(text, reserved[i]) == 0) {
            return err_set(err, ERR_USAGE, "%s \"%s\" has a meaning of its own", what, text);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(what, "revision id") == 0 && strchr("@-+:", text[i])) {
            return err_set(err, ERR_USAGE, "Character(s) '%c' not allowed in revision identifier '%s'",
                           text[i], text);
        }
        if (!is_id_char(text[i])) {
            err_set(err, ERR_USAGE, "%s \"%s\" may not contain \"%c\"", what, text, text[i]);
            return err_hint(err, "Letters, digits, \"_\" and \".\" are allowed.");
        }
    }
    if (n == 0 || n > 64 || text[0] == '.') {
        return err_set(err, ERR_USAGE, "%s \"%s\" must have 1 to 64 characters and not begin with a dot",
                       what, text);
    }
    return 0;
}

static int check_new(struct graph *g, const char *what, const char *text, struct err *err)
{
    int rc = check_name(what, text, err);
    if (rc) {
        return rc;
    }
    const struct revision *r = graph_find(g, text);
    return r ? err_set(err, ERR_USAGE, "%s \"%s\" is taken by %s", what, text, r->file ? r->file : r->id) : 0;
}

static int random_id(struct arena *a, struct graph *g, const char **out, struct err *err)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned char bytes[ID_BYTES];
        char id[2 * ID_BYTES + 1];
        if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
            return err_set(err, ERR_FAILED, "cannot get random bytes for an id: %s", strerror(errno));
        }
        for (size_t i = 0; i < ID_BYTES; i++) {
            snprintf(id + 2 * i, 3, "%02x", bytes[i]);
        }
        if (!graph_find(g, id)) {
            *out = arena_dup(a, id);
            return 0;
        }
    }
    return err_set(err, ERR_FAILED, "cannot find an id that is not taken");
}

/* "Add phone-number!" gives "add_phone_number"; what is not ASCII is left out. */
static const char *slug(struct arena *a, const char *message)
{
    char out[SLUG_MAX + 1];
    size_t n = 0;
    for (const char *p = message; *p && n < SLUG_MAX; p++) {
        bool upper = *p >= 'A' && *p <= 'Z';
        if (upper) {
            out[n++] = (char)(*p | 0x20);
        } else if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')) {
            out[n++] = *p;
        } else if ((unsigned char)*p < 0x80 && n && out[n - 1] != '_') {
            out[n++] = '_';
        }
    }
    while (n && out[n - 1] == '_') {
        n--;
    }
    return arena_dupn(a, out, n);
}

static void add_header(struct strbuf *b, const char *key, const strings_t *list)
{
    strbuf_addf(b, "-- %s:", key);
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(b, "%s %s", i ? "," : "", list->items[i]);
    }
    strbuf_addch(b, '\n');
}

static bool any_alone(const schema_statements_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].alone) {
            return true;
        }
    }
    return false;
}

static void write_section(struct strbuf *b, const char *name, const char *dialect,
                          const schema_statements_t *list)
{
    strbuf_addf(b, "-- %s: %s\n\n", name, dialect);
    for (size_t i = 0; i < list->n; i++) {
        const struct schema_statement *s = &list->items[i];
        if (s->hazard) {
            strbuf_addf(b, "-- CAREFUL: %s\n", s->hazard);
        }
        strbuf_addf(b, "%s;\n\n", s->text);
    }
}

/* op.execute() takes ":name" for a parameter, unless a backslash stands before it. */
static const char *escaped(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (const char *p = text; *p; p++) {
        bool after =
            p > text && (p[-1] == ':' || p[-1] == '\\' || isalnum((unsigned char)p[-1]) || p[-1] == '_');
        bool name = *p == ':' && (isalnum((unsigned char)p[1]) || p[1] == '_' || (unsigned char)p[1] >= 0x80);
        strbuf_adds(&out, name && !after ? "\\" : "");
        strbuf_addch(&out, *p);
    }
    return arena_dup(a, strbuf_cstr(&out));
}

/* The body of a function of an Alembic revision: one op.execute() a statement. */
static const char *python_body(struct arena *a, const schema_statements_t *list)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; list && i < list->n; i++) {
        const struct schema_statement *s = &list->items[i];
        strbuf_adds(&out, i ? "\n    " : "");
        if (s->hazard) {
            strbuf_addf(&out, "# CAREFUL: %s\n    ", s->hazard);
        }
        strbuf_adds(&out, s->alone ? "with op.get_context().autocommit_block():\n        op.execute("
                                   : "op.execute(");
        mako_quote(&out, escaped(a, s->text));
        strbuf_adds(&out, ")");
    }
    return list ? arena_dup(a, strbuf_cstr(&out)) : NULL;
}

static void write_text(struct arena *a, const struct new_revision *n, struct strbuf *b)
{
    strbuf_addf(b, "-- revision: %s\n", n->id);
    add_header(b, "revises", &n->revises);
    if (n->message && n->message[0]) {
        strbuf_addf(b, "-- message: %s\n", n->message);
    }
    if (n->labels.n) {
        add_header(b, "labels", &n->labels);
    }
    if (n->depends_on.n) {
        add_header(b, "depends_on", &n->depends_on);
    }
    if (n->upgrade && (any_alone(n->upgrade) || any_alone(n->downgrade))) {
        strbuf_adds(b, "-- transaction: off\n");
    }
    strbuf_addf(b, "-- created: %s\n\n", time_format(a, time_now_us(), false));
    if (n->upgrade) {
        strbuf_adds(b, "-- Generated: read it before it runs anywhere.\n\n");
        write_section(b, "upgrade", n->dialect, n->upgrade);
        write_section(b, "downgrade", n->dialect, n->downgrade);
        return;
    }
    if (n->merge) {
        strbuf_adds(b, "-- A merge joins branches and usually runs nothing: both sections may stay empty.\n\n"
                       "-- upgrade\n\n-- downgrade\n");
        return;
    }
    strbuf_adds(
        b, "-- Below each of these lines comes its SQL. For one database only: \"upgrade: postgresql\",\n"
           "-- \"upgrade: mysql\" or \"upgrade: sqlite\". Without a downgrade section a revision cannot be\n"
           "-- taken back. A \"verify\" section holds queries that must succeed before the commit.\n\n"
           "-- upgrade\n\n-- downgrade\n\n");
}

static int check_message(const char *message, struct err *err)
{
    if (!message) {
        return 0;
    }
    if (!utf8_valid(message, strlen(message))) {
        return err_set(err, ERR_USAGE, "the message is not valid UTF-8");
    }
    for (const char *p = message; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F) {
            err_set(err, ERR_USAGE, "the message must be one line without control characters");
            return err_hint(err, "Write more in comments of the file.");
        }
    }
    return 0;
}

static int check_all(struct graph *g, const struct new_revision *n, struct err *err)
{
    int rc = check_message(n->message, err);
    if (!rc && n->id) {
        rc = check_new(g, "revision id", n->id, err);
    }
    for (size_t i = 0; !rc && i < n->labels.n; i++) {
        rc = check_new(g, "branch label", n->labels.items[i], err);
    }
    return rc;
}

static void print_made(struct app *app, const struct new_revision *n, const char *path)
{
    if (app->json) {
        json_print(json_pack("{s:o, s:o, s:o, s:o}", "id", json_text(n->id), "file", json_text(path),
                             "revises", json_list(&n->revises), "message", json_text(n->message)));
    } else {
        printf("made %s\n", path);
    }
}

static const char *home(const struct alembic_project *p)
{
    return p->ini ? p->ini : p->toml;
}

/* What Alembic would do besides, and Lockstep does not. */
static void print_left_out(struct app *app, const struct alembic_project *p)
{
    if (p->hook) {
        print_note(app, "the post_write_hooks of %s are not run (\"%s\" is the first)", home(p), p->hook);
    }
    if (p->revision_environment) {
        print_note(app, "revision_environment is set in %s: env.py is not run", home(p));
    }
}

static int make_alembic(struct app *app, const struct project *p, const struct new_revision *n,
                        struct err *err)
{
    struct alembic_written made = {0};
    struct alembic_new wanted = {.id = n->id,
                                 .message = n->message,
                                 .revises = n->revises,
                                 .labels = n->labels,
                                 .depends_on = n->depends_on,
                                 .folder = n->folder ? n->folder : p->revisions[0],
                                 .now_us = time_now_us(),
                                 .upgrades = python_body(app->arena, n->upgrade),
                                 .downgrades = python_body(app->arena, n->downgrade)};
    int rc = alembic_new_write(app->arena, p->alembic, &wanted, &made, err);
    if (rc) {
        return rc;
    }
    if (app->json) {
        print_made(app, n, made.path);
    } else if (!app->quiet) {
        for (size_t i = 0; i < made.made.n; i++) {
            printf("Creating directory %s ...  done\n", made.made.items[i]);
        }
        printf("Generating %s ...  done\n", path_absolute(app->arena, made.path));
    }
    print_left_out(app, p->alembic);
    return 0;
}

int revision_file_make(struct app *app, const struct new_revision *wanted, struct err *err)
{
    struct new_revision n = *wanted;
    struct project *p = NULL;
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (!rc) {
        rc = app_project(app, &p, err);
    }
    if (!rc) {
        rc = check_all(g, &n, err);
    }
    if (!rc && !n.id) {
        rc = random_id(app->arena, g, &n.id, err);
    }
    if (rc) {
        return rc;
    }
    if (app_is_alembic(app)) {
        return make_alembic(app, p, &n, err);
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    write_text(app->arena, &n, &text);
    const char *words = slug(app->arena, n.message ? n.message : "");
    const char *name = arena_printf(app->arena, "%s%s%s.sql", n.id, words[0] ? "_" : "", words);
    const char *path = path_join(app->arena, n.folder ? n.folder : p->revisions[0], name);
    rc = file_write(path, (struct slice){text.ptr, text.len}, true, err);
    if (rc) {
        return rc;
    }
    print_made(app, &n, path);
    return 0;
}

int revision_only_head(struct app *app, struct graph *g, revisions_t *out, struct err *err)
{
    if (g->heads.n > 1) {
        AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
        for (size_t i = 0; i < g->heads.n && i < 12; i++) {
            strbuf_addf(&list, "%s%s", i ? ", " : "", g->heads.items[i]->id);
        }
        err_set(err, ERR_USAGE, "there are several heads: %s", strbuf_cstr(&list));
        return err_hint(err, "Join them first with \"lockstep merge\".");
    }
    if (g->heads.n) {
        *vec_push(app->arena, out) = g->heads.items[0];
    }
    return 0;
}

int revision_check_parents(const revisions_t *parents, bool splice, struct err *err)
{
    for (size_t i = 0; i < parents->n && !splice; i++) {
        const struct revision *r = parents->items[i];
        if (!revision_is_head(r)) {
            err_set(err, ERR_USAGE,
                    "Revision %s is not a head revision; please specify --splice to create a new branch from "
                    "this "
                    "revision",
                    r->id);
            return err_hint(err, "%s revises it.", r->children.items[0]->id);
        }
    }
    return 0;
}
