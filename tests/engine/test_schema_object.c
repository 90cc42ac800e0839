/* Every field of every kind of object: kept in a snapshot, found by a comparison, part of the fingerprint. */
#include "engine/schema/compare.h"
#include "engine/schema/field.h"
#include "engine/schema/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Values that differ by `seed`, and hold what must be escaped. */
static void fill(struct arena *a, const struct schema_field *f, void *object, int seed)
{
    char *at = (char *)object + f->offset;
    const char *text = arena_printf(a, "%s %d\n\ttab \\ \\n", f->name, seed);
    switch (f->type) {
    case SCHEMA_F_TEXT:
        memcpy(at, &text, sizeof(text));
        return;
    case SCHEMA_F_FLAG:
    case SCHEMA_F_ALLOWED:
        *(bool *)at = seed % 2 == 0;
        return;
    case SCHEMA_F_TRISTATE:
        *(int *)at = seed % 2;
        return;
    case SCHEMA_F_NUMBER:
        *(int64_t *)at = INT64_MIN + seed;
        return;
    case SCHEMA_F_CHOICE:
        *(unsigned *)at = (unsigned)seed % 2;
        return;
    case SCHEMA_F_NAMES:
        *(strings_t *)at = (strings_t){0};
        *vec_push(a, (strings_t *)at) = text;
        *vec_push(a, (strings_t *)at) = "";
        return;
    case SCHEMA_F_RECORD:
    case SCHEMA_F_RECORDS:
        break;
    }
    char *record = arena_array(a, 2, f->record->size);
    for (size_t i = 0; i < f->record->n * 2; i++) {
        fill(a, &f->record->fields[i / 2], record + (i % 2) * f->record->size, seed + (int)(i % 2));
    }
    struct {
        char *items;
        size_t n, cap;
    } v = {record, 2, 2};
    memcpy(at, f->type == SCHEMA_F_RECORD ? (void *)&record : (void *)&v,
           f->type == SCHEMA_F_RECORD ? sizeof(record) : sizeof(v));
}

static void fill_object(struct arena *a, enum schema_kind kind, void *object)
{
    const struct schema_kind_info *info = schema_kind_info(kind);
    size_t schema_at, name_at = schema_name_offset(kind, &schema_at);
    const char *name = "a \"name\\\"\nof two lines", *within = "other";
    for (size_t i = 0; i < info->n; i++) {
        fill(a, &info->fields[i], object, 1);
    }
    memcpy((char *)object + name_at, &name, sizeof(name));
    if (schema_at != SCHEMA_NO_OFFSET) {
        memcpy((char *)object + schema_at, &within, sizeof(within));
    }
}

static void *the_object(struct schema *s, enum schema_kind kind)
{
    struct schema_table *t = s->tables.items[0];
    void *const objects[SCHEMA_K_COUNT] = {
        s->namespaces.items, s->extensions.items,  s->enums.items,    s->domains.items,
        s->others.items,     s->sequences.items,   s->routines.items, t,
        t->columns.items,    t->constraints.items, t->indexes.items,  t->triggers.items,
        t->policies.items,   t->rules.items,       s->events.items,   s->grants.items};
    return objects[kind];
}

static struct schema *one_of_each(struct arena *a)
{
    struct schema *s = arena_alloc(a, sizeof(*s));
    struct schema_table *t = *vec_push(a, &s->tables) = arena_alloc(a, sizeof(*t));
    s->dialect = "postgresql";
    s->name = "public";
    (void)vec_push(a, &s->namespaces), (void)vec_push(a, &s->extensions), (void)vec_push(a, &s->enums);
    (void)vec_push(a, &s->domains), (void)vec_push(a, &s->others), (void)vec_push(a, &s->sequences);
    (void)vec_push(a, &s->routines), (void)vec_push(a, &s->events), (void)vec_push(a, &s->grants);
    (void)vec_push(a, &t->columns), (void)vec_push(a, &t->constraints), (void)vec_push(a, &t->indexes);
    (void)vec_push(a, &t->triggers), (void)vec_push(a, &t->policies), (void)vec_push(a, &t->rules);
    for (unsigned k = 0; k < SCHEMA_K_COUNT; k++) {
        fill_object(a, k, the_object(s, k));
    }
    /* An object of its own, not part of a constraint. */
    t->indexes.items->constraint = NULL;
    t->indexes.items->automatic = t->indexes.items->primary = false;
    *vec_push(a, &s->unseen) = "the bodies of 3 functions";
    return s;
}

static const char *snapshot(struct arena *a, const struct schema *s)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    schema_write(&text, s, SCHEMA_TEXT_SNAPSHOT);
    return arena_dup(a, strbuf_cstr(&text));
}

static struct schema *parsed(struct arena *a, const char *text)
{
    struct schema *s;
    struct err err = {0};
    if (schema_parse(a, slice_of(text), "x.schema", &s, &err)) {
        fail_msg("%s\n%s", err.message, text);
    }
    return s;
}

static void a_snapshot_gives_the_same_schema_again(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct schema *s = one_of_each(&a), *again = parsed(&a, snapshot(&a, s));
    char x[DIGEST_HEX + 1], y[DIGEST_HEX + 1];
    schema_changes_t changes;
    assert_string_equal(snapshot(&a, again), snapshot(&a, s));
    schema_compare(&a, s, again, &changes);
    assert_int_equal(changes.n, 0);
    schema_fingerprint(s, x);
    schema_fingerprint(again, y);
    assert_string_equal(x, y);
    for (unsigned k = 0; k < SCHEMA_K_COUNT; k++) {
        const struct schema_kind_info *info = schema_kind_info(k);
        for (size_t i = 0; i < info->n; i++) {
            if (!schema_field_equal(&info->fields[i], the_object(s, k), the_object(again, k))) {
                fail_msg("%s of %s is lost", info->fields[i].name, info->name);
            }
        }
    }
}

/* Anything that differs in one field is told as that field of that object, and in the fingerprint. */
static void each_field_is_compared(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SCHEMA_K_COUNT; k++) {
        const struct schema_kind_info *info = schema_kind_info(k);
        for (size_t i = 0; i < info->n; i++) {
            AUTO(arena_release) struct arena a = ARENA_INIT;
            struct schema *s = one_of_each(&a), *other = one_of_each(&a);
            const struct schema_field *f = &info->fields[i];
            bool part_of_name = (k == SCHEMA_K_OTHER && i == 0) || (k == SCHEMA_K_GRANT && i < 2) ||
                                (k == SCHEMA_K_ROUTINE && strcmp(f->name, "arguments") == 0);
            bool hides =
                k == SCHEMA_K_INDEX && (strcmp(f->name, "constraint") == 0 ||
                                        strcmp(f->name, "primary") == 0 || strcmp(f->name, "automatic") == 0);
            if (part_of_name || hides) {
                continue;
            }
            fill(&a, f, the_object(other, k), 2);
            if (schema_field_equal(f, the_object(s, k), the_object(other, k))) {
                fail_msg("%s of %s: two values are taken for one", f->name, info->name);
            }
            bool counts = !f->counts || f->counts(the_object(s, k)) || f->counts(the_object(other, k));
            schema_changes_t changes;
            schema_compare(&a, s, other, &changes);
            if (changes.n != counts ||
                (counts && (changes.items->kind != SCHEMA_CHANGED || changes.items->attributes.n != 1 ||
                            changes.items->attributes.items->field != f))) {
                fail_msg("%s of %s: %zu changes", f->name, info->name, changes.n);
            }
            char x[DIGEST_HEX + 1], y[DIGEST_HEX + 1];
            schema_fingerprint(s, x);
            schema_fingerprint(other, y);
            assert_int_equal(strcmp(x, y) != 0, counts);
        }
    }
}

static struct schema *tables(struct arena *a, const char *within, const char *const *names)
{
    struct schema *s = arena_alloc(a, sizeof(*s));
    s->dialect = "postgresql";
    s->name = within;
    for (; *names; names++) {
        struct schema_table *t = *vec_push(a, &s->tables) = arena_alloc(a, sizeof(*t));
        t->schema = within;
        t->name = *names;
        for (int i = 0; i < 2; i++) {
            struct schema_column *c = vec_push(a, &t->columns);
            c->name = i ? "b" : "z";
            c->type = "integer";
            c->nullable = true;
            struct schema_constraint *k = vec_push(a, &t->constraints);
            k->kind = SCHEMA_CHECK;
            k->expression = "b > 0";
            k->deferrable = -1;
        }
    }
    return s;
}

static void tenants_of_other_names_are_equal(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *const some[] = {"users", "orders", NULL}, *const same[] = {"orders", "users", NULL};
    char x[DIGEST_HEX + 1], y[DIGEST_HEX + 1];
    schema_changes_t changes;
    struct schema *one = tables(&a, "tenant1", some), *two = tables(&a, "tenant2", same);
    schema_compare(&a, one, two, &changes);
    assert_int_equal(changes.n, 0);
    schema_fingerprint(one, x);
    schema_fingerprint(two, y);
    assert_string_equal(x, y);
}

static void a_table_is_one_change_and_its_children_are_sorted(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *const some[] = {"users", "orders", NULL}, *const other[] = {"users", "items", NULL};
    struct schema *one = tables(&a, "public", some), *two = tables(&a, "public", other);
    schema_changes_t changes;
    two->tables.items[0]->columns.n = 1;
    two->tables.items[0]->constraints.n = 1;
    schema_compare(&a, one, two, &changes);
    static const struct {
        enum schema_change_kind kind;
        const char *word, *path;
    } expected[] = {{SCHEMA_UNEXPECTED, "table", "items"},
                    {SCHEMA_MISSING, "table", "orders"},
                    {SCHEMA_MISSING, "column", "users.b"},
                    {SCHEMA_MISSING, "check", "users.check b > 0 #2"}};
    assert_int_equal(changes.n, COUNT_OF(expected));
    for (size_t i = 0; i < changes.n; i++) {
        const struct schema_item *item = schema_change_item(&changes.items[i]);
        assert_int_equal(changes.items[i].kind, expected[i].kind);
        assert_string_equal(schema_item_word(item), expected[i].word);
        assert_string_equal(schema_item_path(&a, item), expected[i].path);
    }
}

static bool not_users_z(void *ctx, const struct schema_item *item)
{
    (void)ctx;
    bool z = item->kind == SCHEMA_K_COLUMN && strcmp(item->table->name, "users") == 0 &&
             strcmp(item->name, "z") == 0;
    return !z && !(item->kind == SCHEMA_K_TABLE && strcmp(item->name, "orders") == 0);
}

static void what_is_filtered_is_not_compared(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *const some[] = {"users", "orders", "items", NULL};
    struct schema *s = tables(&a, "public", some);
    schema_filter(s, not_users_z, NULL);
    assert_int_equal(s->tables.n, 2);
    assert_null(schema_table(s, NULL, "orders"));
    assert_null(schema_column(schema_table(s, NULL, "users"), "z"));
    assert_non_null(schema_column(schema_table(s, NULL, "users"), "b"));
    assert_non_null(schema_column(schema_table(s, NULL, "items"), "z"));
}

/* Whatever stands in a file, it is read or refused with its line. */
static void broken_snapshots_are_refused(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "x.schema: not a snapshot"},
        {"hello\n", "x.schema:1: expected \"lockstep schema 1\", found \"hello\""},
        {"lockstep schema 1\ndialect x\ncolumn a\n", "x.schema:3: out of place: \"column\""},
        {"lockstep schema 1\ndialect x\nbanana a\n", "x.schema:3: an unknown kind of object \"banana\""},
        {"lockstep schema 1\ndialect x\ntable a\n colour red\n", "x.schema:4: an unknown field \"colour\""},
        {"lockstep schema 1\ndialect x\ntable a\n kind chair\n", "x.schema:4: kind \"chair\""},
        {"lockstep schema 1\ndialect x\nsequence a\n start 1x\n", "x.schema:4: not a number: \"1x\""},
        {"lockstep schema 1\ndialect x\ntable a\n options name=1\tb\n", "x.schema:4: not NAME=VALUE: \"b\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schema *s;
        struct err err = {0};
        assert_int_not_equal(schema_parse(&a, slice_of(cases[i].text), "x.schema", &s, &err), 0);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s instead of %s", err.message, cases[i].message);
        }
    }
    const char *whole = snapshot(&a, one_of_each(&a));
    size_t n = strlen(whole);
    srand(1);
    for (int i = 0; i < 3000; i++) {
        AUTO(arena_release) struct arena once = ARENA_INIT;
        char *text = arena_dup(&once, whole);
        for (int k = 0; k < 3; k++) {
            text[(size_t)rand() % n] = " \n\\=\tx0"[rand() % 7];
        }
        struct schema *s;
        struct err err = {0};
        if (schema_parse(&once, (struct slice){text, (size_t)rand() % n}, "x.schema", &s, &err) == 0) {
            char hex[DIGEST_HEX + 1];
            schema_fingerprint(s, hex);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_gives_the_same_schema_again),
        cmocka_unit_test(each_field_is_compared),
        cmocka_unit_test(tenants_of_other_names_are_equal),
        cmocka_unit_test(a_table_is_one_change_and_its_children_are_sorted),
        cmocka_unit_test(what_is_filtered_is_not_compared),
        cmocka_unit_test(broken_snapshots_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
