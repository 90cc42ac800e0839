/* Plans as YAML documents: writing and saving. */
#include "base/arena.h"
#include "base/file.h"
#include "base/yaml.h"
#include "plans/plan_fields.h"

static const char document_head[] = "# A lockstep plan: what would run, and where. It runs as it stands here "
                                    "or not at all: the digest covers\n"
                                    "# everything but created, source and line, so a plan that was changed "
                                    "is refused. Make a new one instead.\n";

struct writer {
    struct yaml_out *y;
    struct err *err;
};

static int write_record(struct writer *w, const struct plan_record *r, const void *record);

static int write_text(struct writer *w, const char *key, const char *ptr, size_t len)
{
    if (len && memchr(ptr, '\0', len)) {
        return err_set(w->err, ERR_FAILED, "%s: holds a NUL character, which no plan can hold", key);
    }
    if (!utf8_valid(ptr, len)) {
        err_set(w->err, ERR_FILE, "%s: is not UTF-8 text", key);
        return err_hint(w->err, "Save the revision's file as UTF-8.");
    }
    yaml_out_string(w->y, len ? ptr : "", len);
    return 0;
}

static int write_strings(struct writer *w, const char *key, const strings_t *list)
{
    yaml_out_list(w->y);
    for (size_t i = 0; i < list->n; i++) {
        const char *s = list->items[i] ? list->items[i] : "";
        int rc = write_text(w, key, s, strlen(s));
        if (rc) {
            return rc;
        }
    }
    yaml_out_end(w->y);
    return 0;
}

static int write_indexes(struct writer *w, const struct plan_items *list)
{
    yaml_out_list(w->y);
    for (size_t i = 0; i < list->n; i++) {
        yaml_out_int(w->y, (int64_t)((const unsigned *)(const void *)list->items)[i] + 1);
    }
    yaml_out_end(w->y);
    return 0;
}

static int write_records(struct writer *w, const struct plan_field *f, const struct plan_items *list)
{
    yaml_out_list(w->y);
    for (size_t i = 0; i < list->n; i++) {
        yaml_out_map(w->y);
        if (f->record->number) {
            yaml_out_cstr(w->y, f->record->number);
            yaml_out_int(w->y, (int64_t)i + 1);
        }
        int rc = write_record(w, f->record, list->items + i * f->record->size);
        if (rc) {
            return err_wrap(w->err, "%s %zu", f->key, i + 1);
        }
        yaml_out_end(w->y);
    }
    yaml_out_end(w->y);
    return 0;
}

static int write_time(struct writer *w, int64_t us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    yaml_out_cstr(w->y, time_format(&a, us, false));
    return 0;
}

static int write_value(struct writer *w, const struct plan_field *f, const void *record)
{
    const void *at = field_at(record, f);
    switch (f->kind) {
    case FIELD_STRING:
    case FIELD_NAME:
    case FIELD_OPTIONAL_STRING: {
        const char *s = field_string(record, f);
        return write_text(w, f->key, s ? s : "", s ? strlen(s) : 0);
    }
    case FIELD_TEXT:
    case FIELD_OPTIONAL_TEXT: {
        const struct slice *s = at;
        return write_text(w, f->key, s->ptr ? s->ptr : "", s->len);
    }
    case FIELD_STRINGS:
        return write_strings(w, f->key, at);
    case FIELD_INDEXES:
        return write_indexes(w, at);
    case FIELD_RECORDS:
        return write_records(w, f, at);
    case FIELD_TIME:
        return write_time(w, field_integer(record, f));
    case FIELD_TRACK:
        yaml_out_int(w->y, field_integer(record, f) + 1);
        return 0;
    default:
        break;
    }
    int64_t value = field_integer(record, f);
    if (f->names) {
        if ((uint64_t)value >= f->nnames) {
            return err_set(w->err, ERR_FAILED, "%s: has no name for %lld", f->key, (long long)value);
        }
        yaml_out_cstr(w->y, f->names[value]);
    } else if (f->kind == FIELD_BOOL) {
        yaml_out_bool(w->y, value != 0);
    } else {
        yaml_out_int(w->y, value);
    }
    return 0;
}

static int write_record(struct writer *w, const struct plan_record *r, const void *record)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct plan_field *f = &r->fields[i];
        if (field_is_absent(record, f)) {
            continue;
        }
        yaml_out_cstr(w->y, f->key);
        int rc = write_value(w, f, record);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int write_document(struct writer *w, const struct plan *p, const char *hex)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan named = *p;
    memcpy(named.digest, hex, sizeof(named.digest));
    yaml_out_map(w->y);
    yaml_out_cstr(w->y, PLAN_KEY_FORMAT);
    yaml_out_int(w->y, PLAN_FORMAT);
    yaml_out_pair(w->y, PLAN_KEY_ID, plan_id(&a, &named));
    yaml_out_pair(w->y, PLAN_KEY_DIGEST, hex);
    int rc = write_record(w, &plan_record_plan, p);
    yaml_out_end(w->y);
    return rc;
}

int plan_write(const struct plan *p, struct strbuf *out, struct err *err)
{
    char hex[DIGEST_HEX + 1];
    plan_digest(p, hex);
    if (p->digest[0] && strcmp(p->digest, hex) != 0) {
        return err_set(err, ERR_REFUSED, "the plan was changed after its digest was made");
    }
    /* Into a buffer of its own: what a failure leaves half-written must not reach the caller's. */
    AUTO(strbuf_release) struct strbuf text = {.max = out->max};
    strbuf_adds(&text, document_head);
    struct err first = {0};
    struct writer w = {yaml_out_new(&text), &first};
    int rc = write_document(&w, p, hex);
    struct err finish = {0};
    int end = yaml_out_finish(w.y, &finish);
    if (rc || end) {
        if (err) {
            *err = rc ? first : finish;
        }
        return err_wrap(err, "cannot write the plan"), rc ? rc : end;
    }
    strbuf_add(out, text.ptr, text.len);
    if (out->overflow) {
        return err_set(err, ERR_FAILED, "cannot write the plan: it is too large");
    }
    return 0;
}

int plan_save(const struct plan *p, const char *path, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int rc = plan_write(p, &text, err);
    if (rc) {
        return rc;
    }
    /* A plan that nobody can load again must not be saved, whatever the reason. */
    struct plan *again;
    rc = plan_parse(&a, path, (struct slice){text.ptr, text.len}, &again, err);
    if (rc) {
        return err_wrap(err, "the plan cannot be saved");
    }
    return file_write(path, (struct slice){text.ptr, text.len}, false, err);
}
