/*
 * Statements end at a semicolon outside parentheses (CREATE RULE ... DO (a; b)) and outside the body of an
 * SQL-standard function (BEGIN ATOMIC a; b; END). Our lexer knows all that but the grammar of such bodies:
 * a script that has one is given to libpg_query, whose PostgreSQL 15 parser says where its statements end.
 * When that parser does not know the script's syntax (newer statements, COPY rows), the rule of the grammar
 * is applied to the tokens: a body ends with the END that directly follows a semicolon or ATOMIC. Most
 * scripts have no such body and never wait for a parser.
 */
#include "drivers/postgresql/split.h"
#include "drivers/postgresql/lexer.h"
#include <pg_query.h>

#define PARSER_MAX                                                                                           \
    ((size_t)1 << 20) /* a parse tree takes some hundred bytes for each byte of a dense script */

enum head { HEAD_START, HEAD_CREATE, HEAD_OR, HEAD_REPLACE, HEAD_ROUTINE, HEAD_COPY, HEAD_PLAIN };

/* The statement being read. */
struct current {
    size_t start, first, end; /* first comment, first token, end of the last token */
    bool any;
    enum head head;
    size_t depth, opened; /* parentheses, and where the outermost stands */
    size_t bodies, body;  /* BEGIN ATOMIC, and where the outermost stands */
    bool had_body;
    bool at_boundary; /* the token before was a semicolon or ATOMIC inside a body */
    size_t begin;     /* the token before was BEGIN, standing here */
    bool was_begin, was_from;
    bool copy; /* COPY ... FROM STDIN */
};

struct splitter {
    struct sql_lexer lex;
    struct sql_list list;
    struct err *err;
    bool session_backslash; /* without what SET LOCAL did */
    bool asked, known;      /* libpg_query was asked, and knew the syntax */
    size_t *cuts, ncuts;    /* where it says that statements end */
};

/* libpg_query's ends of the statements from `from` on. */
static void ask_parser(struct splitter *s, size_t from)
{
    struct slice script = s->list.script;
    size_t n = script.len - from;
    s->asked = true;
    if (n > PARSER_MAX || s->lex.backslash) {
        return;
    }
    char *text = xmalloc(n + 1);
    memcpy(text, script.ptr + from, n);
    text[n] = '\0';
    PgQuerySplitResult r = pg_query_split_with_parser(text);
    free(text);
    if (!r.error && r.n_stmts > 0) {
        s->known = true;
        s->ncuts = (size_t)r.n_stmts;
        s->cuts = arena_array(s->list.arena, s->ncuts, sizeof(*s->cuts));
        for (size_t i = 0; i < s->ncuts; i++) {
            const PgQuerySplitStmt *one = r.stmts[i];
            s->cuts[i] =
                one->stmt_len ? from + (size_t)one->stmt_location + (size_t)one->stmt_len : script.len;
        }
    }
    pg_query_free_split_result(r);
}

static bool is_cut(const struct splitter *s, size_t offset)
{
    size_t low = 0, high = s->ncuts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->cuts[middle] < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < s->ncuts && s->cuts[low] == offset;
}

static bool ends_here(const struct splitter *s, const struct current *c, size_t offset)
{
    if (c->depth) {
        return false;
    }
    return c->had_body && s->known ? is_cut(s, offset) : !c->bodies;
}

static void head_token(struct current *c, const struct sql_token *t)
{
    enum head next = HEAD_PLAIN;
    if (c->head == HEAD_START && sql_word_is(t, "create")) {
        next = HEAD_CREATE;
    } else if (c->head == HEAD_START && sql_word_is(t, "copy")) {
        next = HEAD_COPY;
    } else if (c->head == HEAD_CREATE && sql_word_is(t, "or")) {
        next = HEAD_OR;
    } else if (c->head == HEAD_OR && sql_word_is(t, "replace")) {
        next = HEAD_REPLACE;
    } else if ((c->head == HEAD_CREATE || c->head == HEAD_REPLACE) &&
               (sql_word_is(t, "function") || sql_word_is(t, "procedure"))) {
        next = HEAD_ROUTINE;
    }
    c->head = next;
}

static void routine_token(struct splitter *s, struct current *c, const struct sql_token *t, size_t offset)
{
    bool boundary = false, begin = false;
    if (c->was_begin && sql_word_is(t, "atomic")) {
        c->body = c->bodies ? c->body : c->begin;
        c->bodies++;
        c->had_body = boundary = true;
        if (!s->asked) {
            ask_parser(s, c->start);
        }
    } else if (c->bodies && c->at_boundary && sql_word_is(t, "end")) {
        c->bodies--;
    } else if (c->bodies && sql_symbol_is(t, ';')) {
        boundary = true;
    } else if (sql_word_is(t, "begin")) {
        begin = true;
        c->begin = offset;
    }
    c->at_boundary = boundary;
    c->was_begin = begin;
}

static void statement_token(struct splitter *s, struct current *c, const struct sql_token *t, size_t offset)
{
    if (!c->any) {
        c->any = true;
        c->first = offset;
    }
    c->end = offset + t->text.len;
    if (c->head < HEAD_ROUTINE) {
        head_token(c, t);
    } else if (c->head == HEAD_ROUTINE && !c->depth) {
        routine_token(s, c, t, offset);
    } else if (c->head == HEAD_COPY && !c->depth) {
        c->copy = c->copy || (c->was_from && sql_word_is(t, "stdin"));
        c->was_from = sql_word_is(t, "from");
    }
    if (sql_symbol_is(t, '(')) {
        c->opened = c->depth ? c->opened : offset;
        c->depth++;
    } else if (sql_symbol_is(t, ')') && c->depth) {
        c->depth--;
    }
}

/* The rows after COPY ... FROM stdin; up to the line \. : the lexer stands behind the semicolon. */
static int take_rows(struct splitter *s, const struct current *c, struct slice *rows)
{
    struct slice script = s->list.script;
    size_t pos = s->lex.pos;
    while (pos < script.len && script.ptr[pos] != '\n') {
        if (sql_blank(script.ptr[pos])) {
            pos++;
        } else if (slice_starts((struct slice){script.ptr + pos, script.len - pos}, "--")) {
            pos = postgresql_line_end(&s->lex, pos);
        } else {
            sql_error(script, pos, s->err, "text after COPY ... FROM stdin; where its rows should begin");
            return err_hint(s->err,
                            "Rows begin on the next line; put other statements behind the line \\. that "
                            "ends them.");
        }
    }
    const char *end = script.ptr + script.len;
    const char *first = pos < script.len ? script.ptr + pos + 1 : end;
    for (const char *line = first; line < end;) {
        const char *eol = memchr(line, '\n', (size_t)(end - line));
        const char *next = eol ? eol + 1 : end;
        struct slice text = {line, (size_t)((eol ? eol : end) - line)};
        text.len -= text.len && text.ptr[text.len - 1] == '\r';
        if (slice_eq(text, "\\.")) {
            *rows = (struct slice){first, (size_t)(line - first)};
            s->lex.pos = (size_t)(next - script.ptr);
            return 0;
        }
        line = next;
    }
    sql_error(script, c->first, s->err, "the rows of this COPY ... FROM stdin do not end");
    return err_hint(s->err, "End the rows with a line that holds only \\. (pg_dump writes it so).");
}

/* psql follows the server's standard_conforming_strings; a script that sets it is followed here. */
static void follow_setting(struct splitter *s, const struct sql_statement *done)
{
    if (done->kind == SQL_TRANSACTION) {
        s->lex.backslash = s->session_backslash;
        return;
    }
    struct sql_cursor c = {.lex = postgresql_lex,
                           .lexer = {.text = done->text, .backslash = s->lex.backslash}};
    sql_cursor_next(&c);
    bool reset = sql_word_is(&c.t, "reset");
    if (!reset && !sql_word_is(&c.t, "set")) {
        return;
    }
    sql_cursor_next(&c);
    bool local = sql_cursor_take(&c, "local");
    if (!local) {
        sql_cursor_take(&c, "session");
    }
    bool all = reset && sql_word_is(&c.t, "all");
    if (!all && !sql_word_is(&c.t, "standard_conforming_strings")) {
        return;
    }
    sql_cursor_next(&c);
    sql_cursor_next(&c);
    static const char *const off[] = {"off", "false", "no", "0"};
    static const char *const quoted[] = {"'off'", "'false'", "'no'", "'0'", "\"off\""};
    bool is_off = !reset && sql_word_in(&c.t, off, COUNT_OF(off));
    for (size_t i = 0; i < COUNT_OF(quoted); i++) {
        is_off = is_off || (!reset && slice_eq(c.t.text, quoted[i]));
    }
    s->lex.backslash = is_off;
    s->session_backslash = local ? s->session_backslash : is_off;
}

static int finish(struct splitter *s, const struct current *c)
{
    if (!c->any) {
        return 0;
    }
    struct slice rows = {NULL, 0};
    if (c->copy) {
        int status = take_rows(s, c, &rows);
        if (status) {
            return status;
        }
    }
    struct sql_statement *done = sql_list_add(&s->list, c->start, c->first, c->end);
    done->copy = rows;
    postgresql_classify(done, s->lex.backslash);
    if (c->head == HEAD_PLAIN) {
        follow_setting(s, done);
    }
    return 0;
}

static int finish_script(struct splitter *s, const struct current *c)
{
    struct slice script = s->list.script;
    if (c->bodies && !s->known) {
        return sql_error(script, c->body, s->err, "unterminated function body BEGIN ATOMIC that began here");
    }
    if (c->depth) {
        return sql_error(script, c->opened, s->err, "unterminated parenthesis that began here");
    }
    return finish(s, c);
}

static int split_statement(struct splitter *s, bool *more)
{
    struct current c = {.start = sql_skip_blank(s->list.script, s->lex.pos)};
    for (;;) {
        struct sql_token t;
        int status = postgresql_lex(&s->lex, &t, s->err);
        if (status) {
            return status;
        }
        if (t.kind == SQL_TOKEN_END) {
            *more = false;
            return finish_script(s, &c);
        }
        size_t offset = (size_t)(t.text.ptr - s->list.script.ptr);
        if (sql_symbol_is(&t, ';') && ends_here(s, &c, offset)) {
            return finish(s, &c);
        }
        statement_token(s, &c, &t, offset);
    }
}

int postgresql_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err)
{
    struct splitter s = {.lex = {.text = script}, .err = err};
    int status = sql_script_begin(script, &s.lex.pos, err);
    if (status) {
        return status;
    }
    sql_list_init(&s.list, a, script);
    for (bool more = true; more;) {
        status = split_statement(&s, &more);
        if (status) {
            return status;
        }
    }
    sql_list_finish(&s.list, out);
    return 0;
}

void postgresql_print(struct strbuf *to, struct slice text, struct slice copy)
{
    sql_print_terminated(to, text);
    if (copy.ptr) {
        strbuf_add(to, copy.ptr, copy.len);
        if (copy.len && copy.ptr[copy.len - 1] != '\n') {
            strbuf_addch(to, '\n');
        }
        /* psql passes the marker on, and the server wants one kind of line end. */
        bool crlf = copy.len > 1 && copy.ptr[copy.len - 2] == '\r' && copy.ptr[copy.len - 1] == '\n';
        strbuf_adds(to, crlf ? "\\.\r\n" : "\\.\n");
    }
}
