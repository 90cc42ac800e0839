/* Lines and section markers of a revision file: what the readers of headers and of bodies share. Private to
 * engine/revision. */
#pragma once
#include "base/err.h"
#include "base/str.h"

enum sql_section_kind { SECTION_UPGRADE, SECTION_DOWNGRADE, SECTION_VERIFY, SECTION_COUNT };
const char *section_name(enum sql_section_kind kind);

struct line_reader {
    struct slice rest;
    int number;        /* of the line read last */
    struct slice line; /* without its end, trailing blanks and a BOM in front; it begins with its first
                          character that is no blank */
    const char *start; /* of the line in the text */
    bool whole;        /* the line's end was there */
};

struct line_reader line_reader_of(struct slice text);
bool line_next(struct line_reader *lines);

/* Is the line a section marker? *dialects is what stands behind the colon, trimmed. */
bool line_is_marker(struct slice line, enum sql_section_kind *kind, struct slice *dialects);
/* Does the line look like a marker that was mistyped ("-- downgrad")? Returns the section it is close to, or
 * NULL. */
const char *line_near_marker(struct slice line);
bool line_is_comment(struct slice line);

/* ERR_FILE at a part of the text, with its excerpt. */
int text_error(struct err *err, const char *file, struct slice text, int line, const char *at,
               const char *fmt, ...) PRINTF(6, 7);

struct arena;
struct revision;
/* sql_file_header for a name in the folder dirfd; r->file is for errors. In sql_header.c. */
int sql_file_header_at(struct arena *a, int dirfd, const char *name, struct revision *r, struct err *err);
