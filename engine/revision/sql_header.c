/* The header of a revision file: what the graph is made of. Thousands are read for one command, so a file
 * costs one open and, but for very long headers, one read. */
#include "engine/revision/sql_file.h"
#include "engine/revision/sql_lines.h"
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

enum header_key {
    KEY_REVISION,
    KEY_REVISES,
    KEY_MESSAGE,
    KEY_LABELS,
    KEY_DEPENDS_ON,
    KEY_TRANSACTION,
    KEY_CREATED,
    KEY_COUNT
};
static const char *const key_names[] = {"revision",   "revises",     "message", "labels",
                                        "depends_on", "transaction", "created"};
_Static_assert(COUNT_OF(key_names) == KEY_COUNT, "a name for every key");

struct header {
    struct arena *arena;
    const char *file;
    struct slice text;
    struct revision r;
    int lines[KEY_COUNT]; /* where each key stands; 0: not yet */
};

static bool is_word(char c)
{
    return c == '_' || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "-- word: value" taken apart; false for other comments. */
static bool split_key(struct slice line, struct slice *word, struct slice *value)
{
    struct slice rest = slice_trim((struct slice){line.ptr + 2, line.len - 2});
    size_t n = 0;
    while (n < rest.len && is_word(rest.ptr[n])) {
        n++;
    }
    struct slice after = slice_trim((struct slice){rest.ptr + n, rest.len - n});
    if (!n || !after.len || after.ptr[0] != ':') {
        return false;
    }
    *word = (struct slice){rest.ptr, n};
    *value = slice_trim((struct slice){after.ptr + 1, after.len - 1});
    return true;
}

/* Words that people bring along from elsewhere, besides slips of the finger. */
static const char *key_meant(const char *word)
{
    static const char *const words[][2] = {
        {"down_revision", "revises"},   {"down-revision", "revises"}, {"parent", "revises"},
        {"parents", "revises"},         {"revision_id", "revision"},  {"id", "revision"},
        {"branch_labels", "labels"},    {"branch_label", "labels"},   {"depends", "depends_on"},
        {"dependencies", "depends_on"}, {"requires", "depends_on"},   {"transactional", "transaction"},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcasecmp(word, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    char lower[32] = "";
    for (size_t i = 0; word[i] && i < sizeof(lower) - 1; i++) {
        lower[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] | 32) : word[i];
    }
    const char *near = str_nearest(lower, key_names, KEY_COUNT);
    return near && str_distance(lower, near) <= (strlen(near) > 6 ? 2 : 1) ? near : NULL;
}

static int check_text(struct header *h, int line, struct slice value, struct err *err)
{
    bool plain = true;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        plain &= (c >= ' ') & (c < 0x7F);
    }
    if (plain) {
        return 0;
    }
    if (!utf8_valid(value.ptr, value.len)) {
        return text_error(err, h->file, h->text, line, value.ptr, "the header is not UTF-8");
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            return text_error(err, h->file, h->text, line, value.ptr + i,
                              "the header holds a control character");
        }
    }
    return 0;
}

static bool is_none(struct slice value)
{
    return value.len == 0 || (value.len == 4 && strncasecmp(value.ptr, "none", 4) == 0);
}

static int read_list(struct header *h, int line, struct slice value, strings_t *out, struct err *err)
{
    if (is_none(value)) {
        return 0;
    }
    size_t n = 1;
    for (size_t i = 0; i < value.len; i++) {
        n += value.ptr[i] == ',';
    }
    strings_t list = {arena_array(h->arena, n, sizeof(*list.items)), 0, n};
    struct slice rest = value, part;
    while (slice_cut(&rest, ',', &part)) {
        struct slice item = slice_trim(part);
        if (!item.len) {
            return text_error(err, h->file, h->text, line, part.ptr, "a name is missing beside the comma");
        }
        for (size_t i = 0; i < item.len; i++) {
            if (item.ptr[i] == ' ' || item.ptr[i] == '\t') {
                return text_error(err, h->file, h->text, line, item.ptr + i,
                                  "names are separated by commas, and hold no blanks");
            }
        }
        list.items[list.n++] = slice_dup(h->arena, item);
    }
    *out = list;
    return 0;
}

static bool read_digits(const char **at, const char *end, int n, int64_t *out)
{
    int64_t value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (*at == end || **at < '0' || **at > '9') {
            return false;
        }
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return true;
}

static bool read_char(const char **at, const char *end, const char *allowed)
{
    if (*at == end || !strchr(allowed, **at)) {
        return false;
    }
    (*at)++;
    return true;
}

/* Days since 1970-01-01 of a date in the Gregorian calendar: years are counted from March, so that the leap
 * day comes last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719468;
}

static bool read_time(struct slice value, int64_t *out)
{
    const char *at = value.ptr, *end = value.ptr + value.len;
    int64_t year, month, day, hour = 0, minute = 0, second = 0, micros = 0;
    bool date = read_digits(&at, end, 4, &year) && read_char(&at, end, "-") &&
                read_digits(&at, end, 2, &month) && read_char(&at, end, "-") &&
                read_digits(&at, end, 2, &day);
    if (!date || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) {
        return false;
    }
    if (at < end) {
        bool time = read_char(&at, end, "T ") && read_digits(&at, end, 2, &hour) &&
                    read_char(&at, end, ":") && read_digits(&at, end, 2, &minute) &&
                    read_char(&at, end, ":") && read_digits(&at, end, 2, &second);
        if (!time || hour > 23 || minute > 59 || second > 60) {
            return false;
        }
        if (read_char(&at, end, ".")) {
            int64_t digit, unit = 100000;
            while (unit && read_digits(&at, end, 1, &digit)) {
                micros += digit * unit;
                unit /= 10;
            }
        }
        read_char(&at, end, "Z");
    }
    *out = (((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000000 + micros;
    return at == end;
}

static int read_revision(struct header *h, int line, struct slice value, struct err *err)
{
    if (!value.len) {
        return text_error(err, h->file, h->text, line, value.ptr, "the revision's id is missing");
    }
    h->r.id = slice_dup(h->arena, value);
    return 0;
}

static int read_transaction(struct header *h, int line, struct slice value, struct err *err)
{
    bool off = value.len == 3 && strncasecmp(value.ptr, "off", 3) == 0;
    if (!off && !(value.len == 2 && strncasecmp(value.ptr, "on", 2) == 0)) {
        return text_error(err, h->file, h->text, line, value.ptr, "transaction is \"on\" or \"off\"");
    }
    h->r.transaction_off = off;
    return 0;
}

static int read_key(struct header *h, enum header_key key, int line, struct slice value, struct err *err)
{
    switch (key) {
    case KEY_REVISION:
        h->r.line = line;
        return read_revision(h, line, value, err);
    case KEY_REVISES:
        h->r.line_revises = line;
        return read_list(h, line, value, &h->r.revises, err);
    case KEY_MESSAGE:
        h->r.message = slice_dup(h->arena, value);
        return 0;
    case KEY_LABELS:
        h->r.line_labels = line;
        return read_list(h, line, value, &h->r.labels, err);
    case KEY_DEPENDS_ON:
        h->r.line_depends_on = line;
        return read_list(h, line, value, &h->r.depends_on, err);
    case KEY_TRANSACTION:
        return read_transaction(h, line, value, err);
    default:
        if (!read_time(value, &h->r.created_us)) {
            return text_error(err, h->file, h->text, line, value.ptr,
                              "created is a time such as 2026-11-21T09:13:00Z");
        }
        return 0;
    }
}

static int read_comment(struct header *h, int number, struct slice line, struct err *err)
{
    struct slice word, value;
    char name[32];
    if (!split_key(line, &word, &value) || word.len >= sizeof(name)) {
        return 0;
    }
    memcpy(name, word.ptr, word.len);
    name[word.len] = '\0';
    for (enum header_key key = 0; key < KEY_COUNT; key++) {
        if ((name[0] | 32) != key_names[key][0] || strcasecmp(name, key_names[key]) != 0) {
            continue;
        }
        if (h->lines[key]) {
            return text_error(err, h->file, h->text, number, word.ptr, "\"%s\" stands in line %d already",
                              key_names[key], h->lines[key]);
        }
        h->lines[key] = number;
        int rc = check_text(h, number, value, err);
        return rc ? rc : read_key(h, key, number, value, err);
    }
    const char *meant = key_meant(name);
    if (meant) {
        text_error(err, h->file, h->text, number, word.ptr, "\"%s\" is no key of a revision's header", name);
        return err_hint(err, "Did you mean \"%s\"?", meant), ERR_FILE;
    }
    return 0;
}

static int missing_revision(const struct header *h, struct err *err)
{
    err_set(err, ERR_FILE, "the header names no revision");
    err_place(err, h->file, 1, 1);
    return err_hint(err, "Begin the file with a line \"-- revision: ID\"."), ERR_FILE;
}

/* *ended, unless NULL, tells whether the header's end is in the text; if not, nothing is read into r. */
static int parse(struct arena *a, const char *file, struct slice text, struct revision *r, bool *ended,
                 struct err *err)
{
    struct header h = {.arena = a, .file = file, .text = text, .r = *r};
    struct line_reader lines = line_reader_of(text);
    enum sql_section_kind kind;
    struct slice dialects;
    bool end = false;
    h.r.message = "";
    while (!end && line_next(&lines) && (lines.whole || !ended)) {
        if (!lines.line.len) {
            continue;
        }
        if (!line_is_comment(lines.line)) {
            text_error(err, file, text, lines.number, lines.line.ptr,
                       "expected a section before the first statement");
            return err_hint(err, "Put a line \"-- upgrade\" before the statements."), ERR_FILE;
        }
        end = line_is_marker(lines.line, &kind, &dialects);
        int rc = end ? 0 : read_comment(&h, lines.number, lines.line, err);
        if (rc) {
            return rc;
        }
    }
    if (ended) {
        *ended = end;
    }
    if (ended && !end) {
        return 0;
    }
    if (!h.lines[KEY_REVISION]) {
        return missing_revision(&h, err);
    }
    *r = h.r;
    return 0;
}

int sql_header_parse(struct arena *a, const char *file, struct slice text, struct revision *r,
                     struct err *err)
{
    return parse(a, file, text, r, NULL, err);
}

static int read_some(int fd, char *buf, size_t size, size_t *got, const char *path, struct err *err)
{
    ssize_t n;
    do {
        n = read(fd, buf, size);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return err_errno(err, path, "cannot read");
    }
    *got = (size_t)n;
    return 0;
}

/* The header goes on after the first read: take ever more of the file until it has ended, or the file. */
static int read_long(struct arena *a, int fd, struct slice begun, struct revision *r, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = {.max = SQL_HEADER_MAX};
    strbuf_add(&text, begun.ptr, begun.len);
    for (;;) {
        char buf[4096];
        size_t got = 0, before = text.len;
        bool ended;
        do { /* double it, so that reading it again and again stays linear */
            int rc = read_some(fd, buf, sizeof(buf), &got, r->file, err);
            if (rc) {
                return rc;
            }
            strbuf_add(&text, buf, got);
        } while (got && !text.overflow && text.len < 2 * before);
        if (text.overflow) {
            err_set(err, ERR_FILE, "the header is longer than %zu bytes", SQL_HEADER_MAX);
            err_place(err, r->file, 0, 0);
            return err_hint(err, "Begin the statements with a line \"-- upgrade\"."), ERR_FILE;
        }
        int rc = parse(a, r->file, (struct slice){strbuf_cstr(&text), text.len}, r, got ? &ended : NULL, err);
        if (rc || !got || ended) {
            return rc;
        }
    }
}

static int read_header(struct arena *a, int fd, struct revision *r, struct err *err)
{
    char buf[4096];
    size_t got = 0;
    bool ended;
    int rc = read_some(fd, buf, sizeof(buf), &got, r->file, err);
    if (rc) {
        return rc;
    }
    rc = parse(a, r->file, (struct slice){buf, got}, r, &ended, err);
    return rc || ended ? rc : read_long(a, fd, (struct slice){buf, got}, r, err);
}

int sql_file_header_at(struct arena *a, int dirfd, const char *name, struct revision *r, struct err *err)
{
    /* Opening a pipe must not wait for somebody to write into it. */
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_errno(err, r->file, "cannot open");
    }
    int rc = read_header(a, fd, r, err);
    close(fd);
    return rc;
}

int sql_file_header(struct arena *a, const char *path, struct revision *r, struct err *err)
{
    r->file = arena_dup(a, path);
    return sql_file_header_at(a, AT_FDCWD, path, r, err);
}
