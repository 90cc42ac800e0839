/* Plans on the terminal and as scripts. */
#include "cmd/plan_show.h"
#include "base/file.h"
#include "cmd/report.h"
#include "cmd/run_jsonl.h"
#include "engine/run/script_build.h"

int option_transaction(struct app *app)
{
    const char *mode = args_text(&app->args, "transaction");
    if (!mode) {
        return -1;
    }
    return strcmp(mode, "revision") == 0 ? TRANSACTION_REVISION : TRANSACTION_PLAN;
}

char *command_line(struct app *app)
{
    const char *words = app_words(app);
    const struct selection *s = &app->selection;
    return arena_printf(app->arena, "%s%s%s%s", app->args.command->name, words ? " " : "", words ? words : "",
                        s->shards ? arena_printf(app->arena, " --shard %u/%u", s->shard, s->shards) : "");
}

static json_t *statements_json(const plan_statements_t *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        json_array_append_new(array, json_stringn(list->items[i].text.ptr, list->items[i].text.len));
    }
    return array;
}

static json_t *step_json(const struct plan_step *s)
{
    json_t *o = json_object();
    json_object_set_new(o, "revision", json_text(s->revision));
    json_object_set_new(o, "direction", json_text(s->downgrade ? "downgrade" : "upgrade"));
    json_object_set_new(o, "message", json_text(s->message));
    json_object_set_new(o, "checksum", json_text(s->checksum));
    json_object_set_new(o, "transaction", json_boolean(s->transaction));
    json_object_set_new(o, "reversible", json_boolean(s->reversible));
    json_object_set_new(o, "resume_from", json_integer(s->resume_from));
    if (s->live) {
        json_object_set_new(o, "live", json_string(s->live));
    }
    if (s->python) {
        json_object_set_new(o, "python", json_string(s->python));
    }
    json_object_set_new(o, "statements", statements_json(&s->statements));
    return o;
}

static json_t *wave_json(const struct plan *plan, const struct plan_wave *w)
{
    static const char *const pauses[] = {NULL, "time", "query", "person"};
    _Static_assert(COUNT_OF(pauses) == PLAN_PAUSE_COUNT, "a name for each but none");
    json_t *o = json_object(), *after = json_array();
    for (size_t i = 0; i < w->after.n; i++) {
        json_array_append_new(after, json_text(plan->waves.items[w->after.items[i]].name));
    }
    json_object_set_new(o, "name", json_text(w->name));
    json_object_set_new(o, "targets", json_integer((json_int_t)w->n));
    json_object_set_new(o, "parallel", json_integer(w->parallel));
    json_object_set_new(o, "parallel_per_server",
                        w->parallel_per_server ? json_integer(w->parallel_per_server) : json_null());
    json_object_set_new(o, "after", after);
    json_object_set_new(o, "pause", json_text(pauses[w->pause]));
    json_object_set_new(o, "pause_ms", w->pause_ms ? json_integer(w->pause_ms) : json_null());
    json_object_set_new(o, "pause_query", json_text(w->pause_query));
    json_object_set_new(o, "atomic", json_boolean(w->atomic));
    return o;
}

json_t *left_out_json(const struct plan *plan)
{
    json_t *list = json_array();
    const struct plan_left_out *t;
    vec_each (t, &plan->left_out) {
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "name", t->name, "address", t->address, "why", t->why));
    }
    return list;
}

static void add_policy(json_t *o, const struct plan *plan)
{
    static const char *const ways[] = {"stop", "continue", "rollback"};
    static const char *const scopes[] = {"target", "wave", "run"};
    _Static_assert(COUNT_OF(ways) == PLAN_ON_FAILURE_COUNT, "a name for each way");
    _Static_assert(COUNT_OF(scopes) == PLAN_SCOPE_COUNT, "a name for each scope");
    json_object_set_new(o, "on_failure", json_text(ways[plan->on_failure]));
    json_object_set_new(o, "rollback_scope", json_text(scopes[plan->rollback_scope]));
    json_object_set_new(o, "failures_tolerated", json_integer((json_int_t)plan_failure_budget(plan)));
}

static json_t *plan_json(struct app *app, const struct plan *plan, const char *file)
{
    json_t *o = json_object(), *tracks = json_array(), *targets = json_array(), *waves = json_array();
    json_object_set_new(o, "plan", json_text(plan_id(app->arena, plan)));
    json_object_set_new(o, "digest", json_text(plan->digest));
    json_object_set_new(o, "file", json_text(file));
    json_object_set_new(o, "environment", json_text(plan->environment));
    json_object_set_new(o, "part_of", json_text(plan->part_of));
    json_object_set_new(o, "shard", json_text(plan->shard));
    json_object_set_new(o, "author", json_text(plan->author));
    json_object_set_new(o, "created", json_text(time_format(app->arena, plan->created_us, false)));
    json_object_set_new(o, "pending", json_integer((json_int_t)plan_pending(plan)));
    for (size_t i = 0; i < plan->tracks.n; i++) {
        const struct plan_track *t = &plan->tracks.items[i];
        json_t *track = json_object(), *steps = json_array();
        json_object_set_new(track, "dialect", json_text(t->dialect));
        json_object_set_new(track, "from", json_list(&t->from));
        json_object_set_new(track, "to", json_list(&t->to));
        for (size_t k = 0; k < t->steps.n; k++) {
            json_array_append_new(steps, step_json(&t->steps.items[k]));
        }
        json_object_set_new(track, "steps", steps);
        json_object_set_new(track, "held_back", json_list(&t->held_back));
        json_array_append_new(tracks, track);
    }
    for (size_t i = 0; i < plan->targets.n; i++) {
        const struct plan_target *t = &plan->targets.items[i];
        json_array_append_new(targets, json_pack("{s:s, s:s, s:i, s:s}", "name", t->name, "address",
                                                 t->address, "track", (int)t->track, "wave",
                                                 plan->waves.items[plan_wave_of(plan, i)].name));
    }
    json_object_set_new(o, "left_out", left_out_json(plan));
    for (size_t i = 0; i < plan->waves.n; i++) {
        json_array_append_new(waves, wave_json(plan, &plan->waves.items[i]));
    }
    add_policy(o, plan);
    json_object_set_new(o, "tracks", tracks);
    json_object_set_new(o, "waves", waves);
    json_object_set_new(o, "targets", targets);
    return o;
}

void plan_show(struct app *app, const struct plan *plan, const char *file)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    if (app->jsonl) {
        run_jsonl_add(&text, "plan", NULL, plan_json(app, plan, file));
        fputs(strbuf_cstr(&text), stdout);
        return;
    }
    if (app->json) {
        json_print(plan_json(app, plan, file));
        return;
    }
    int width = print_width();
    plan_summary(plan, width > 0 ? width : 80, &text);
    fputs(strbuf_cstr(&text), stdout);
    if (file) {
        printf("saved as %s\n", file);
    }
}

static void heading(struct app *app, const struct plan *plan, unsigned track, struct strbuf *out)
{
    const struct plan_track *t = &plan->tracks.items[track];
    strbuf_addf(out, "-- %s: %s -> %s\n-- digest %s\n", plan_id(app->arena, plan),
                position_text(app->arena, &t->from), position_text(app->arena, &t->to), plan->digest);
    for (size_t i = 0; i < plan->targets.n; i++) {
        if (plan->targets.items[i].track == track) {
            strbuf_addf(out, "-- target %s\n", plan->targets.items[i].name);
        }
    }
}

int plan_script(struct app *app, const struct plan *plan, unsigned track, bool history, struct strbuf *out,
                struct err *err)
{
    const struct plan_track *t = &plan->tracks.items[track];
    const struct driver *driver = NULL;
    int rc = driver_find(t->dialect, &driver, err);
    if (rc) {
        return rc;
    }
    struct bookkeeping book;
    bookkeeping_init(&book, app->arena, driver, plan->version_table, plan->version_table_schema);
    struct script_opts opts = {.by = {.run = "by hand", .plan = plan->digest},
                               .transaction = plan->transaction,
                               .no_history = !history,
                               .comments = true};
    struct script script;
    script_build(app->arena, &book, t, &opts, &script);
    heading(app, plan, track, out);
    script_print(&script, driver->script_head, driver->print, out);
    return 0;
}
