/*
 * What one migration keeps while its Python runs, and the way of its statements: from the operations to the
 * script, the plan or the server.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

/* The statements of engine/ddl. */
static int take_statement(void *arg, struct slice text, struct err *err)
{
    struct vocab_state *state = arg;
    if (migration_emit(state->py, text, NULL, NULL) < 0) {
        return ddl_fail(err, DDL_RAISED, "stopped");
    }
    return 0;
}

static int type_exists(void *arg, const struct ddl_type *t, bool *exists, struct err *err)
{
    struct vocab_state *state = arg;
    return live_type_exists(state->py, t->schema, t->name.text, exists, err);
}

struct vocab_state *vocab_state(struct py *py)
{
    struct migration *m = migration_of(py);
    if (!m->vocabulary) {
        struct vocab_state *s = py_alloc(py, sizeof(*s));
        pyv tables = s ? py_list_new(py) : NULL;
        if (!tables) {
            return NULL;
        }
        s->py = py;
        s->clock = 1;
        s->tables = tables;
        s->seen.arena = py_arena(py);
        s->out = (struct ddl_out){.arena = py_arena(py),
                                  .dialect = m->dialect,
                                  .arg = s,
                                  .statement = take_statement,
                                  .live = m->mode == MIGRATION_LIVE,
                                  .type_exists = m->mode == MIGRATION_LIVE ? type_exists : NULL,
                                  .seen = m->types ? m->types : &s->seen};
        m->vocabulary = s;
    }
    return m->vocabulary;
}

struct ddl_out *vocab_out(struct py *py)
{
    struct vocab_state *s = vocab_state(py);
    return s ? &s->out : NULL;
}

void *schema_raise(struct py *py, const struct err *err)
{
    if (strcmp(err->sqlstate, DDL_RAISED) == 0 || py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    return py_raise_err(py, ddl_exception(err), err);
}

/* --- statements --- */
static bool is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

/* White space of Unicode at p, in bytes; 0: none. */
static size_t wide_blank(const char *p, size_t left)
{
    static const char *const blanks[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80",
                                         "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84",
                                         "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
                                         "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9",
                                         "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
    if (left && is_blank((unsigned char)*p)) {
        return 1;
    }
    for (size_t i = 0; i < COUNT_OF(blanks); i++) {
        size_t n = strlen(blanks[i]);
        if (left >= n && memcmp(p, blanks[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

/* str.strip() */
static struct slice strip(struct slice s)
{
    for (size_t n; (n = wide_blank(s.ptr, s.len)) > 0;) {
        s.ptr += n;
        s.len -= n;
    }
    for (bool more = true; more && s.len;) {
        more = false;
        for (size_t n = 1; n <= 3 && n <= s.len && !more; n++) {
            if (wide_blank(s.ptr + s.len - n, n) == n) {
                s.len -= n;
                more = true;
            }
        }
    }
    return s;
}

/* As Alembic prints with --sql: tabs are four blanks there, wherever they stand. */
static struct slice offline_text(struct py *py, struct slice text)
{
    size_t tabs = 0;
    for (size_t i = 0; i < text.len; i++) {
        tabs += text.ptr[i] == '\t';
    }
    char *copy = tabs ? py_alloc(py, text.len + tabs * 3 + 1) : NULL;
    if (!copy) {
        return tabs ? (struct slice){0} : strip(text);
    }
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\t') {
            memset(copy + n, ' ', 4);
            n += 4;
        } else {
            copy[n++] = text.ptr[i];
        }
    }
    return strip((struct slice){copy, n});
}

/* The class of SQLAlchemy's exceptions that a driver of Python's would raise for the server's code. */
static const char *exception_of(const struct err *err)
{
    static const struct {
        const char *class, *exception;
    } classes[] = {{"23", "IntegrityError"},   {"22", "DataError"},        {"0A", "NotSupportedError"},
                   {"42", "ProgrammingError"}, {"3D", "ProgrammingError"}, {"3F", "ProgrammingError"},
                   {"44", "ProgrammingError"}, {"21", "ProgrammingError"}, {"24", "InternalError"},
                   {"25", "InternalError"},    {"XX", "InternalError"}};
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if (strncmp(err->sqlstate, classes[i].class, 2) == 0) {
            return classes[i].exception;
        }
    }
    return "OperationalError";
}

/* Inside `try` the program may go on; elsewhere the server's words are the end of it. */
void vocab_server_error(struct py *py, const struct err *err)
{
    bool over = err->connection_lost || err->status == ERR_INTERRUPTED || err->status == ERR_UNREACHABLE ||
                err->status == ERR_REFUSED; /* Lockstep's own words, which no server's error stands for */
    if (over || py_guarded(py) == 0) {
        py_fail(py, err);
        return;
    }
    char name[64];
    snprintf(name, sizeof(name), "sqlalchemy.exc.%s", exception_of(err));
    py_raise(py, name, "%s", err->message);
}

int migration_emit(struct py *py, struct slice text, struct rowset *rows, int64_t *affected)
{
    struct migration *m = migration_of(py);
    struct err err = {0};
    if (m->mode == MIGRATION_PLAN && (rows || affected)) {
        py_needs_live(py, rows ? "reads rows" : "asks how many rows a statement changed");
        return -1;
    }
    if (m->mode == MIGRATION_PLAN && py_guarded(py)) {
        py_needs_live(py, "runs a statement that may fail and be caught");
        return -1;
    }
    m->statements++;
    struct migration_statement s = {.kind = MIGRATION_STATEMENT, .line = py_line(py)};
    s.text = m->mode == MIGRATION_OFFLINE ? offline_text(py, text) : strip(text);
    if (py_stopped(py) != PY_RUNNING) {
        return -1;
    }
    if (m->statement(m->arg, &s, py_arena(py), rows, affected, &err) < 0) {
        vocab_server_error(py, &err);
        return -1;
    }
    return 0;
}
