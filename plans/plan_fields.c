/* The tables of a plan's fields, in the order of the document. */
#include "plans/plan_fields.h"

static const char *const version_kinds[] = {"insert", "delete", "update"};
static const char *const directions[] = {"upgrade", "downgrade"};
static const char *const transactions[] = {"plan", "revision"};
static const char *const on_failures[] = {"stop", "continue", "rollback"};
static const char *const scopes[] = {"target", "wave", "run"};
static const char *const holds[] = {"none", "prepared", "open", "first"};
static const char *const pauses[] = {"none", "time", "query", "person"};
_Static_assert(COUNT_OF(version_kinds) == PLAN_VERSION_COUNT, "a name for each kind");
_Static_assert(COUNT_OF(transactions) == PLAN_TRANSACTION_COUNT, "a name for each mode");
_Static_assert(COUNT_OF(on_failures) == PLAN_ON_FAILURE_COUNT, "a name for each");
_Static_assert(COUNT_OF(scopes) == PLAN_SCOPE_COUNT, "a name for each scope");
_Static_assert(COUNT_OF(holds) == PLAN_HOLD_COUNT, "a name for each way to wait");
_Static_assert(COUNT_OF(pauses) == PLAN_PAUSE_COUNT, "a name for each pause");
_Static_assert(sizeof(enum plan_scope) == sizeof(unsigned), "enums are read and written as unsigned");

#define AT(type, member) .offset = offsetof(struct type, member)
#define NAMES(list)      .names = (list), .nnames = COUNT_OF(list)

static const struct plan_field statement_fields[] = {
    {"line", FIELD_LINE, AT(plan_statement, line), .informational = true, .optional = true},
    {"sql", FIELD_TEXT, AT(plan_statement, text)},
    {"copy", FIELD_OPTIONAL_TEXT, AT(plan_statement, copy)},
};
const struct plan_record plan_record_statement = {
    .fields = statement_fields, .n = COUNT_OF(statement_fields), .size = sizeof(struct plan_statement)};

static const struct plan_field version_op_fields[] = {
    {"op", FIELD_ENUM, AT(plan_version_op, kind), NAMES(version_kinds)},
    {"from", FIELD_OPTIONAL_STRING, AT(plan_version_op, from)},
    {"to", FIELD_OPTIONAL_STRING, AT(plan_version_op, to)},
};
const struct plan_record plan_record_version_op = {
    .fields = version_op_fields, .n = COUNT_OF(version_op_fields), .size = sizeof(struct plan_version_op)};

static const struct plan_field step_fields[] = {
    {"revision", FIELD_NAME, AT(plan_step, revision)},
    {"message", FIELD_STRING, AT(plan_step, message)},
    {"direction", FIELD_BOOL, AT(plan_step, downgrade), NAMES(directions)},
    {"before", FIELD_STRINGS, AT(plan_step, before)},
    {"after", FIELD_STRINGS, AT(plan_step, after)},
    {"checksum", FIELD_STRING, AT(plan_step, checksum)},
    {"source", FIELD_OPTIONAL_STRING, AT(plan_step, source), .informational = true},
    {"transaction", FIELD_BOOL, AT(plan_step, transaction)},
    {"resume_from", FIELD_NUMBER, AT(plan_step, resume_from), .optional = true},
    {"version_ops", FIELD_RECORDS, AT(plan_step, version_ops), .record = &plan_record_version_op},
    {"statements", FIELD_RECORDS, AT(plan_step, statements), .record = &plan_record_statement},
    {"verify", FIELD_RECORDS, AT(plan_step, verify), .optional = true, .record = &plan_record_statement},
    {"reversible", FIELD_BOOL, AT(plan_step, reversible)},
    {"undo", FIELD_RECORDS, AT(plan_step, undo), .optional = true, .record = &plan_record_statement},
    {"live", FIELD_OPTIONAL_STRING, AT(plan_step, live)},
    {"undo_live", FIELD_OPTIONAL_STRING, AT(plan_step, undo_live)},
    {"python", FIELD_OPTIONAL_STRING, AT(plan_step, python)},
    {"undo_python", FIELD_OPTIONAL_STRING, AT(plan_step, undo_python)},
};
const struct plan_record plan_record_step = {
    .fields = step_fields, .n = COUNT_OF(step_fields), .size = sizeof(struct plan_step)};

static const struct plan_field track_fields[] = {
    {"dialect", FIELD_NAME, AT(plan_track, dialect)},
    {"from", FIELD_STRINGS, AT(plan_track, from)},
    {"to", FIELD_STRINGS, AT(plan_track, to)},
    {"has_version_table", FIELD_BOOL, AT(plan_track, has_version_table)},
    {"has_history_table", FIELD_BOOL, AT(plan_track, has_history_table)},
    {"held_back", FIELD_STRINGS, AT(plan_track, held_back), .optional = true},
    {"steps", FIELD_RECORDS, AT(plan_track, steps), .record = &plan_record_step},
};
static const struct plan_record track_record = {.number = "track",
                                                .fields = track_fields,
                                                .n = COUNT_OF(track_fields),
                                                .size = sizeof(struct plan_track)};

static const struct plan_field target_fields[] = {
    {"name", FIELD_NAME, AT(plan_target, name)},
    {"address", FIELD_STRING, AT(plan_target, address)},
    {"track", FIELD_TRACK, AT(plan_target, track)},
    {"lock_timeout_ms", FIELD_NUMBER, AT(plan_target, lock_timeout_ms), .optional = true, .absent = -1},
    {"statement_timeout_ms", FIELD_NUMBER, AT(plan_target, statement_timeout_ms), .optional = true,
     .absent = -1},
    {"hold", FIELD_ENUM, AT(plan_target, hold), .optional = true, NAMES(holds)},
};
static const struct plan_record target_record = {
    .fields = target_fields, .n = COUNT_OF(target_fields), .size = sizeof(struct plan_target)};

static const struct plan_field left_out_fields[] = {
    {"name", FIELD_NAME, AT(plan_left_out, name)},
    {"address", FIELD_STRING, AT(plan_left_out, address)},
    {"why", FIELD_STRING, AT(plan_left_out, why), .informational = true},
};
static const struct plan_record left_out_record = {
    .fields = left_out_fields, .n = COUNT_OF(left_out_fields), .size = sizeof(struct plan_left_out)};

static const struct plan_field wave_fields[] = {
    {"name", FIELD_NAME, AT(plan_wave, name)},
    {"targets", FIELD_COUNT, AT(plan_wave, n)}, /* `first` follows from those before */
    {"parallel", FIELD_NUMBER, AT(plan_wave, parallel)},
    {"parallel_per_server", FIELD_NUMBER, AT(plan_wave, parallel_per_server), .optional = true},
    {"after", FIELD_INDEXES, AT(plan_wave, after), .optional = true},
    {"pause", FIELD_ENUM, AT(plan_wave, pause), .optional = true, NAMES(pauses)},
    {"pause_ms", FIELD_NUMBER, AT(plan_wave, pause_ms), .optional = true},
    {"pause_query", FIELD_OPTIONAL_STRING, AT(plan_wave, pause_query)},
    {"atomic", FIELD_BOOL, AT(plan_wave, atomic), .optional = true},
};
const struct plan_record plan_record_wave = {
    .number = "wave", .fields = wave_fields, .n = COUNT_OF(wave_fields), .size = sizeof(struct plan_wave)};

static bool waves_are_implied(const void *record)
{
    const struct plan *p = record;
    const struct plan_wave *w = p->waves.items;
    return p->waves.n == 1 && strcmp(w->name, PLAN_WAVE_ALL) == 0 && w->n == p->targets.n &&
           w->parallel == 1 && w->parallel_per_server == 0 && w->after.n == 0 &&
           w->pause == PLAN_PAUSE_NONE && w->pause_ms == 0 && !w->pause_query && !w->atomic;
}

static const struct plan_field plan_fields[] = {
    {"project", FIELD_STRING, AT(plan, project)},
    {"environment", FIELD_NAME, AT(plan, environment)},
    {"promotes_from", FIELD_OPTIONAL_STRING, AT(plan, promotes_from)},
    {"part_of", FIELD_OPTIONAL_STRING, AT(plan, part_of)},
    {"shard", FIELD_OPTIONAL_STRING, AT(plan, shard)},
    {"author", FIELD_STRING, AT(plan, author)},
    {"created", FIELD_TIME, AT(plan, created_us), .informational = true},
    {"version_table", FIELD_NAME, AT(plan, version_table)},
    {"version_table_schema", FIELD_OPTIONAL_STRING, AT(plan, version_table_schema)},
    {"transaction", FIELD_ENUM, AT(plan, transaction), NAMES(transactions)},
    {"on_failure", FIELD_ENUM, AT(plan, on_failure), NAMES(on_failures)},
    {"rollback_scope", FIELD_ENUM, AT(plan, rollback_scope), NAMES(scopes)},
    {"max_failures", FIELD_NUMBER, AT(plan, max_failures)},
    {"max_failures_percent", FIELD_BOOL, AT(plan, max_failures_percent), .optional = true},
    {"tracks", FIELD_RECORDS, AT(plan, tracks), .record = &track_record},
    {"waves", FIELD_RECORDS, AT(plan, waves), .optional = true, .record = &plan_record_wave,
     .is_implied = waves_are_implied},
    {"targets", FIELD_RECORDS, AT(plan, targets), .record = &target_record},
    {"left_out", FIELD_RECORDS, AT(plan, left_out), .optional = true, .record = &left_out_record},
};
const struct plan_record plan_record_plan = {
    .fields = plan_fields, .n = COUNT_OF(plan_fields), .size = sizeof(struct plan)};

int64_t field_integer(const void *record, const struct plan_field *f)
{
    const void *at = field_at(record, f);
    switch (f->kind) {
    case FIELD_BOOL:
        return *(const bool *)at;
    case FIELD_LINE:
        return *(const int *)at;
    case FIELD_COUNT:
        return (int64_t) * (const size_t *)at;
    case FIELD_TRACK:
    case FIELD_ENUM:
        return *(const unsigned *)at;
    default:
        return *(const int64_t *)at;
    }
}

bool field_is_absent(const void *record, const struct plan_field *f)
{
    switch (f->kind) {
    case FIELD_OPTIONAL_STRING:
        return !field_string(record, f);
    case FIELD_OPTIONAL_TEXT:
        return !((const struct slice *)field_at(record, f))->ptr;
    case FIELD_STRINGS:
    case FIELD_INDEXES:
    case FIELD_RECORDS:
        return f->optional && (((const struct plan_items *)field_at(record, f))->n == 0 ||
                               (f->is_implied && f->is_implied(record)));
    case FIELD_BOOL:
    case FIELD_NUMBER:
    case FIELD_LINE:
    case FIELD_ENUM:
        return f->optional && field_integer(record, f) == f->absent;
    default:
        return false;
    }
}
