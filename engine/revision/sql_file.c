/* The sections of a revision file: which apply to a dialect, and what they add up to. */
#include "engine/revision/sql_file.h"
#include "base/digest.h"
#include "base/file.h"
#include "engine/revision/sql_lines.h"
#include <strings.h>

/* A dialect is a bit; a section for none in particular has no bits. */
static const struct dialect {
    const char *name;
    unsigned bit;
} dialects[] = {{"postgresql", 1}, {"mysql", 2}, {"sqlite", 4}, {"mariadb", 2}};
#define DIALECT_BITS 3

struct section {
    enum sql_section_kind kind;
    unsigned bits;
    struct slice text;
    int line; /* of the marker */
};

struct body {
    const char *file;
    struct slice text;
    VEC(struct section) sections;
    int lines[SECTION_COUNT][DIALECT_BITS + 1]; /* marker of each kind and dialect; [DIALECT_BITS]: of none */
};

static unsigned dialect_bit(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        if (name.len == strlen(dialects[i].name) && strncasecmp(name.ptr, dialects[i].name, name.len) == 0) {
            return dialects[i].bit;
        }
    }
    return 0;
}

static int unknown_dialect(const struct body *b, int line, struct slice name, struct err *err)
{
    const char *names[COUNT_OF(dialects)];
    char word[64];
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        names[i] = dialects[i].name;
    }
    snprintf(word, sizeof(word), "%.*s", (int)(name.len > 63 ? 63 : name.len), name.ptr);
    const char *near = str_nearest(word, names, COUNT_OF(names));
    text_error(err, b->file, b->text, line, name.ptr,
               "a section is for postgresql, mysql, mariadb or sqlite, not for \"%s\"", word);
    if (near) {
        err_hint(err, "Did you mean \"%s\"?", near);
    } else {
        err_hint(err, "If the line is only a comment, put another word before it.");
    }
    return ERR_FILE;
}

static int read_dialects(const struct body *b, int line, struct slice list, unsigned *out, struct err *err)
{
    unsigned bits = 0;
    struct slice part;
    if (!list.len) {
        *out = 0;
        return 0;
    }
    while (slice_cut(&list, ',', &part)) {
        struct slice name = slice_trim(part);
        unsigned bit = dialect_bit(name);
        if (!bit) {
            return unknown_dialect(b, line, name.len ? name : part, err);
        }
        bits |= bit;
    }
    *out = bits;
    return 0;
}

static int begin_section(struct arena *a, struct body *b, const struct line_reader *lines,
                         enum sql_section_kind kind, struct slice list, struct err *err)
{
    unsigned bits;
    int rc = read_dialects(b, lines->number, list, &bits, err);
    if (rc) {
        return rc;
    }
    for (unsigned i = 0; i <= DIALECT_BITS; i++) {
        bool meant = i < DIALECT_BITS ? bits >> i & 1 : bits == 0;
        if (meant && b->lines[kind][i]) {
            text_error(err, b->file, b->text, lines->number, lines->line.ptr,
                       "a second %s section%s%s: the first begins in line %d", section_name(kind),
                       i < DIALECT_BITS ? " for " : "", i < DIALECT_BITS ? dialects[i].name : "",
                       b->lines[kind][i]);
            err_hint(err,
                     "Join the two, or name a dialect; if the line is only a comment, add a word to it.");
            return ERR_FILE;
        }
        b->lines[kind][i] = meant ? lines->number : b->lines[kind][i];
    }
    struct section *s = vec_push(a, &b->sections);
    *s = (struct section){.kind = kind, .bits = bits, .line = lines->number, .text = {lines->rest.ptr, 0}};
    return 0;
}

static void end_section(struct body *b, const char *at)
{
    if (b->sections.n) {
        struct section *s = &b->sections.items[b->sections.n - 1];
        s->text.len = (size_t)(at - s->text.ptr);
    }
}

static int read_sections(struct arena *a, struct body *b, struct err *err)
{
    struct line_reader lines = line_reader_of(b->text);
    enum sql_section_kind kind;
    struct slice list;
    while (line_next(&lines)) {
        if (!line_is_marker(lines.line, &kind, &list)) {
            const char *near = line_near_marker(lines.line);
            if (near) {
                text_error(err, b->file, b->text, lines.number, lines.line.ptr,
                           "this is nearly the marker of a section");
                err_hint(
                    err,
                    "Write \"-- %s\" to begin that section; if the line is only a comment, add a word to it.",
                    near);
                return ERR_FILE;
            }
            continue;
        }
        end_section(b, lines.start);
        int rc = begin_section(a, b, &lines, kind, list, err);
        if (rc) {
            return rc;
        }
    }
    end_section(b, b->text.ptr + b->text.len);
    return 0;
}

/* Lines without their ends and trailing blanks, each followed by one line feed, without blank ones at the
 * end. */
static void normalize(struct slice text, struct strbuf *out)
{
    struct slice line;
    size_t used = 0;
    strbuf_clear(out);
    while (slice_cut(&text, '\n', &line)) {
        if (slice_starts(line, "\xEF\xBB\xBF")) {
            line = (struct slice){line.ptr + 3, line.len - 3};
        }
        while (line.len && strchr(" \t\r\f\v", line.ptr[line.len - 1])) {
            line.len--;
        }
        strbuf_add(out, line.ptr, line.len);
        strbuf_addch(out, '\n');
        used = line.len ? out->len : used;
    }
    out->len = used;
}

static void digest_list(struct digest *d, const strings_t *list)
{
    const char **s;
    digest_number(d, (int64_t)list->n);
    vec_each (s, list) {
        digest_string(d, *s);
    }
}

/* Sections enter in an order of their own, so that moving one within the file changes nothing. */
static void checksum(const struct body *b, const struct revision *r, char hex[DIGEST_HEX + 1])
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct digest d;
    const struct section *s;
    digest_init(&d);
    digest_string(&d, "revision in SQL, 1");
    digest_string(&d, r->id);
    digest_list(&d, &r->revises);
    digest_list(&d, &r->depends_on);
    digest_number(&d, r->transaction_off);
    for (enum sql_section_kind kind = 0; kind < SECTION_COUNT; kind++) {
        for (unsigned bits = 0; bits < 1u << DIALECT_BITS; bits++) {
            vec_each (s, &b->sections) {
                if (s->kind == kind && s->bits == bits) {
                    normalize(s->text, &text);
                    digest_number(&d, kind);
                    digest_number(&d, bits);
                    digest_field(&d, strbuf_cstr(&text), text.len);
                }
            }
        }
    }
    digest_hex(&d, hex);
}

static void choose(const struct body *b, unsigned bit, struct sql_body *out)
{
    struct sql_section *chosen[] = {&out->upgrade, &out->downgrade, &out->verify};
    bool specific[SECTION_COUNT] = {false};
    const struct section *s;
    _Static_assert(COUNT_OF(chosen) == SECTION_COUNT, "a place for every kind of section");
    vec_each (s, &b->sections) {
        bool fits = s->bits & bit;
        if (fits || (!s->bits && !specific[s->kind])) {
            *chosen[s->kind] = (struct sql_section){s->text, s->line + 1};
            specific[s->kind] = fits;
        }
        if (s->kind == SECTION_UPGRADE && s->bits & ~bit) {
            out->has_upgrade_elsewhere = true;
        }
    }
}

int sql_body_parse(struct arena *a, const char *file, struct slice text, const char *dialect,
                   struct sql_body *out, struct err *err)
{
    struct body b = {.file = file, .text = text};
    struct revision r = {.file = file};
    int rc = sql_header_parse(a, file, text, &r, err);
    if (rc) {
        return rc;
    }
    const char *nul = memchr(text.ptr, '\0', text.len);
    if (nul) {
        int line = 1;
        for (const char *c = text.ptr; c < nul; c++) {
            line += *c == '\n';
        }
        err_set(err, ERR_FILE, "the file holds a NUL byte");
        return err_place(err, file, line, 0);
    }
    rc = read_sections(a, &b, err);
    if (rc) {
        return rc;
    }
    bool upgrades = false;
    for (unsigned i = 0; i <= DIALECT_BITS; i++) {
        upgrades = upgrades || b.lines[SECTION_UPGRADE][i];
    }
    if (!upgrades) {
        err_set(err, ERR_FILE, "revision %s has no upgrade section", r.id);
        err_place(err, file, 0, 0);
        return err_hint(err, "Put a line \"-- upgrade\" before its statements."), ERR_FILE;
    }
    struct sql_body body = {0};
    choose(&b, dialect_bit(slice_of(dialect)), &body);
    checksum(&b, &r, body.checksum);
    *out = body;
    return 0;
}

int sql_file_body(struct arena *a, const char *path, const char *dialect, struct sql_body *out,
                  struct err *err)
{
    struct slice text;
    int rc = file_read(a, path, 0, &text, err);
    if (rc) {
        return rc;
    }
    return sql_body_parse(a, path, text, dialect, out, err);
}
