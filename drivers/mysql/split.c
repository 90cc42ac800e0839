/*
 * A statement ends at the delimiter. While that is the semicolon, it does not end inside the body of a stored
 * program; and while it is something else, a semicolon ends a statement too unless the statement is a stored
 * program, because each statement is sent on its own.
 */
#include "drivers/mysql/split.h"
#include "drivers/mysql/body.h"
#include "drivers/mysql/lexer.h"

#define DELIMITER_MAX 15 /* the mariadb client cuts longer ones */

#define USE_MAX       512

/* The statement being read. */
struct current {
    size_t start, first, end; /* first comment, first token, end of the last token */
    bool any;
    bool set;        /* begins with SET */
    size_t use_line; /* begins with USE, on a line that ends here; 0: no */
    size_t parens;
    struct mysql_body body;
};

struct splitter {
    struct sql_lexer lex;
    struct sql_list list;
    struct err *err;
};

static size_t line_end(struct slice script, size_t from)
{
    const char *eol = from < script.len ? memchr(script.ptr + from, '\n', script.len - from) : NULL;
    return eol ? (size_t)(eol - script.ptr) : script.len;
}

static bool is_first_on_line(struct slice script, size_t offset)
{
    while (offset > 0 && script.ptr[offset - 1] != '\n') {
        offset--;
        if (!sql_blank(script.ptr[offset])) {
            return offset == 2 && slice_starts(script, "\xef\xbb\xbf");
        }
    }
    return true;
}

/* Commands that the client runs itself; none begins a statement that is worth sending. */
static int refuse_command(const struct splitter *s, const struct sql_token *t, size_t offset)
{
    static const char *const names[] = {"charset",
                                        "clear",
                                        "connect",
                                        "edit",
                                        "ego",
                                        "exit",
                                        "go",
                                        "help",
                                        "nopager",
                                        "notee",
                                        "nowarning",
                                        "pager",
                                        "print",
                                        "prompt",
                                        "quit",
                                        "rehash",
                                        "source",
                                        "status",
                                        "system",
                                        "tee",
                                        "warnings",
                                        "resetconnection",
                                        "query_attributes"};
    if (!sql_word_in(t, names, COUNT_OF(names)) && !sql_symbol_is(t, '?')) {
        return 0;
    }
    sql_error(s->list.script, offset, s->err, "%.*s is a command of the mysql client, not SQL",
              (int)t->text.len, t->text.ptr);
    if (sql_word_is(t, "source")) {
        return err_hint(s->err, "Put the text of that file here; a script cannot include another.");
    }
    if (sql_word_is(t, "connect")) {
        return err_hint(s->err,
                        "Remove it: the target's URL says which database and user the script runs in.");
    }
    return err_hint(s->err, "Remove it: statements go to the server, and the client's commands are not run.");
}

/* The argument of DELIMITER in the rest of its line, without quotes; *after is what stands behind it. */
static struct slice delimiter_argument(struct slice rest, struct slice *after)
{
    rest = slice_trim(rest);
    char quote = rest.len > 1 ? rest.ptr[0] : ' ';
    const char *close = NULL;
    if (quote == '\'' || quote == '"' || quote == '`') {
        close = memchr(rest.ptr + 1, quote, rest.len - 1);
    }
    size_t from = close != NULL, end = from;
    while (end < rest.len && (close ? rest.ptr + end < close : !sql_blank(rest.ptr[end]))) {
        end++;
    }
    size_t behind = end + from;
    *after = slice_trim((struct slice){rest.ptr + behind, rest.len - behind});
    return (struct slice){rest.ptr + from, end - from};
}

static int set_delimiter(struct splitter *s, size_t offset)
{
    struct slice script = s->list.script, after;
    size_t from = offset + strlen("delimiter"), end = line_end(script, from);
    struct slice word = delimiter_argument((struct slice){script.ptr + from, end - from}, &after);
    const char *problem = NULL;
    if (!is_first_on_line(script, offset)) {
        problem = "DELIMITER behind something else on its line";
    } else if (!word.len) {
        problem = "DELIMITER needs the new delimiter on its line";
    } else if (word.len > DELIMITER_MAX) {
        problem = "a delimiter has at most 15 bytes";
    } else if (memchr(word.ptr, '\\', word.len)) {
        problem = "a delimiter has no backslash";
    } else if (after.len && after.ptr[0] != '#' && !slice_starts(after, "--")) {
        problem = "text behind DELIMITER and its argument";
    }
    if (problem) {
        sql_error(script, offset, s->err, "%s", problem);
        return err_hint(s->err, "Write DELIMITER // on a line of its own, and DELIMITER ; to go back.");
    }
    s->lex.delimiter = word;
    s->lex.pos = end;
    return 0;
}

/* DELIMITER where a statement should begin, or at the start of a line within one, which the client then ends.
 * A column may have that name in a list, where the client would err. */
static bool is_delimiter_command(const struct splitter *s, const struct current *c, const struct sql_token *t,
                                 size_t offset)
{
    struct slice script = s->list.script;
    if (!sql_word_is(t, "delimiter") || s->lex.versioned) {
        return false;
    }
    size_t from = offset + t->text.len;
    return !c->any || (!c->parens && !mysql_body_open(&c->body) && is_first_on_line(script, offset) &&
                       from < script.len && script.ptr[from] == ' ');
}

/* Follows sql_mode, as the client does by the server's status: NO_BACKSLASH_ESCAPES changes what a string is.
 */
static void follow_sql_mode(struct splitter *s, struct slice text)
{
    static const char flag[] = "NO_BACKSLASH_ESCAPES";
    struct sql_cursor c = {.lex = mysql_lex,
                           .lexer = {.text = text, .literal_backslash = s->lex.literal_backslash}};
    bool global = false, found = false, again = false, has_flag = false;
    for (sql_cursor_next(&c); c.t.kind != SQL_TOKEN_END; sql_cursor_next(&c)) {
        global = global || sql_word_is(&c.t, "global");
        again = again || (found && sql_word_is(&c.t, "sql_mode"));
        found = found || sql_word_is(&c.t, "sql_mode");
        for (size_t i = 0; found && c.t.kind == SQL_TOKEN_STRING && i + sizeof(flag) - 1 <= c.t.text.len;
             i++) {
            has_flag = has_flag || strncasecmp(c.t.text.ptr + i, flag, sizeof(flag) - 1) == 0;
        }
    }
    if (found && !global) {
        s->lex.literal_backslash = has_flag || (again && s->lex.literal_backslash);
    }
}

static void finish(struct splitter *s, const struct current *c)
{
    if (!c->any) {
        return;
    }
    size_t end = s->lex.versioned_end > c->end ? s->lex.versioned_end : c->end;
    struct sql_statement *done = sql_list_add(&s->list, c->start, c->first, end);
    mysql_classify(done, s->lex.literal_backslash);
    if (c->set) {
        follow_sql_mode(s, done->text);
    }
}

/* The end of the line that USE begins, 0 when a comment may go on behind it. Names are short: to look further
 * than that would read a long line once for every USE in it. */
static size_t use_line(struct slice script, size_t offset)
{
    struct slice near = {script.ptr + offset, script.len - offset > USE_MAX ? USE_MAX : script.len - offset};
    size_t n = line_end(near, 0);
    bool whole = n < near.len || near.len < USE_MAX;
    return whole && !memmem(near.ptr, n, "/*", 2) ? offset + n : 0;
}

static int statement_token(struct splitter *s, struct current *c, const struct sql_token *t, size_t offset)
{
    struct slice script = s->list.script;
    if (!c->any) {
        int status = refuse_command(s, t, offset);
        if (status) {
            return status;
        }
        c->any = true;
        c->first = offset;
        c->set = sql_word_is(t, "set");
        c->use_line = sql_word_is(t, "use") && !s->lex.versioned ? use_line(script, offset) : 0;
    }
    c->parens += sql_symbol_is(t, '(');
    c->parens -= sql_symbol_is(t, ')') && c->parens;
    if (!mysql_body_token(&c->body, t, offset)) {
        return sql_error(script, offset, s->err, "blocks nest deeper than %d", MYSQL_BODY_DEPTH_MAX);
    }
    if (!sql_symbol_is(t, ';') || mysql_body_open(&c->body)) {
        c->end = offset + t->text.len; /* a program's text ends before the semicolon behind its last END */
    }
    return 0;
}

static bool ends_here(const struct splitter *s, const struct current *c, const struct sql_token *t)
{
    if (slice_eq(s->lex.delimiter, ";")) {
        return t->kind == SQL_TOKEN_DELIMITER && !mysql_body_open(&c->body);
    }
    return t->kind == SQL_TOKEN_DELIMITER ||
           (sql_symbol_is(t, ';') && !s->lex.versioned && !mysql_body_program(&c->body));
}

static int finish_script(struct splitter *s, const struct current *c)
{
    if (mysql_body_open(&c->body) && slice_eq(s->lex.delimiter, ";")) {
        sql_error(s->list.script, c->body.opened, s->err, "unterminated block that began here");
        return err_hint(s->err, "Every BEGIN, IF, CASE, LOOP, WHILE and REPEAT needs its END.");
    }
    finish(s, c);
    return 0;
}

/* USE name without a delimiter ends with its line. */
static bool use_ends(const struct current *c, size_t offset)
{
    return offset > c->use_line && c->end > c->first + strlen("use") && c->end <= c->use_line;
}

static int split_statement(struct splitter *s, bool *more)
{
    struct current c;
    memset(&c, 0, offsetof(struct current, body));
    mysql_body_start(&c.body);
    c.start = sql_skip_blank(s->list.script, s->lex.pos);
    for (;;) {
        struct sql_token t;
        int status = mysql_lex(&s->lex, &t, s->err);
        if (status) {
            return status;
        }
        if (t.kind == SQL_TOKEN_END) {
            *more = false;
            return finish_script(s, &c);
        }
        size_t offset = (size_t)(t.text.ptr - s->list.script.ptr);
        if (t.kind != SQL_TOKEN_DELIMITER && use_ends(&c, offset)) {
            s->lex.pos = c.use_line;
            s->lex.versioned = 0;
            s->lex.versioned_end = 0;
            finish(s, &c);
            return 0;
        }
        if (is_delimiter_command(s, &c, &t, offset)) {
            finish(s, &c);
            return set_delimiter(s, offset);
        }
        if (ends_here(s, &c, &t)) {
            finish(s, &c);
            return 0;
        }
        status = statement_token(s, &c, &t, offset);
        if (status) {
            return status;
        }
    }
}

int mysql_split(struct arena *a, struct slice script, struct sql_script *out, struct err *err)
{
    script = sql_script_lines(a, script);
    struct splitter s = {.lex = {.text = script, .delimiter = SLICE(";")}, .err = err};
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

/* How a text has to be written. The client cuts at every semicolon outside of quotes and plain comments,
 * knowing nothing of bodies; and a body without its END came from a script with a delimiter and needs one
 * again. */
static void look(struct slice text, bool *delimiter, bool *comment)
{
    while (text.len && text.ptr[text.len - 1] == '-') {
        text.len--; /* two of them are a comment only at the end of the script, where this text will not be */
    }
    struct sql_lexer lex = {.text = text};
    struct mysql_body body;
    struct sql_token t;
    mysql_body_start(&body);
    for (;;) {
        if (mysql_lex(&lex, &t, NULL)) {
            *delimiter = true;
            return;
        }
        if (t.kind == SQL_TOKEN_END) {
            break;
        }
        *delimiter = *delimiter || sql_symbol_is(&t, ';') ||
                     !mysql_body_token(&body, &t, (size_t)(t.text.ptr - text.ptr));
    }
    *delimiter = *delimiter || mysql_body_open(&body);
    *comment = lex.open_comment;
}

static bool occurs(struct slice text, const char *word)
{
    return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

/* A delimiter that does not occur in the text. */
static void choose_delimiter(struct slice text, char out[DELIMITER_MAX + 1])
{
    static const char *const usual[] = {"//", "$$", ";;", "|||"};
    for (size_t i = 0; i < COUNT_OF(usual); i++) {
        if (!occurs(text, usual[i])) {
            snprintf(out, DELIMITER_MAX + 1, "%s", usual[i]);
            return;
        }
    }
    /* Numbers drawn from the text itself: whoever wrote it cannot have put them all there. */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    }
    do {
        snprintf(out, DELIMITER_MAX + 1, "$$%08x$$", hash++);
    } while (occurs(text, out));
}

void mysql_print(struct strbuf *to, struct slice text, struct slice copy UNUSED)
{
    bool needs_delimiter = false, ends_in_comment = false;
    look(text, &needs_delimiter, &ends_in_comment);
    if (!needs_delimiter) {
        strbuf_add(to, text.ptr, text.len);
        strbuf_adds(to, ends_in_comment ? "\n;\n" : ";\n");
        return;
    }
    char delimiter[DELIMITER_MAX + 1];
    choose_delimiter(text, delimiter);
    strbuf_addf(to, "DELIMITER %s\n", delimiter);
    strbuf_add(to, text.ptr, text.len);
    /* A line end behind two minus signs would make them a comment. */
    bool minus = text.len && text.ptr[text.len - 1] == '-' && !ends_in_comment;
    strbuf_addf(to, "%s%s\nDELIMITER ;\n", minus ? "" : "\n", delimiter);
}
