/* A plan's digest, and what follows from it. */
#include "plans/plan_fields.h"

/* Each present field enters as its key and its value, a list as its length and its items, and a record ends
 * with a mark that no key can be: no two different plans give the same bytes. */
static void digest_record(struct digest *d, const struct plan_record *r, const void *record);

static void digest_value(struct digest *d, const struct plan_field *f, const void *record)
{
    const void *at = field_at(record, f);
    switch (f->kind) {
    case FIELD_STRING:
    case FIELD_NAME:
    case FIELD_OPTIONAL_STRING: {
        const char *s = field_string(record, f);
        digest_string(d, s ? s : "");
        break;
    }
    case FIELD_TEXT:
    case FIELD_OPTIONAL_TEXT: {
        const struct slice *s = at;
        digest_field(d, s->ptr, s->len);
        break;
    }
    case FIELD_ENUM: {
        /* By name, so that the digest does not depend on how an enum is numbered. */
        uint64_t value = (uint64_t)field_integer(record, f);
        digest_string(d, value < f->nnames ? f->names[value] : NULL);
        break;
    }
    case FIELD_STRINGS: {
        const strings_t *list = at;
        digest_number(d, (int64_t)list->n);
        for (size_t i = 0; i < list->n; i++) {
            digest_string(d, list->items[i] ? list->items[i] : "");
        }
        break;
    }
    case FIELD_INDEXES: {
        const struct plan_items *list = at;
        digest_number(d, (int64_t)list->n);
        for (size_t i = 0; i < list->n; i++) {
            digest_number(d, ((const unsigned *)(const void *)list->items)[i]);
        }
        break;
    }
    case FIELD_RECORDS: {
        const struct plan_items *list = at;
        digest_number(d, (int64_t)list->n);
        for (size_t i = 0; i < list->n; i++) {
            digest_record(d, f->record, list->items + i * f->record->size);
        }
        break;
    }
    default:
        digest_number(d, field_integer(record, f));
    }
}

static void digest_record(struct digest *d, const struct plan_record *r, const void *record)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct plan_field *f = &r->fields[i];
        if (!f->informational && !field_is_absent(record, f)) {
            digest_string(d, f->key);
            digest_value(d, f, record);
        }
    }
    digest_string(d, NULL);
}

void plan_digest(const struct plan *p, char hex[DIGEST_HEX + 1])
{
    struct digest d;
    digest_init(&d);
    digest_string(&d, "lockstep plan");
    digest_number(&d, PLAN_FORMAT);
    digest_record(&d, &plan_record_plan, p);
    digest_hex(&d, hex);
}

char *plan_id(struct arena *a, const struct plan *p)
{
    char hex[DIGEST_HEX + 1];
    if (p->digest[0]) {
        memcpy(hex, p->digest, sizeof(hex));
    } else {
        plan_digest(p, hex);
    }
    return arena_printf(a, "%s-%.12s", p->environment ? p->environment : "", hex);
}

size_t plan_pending(const struct plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->targets.n; i++) {
        if (p->targets.items[i].track < p->tracks.n) {
            n += p->tracks.items[p->targets.items[i].track].steps.n;
        }
    }
    return n;
}
