/*
 * Text in columns: words put into lines of a given width, with hanging indentation.
 *
 * Widths are those of a terminal: East Asian characters count two, combining marks none. Control characters
 * and invalid UTF-8 come out as "?", so that a message cannot steer the terminal of the person who reads it.
 */
#pragma once
#include "base/str.h"

struct wrap {
    struct strbuf *out;
    int width;
    int hang;   /* indentation of the lines after the first */
    int at;     /* column reached; 0 at the start of a line */
    bool fresh; /* nothing but indentation in this line */
};

/* Columns that the text takes when it is written by these functions. */
int wrap_columns(const char *ptr, size_t len);

void wrap_begin(struct wrap *w, int indent, int hang);
/* One word, after `gap` blanks or in a new line when it does not fit; one that is wider than a whole line is
 * continued in the next. */
void wrap_word(struct wrap *w, int gap, const char *fmt, ...) PRINTF(3, 4);
/* Every word of the text, at single blanks. */
void wrap_text(struct wrap *w, const char *text);
/* The text in what is left of the line, after `gap` blanks, cut with "..." when it is longer. */
void wrap_cut(struct wrap *w, int gap, const char *text);
void wrap_end(struct wrap *w); /* of the line */
