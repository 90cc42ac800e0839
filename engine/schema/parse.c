/* Reading the text of a schema. */
#include "engine/schema/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct arena *a;
    const char *path;
    size_t line;
    struct schema *schema;
    struct schema_table *table; /* whose children follow */
    /* The object whose fields follow, by depth: that of a table goes on behind its children. */
    struct {
        enum schema_kind kind;
        void *object;
    } at[2];
    size_t depth; /* of the last object, plus one; 0: none yet */
    struct err *err;
};

static int wrong(struct parser *p, const char *what, struct slice word)
{
    return err_set(p->err, ERR_FILE, "%s:%zu: %s \"%.*s\"; is this a snapshot of this version of Lockstep?",
                   p->path, p->line, what, (int)(word.len > 60 ? 60 : word.len), word.ptr ? word.ptr : "");
}

char *schema_text_unescape(struct arena *a, struct slice value)
{
    char *text = arena_dupn(a, value.ptr ? value.ptr : "", value.len);
    size_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = text[i];
        if (c == '\\' && i + 1 < value.len) {
            c = text[++i];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        }
        text[n++] = c;
    }
    text[n] = '\0';
    return text;
}

/* A new object of the kind in the schema or the table; NULL: it cannot stand here. */
static void *new_object(struct parser *p, enum schema_kind kind, bool child)
{
    struct schema *s = p->schema;
    struct schema_table *t = child ? p->table : NULL;
    if (child != (kind >= SCHEMA_K_COLUMN && kind <= SCHEMA_K_RULE) || (child && !t)) {
        return NULL;
    }
    switch (kind) {
    case SCHEMA_K_NAMESPACE:
        return vec_push(p->a, &s->namespaces);
    case SCHEMA_K_EXTENSION:
        return vec_push(p->a, &s->extensions);
    case SCHEMA_K_ENUM:
        return vec_push(p->a, &s->enums);
    case SCHEMA_K_DOMAIN:
        return vec_push(p->a, &s->domains);
    case SCHEMA_K_OTHER:
        return vec_push(p->a, &s->others);
    case SCHEMA_K_SEQUENCE:
        return vec_push(p->a, &s->sequences);
    case SCHEMA_K_ROUTINE:
        return vec_push(p->a, &s->routines);
    case SCHEMA_K_TABLE:
        return p->table = *vec_push(p->a, &s->tables) = arena_alloc(p->a, sizeof(struct schema_table));
    case SCHEMA_K_COLUMN:
        return vec_push(p->a, &t->columns);
    case SCHEMA_K_CONSTRAINT:
        return vec_push(p->a, &t->constraints);
    case SCHEMA_K_INDEX:
        return vec_push(p->a, &t->indexes);
    case SCHEMA_K_TRIGGER:
        return vec_push(p->a, &t->triggers);
    case SCHEMA_K_POLICY:
        return vec_push(p->a, &t->policies);
    case SCHEMA_K_RULE:
        return vec_push(p->a, &t->rules);
    case SCHEMA_K_EVENT:
        return vec_push(p->a, &s->events);
    case SCHEMA_K_GRANT:
        return vec_push(p->a, &s->grants);
    case SCHEMA_K_COUNT:
        break;
    }
    return NULL;
}

static void set_text(void *object, size_t offset, const char *text)
{
    memcpy((char *)object + offset, &text, sizeof(text));
}

/* Fields that are absent have the values that schema_field_show() tells as NULL. */
static void set_absent(const struct schema_kind_info *info, void *object)
{
    for (size_t i = 0; i < info->n; i++) {
        char *at = (char *)object + info->fields[i].offset;
        if (info->fields[i].type == SCHEMA_F_ALLOWED) {
            *(bool *)at = true;
        } else if (info->fields[i].type == SCHEMA_F_TRISTATE) {
            *(int *)at = -1;
        }
    }
}

static int begin_object(struct parser *p, size_t depth, enum schema_kind kind, const char *name)
{
    void *object = new_object(p, kind, depth == 1);
    if (!object) {
        return wrong(p, "out of place:", slice_of(schema_kind_info(kind)->name));
    }
    size_t schema_at, name_at = schema_name_offset(kind, &schema_at);
    set_absent(schema_kind_info(kind), object);
    set_text(object, name_at, name);
    if (schema_at != SCHEMA_NO_OFFSET) {
        set_text(object, schema_at, p->schema->name);
    }
    p->at[depth].kind = kind;
    p->at[depth].object = object;
    p->depth = depth + 1;
    return 0;
}

static int read_number(struct parser *p, const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*text == '\0' || *end || errno) {
        return wrong(p, "not a number:", slice_of(text));
    }
    *out = n;
    return 0;
}

static int read_plain(struct parser *p, const struct schema_field *f, void *object, const char *value)
{
    char *at = (char *)object + f->offset;
    switch (f->type) {
    case SCHEMA_F_TEXT:
        set_text(object, f->offset, value);
        return 0;
    case SCHEMA_F_FLAG:
    case SCHEMA_F_ALLOWED:
        *(bool *)at = strcmp(value, "yes") == 0;
        return 0;
    case SCHEMA_F_TRISTATE:
        *(int *)at = strcmp(value, "yes") == 0;
        return 0;
    case SCHEMA_F_NUMBER:
        return read_number(p, value, (int64_t *)at);
    case SCHEMA_F_CHOICE:
        for (unsigned i = 0; f->choices[i]; i++) {
            if (strcmp(f->choices[i], value) == 0) {
                *(unsigned *)at = i;
                return 0;
            }
        }
        return wrong(p, f->name, slice_of(value));
    case SCHEMA_F_NAMES:
        *vec_push(p->a, (strings_t *)at) = value;
        return 0;
    case SCHEMA_F_RECORD:
    case SCHEMA_F_RECORDS:
        break;
    }
    return wrong(p, f->name, slice_of(value));
}

/* One more item of a VEC whose items are known by their size only. */
static void *push_record(struct parser *p, const struct schema_field *f, void *object)
{
    char *at = (char *)object + f->offset;
    if (f->type == SCHEMA_F_RECORD) {
        void *record = arena_alloc(p->a, f->record->size);
        memcpy(at, &record, sizeof(record));
        return record;
    }
    struct {
        char *items;
        size_t n, cap;
    } v;
    memcpy(&v, at, sizeof(v));
    v.items = vec_grow_(p->a, v.items, v.n, &v.cap, f->record->size);
    void *record = v.items + v.n++ * f->record->size;
    memset(record, 0, f->record->size);
    memcpy(at, &v, sizeof(v));
    return record;
}

static const struct schema_field *field_of(const struct schema_field *fields, size_t n, struct slice word)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(word, fields[i].name)) {
            return &fields[i];
        }
    }
    return NULL;
}

static int read_record(struct parser *p, const struct schema_field *f, void *object, struct slice rest)
{
    void *record = push_record(p, f, object);
    struct slice part;
    int rc = 0;
    while (rc == 0 && rest.len && slice_cut(&rest, '\t', &part)) {
        struct slice value = part, name;
        if (!slice_cut(&value, '=', &name) || !value.ptr) {
            return wrong(p, "not NAME=VALUE:", part);
        }
        const struct schema_field *inner = field_of(f->record->fields, f->record->n, name);
        rc = inner ? read_plain(p, inner, record, schema_text_unescape(p->a, value))
                   : wrong(p, "an unknown field", name);
    }
    return rc;
}

static int read_field(struct parser *p, size_t depth, struct slice word, struct slice rest)
{
    if (depth > p->depth || depth == 0) {
        return wrong(p, "an unknown kind of object", word);
    }
    enum schema_kind kind = p->at[depth - 1].kind;
    void *object = p->at[depth - 1].object;
    const struct schema_kind_info *info = schema_kind_info(kind);
    size_t schema_at;
    schema_name_offset(kind, &schema_at);
    if (slice_eq(word, "schema") && schema_at != SCHEMA_NO_OFFSET) {
        set_text(object, schema_at, schema_text_unescape(p->a, rest));
        return 0;
    }
    const struct schema_field *f = field_of(info->fields, info->n, word);
    if (!f) {
        return wrong(p, "an unknown field", word);
    }
    bool record = f->type == SCHEMA_F_RECORD || f->type == SCHEMA_F_RECORDS;
    return record ? read_record(p, f, object, rest)
                  : read_plain(p, f, object, schema_text_unescape(p->a, rest));
}

static bool read_head(struct parser *p, struct slice word, struct slice rest)
{
    char *value = schema_text_unescape(p->a, rest);
    if (slice_eq(word, "dialect")) {
        p->schema->dialect = value;
    } else if (slice_eq(word, "default")) {
        p->schema->name = value;
    } else if (slice_eq(word, "unseen")) {
        *vec_push(p->a, &p->schema->unseen) = value;
    } else {
        return false;
    }
    return true;
}

/* The kind of an object, unless the word is a field of what stands above: "comment", "definition". */
static int read_line(struct parser *p, struct slice text)
{
    size_t depth = 0;
    while (depth < text.len && text.ptr[depth] == ' ') {
        depth++;
    }
    struct slice rest = {text.ptr + depth, text.len - depth}, word;
    slice_cut(&rest, ' ', &word);
    if (depth == 0 && read_head(p, word, rest)) {
        return 0;
    }
    for (unsigned k = 0; k < SCHEMA_K_COUNT && depth <= 1; k++) {
        bool child = k >= SCHEMA_K_COLUMN && k <= SCHEMA_K_RULE;
        bool here = depth == 0 || (child && p->depth > 0 && p->at[0].kind == SCHEMA_K_TABLE);
        if (here && slice_eq(word, schema_kind_info(k)->name)) {
            return begin_object(p, depth, k, rest.ptr ? schema_text_unescape(p->a, rest) : NULL);
        }
    }
    return read_field(p, depth, word, rest);
}

int schema_parse(struct arena *a, struct slice text, const char *path, struct schema **out, struct err *err)
{
    struct parser p = {.a = a, .path = path, .schema = arena_alloc(a, sizeof(struct schema)), .err = err};
    struct slice line;
    int rc = 0;
    while (rc == 0 && text.ptr && text.len && slice_cut(&text, '\n', &line)) {
        p.line++;
        if (p.line == 1) {
            rc = slice_eq(line, SCHEMA_TEXT_VERSION)
                     ? 0
                     : wrong(&p, "expected \"" SCHEMA_TEXT_VERSION "\", found", line);
        } else if (line.len) {
            rc = read_line(&p, line);
        }
    }
    if (rc == 0 && !p.schema->dialect) {
        rc = err_set(err, ERR_FILE, "%s: not a snapshot: it names no dialect", path);
    }
    if (rc == 0) {
        *out = p.schema;
    }
    return rc;
}
