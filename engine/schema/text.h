/*
 * The text of a schema, a line a fact:
 *
 *     lockstep schema 1
 *     dialect postgresql
 *     default public
 *     table users
 *      kind table
 *      column id
 *       type bigint
 *
 * A space of indentation a level; the first word names a kind or a field, the rest of the line is its value,
 * with \n, \r, \t and \\ for those characters. A field that is absent has no line; one that is a list has a
 * line for each item; one that is made of records has a line of NAME=VALUE with tabs between for each.
 */
#pragma once
#include "engine/schema/field.h"

#define SCHEMA_TEXT_VERSION "lockstep schema 1"
void schema_text_escape(struct strbuf *out, const char *value);
char *schema_text_unescape(struct arena *a, struct slice value);
/* Where an object of the kind keeps its name and its schema (SCHEMA_NO_OFFSET: it is in none). */
size_t schema_name_offset(enum schema_kind kind, size_t *schema_offset);
#define SCHEMA_NO_OFFSET ((size_t)-1)
