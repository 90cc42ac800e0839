/* The digest of a plan: every field that decides what runs, one at a time. */
#include "tests/plans/sample_plan.h"

/* A new field must get its line below. */
_Static_assert(sizeof(struct plan_statement) == 40, "statement: see the flips");
_Static_assert(sizeof(struct plan_version_op) == 24, "version op: see the flips");
_Static_assert(sizeof(struct plan_step) == 240, "step: see the flips");
_Static_assert(sizeof(struct plan_track) == 112, "track: see the flips");
_Static_assert(sizeof(struct plan_target) == 48, "target: see the flips");
_Static_assert(sizeof(struct plan_wave) == 96, "wave: see the flips");
_Static_assert(sizeof(struct plan_left_out) == 24, "left out: see the flips");
_Static_assert(sizeof(struct plan) == 272, "plan: see the flips");

typedef void (*flip_fn)(struct arena *, struct plan *);
struct flip {
    const char *name;
    flip_fn flip;
};

#define FLIP(name, ...)                                                                                      \
    static void name(UNUSED struct arena *a, UNUSED struct plan *p)                                          \
    {                                                                                                        \
        __VA_ARGS__;                                                                                         \
    }
#define TRACK  (p->tracks.items[0])
#define STEP   (TRACK.steps.items[0])
#define LAST   (TRACK.steps.items[1])
#define STMT   (STEP.statements.items[0])
#define TARGET (p->targets.items[0])
#define WAVE   (p->waves.items[0])
#define SECOND (p->waves.items[1])
#define SWAP(x, y)                                                                                           \
    do {                                                                                                     \
        __typeof__(x) t_ = (x);                                                                              \
        (x) = (y);                                                                                           \
        (y) = t_;                                                                                            \
    } while (0)

/* clang-format off */
FLIP(project, p->project = "shoq")
FLIP(environment, p->environment = "productioo")
FLIP(promotes_from, p->promotes_from = "stagjng")
FLIP(promotes_from_empty, p->promotes_from = "")
FLIP(promotes_from_none, p->promotes_from = NULL)
FLIP(part_of, p->part_of = "production")
FLIP(shard, p->shard = "1/3")
FLIP(author, p->author = "ana@other")
FLIP(version_table, p->version_table = "alembic_versioo")
FLIP(version_table_schema, p->version_table_schema = "metb")
FLIP(version_table_schema_none, p->version_table_schema = NULL)
FLIP(transaction, p->transaction = PLAN_TRANSACTION_PLAN)
FLIP(on_failure_stop, p->on_failure = PLAN_STOP)
FLIP(on_failure_continue, p->on_failure = PLAN_CONTINUE)
FLIP(rollback_scope_target, p->rollback_scope = PLAN_SCOPE_TARGET)
FLIP(rollback_scope_wave, p->rollback_scope = PLAN_SCOPE_WAVE)
FLIP(max_failures, p->max_failures = 3)
FLIP(max_failures_percent, p->max_failures_percent = false)
FLIP(moved_between_fields, p->project = "shopproduction"; p->environment = "")
FLIP(track_added, sample_track(a, p, "mysql", NULL, NULL))
FLIP(track_removed, p->tracks.n--)
FLIP(tracks_swapped, SWAP(p->tracks.items[0], p->tracks.items[1]))
FLIP(dialect, TRACK.dialect = "mysql")
FLIP(from, TRACK.from.items[0] = "2b6c1f3e4d5b")
FLIP(from_added, sample_strings(a, &TRACK.from, "x", NULL))
FLIP(from_emptied, TRACK.from.n = 0)
FLIP(to, TRACK.to.items[0] = "9f8e7d6c5b4b")
FLIP(to_added, sample_strings(a, &TRACK.to, "x", NULL))
FLIP(from_and_to_swapped, SWAP(TRACK.from, TRACK.to))
FLIP(has_version_table, TRACK.has_version_table = false)
FLIP(has_history_table, TRACK.has_history_table = false)
FLIP(held_back, TRACK.held_back.items[1] = "bbbb: changed")
FLIP(held_back_removed, TRACK.held_back.n--)
FLIP(held_back_swapped, SWAP(TRACK.held_back.items[0], TRACK.held_back.items[1]))
FLIP(held_back_joined, TRACK.held_back.n = 1;
     TRACK.held_back.items[0] = "aaaa: not on every target of stagingbbbb: changed since staging")
FLIP(step_added, sample_step(a, &TRACK, "x", "9f8e7d6c5b4a", "y"))
FLIP(step_removed, TRACK.steps.n--)
FLIP(steps_swapped, SWAP(STEP, LAST))
FLIP(step_to_other_track, TRACK.steps.n = 1; *(struct plan_step *)vec_push(a, &p->tracks.items[1].steps) = LAST)
FLIP(revision, STEP.revision = "3b1c2d4e5f6b")
FLIP(message, STEP.message = "add phone_number to user")
FLIP(downgrade, STEP.downgrade = true)
FLIP(before, STEP.before.items[0] = "x")
FLIP(before_added, sample_strings(a, &STEP.before, "x", NULL))
FLIP(before_emptied, STEP.before.n = 0)
FLIP(after, STEP.after.items[0] = "x")
FLIP(after_added, sample_strings(a, &STEP.after, "x", NULL))
FLIP(before_to_after, STEP.before.n = 0; sample_strings(a, &STEP.after, "2b6c1f3e4d5a", NULL))
FLIP(checksum, STEP.checksum = "d2a1c0df")
FLIP(step_transaction, STEP.transaction = false)
FLIP(resume_from, LAST.resume_from = 2)
FLIP(resume_from_zero, LAST.resume_from = 0)
FLIP(reversible, STEP.reversible = false)
FLIP(version_op_kind, LAST.version_ops.items[0].kind = PLAN_VERSION_INSERT)
FLIP(version_op_from, LAST.version_ops.items[0].from = "x")
FLIP(version_op_to, LAST.version_ops.items[0].to = "x")
FLIP(version_op_from_none, LAST.version_ops.items[0].from = NULL)
FLIP(version_op_from_to_swapped, SWAP(LAST.version_ops.items[0].from, LAST.version_ops.items[0].to))
FLIP(version_op_removed, LAST.version_ops.n--)
FLIP(version_ops_swapped, SWAP(LAST.version_ops.items[0], LAST.version_ops.items[1]))
FLIP(statement_text, STMT.text = slice_of("ALTER TABLE users ADD COLUMN phone_number varchar(21)"))
FLIP(statement_cut, STMT.text.len--)
FLIP(statement_blank, STMT.text = slice_of("ALTER TABLE users ADD COLUMN phone_number varchar(20) "))
FLIP(statement_line_end, STMT.text = slice_of("ALTER TABLE users ADD COLUMN phone_number varchar(20)\n"))
FLIP(statement_copy, STEP.statements.items[1].copy = slice_of("1\tone\n2\ttwo\n"))
FLIP(statement_copy_none, STEP.statements.items[1].copy = (struct slice){0})
FLIP(statement_copy_empty, STMT.copy = SLICE(""))
FLIP(statement_added, sample_statement(a, &STEP.statements, ""))
FLIP(statement_removed, STEP.statements.n--)
FLIP(statements_swapped, SWAP(STEP.statements.items[0], STEP.statements.items[1]))
FLIP(statement_to_verify, STEP.statements.n = 1; sample_statement(a, &STEP.verify, "COPY codes FROM STDIN"))
FLIP(verify_text, STEP.verify.items[0].text.len--)
FLIP(verify_copy, STEP.verify.items[0].copy = SLICE("x"))
FLIP(verify_added, sample_statement(a, &STEP.verify, "SELECT 1"))
FLIP(verify_emptied, STEP.verify.n = 0)
FLIP(undo_text, STEP.undo.items[0].text.len--)
FLIP(undo_copy, STEP.undo.items[0].copy = SLICE("x"))
FLIP(undo_added, sample_statement(a, &STEP.undo, "SELECT 1"))
FLIP(undo_emptied, STEP.undo.n = 0)
FLIP(live_set, STEP.live = "reads rows")
FLIP(live_changed, LAST.live = "reads other rows")
FLIP(undo_live_set, STEP.undo_live = "reads rows")
FLIP(python_set, STEP.python = "app.models is not run")
FLIP(undo_python_set, STEP.undo_python = "app.models is not run")
FLIP(undo_swapped, SWAP(STEP.undo.items[0], STEP.undo.items[1]))
FLIP(target_added, sample_target(a, p, "orders-af", 0))
FLIP(target_removed, p->targets.n--)
FLIP(targets_swapped, SWAP(p->targets.items[0], p->targets.items[1]))
FLIP(target_name, TARGET.name = "orders-ew")
FLIP(target_address, TARGET.address = "postgresql://deploy@db.internal/other")
FLIP(target_track, TARGET.track = 1)
FLIP(target_lock_timeout, TARGET.lock_timeout_ms = 5001)
FLIP(target_lock_timeout_default, TARGET.lock_timeout_ms = -1)
FLIP(target_lock_timeout_zero, TARGET.lock_timeout_ms = 0)
FLIP(target_statement_timeout, TARGET.statement_timeout_ms = 0)
FLIP(timeouts_swapped, SWAP(TARGET.lock_timeout_ms, TARGET.statement_timeout_ms))
static void left_out(struct arena *a, struct plan *p)
{
    *vec_push(a, &p->left_out) = (struct plan_left_out){"gone", "sqlite:///gone.db", "why"};
}
FLIP(left_out_name, left_out(a, p); p->left_out.items[0].name = "x")
FLIP(left_out_address, left_out(a, p); p->left_out.items[0].address = "sqlite:///x.db")
FLIP(target_hold, p->targets.items[1].hold = PLAN_HOLD_OPEN)
FLIP(target_hold_none, p->targets.items[1].hold = PLAN_HOLD_NONE)
FLIP(wave_name, WAVE.name = "canarx")
FLIP(wave_targets, WAVE.n = 2; SECOND.n = 0)
FLIP(wave_parallel, WAVE.parallel = 2)
FLIP(wave_per_server, WAVE.parallel_per_server = 1)
FLIP(wave_per_server_none, SECOND.parallel_per_server = 0)
FLIP(wave_after, p->waves.items[2].after.items[0] = 1)
FLIP(wave_after_none, SECOND.after.n = 0)
FLIP(wave_pause_none, WAVE.pause = PLAN_PAUSE_NONE)
FLIP(wave_pause_time, WAVE.pause = PLAN_PAUSE_TIME)
FLIP(wave_pause_ms, WAVE.pause_ms = 600001)
FLIP(wave_pause_query, WAVE.pause_query = "SELECT count(*) = 1\nFROM errors")
FLIP(wave_pause_query_none, WAVE.pause_query = NULL)
FLIP(wave_person, p->waves.items[2].pause = PLAN_PAUSE_NONE)
FLIP(wave_atomic, WAVE.atomic = true)
FLIP(wave_not_atomic, SECOND.atomic = false)
FLIP(wave_added, sample_wave(a, p, "more", 0))
FLIP(wave_removed, p->waves.n--)
FLIP(waves_swapped, SWAP(WAVE, SECOND))
FLIP(waves_none, p->waves.n = 0; plan_one_wave(a, p))
FLIP(waves_one_parallel, p->waves.n = 0; plan_one_wave(a, p); WAVE.parallel = 4)
FLIP(waves_one_name, p->waves.n = 0; plan_one_wave(a, p); WAVE.name = "al")
FLIP(waves_one_atomic, p->waves.n = 0; plan_one_wave(a, p); WAVE.atomic = true)
FLIP(waves_one_per_server, p->waves.n = 0; plan_one_wave(a, p); WAVE.parallel_per_server = 1)
FLIP(waves_one_pause, p->waves.n = 0; plan_one_wave(a, p); WAVE.pause = PLAN_PAUSE_PERSON)

FLIP(created, p->created_us += 1000000)
FLIP(digest, memset(p->digest, 'a', DIGEST_HEX))
FLIP(source, STEP.source = "elsewhere.sql")
FLIP(source_none, STEP.source = NULL)
FLIP(line, STMT.line = 99)
FLIP(verify_line, STEP.verify.items[0].line = 0)
FLIP(undo_line, STEP.undo.items[0].line = 0)

#define F(name) {#name, name}
static const struct flip counted[] = {
    F(project), F(environment), F(promotes_from), F(promotes_from_empty), F(promotes_from_none), F(part_of), F(shard), F(author),
    F(version_table), F(version_table_schema), F(version_table_schema_none), F(transaction), F(on_failure_stop),
    F(on_failure_continue), F(rollback_scope_target), F(rollback_scope_wave), F(max_failures),
    F(max_failures_percent), F(moved_between_fields), F(track_added), F(track_removed), F(tracks_swapped), F(dialect),
    F(from), F(from_added), F(from_emptied), F(to), F(to_added), F(from_and_to_swapped), F(has_version_table),
    F(has_history_table), F(held_back), F(held_back_removed), F(held_back_swapped), F(held_back_joined), F(step_added),
    F(step_removed), F(steps_swapped), F(step_to_other_track), F(revision), F(message), F(downgrade), F(before),
    F(before_added), F(before_emptied), F(after), F(after_added), F(before_to_after), F(checksum),
    F(step_transaction), F(resume_from), F(resume_from_zero), F(reversible), F(version_op_kind), F(version_op_from),
    F(version_op_to), F(version_op_from_none), F(version_op_from_to_swapped), F(version_op_removed),
    F(version_ops_swapped), F(statement_text), F(statement_cut), F(statement_blank), F(statement_line_end),
    F(statement_copy), F(statement_copy_none), F(statement_copy_empty), F(statement_added), F(statement_removed),
    F(statements_swapped), F(statement_to_verify), F(verify_text), F(verify_copy), F(verify_added), F(verify_emptied),
    F(undo_text), F(undo_copy), F(undo_added), F(undo_emptied), F(undo_swapped), F(live_set), F(python_set), F(undo_python_set), F(live_changed), F(undo_live_set), F(target_added), F(target_removed),
    F(targets_swapped), F(target_name), F(target_address), F(target_track), F(target_lock_timeout),
    F(target_lock_timeout_default), F(target_lock_timeout_zero), F(target_statement_timeout), F(timeouts_swapped),
    F(left_out_name), F(left_out_address), F(target_hold), F(target_hold_none), F(wave_name), F(wave_targets), F(wave_parallel), F(wave_per_server), F(wave_per_server_none), F(wave_after),
    F(wave_after_none), F(wave_pause_none), F(wave_pause_time), F(wave_pause_ms), F(wave_pause_query),
    F(wave_pause_query_none), F(wave_person), F(wave_atomic), F(wave_not_atomic), F(wave_added), F(wave_removed),
    F(waves_swapped), F(waves_none), F(waves_one_parallel), F(waves_one_name), F(waves_one_atomic),
    F(waves_one_per_server), F(waves_one_pause),
};
static const struct flip not_counted[] = {
    F(created), F(digest), F(source), F(source_none), F(line), F(verify_line), F(undo_line),
};
/* clang-format on */

static void flip_and_digest(const struct flip *f, char hex[DIGEST_HEX + 1])
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_plan(&a);
    if (f) {
        f->flip(&a, p);
    }
    plan_digest(p, hex);
}

static void every_counted_field_changes_the_digest(void **state)
{
    (void)state;
    char seen[COUNT_OF(counted) + 1][DIGEST_HEX + 1];
    flip_and_digest(NULL, seen[0]);
    for (size_t i = 0; i < COUNT_OF(counted); i++) {
        flip_and_digest(&counted[i], seen[i + 1]);
        for (size_t k = 0; k <= i; k++) {
            if (strcmp(seen[k], seen[i + 1]) == 0) {
                fail_msg("%s gives the digest of %s", counted[i].name,
                         k ? counted[k - 1].name : "the plan itself");
            }
        }
    }
}

static void informational_fields_do_not(void **state)
{
    (void)state;
    char plain[DIGEST_HEX + 1], flipped[DIGEST_HEX + 1];
    flip_and_digest(NULL, plain);
    for (size_t i = 0; i < COUNT_OF(not_counted); i++) {
        flip_and_digest(&not_counted[i], flipped);
        if (strcmp(plain, flipped) != 0) {
            fail_msg("%s changes the digest", not_counted[i].name);
        }
    }
}

static void the_digest_does_not_depend_on_the_program(void **state)
{
    (void)state;
    char hex[DIGEST_HEX + 1];
    flip_and_digest(NULL, hex);
    /* Plans are kept in files: if one of these changes, every saved plan is refused. */
    assert_string_equal(hex, "104203fb6e531e86f17d1654d32c4d34dca63680034e7fec47fe6966ee288d24");
    /* From before there were waves. */
    static const struct flip one_wave = F(waves_none);
    flip_and_digest(&one_wave, hex);
    assert_string_equal(hex, "0decee39e2069aed53cc16c82dbd5383e87a9a07444dbfa50e37da16f0c1f3a6");
}

static void id_and_pending(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_plan(&a);
    char hex[DIGEST_HEX + 1];
    plan_digest(p, hex);
    const char *expected = arena_printf(&a, "production-%.12s", hex);
    assert_string_equal(plan_id(&a, p), expected);
    memcpy(p->digest, hex, sizeof(hex));
    assert_string_equal(plan_id(&a, p), expected);
    assert_int_equal(plan_pending(p), 4); /* two targets, two steps each; the third has nothing to do */
}

static void the_wave_of_a_target(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_plan(&a); /* one target each in waves 0, 1 and 3; wave 2 has none */
    assert_int_equal(plan_wave_of(p, 0), 0);
    assert_int_equal(plan_wave_of(p, 1), 1);
    assert_int_equal(plan_wave_of(p, 2), 3);
    plan_one_wave(&a, p);
    assert_int_equal(p->waves.n, 1);
    assert_int_equal(p->waves.items[0].n, 3);
    assert_int_equal(plan_wave_of(p, 2), 0);
}

static void the_failure_budget(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_empty(&a, "production");
    for (int i = 0; i < 19; i++) {
        sample_target(&a, p, arena_printf(&a, "t%d", i), 0);
    }
    p->max_failures = 10;
    assert_int_equal(plan_failure_budget(p), 10);
    p->max_failures_percent = true;
    assert_int_equal(plan_failure_budget(p), 1); /* 1.9 */
    p->max_failures = 5;
    assert_int_equal(plan_failure_budget(p), 0);
    p->max_failures = 100;
    assert_int_equal(plan_failure_budget(p), 19);
    vec_push(&a, &p->left_out)->name = "gone";
    p->max_failures = 10;
    assert_int_equal(plan_failure_budget(p), 1); /* two of 20, and one is gone */
    p->max_failures = 5;
    assert_int_equal(plan_failure_budget(p), 0);
    p->max_failures_percent = false;
    assert_int_equal(plan_failure_budget(p), 4);
    p->max_failures = 0;
    assert_int_equal(plan_failure_budget(p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counted_field_changes_the_digest),
        cmocka_unit_test(informational_fields_do_not),
        cmocka_unit_test(the_digest_does_not_depend_on_the_program),
        cmocka_unit_test(id_and_pending),
        cmocka_unit_test(the_wave_of_a_target),
        cmocka_unit_test(the_failure_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
