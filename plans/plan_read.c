/* Plans as YAML documents: reading. Every error stands at its place; a sound document whose digest is not
 * that of its content is refused. */
#include "base/arena.h"
#include "base/file.h"
#include "base/yaml.h"
#include "plans/plan_fields.h"

#define FIELDS_MAX 24 /* of one record, with the document's own keys */

struct reader {
    struct arena *a;
    struct err *err;
    struct plan *plan;
};

static int read_record(struct reader *r, const struct plan_record *rec, const struct yaml_node *map,
                       void *out);

static int read_text(struct reader *r, const struct yaml_node *node, struct slice *out)
{
    const char *s;
    int rc = yaml_string(node, &s, r->err);
    if (rc) {
        return rc;
    }
    *out = node->text;
    return 0;
}

static int read_string(struct reader *r, const struct plan_field *f, const struct yaml_node *node,
                       const char **out)
{
    const char *s;
    int rc = yaml_string(node, &s, r->err);
    if (rc) {
        return rc;
    }
    if (f->kind == FIELD_NAME && !s[0]) {
        return yaml_error(r->err, node, "%s must not be empty", f->key);
    }
    *out = s;
    return 0;
}

static int read_strings(struct reader *r, const struct plan_field *f, const struct yaml_node *node,
                        strings_t *out)
{
    int rc = yaml_expect(node, YAML_LIST, f->key, r->err);
    if (rc) {
        return rc;
    }
    out->items = arena_array(r->a, node->n, sizeof(*out->items));
    for (size_t i = 0; i < node->n; i++) {
        rc = yaml_string(node->items[i], &out->items[i], r->err);
        if (rc) {
            return rc;
        }
    }
    out->n = out->cap = node->n;
    return 0;
}

/* What they point at is looked at by whoever knows the list. */
static int read_indexes(struct reader *r, const struct plan_field *f, const struct yaml_node *node,
                        struct plan_items *out)
{
    int rc = yaml_expect(node, YAML_LIST, f->key, r->err);
    if (rc) {
        return rc;
    }
    unsigned *list = arena_array(r->a, node->n, sizeof(*list));
    for (size_t i = 0; i < node->n; i++) {
        int64_t place;
        rc = yaml_int(node->items[i], 1, INT32_MAX, &place, r->err);
        if (rc) {
            return rc;
        }
        list[i] = (unsigned)(place - 1);
    }
    *out = (struct plan_items){(char *)list, node->n, node->n};
    return 0;
}

static int read_records(struct reader *r, const struct plan_field *f, const struct yaml_node *node,
                        struct plan_items *out)
{
    int rc = yaml_expect(node, YAML_LIST, f->key, r->err);
    if (rc) {
        return rc;
    }
    out->items = arena_array(r->a, node->n, f->record->size);
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *map = node->items[i];
        rc = yaml_expect(map, YAML_MAP, f->key, r->err);
        if (rc) {
            return rc;
        }
        const struct yaml_node *number = f->record->number ? yaml_get(map, f->record->number) : NULL;
        if (number) {
            int64_t place;
            rc = yaml_int(number, (int64_t)i + 1, (int64_t)i + 1, &place, r->err);
            if (rc) {
                return rc;
            }
        }
        rc = read_record(r, f->record, map, out->items + i * f->record->size);
        if (rc) {
            return rc;
        }
    }
    out->n = out->cap = node->n;
    return 0;
}

/* "2026-11-21T09:13:00Z" and nothing else. */
static int read_time(struct reader *r, const struct yaml_node *node, int64_t *out)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    int v[6] = {0}, part = 0;
    bool ok = node->kind == YAML_SCALAR && node->text.len == sizeof(shape) - 1;
    for (size_t i = 0; ok && i < sizeof(shape) - 1; i++) {
        char c = node->text.ptr[i];
        if (shape[i] != 'd') {
            ok = c == shape[i];
            part++;
        } else {
            ok = c >= '0' && c <= '9';
            v[part] = v[part] * 10 + (c - '0');
        }
    }
    struct tm tm = {.tm_year = v[0] - 1900,
                    .tm_mon = v[1] - 1,
                    .tm_mday = v[2],
                    .tm_hour = v[3],
                    .tm_min = v[4],
                    .tm_sec = v[5]};
    int64_t us = ok ? (int64_t)timegm(&tm) * 1000000 : 0;
    /* timegm() takes the 31st of February for a day in March: what comes back must be what stands there. */
    if (!ok || strcmp(time_format(r->a, us, false), node->text.ptr) != 0) {
        return yaml_error(r->err, node, "expected a time in UTC such as 2026-11-21T09:13:00Z");
    }
    *out = us;
    return 0;
}

static int read_track(struct reader *r, const struct yaml_node *node, unsigned *out)
{
    int64_t track;
    size_t n = r->plan->tracks.n;
    if (!n) {
        return yaml_error(r->err, node, "there is no track in this plan");
    }
    int rc = yaml_int(node, 1, (int64_t)n, &track, r->err);
    if (rc) {
        return rc;
    }
    *out = (unsigned)(track - 1);
    return 0;
}

static int read_named(struct reader *r, const struct plan_field *f, const struct yaml_node *node, void *out)
{
    int value;
    int rc = yaml_enum(node, f->names, f->nnames, &value, r->err);
    if (rc) {
        return rc;
    }
    if (f->kind == FIELD_BOOL) {
        *(bool *)out = value != 0;
    } else {
        *(unsigned *)out = (unsigned)value;
    }
    return 0;
}

static int read_value(struct reader *r, const struct plan_field *f, const struct yaml_node *node, void *out)
{
    int rc;
    int64_t number;
    if (f->names) {
        return read_named(r, f, node, out);
    }
    switch (f->kind) {
    case FIELD_TEXT:
    case FIELD_OPTIONAL_TEXT:
        return read_text(r, node, out);
    case FIELD_BOOL:
        return yaml_bool(node, out, r->err);
    case FIELD_NUMBER:
        return yaml_int(node, 0, INT64_MAX, out, r->err);
    case FIELD_COUNT:
        rc = yaml_int(node, 0, INT32_MAX, &number, r->err);
        if (!rc) {
            *(size_t *)out = (size_t)number;
        }
        return rc;
    case FIELD_LINE:
        rc = yaml_int(node, 0, INT32_MAX, &number, r->err);
        if (!rc) {
            *(int *)out = (int)number;
        }
        return rc;
    case FIELD_TIME:
        return read_time(r, node, out);
    case FIELD_TRACK:
        return read_track(r, node, out);
    case FIELD_STRINGS:
        return read_strings(r, f, node, out);
    case FIELD_INDEXES:
        return read_indexes(r, f, node, out);
    case FIELD_RECORDS:
        return read_records(r, f, node, out);
    default:
        return read_string(r, f, node, out);
    }
}

static bool may_be_missing(const struct plan_field *f)
{
    return f->optional || f->kind == FIELD_OPTIONAL_STRING || f->kind == FIELD_OPTIONAL_TEXT;
}

static int missing_key(struct reader *r, const struct yaml_node *map, const char *key)
{
    return yaml_error(r->err, map, "the key \"%s\" is missing", key);
}

static void set_absent(const struct plan_field *f, void *out)
{
    if (f->kind == FIELD_NUMBER) {
        *(int64_t *)out = f->absent; /* anything else that is absent is zero already */
    }
}

static int check_version_op(struct reader *r, const struct plan_version_op *op, const struct yaml_node *map)
{
    bool from = op->kind != PLAN_VERSION_INSERT, to = op->kind != PLAN_VERSION_DELETE;
    if ((op->from != NULL) == from && (op->to != NULL) == to) {
        return 0;
    }
    return yaml_error(r->err, map, "expected %s for this kind of change to the version table",
                      from && to ? "\"from\" and \"to\""
                      : from     ? "\"from\" and no \"to\""
                                 : "\"to\" and no \"from\"");
}

static int check_wave(struct reader *r, const struct plan_wave *w, const struct yaml_node *map)
{
    static const struct {
        bool ms, query;
        const char *needs;
    } forms[] = {
        [PLAN_PAUSE_NONE] = {false, false, "no \"pause_ms\" and no \"pause_query\""},
        [PLAN_PAUSE_TIME] = {true, false, "\"pause_ms\" and no \"pause_query\""},
        [PLAN_PAUSE_QUERY] = {true, true, "\"pause_ms\" and \"pause_query\""},
        [PLAN_PAUSE_PERSON] = {false, false, "no \"pause_ms\" and no \"pause_query\""},
    };
    _Static_assert(COUNT_OF(forms) == PLAN_PAUSE_COUNT, "one form each");
    if ((w->pause_ms > 0) != forms[w->pause].ms || (w->pause_query != NULL) != forms[w->pause].query) {
        return yaml_error(r->err, map, "expected %s for this kind of pause", forms[w->pause].needs);
    }
    if (w->parallel < 1) {
        return yaml_error(r->err, yaml_get(map, "parallel"), "expected at least 1 target at a time");
    }
    return 0;
}

static int check_record(struct reader *r, const struct plan_record *rec, const struct yaml_node *map,
                        const void *record)
{
    if (rec == &plan_record_version_op) {
        return check_version_op(r, record, map);
    }
    if (rec == &plan_record_wave) {
        return check_wave(r, record, map);
    }
    if (rec == &plan_record_step) {
        const struct plan_step *s = record;
        if (s->resume_from > (int64_t)s->statements.n) {
            return yaml_error(r->err, yaml_get(map, "resume_from"),
                              "the step has only %zu statements to resume from", s->statements.n);
        }
    }
    return 0;
}

static int read_record(struct reader *r, const struct plan_record *rec, const struct yaml_node *map,
                       void *out)
{
    const char *names[FIELDS_MAX];
    size_t n = 0;
    if (rec->number) {
        names[n++] = rec->number;
    }
    if (rec == &plan_record_plan) {
        names[n++] = PLAN_KEY_FORMAT;
        names[n++] = PLAN_KEY_ID;
        names[n++] = PLAN_KEY_DIGEST;
    }
    size_t own = n;
    for (size_t i = 0; i < rec->n && n < FIELDS_MAX; i++) {
        names[n++] = rec->fields[i].key;
    }
    int rc = yaml_only_keys(map, names, n, r->err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < own; i++) {
        if (!yaml_get(map, names[i])) {
            return missing_key(r, map, names[i]);
        }
    }
    for (size_t i = 0; i < rec->n; i++) {
        const struct plan_field *f = &rec->fields[i];
        const struct yaml_node *node = yaml_get(map, f->key);
        void *at = (char *)out + f->offset;
        if (!node && !may_be_missing(f)) {
            return missing_key(r, map, f->key);
        }
        if (!node) {
            set_absent(f, at);
            continue;
        }
        rc = read_value(r, f, node, at);
        if (rc) {
            return rc;
        }
    }
    return check_record(r, rec, map, out);
}

static int compare_targets(const void *x, const void *y)
{
    const struct plan_target *a = *(const struct plan_target *const *)x,
                             *b = *(const struct plan_target *const *)y;
    int c = strcmp(a->name, b->name);
    return c ? c : (a > b) - (a < b);
}

static int check_target_names(struct reader *r, const struct yaml_node *root)
{
    const struct plan *p = r->plan;
    const struct yaml_node *list = yaml_get(root, "targets");
    const struct plan_target **sorted = arena_array(r->a, p->targets.n, sizeof(struct plan_target *));
    for (size_t i = 0; i < p->targets.n; i++) {
        sorted[i] = &p->targets.items[i];
    }
    if (p->targets.n) {
        qsort(sorted, p->targets.n, sizeof(struct plan_target *), compare_targets);
    }
    for (size_t i = 1; i < p->targets.n; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            return yaml_error(r->err, list->items[sorted[i] - p->targets.items],
                              "the target \"%s\" stands here twice", sorted[i]->name);
        }
    }
    return 0;
}

static int check_after(struct reader *r, size_t index, const struct yaml_node *node)
{
    const struct plan_wave *w = &r->plan->waves.items[index];
    for (size_t i = 0; i < w->after.n; i++) {
        if (w->after.items[i] >= index || (i && w->after.items[i] <= w->after.items[i - 1])) {
            return yaml_error(r->err, node->items[i],
                              "expected the numbers of earlier waves, each once, in ascending order");
        }
    }
    return 0;
}

/* The waves stand over the targets one behind the other, and leave none out. */
static int place_waves(struct reader *r, const struct yaml_node *root)
{
    struct plan *p = r->plan;
    const struct yaml_node *list = yaml_get(root, "waves");
    if (!list) {
        plan_one_wave(r->a, p);
        return 0;
    }
    if (p->waves.n == 0) {
        return yaml_error(r->err, list, "expected at least one wave, found an empty list");
    }
    size_t first = 0;
    for (size_t i = 0; i < p->waves.n; i++) {
        struct plan_wave *w = &p->waves.items[i];
        int rc = check_after(r, i, yaml_get(list->items[i], "after"));
        if (rc) {
            return rc;
        }
        w->first = first;
        first += w->n;
    }
    if (first != p->targets.n) {
        return yaml_error(r->err, list, "the waves hold %zu targets and the plan has %zu", first,
                          p->targets.n);
    }
    return 0;
}

/* Only targets of an atomic wave wait for each other. */
static int check_holds(struct reader *r, const struct yaml_node *root)
{
    const struct plan *p = r->plan;
    const struct yaml_node *list = yaml_get(root, "targets");
    for (size_t i = 0; i < p->targets.n; i++) {
        if (p->targets.items[i].hold != PLAN_HOLD_NONE && !p->waves.items[plan_wave_of(p, i)].atomic) {
            return yaml_error(r->err, yaml_get(list->items[i], "hold"),
                              "the wave of this target is not atomic");
        }
    }
    return 0;
}

/* Before anything else is looked at: a newer format may have keys that this version does not know. */
static int check_format(struct reader *r, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_get(root, PLAN_KEY_FORMAT);
    if (!node) {
        yaml_error(r->err, root, "is not a plan: the key \"" PLAN_KEY_FORMAT "\" is missing");
        return ERR_FILE;
    }
    int64_t format;
    int rc = yaml_int(node, 1, INT64_MAX, &format, r->err);
    if (rc) {
        return rc;
    }
    if (format > PLAN_FORMAT) {
        yaml_error(r->err, node, "the plan has format %lld, this version reads up to %d", (long long)format,
                   PLAN_FORMAT);
        return err_hint(r->err, "Use the version of lockstep that made it, or a newer one.");
    }
    return 0;
}

static int check_digest(struct reader *r, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_get(root, PLAN_KEY_DIGEST), *id_node = yaml_get(root, PLAN_KEY_ID);
    const char *stated, *id;
    int rc = yaml_string(node, &stated, r->err);
    if (rc) {
        return rc;
    }
    rc = yaml_string(id_node, &id, r->err);
    if (rc) {
        return rc;
    }
    if (strlen(stated) != DIGEST_HEX || strspn(stated, "0123456789abcdef") != DIGEST_HEX) {
        return yaml_error(r->err, node, "expected a digest of %d hexadecimal digits", DIGEST_HEX);
    }
    struct plan *p = r->plan;
    plan_digest(p, p->digest);
    const char *what = strcmp(stated, p->digest) != 0      ? "the plan was changed after it was made"
                       : strcmp(id, plan_id(r->a, p)) != 0 ? "the plan's id was changed after it was made"
                                                           : NULL;
    if (!what) {
        return 0;
    }
    const struct yaml_node *at = strcmp(stated, p->digest) != 0 ? node : id_node;
    err_set(r->err, ERR_REFUSED, "%s", what);
    err_place(r->err, at->doc->file, at->line, at->column);
    err_hint(r->err, "Make a new plan; a plan runs as it was made or not at all.");
    return ERR_REFUSED;
}

static int read_document(struct reader *r, const char *file, const struct yaml_node *root)
{
    if (!root) {
        err_set(r->err, ERR_FILE, "is empty, a plan was expected");
        return err_place(r->err, file, 0, 0), ERR_FILE;
    }
    int rc = yaml_expect(root, YAML_MAP, "a plan", r->err);
    rc = rc ? rc : check_format(r, root);
    rc = rc ? rc : read_record(r, &plan_record_plan, root, r->plan);
    rc = rc ? rc : check_target_names(r, root);
    rc = rc ? rc : place_waves(r, root);
    return rc ? rc : check_holds(r, root);
}

static int parse(struct arena *a, const char *file, struct slice text, bool check, struct plan **out,
                 struct err *err)
{
    struct yaml_doc *doc;
    int rc = yaml_load(a, file, text, &doc, err);
    if (rc) {
        return rc;
    }
    struct reader r = {.a = a, .err = err, .plan = arena_alloc(a, sizeof(struct plan))};
    rc = read_document(&r, file, doc->root);
    if (!rc && check) {
        rc = check_digest(&r, doc->root);
    }
    if (rc) {
        return rc;
    }
    *out = r.plan;
    return 0;
}

int plan_parse(struct arena *a, const char *file, struct slice text, struct plan **out, struct err *err)
{
    return parse(a, file, text, true, out, err);
}

int plan_parse_unchecked(struct arena *a, const char *file, struct slice text, struct plan **out,
                         struct err *err)
{
    return parse(a, file, text, false, out, err);
}

int plan_load(struct arena *a, const char *path, struct plan **out, struct err *err)
{
    struct slice text;
    int rc = file_read(a, path, STRBUF_MAX_DEFAULT, &text, err);
    if (rc) {
        return rc;
    }
    return plan_parse(a, path, text, out, err);
}
