/*
 * Types as revisions write them, through the interpreter: texts and literals on every dialect as SQLAlchemy
 * gives them (data/types.txt), and what is refused.
 */
#include "engine/alembic/vocabulary/vocab.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char preamble[] = "import datetime as dt, decimal, enum, uuid\n"
                               "import sqlalchemy as sa\n"
                               "from sqlalchemy import types\n"
                               "from sqlalchemy.dialects import mysql, postgresql as pg, sqlite\n"
                               "import sqlalchemy_utils, sqlalchemy_utils.types.encrypted.encrypted_type\n"
                               "from sqlalchemy_utils import types as utils\n"
                               "import sqlmodel.sql.sqltypes, fastapi_users_db_sqlalchemy.generics\n"
                               "import pgvector.sqlalchemy\n";

struct question {
    struct strbuf python;  /* all but the last line */
    struct strbuf type;    /* the last line */
    struct strbuf literal; /* "" : the type's text is asked for */
    bool migration;        /* python and type are the body of upgrade() */
};

/* What Python says to the question on a dialect: the text, "! Error: message", or "refused: ...". */
static void ask(const struct question *q, enum ddl_dialect_kind kind, struct strbuf *answer)
{
    struct migration m = {.mode = MIGRATION_OFFLINE, .dialect = ddl_dialect_of(kind)};
    struct py_options options = {.host = &m};
    struct py *py = py_new(&options);
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, preamble);
    strbuf_adds(&text, strbuf_cstr(&q->python));
    strbuf_addf(&text, "the_type = (%s)\n", strbuf_cstr(&q->type));
    if (q->literal.len) {
        strbuf_addf(&text, "the_value = (%s)\n", strbuf_cstr(&q->literal));
    }
    struct slice source = {text.ptr, text.len};
    struct err err = {0};
    struct py_node *tree;
    pyv module = NULL;
    assert_int_equal(py_parse(py_arena(py), "types.py", source, &tree, &err), 0);
    const struct ddl_type *type = NULL;
    if (py_run_module(py, "types_py", tree, "types.py", source, &module) == 0) {
        type = vocab_type(py, py_getattr(py, module, "the_type"));
    }
    int rc = -1;
    if (type && q->literal.len) {
        struct sql_value value = {0};
        rc = vocab_value(py, py_getattr(py, module, "the_value"), &value);
        if (rc < 0 && py_stopped(py) == PY_RUNNING) {
            err_set(&err, ERR_REFUSED, "vocab_value() is not written yet");
        } else if (rc == 0) {
            rc = ddl_type_literal(answer, m.dialect, type, &value, false, &err);
        }
    } else if (type) {
        rc = ddl_type_render(answer, m.dialect, type, &err);
    }
    if (type && rc < 0 && err.status == ERR_REFUSED) {
        strbuf_addf(answer, "refused: %s", err.message);
    } else if (type && rc < 0 && py_stopped(py) == PY_RUNNING) {
        const char *name = strrchr(ddl_exception(&err), '.');
        strbuf_addf(answer, "! %s: %s", name ? name + 1 : ddl_exception(&err), err.message);
    } else if (rc < 0) {
        py_error(py, &err);
        strbuf_addf(answer, err.status == ERR_REFUSED ? "refused: %s" : "! %s", err.message);
    }
    py_free(py);
    strbuf_release(&text);
}

static int collect(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                   int64_t *affected, struct err *err)
{
    (void)a;
    (void)rows;
    (void)affected;
    (void)err;
    struct strbuf *out = arg;
    strbuf_adds(out, out->len ? "\n\n" : "");
    strbuf_add(out, s->text.ptr, s->text.len);
    strbuf_addch(out, ';');
    return 0;
}

/* What an upgrade() of these lines emits offline; an error takes the place of all. */
static void migrate(const struct question *q, enum ddl_dialect_kind kind, struct strbuf *answer)
{
    struct migration_settings settings = {0};
    struct migration m = {.mode = MIGRATION_OFFLINE,
                          .dialect = ddl_dialect_of(kind),
                          .settings = &settings,
                          .arg = answer,
                          .statement = collect};
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, preamble);
    strbuf_adds(&text, "from alembic import op\ndef upgrade():\n");
    struct slice rest = {q->python.ptr, q->python.len}, line;
    while (slice_cut(&rest, '\n', &line)) {
        strbuf_addf(&text, "    %.*s\n", (int)line.len, line.ptr);
    }
    strbuf_addf(&text, "    %s\n", strbuf_cstr(&q->type));
    struct slice source = {text.ptr, text.len};
    struct arena a = ARENA_INIT;
    struct err err = {0};
    struct py_node *tree;
    enum py_stop stop = PY_FAILED;
    assert_int_equal(py_parse(&a, "types.py", source, &tree, &err), 0);
    if (migration_run(NULL, &m, "types.py", source, tree, &stop, &err) < 0) {
        strbuf_clear(answer);
        strbuf_addf(answer, err.status == ERR_REFUSED ? "refused: %s" : "! %s", err.message);
    }
    arena_release(&a);
    strbuf_release(&text);
}

static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            *to++ = *s == 'n' ? '\n' : *s;
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

/* A dict or a member of an enum is shown otherwise in messages: leave the value out. */
static void mask(char *text)
{
    char *from = strstr(text, "literal value \""), *to = strstr(text, "\" with datatype");
    if (text[0] == '!' && from && to && to > from) {
        from += strlen("literal value ");
        memmove(from, to, strlen(to) + 1);
    }
}

static int different, refused, asked;

static void compare(const struct question *q, enum ddl_dialect_kind kind, char *expected)
{
    struct strbuf answer = STRBUF_INIT;
    (q->migration ? migrate : ask)(q, kind, &answer);
    const char *got = strbuf_cstr(&answer);
    asked++;
    bool same = strcmp(got, expected) == 0;
    if (!same && q->migration && got[0] == '!') { /* "UnsupportedCompilationError" has a page of its own */
        char *page = strstr(answer.ptr, " (Background on");
        *(page ? page : answer.ptr + answer.len) = '\0';
        const char *short_name = strrchr(got, '.'), *colon = strstr(got, ": ");
        same = strcmp(got, expected) == 0 ||
               (short_name && colon && short_name < colon && strcmp(short_name + 1, expected + 2) == 0);
    }
    if (!same && (strchr(strbuf_cstr(&q->literal), '{') || strstr(strbuf_cstr(&q->literal), "Color."))) {
        mask(answer.ptr);
        mask(expected);
        same = strcmp(got, expected) == 0;
    }
    if (!same && strncmp(got, "refused: ", 9) == 0) {
        refused++;
        print_error("%s [%s] on %s: %s\n", strbuf_cstr(&q->type), strbuf_cstr(&q->literal),
                    ddl_dialect_of(kind)->name, got);
    } else if (!same) {
        different++;
        print_error("%s%s\n%s%s%s: expected\n    %s\nnot\n    %s\n", strbuf_cstr(&q->python),
                    strbuf_cstr(&q->type), strbuf_cstr(&q->literal), q->literal.len ? " on " : "",
                    ddl_dialect_of(kind)->name, expected, got);
    }
    strbuf_release(&answer);
}

static void add_line(struct question *q, const char *line)
{
    if (q->type.len) {
        strbuf_addf(&q->python, "%s\n", strbuf_cstr(&q->type));
    }
    strbuf_clear(&q->type);
    strbuf_adds(&q->type, line);
}

static void compare_file(const char *path, bool migration)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct question q = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, migration};
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    while ((n = getline(&line, &size, f)) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (strncmp(line, "> ", 2) == 0) {
            add_line(&q, line + 2);
        } else if (strncmp(line, "= ", 2) == 0) {
            strbuf_adds(&q.literal, line + 2);
        } else if (!*line) {
            strbuf_clear(&q.python);
            strbuf_clear(&q.type);
            strbuf_clear(&q.literal);
        } else if (*line != '#' && tab) {
            *tab = '\0';
            unescape(tab + 1);
            for (int d = 0; d < DDL_DIALECT_COUNT; d++) {
                if (*line == '*' || strcmp(line, ddl_dialect_of((enum ddl_dialect_kind)d)->name) == 0) {
                    compare(&q, (enum ddl_dialect_kind)d, tab + 1);
                }
            }
        }
    }
    free(line);
    fclose(f);
    strbuf_release(&q.python);
    strbuf_release(&q.type);
    strbuf_release(&q.literal);
}

static void texts_and_literals_are_those_of_sqlalchemy(void **state)
{
    (void)state;
    compare_file("tests/engine/data/types.txt", false);
    compare_file("tests/engine/data/library_types.txt", false);
    compare_file("tests/engine/data/named_types.txt", true);
    print_message("%d asked\n", asked);
    assert_int_equal(refused, 0);
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_literals_are_those_of_sqlalchemy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
