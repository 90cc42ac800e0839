/*
 * The fields of a plan as tables: digest, writer and reader all walk these, so that a field that is stored is
 * digested, and one that is digested is stored.
 *
 * Keys and the order of fields are part of the document format and of the digest. A new field must be
 * optional: absent fields are not digested, so that the digests of older plans stay what they are.
 */
#pragma once
#include "plans/plan.h"

enum field_kind {
    FIELD_STRING,          /* const char *; NULL counts as "" */
    FIELD_NAME,            /* const char *; not empty */
    FIELD_OPTIONAL_STRING, /* const char *; NULL is absent */
    FIELD_TEXT,            /* struct slice; NULL counts as empty */
    FIELD_OPTIONAL_TEXT,   /* struct slice; ptr NULL is absent */
    FIELD_BOOL,            /* bool; with `names`, written as names[0] or names[1] */
    FIELD_NUMBER,          /* int64_t */
    FIELD_COUNT,           /* size_t */
    FIELD_LINE,            /* int */
    FIELD_TIME,            /* int64_t, microseconds; RFC 3339 in whole seconds */
    FIELD_TRACK,           /* unsigned, an index into the plan's tracks; written 1-based */
    FIELD_ENUM,            /* an enum, one of `names` */
    FIELD_STRINGS,         /* strings_t */
    FIELD_INDEXES,         /* VEC(unsigned), places in a list; written 1-based */
    FIELD_RECORDS,         /* VEC of `record` */
    FIELD_KIND_COUNT
};

struct plan_field {
    const char *key;
    enum field_kind kind;
    size_t offset;
    bool informational; /* not in the digest */
    bool optional;      /* a number, line, bool or enum that is left out when it is `absent`; an empty list */
    int64_t absent;
    const char *const *names;
    size_t nnames;
    const struct plan_record *record;
    bool (*is_implied)(const void *record); /* a value that goes without saying: absent as well */
};

struct plan_record {
    const char *number; /* key that holds the item's 1-based place in its list, or NULL */
    const struct plan_field *fields;
    size_t n, size;
};

extern const struct plan_record plan_record_plan;
extern const struct plan_record plan_record_step, plan_record_statement, plan_record_version_op,
    plan_record_wave;

/* Any VEC, seen without its type. */
struct plan_items {
    char *items;
    size_t n, cap;
};

#define PLAN_FORMAT   1
#define PLAN_WAVE_ALL "all" /* the wave of a plan that has no others */
/* Keys of the document that are not fields of struct plan. */
#define PLAN_KEY_FORMAT "format"
#define PLAN_KEY_ID     "plan"
#define PLAN_KEY_DIGEST "digest"

static inline const void *field_at(const void *record, const struct plan_field *f)
{
    return (const char *)record + f->offset;
}

static inline const char *field_string(const void *record, const struct plan_field *f)
{
    return *(const char *const *)field_at(record, f);
}

/* The value of a BOOL, NUMBER, COUNT, LINE, TIME, TRACK or ENUM. */
int64_t field_integer(const void *record, const struct plan_field *f);
/* Nothing to write and nothing to digest. */
bool field_is_absent(const void *record, const struct plan_field *f);

/* plan_parse() without the check of digest and id, so that tests reach what stands behind it. */
int plan_parse_unchecked(struct arena *a, const char *file, struct slice text, struct plan **out,
                         struct err *err);
