/*
 * The names of objects as a trace (struct trace in drivers/driver.h) holds them: one word each, whatever they
 * are made of, so that the journal can keep them and read them back.
 */
#pragma once
#include "drivers/sql_text.h"

/* The cursor stands at a name, "a" or "a.b": it goes into the text behind a space. False, with nothing
 * added, when there is none. `fold`: names without quotes are lower case. */
bool sql_trace_take(struct sql_cursor *c, struct strbuf *to, bool fold);
/* The next word of the text, which is shortened by it. False at its end. */
bool sql_trace_word(struct slice *text, struct slice *word);
/* A word as it was taken; *schema is NULL where none was given. */
void sql_trace_name(struct arena *a, struct slice word, const char **schema, const char **name);
