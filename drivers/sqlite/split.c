/*
 * A statement ends at its semicolon, and CREATE TRIGGER at the one after the END of its body. Whether such an
 * END is the trigger's own is sqlite3_complete()'s to say; it is asked only there, because asking at every
 * semicolon would read a long body again and again.
 */
#include "drivers/sqlite/split.h"
#include "drivers/sqlite/lexer.h"
#include <sqlite3.h>

enum head { HEAD_START, HEAD_EXPLAIN, HEAD_CREATE, HEAD_TRIGGER, HEAD_PLAIN };

/* The statement being read. */
struct current {
    size_t start, first, end; /* first comment, first token, end of the last token */
    bool any;
    enum head head;
    size_t body;                 /* where a trigger's BEGIN stands; 0: not seen */
    bool was_semicolon, was_end; /* in a trigger: the last token is a semicolon; is END behind a semicolon */
};

/* Exactly what sqlite3_complete() takes for the beginning of a trigger, nonsense such as TEMP TEMP included.
 */
static void head_token(struct current *c, const struct sql_token *t)
{
    static const char *const others[] = {"explain", "temp", "temporary", "trigger", "end"};
    bool explained = c->head == HEAD_EXPLAIN;
    if ((c->head == HEAD_START || explained) && sql_word_is(t, "create")) {
        c->head = HEAD_CREATE;
    } else if (c->head == HEAD_START && sql_word_is(t, "explain")) {
        c->head = HEAD_EXPLAIN;
    } else if (c->head == HEAD_CREATE && sql_word_is(t, "trigger")) {
        c->head = HEAD_TRIGGER;
    } else if (!(c->head == HEAD_CREATE && (sql_word_is(t, "temp") || sql_word_is(t, "temporary"))) &&
               !(explained && !sql_word_in(t, others, COUNT_OF(others)))) {
        c->head = HEAD_PLAIN;
    }
}

static void statement_token(struct current *c, const struct sql_token *t, size_t offset)
{
    if (!c->any) {
        c->any = true;
        c->first = offset;
    }
    c->end = offset + t->text.len;
    if (c->head < HEAD_TRIGGER) {
        head_token(c, t);
    } else if (c->head == HEAD_TRIGGER) {
        c->was_end = c->was_semicolon && sql_word_is(t, "end");
        c->was_semicolon = sql_symbol_is(t, ';');
        c->body = !c->body && sql_word_is(t, "begin") ? offset : c->body;
    }
}

/* The lexer stands behind a semicolon that follows an END that follows a semicolon. */
static bool trigger_complete(struct slice script, const struct current *c, size_t end)
{
    char *text = xmalloc(end - c->start + 1);
    memcpy(text, script.ptr + c->start, end - c->start);
    text[end - c->start] = '\0';
    bool complete = sqlite3_complete(text) == 1;
    free(text);
    return complete;
}

static void finish(struct sql_list *list, const struct current *c)
{
    if (c->any) {
        sqlite_classify(sql_list_add(list, c->start, c->first, c->end));
    }
}

static int finish_script(struct sql_list *list, const struct current *c, struct err *err)
{
    if (c->head == HEAD_TRIGGER && !c->was_end) {
        sql_error(list->script, c->body ? c->body : c->first, err, "unterminated trigger that began here");
        return err_hint(err, "A trigger ends with END; after the last statement of its body.");
    }
    finish(list, c);
    return 0;
}

/* Commands of the sqlite3 shell where a statement should begin. */
static int shell_command(struct slice script, const struct sql_token *t, size_t offset, struct err *err)
{
    size_t n = 1;
    while (t->text.ptr[0] == '.' && offset + n < script.len && n < 30 && script.ptr[offset + n] >= 'a' &&
           script.ptr[offset + n] <= 'z') {
        n++;
    }
    struct slice word = {script.ptr + offset, n};
    if (slice_eq(word, "#")) {
        sql_error(script, offset, err, "# begins a comment only in the sqlite3 shell");
        return err_hint(err, "Write comments as -- text.");
    }
    sql_error(script, offset, err, "%.*s is a command of the sqlite3 shell, not SQL", (int)n, word.ptr);
    if (slice_eq(word, ".read")) {
        return err_hint(err, "Put the text of that file here; a script cannot include another.");
    }
    if (slice_eq(word, ".open")) {
        return err_hint(err, "Remove it: the target's URL says which database the script runs in.");
    }
    if (slice_eq(word, ".import")) {
        return err_hint(err, "Write the rows as INSERT statements.");
    }
    return err_hint(err, "Remove it: statements go to SQLite itself, and the shell's commands are not run.");
}

static int split_statement(struct sql_lexer *lex, struct sql_list *list, bool *more, struct err *err)
{
    struct current c = {.start = sql_skip_blank(lex->text, lex->pos)};
    for (;;) {
        struct sql_token t;
        int status = sqlite_lex(lex, &t, err);
        if (status) {
            return status;
        }
        if (t.kind == SQL_TOKEN_END) {
            *more = false;
            return finish_script(list, &c, err);
        }
        size_t offset = (size_t)(t.text.ptr - lex->text.ptr);
        if (!c.any && (sql_symbol_is(&t, '.') || sql_symbol_is(&t, '#'))) {
            return shell_command(lex->text, &t, offset, err);
        }
        if (sql_symbol_is(&t, ';') &&
            (c.head != HEAD_TRIGGER || (c.was_end && trigger_complete(lex->text, &c, lex->pos)))) {
            finish(list, &c);
            return 0;
        }
        statement_token(&c, &t, offset);
    }
}

int sqlite_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err)
{
    script = sql_script_lines(a, script);
    struct sql_lexer lex = {.text = script};
    int status = sql_script_begin(script, &lex.pos, err);
    if (status) {
        return status;
    }
    struct sql_list list;
    sql_list_init(&list, a, script);
    for (bool more = true; more;) {
        status = split_statement(&lex, &list, &more, err);
        if (status) {
            return status;
        }
    }
    sql_list_finish(&list, out);
    return 0;
}

void sqlite_print(struct strbuf *to, struct slice text, struct slice copy UNUSED)
{
    sql_print_terminated(to, text);
}
