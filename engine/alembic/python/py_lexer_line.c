/* Lines: their indentation, how they go on, and comments. */
#include "engine/alembic/python/py_lexer.h"
#include "engine/alembic/python/py_swar.h"

void py_lex_continue_line(struct py_lexer *x)
{
    if (x->at[1] != '\n') {
        py_lex_error(x, x->at + 1, "unexpected character after line continuation character");
        return;
    }
    py_lex_next_line(x, x->at + 2);
    if (x->at == x->text.ptr + x->text.len) {
        py_lex_error(x, x->at, "unexpected end of file after a line continuation character");
    }
}

void py_lex_skip_comment(struct py_lexer *x)
{
    const char *end = memchr(x->at, '\n', (size_t)(x->text.ptr + x->text.len - x->at));
    x->at = end ? end : x->text.ptr + x->text.len;
}

/* The blanks that a line begins with. When a backslash continues them, those before it count. */
static void measure(struct py_lexer *x, int *column, int *alternate)
{
    int first = 0, first_alternate = 0;
    *column = *alternate = 0;
    for (;;) {
        if (*x->at == ' ') {
            const char *end = py_skip_spaces(x->at);
            *column += (int)(end - x->at);
            *alternate += (int)(end - x->at);
            x->at = end;
        } else if (*x->at == '\t') {
            *column = (*column / 8 + 1) * 8;
            ++*alternate;
            x->at++;
        } else if (*x->at == '\f') {
            *column = *alternate = 0;
            x->at++;
        } else if (*x->at == '\\' && !x->failed) {
            if (!first) {
                first = *column;
                first_alternate = *alternate;
            }
            py_lex_continue_line(x);
        } else {
            break;
        }
    }
    if (first) {
        *column = first;
        *alternate = first_alternate;
    }
}

static void indent_error(struct py_lexer *x, const char *message, const char *hint)
{
    py_lex_error(x, x->at, "%s", message);
    err_hint(x->err, "%s", hint);
}

static void mixed_indent(struct py_lexer *x)
{
    indent_error(x, "inconsistent use of tabs and spaces in indentation",
                 "Indent with blanks alone, or with tabs alone.");
}

/* Compare a line's indentation with the open blocks; INDENT is given as the token, dedents are counted. */
static bool indent(struct py_lexer *x, struct py_token *t, int column, int alternate)
{
    int top = x->indents[x->nindents - 1].column;
    if (column == top) {
        if (alternate != x->indents[x->nindents - 1].alternate) {
            mixed_indent(x);
        }
        return false;
    }
    if (column > top) {
        if (alternate <= x->indents[x->nindents - 1].alternate) {
            mixed_indent(x);
        } else if (x->nindents == PY_INDENTS_MAX) {
            indent_error(x, "too many levels of indentation", "Move inner blocks into functions.");
        } else {
            x->indents[x->nindents].column = column;
            x->indents[x->nindents++].alternate = alternate;
            t->kind = PY_T_INDENT;
            return true;
        }
        return false;
    }
    while (x->nindents > 1 && column < x->indents[x->nindents - 1].column) {
        x->nindents--;
        x->dedents++;
    }
    if (column != x->indents[x->nindents - 1].column) {
        indent_error(x, "unindent does not match any outer indentation level",
                     "Indent the line like an earlier line of the block that it belongs to.");
    } else if (alternate != x->indents[x->nindents - 1].alternate) {
        mixed_indent(x);
    }
    return false;
}

/* Skip lines that hold nothing, and measure the first that holds something. True: *t is an INDENT. */
bool py_lex_begin_line(struct py_lexer *x, struct py_token *t)
{
    for (;;) {
        int column, alternate;
        measure(x, &column, &alternate);
        if (*x->at == '#') {
            py_lex_skip_comment(x);
        }
        if (*x->at == '\n') {
            py_lex_next_line(x, x->at + 1);
            continue;
        }
        if (x->at == x->text.ptr + x->text.len) {
            return indent(x, t, 0, 0);
        }
        x->line_start = false;
        return indent(x, t, column, alternate);
    }
}
