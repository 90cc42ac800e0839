/* Text from elsewhere within HTML, XML and Markdown. */
#pragma once
#include "base/str.h"

/* Escaped for HTML and XML, elements and quoted attributes alike. What cannot be seen (control
 * characters), or turns the direction of the text around it, is made visible, as "[U+202E]". Line ends and
 * tabs stay; bytes that are not UTF-8 become U+FFFD. NULL adds nothing. */
void markup_text(struct strbuf *out, const char *text);
/* The same without the escaping. */
void markup_visible(struct strbuf *out, const char *text);
void markup_visible_slice(struct strbuf *out, struct slice text);
void markup_text_slice(struct strbuf *out, struct slice text);
