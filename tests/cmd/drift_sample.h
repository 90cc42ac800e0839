/* Reports of drift made by hand, with every outcome, kind of finding and odd text. */
#pragma once
#include "cmd/drift_report.h"
#include <string.h>

#define ODD_NAME                                                                                             \
    "<script>alert('x')</script> & \"q\" `b` |p| \x01\x1b[31m \xe2\x80\xae"                                  \
    "evil @all ]]> \xff"

static const struct schema_field *sample_field(enum schema_kind kind, const char *name)
{
    const struct schema_kind_info *info = schema_kind_info(kind);
    for (size_t i = 0; i < info->n; i++) {
        if (strcmp(info->fields[i].name, name) == 0) {
            return &info->fields[i];
        }
    }
    return NULL;
}

static void sample_list(struct arena *a, strings_t *list, const char *text)
{
    *vec_push(a, list) = text;
}

static void sample_attribute(struct arena *a, struct drift_finding *f, enum schema_kind kind,
                             const char *name, const char *expected, const char *actual)
{
    struct schema_attribute *at = vec_push(a, &f->attributes);
    *at = (struct schema_attribute){sample_field(kind, name), expected, actual};
}

static struct drift_finding sample_changed(struct arena *a)
{
    struct drift_finding f = {.kind = DRIFT_SCHEMA,
                              .word = "column",
                              .path = "users.email",
                              .change = SCHEMA_CHANGED,
                              .expected = "email character varying(120) NOT NULL",
                              .actual = "email text DEFAULT 'nobody'::text",
                              .message = "the type, whether it may be null and the default are different",
                              .restore_hazard = "text longer than 120 characters does not fit"};
    sample_attribute(a, &f, SCHEMA_K_COLUMN, "type", "character varying(120)", "text");
    sample_attribute(a, &f, SCHEMA_K_COLUMN, "nullable", "no", NULL);
    sample_attribute(a, &f, SCHEMA_K_COLUMN, "default", NULL, "'nobody'::text");
    sample_list(a, &f.restore, "ALTER TABLE users ALTER COLUMN email TYPE character varying(120)");
    sample_list(a, &f.restore, "ALTER TABLE users ALTER COLUMN email SET NOT NULL");
    sample_list(a, &f.adopt, "ALTER TABLE users ALTER COLUMN email TYPE text");
    return f;
}

static struct drift_finding sample_missing(struct arena *a)
{
    struct drift_finding f = {.kind = DRIFT_SCHEMA,
                              .word = "index",
                              .path = "orders_placed_at",
                              .change = SCHEMA_MISSING,
                              .expected =
                                  "CREATE INDEX orders_placed_at ON orders USING btree (placed_at);\n",
                              .message = "it is expected and not there"};
    sample_list(a, &f.restore,
                "CREATE INDEX CONCURRENTLY orders_placed_at ON orders USING btree (placed_at)");
    sample_list(a, &f.adopt, "DROP INDEX orders_placed_at");
    return f;
}

static struct drift_finding sample_unexpected(struct arena *a)
{
    struct drift_finding f = {.kind = DRIFT_SCHEMA,
                              .word = "table",
                              .path = ODD_NAME,
                              .change = SCHEMA_UNEXPECTED,
                              .actual = "CREATE TABLE \"" ODD_NAME "\" (\n    id integer NOT NULL,\n"
                                        "    note text DEFAULT '<b>bold</b> & ```'\n);\n",
                              .message = "it is there and not expected: " ODD_NAME,
                              .restore_hazard = "the table's rows are lost"};
    sample_list(a, &f.restore, "DROP TABLE \"" ODD_NAME "\"");
    sample_list(a, &f.adopt, "CREATE TABLE \"" ODD_NAME "\" (\n    id integer NOT NULL\n)");
    return f;
}

static struct drift_finding sample_routine(struct arena *a)
{
    AUTO(strbuf_release) struct strbuf expected = STRBUF_INIT, actual = STRBUF_INIT;
    const char *head =
        "CREATE FUNCTION total(order_id integer) RETURNS numeric\n    LANGUAGE plpgsql STABLE\nAS $$\n"
        "DECLARE\n    sum numeric := 0;\nBEGIN\n";
    strbuf_adds(&expected, head);
    strbuf_adds(&actual, head);
    for (int i = 1; i <= 12; i++) {
        strbuf_addf(&expected, "    sum := sum + part(order_id, %d);\n", i);
        strbuf_addf(&actual, "    sum := sum + part(order_id, %d);\n", i);
    }
    strbuf_adds(&expected, "    RETURN round(sum * 1.19, 2);\nEND\n$$;\n");
    strbuf_adds(&actual, "    RETURN round(sum * 1.16, 2);\n    -- changed by hand, L\xc3\xbc"
                         "beck\nEND\n$$;\n");
    struct drift_finding f = {.kind = DRIFT_SCHEMA,
                              .word = "function",
                              .path = "total(integer)",
                              .change = SCHEMA_CHANGED,
                              .expected = arena_dup(a, strbuf_cstr(&expected)),
                              .actual = arena_dup(a, strbuf_cstr(&actual)),
                              .message = "the body is different"};
    sample_list(a, &f.restore, "CREATE OR REPLACE FUNCTION total(order_id integer) RETURNS numeric ...");
    f.adopt_refused = "the body of <total> cannot be written";
    return f;
}

static struct drift_finding sample_ignored(void)
{
    return (struct drift_finding){.kind = DRIFT_SCHEMA,
                                  .word = "index",
                                  .path = "orders_by_hand",
                                  .change = SCHEMA_UNEXPECTED,
                                  .message = "it is there and not expected",
                                  .ignored = "tried out by the DBA, OPS-17",
                                  .ignored_until = "2026-12-31"};
}

static struct drift_target *sample_target(struct arena *a, struct drift_report *r, const char *name,
                                          enum drift_outcome outcome)
{
    struct drift_target *t = vec_push(a, &r->targets);
    *t = (struct drift_target){.name = name,
                               .address = arena_printf(a, "postgresql://%s.example.net/app", "db"),
                               .dialect = "postgresql",
                               .server = "PostgreSQL 15.19",
                               .outcome = outcome};
    r->count[outcome]++;
    if (outcome == DRIFT_NONE || outcome == DRIFT_FOUND) {
        sample_list(a, &t->position, "3f2a91c04b7d");
        t->baseline = "snapshot of run r20261120T020000-7f, 2026-11-20 02:00 UTC";
        memset(t->fingerprint, outcome == DRIFT_NONE ? 'a' : 'b', DIGEST_HEX);
        memset(t->expected, 'a', DIGEST_HEX);
        t->group = outcome == DRIFT_NONE ? 0 : 1;
    }
    return t;
}

static void sample_add(struct arena *a, struct drift_report *r, struct drift_target *t,
                       struct drift_finding f)
{
    *(f.ignored ? &r->ignored : &r->findings) += 1;
    struct drift_finding *at = vec_push(a, &t->findings);
    *at = f;
}

static void sample_unjudged(struct arena *a, struct drift_report *r)
{
    struct drift_target *t = sample_target(a, r, "eu-busy", DRIFT_BUSY);
    t->error = "run r20261121T093000-1c is at work on it";
    t = sample_target(a, r, "eu-new", DRIFT_NO_BASELINE);
    t->error = "there is no snapshot of it";
    t->hint =
        "\"lockstep snapshot eu-new\" takes one; \"scratch:\" in the environment names a server to build on.";
    t = sample_target(a, r, "eu-gone", DRIFT_UNREACHABLE);
    t->error = "could not connect to db.example.net:5432: connection refused";
    t = sample_target(a, r, "eu-odd " ODD_NAME, DRIFT_FAILED);
    t->error = "the catalogue could not be read: " ODD_NAME;
}

static void sample_groups(struct arena *a, struct drift_report *r)
{
    struct drift_group *g = vec_push(a, &r->groups);
    *g = (struct drift_group){.dialect = "postgresql", .n = r->count[DRIFT_NONE], .majority = true};
    memset(g->fingerprint, 'a', DIGEST_HEX);
    g = vec_push(a, &r->groups);
    *g = (struct drift_group){.dialect = "postgresql", .n = r->count[DRIFT_FOUND]};
    memset(g->fingerprint, 'b', DIGEST_HEX);
    struct drift_finding *f = vec_push(a, &g->variant);
    *f = sample_changed(a);
    f = vec_push(a, &g->variant);
    *f = sample_missing(a);
}

/* Every outcome; two targets alike; `clean` targets without drift besides. */
static void sample_report(struct arena *a, struct drift_report *r, size_t clean)
{
    *r = (struct drift_report){.environment = "production",
                               .project = "shop",
                               .version = "0.1.0",
                               .began_us = 1795254000000000,
                               .ended_us = 1795254004250000};
    for (int i = 0; i < 2; i++) {
        struct drift_target *t = sample_target(a, r, i ? "eu-2" : "eu-1", DRIFT_FOUND);
        t->behind = 2;
        sample_add(a, r, t, sample_changed(a));
        sample_add(a, r, t, sample_missing(a));
        sample_add(a, r, t, sample_unexpected(a));
        sample_add(a, r, t, sample_routine(a));
        sample_add(a, r, t, sample_ignored());
        sample_list(a, &t->unseen, "privileges of role \"<admin>\": no right to read pg_authid");
    }
    struct drift_target *t = sample_target(a, r, "us-1", DRIFT_FOUND);
    t->ahead = 1;
    t->error = "its snapshot is of another position";
    sample_add(
        a, r, t,
        (struct drift_finding){.kind = DRIFT_POSITION,
                               .word = "revision",
                               .path = "9c41d2aa7701",
                               .message = "the version table names a revision that is not in this checkout"});
    sample_add(a, r, t,
               (struct drift_finding){.kind = DRIFT_CHECKSUM,
                                      .word = "revision",
                                      .path = "3f2a91c04b7d",
                                      .expected = "sha256 1111",
                                      .actual = "sha256 2222",
                                      .message = "revisions/3f2a_users.sql was edited after it was applied"});
    sample_unjudged(a, r);
    for (size_t i = 0; i < clean; i++) {
        sample_target(a, r, arena_printf(a, "ap-%zu", i + 1), DRIFT_NONE);
    }
    sample_groups(a, r);
    sample_list(a, &r->expired, "tmp_* until 2026-01-31 (environments/production.yaml:12)");
}

/* Of `lockstep diff staging production`: one target, no ways to take anything over. */
static void sample_diff(struct arena *a, struct drift_report *r)
{
    *r = (struct drift_report){.diff = true,
                               .environment = "production",
                               .project = "shop",
                               .version = "0.1.0",
                               .began_us = 1795254000000000,
                               .ended_us = 1795254000500000};
    struct drift_target *t = sample_target(a, r, "production", DRIFT_FOUND);
    t->baseline = "staging, live";
    sample_add(a, r, t, sample_changed(a));
    sample_add(a, r, t, sample_routine(a));
    for (size_t i = 0; i < t->findings.n; i++) {
        t->findings.items[i].adopt = (strings_t){0};
    }
}

/* So many findings on a target that no comment holds them. */
static void sample_large(struct arena *a, struct drift_report *r)
{
    *r = (struct drift_report){.environment = "production", .version = "0.1.0"};
    struct drift_target *t = sample_target(a, r, "eu-1", DRIFT_FOUND);
    for (int i = 0; i < 2000; i++) {
        struct drift_finding f = sample_changed(a);
        f.path = arena_printf(a, "table_%d.email", i);
        sample_add(a, r, t, f);
    }
}
