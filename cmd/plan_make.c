/* Environment, graph and fleet to a plan, and the plan to its file. */
#include "cmd/plan_make.h"
#include "base/file.h"
#include "cmd/alembic_env.h"
#include "cmd/plan_show.h"

int planning_open(struct planning *p, const char *environment, struct err *err)
{
    int rc = app_environment(p->app, environment, &p->environment, err);
    rc = rc ? rc : app_graph(p->app, &p->graph, err);
    bool all = !rc && p->leave_out && p->environment->rollout.max_failures > 0;
    rc = rc    ? rc
         : all ? app_fleet_all(p->app, p->environment, &p->fleet, err)
               : app_fleet(p->app, p->environment, &p->fleet, err);
    const struct alembic_env *alembic = NULL;
    rc = rc ? rc : app_alembic(p->app, false, &alembic, err);
    if (rc) {
        return rc;
    }
    p->request = (struct plan_request){.alembic = alembic,
                                       .project = p->fleet.project,
                                       .environment = p->environment,
                                       .graph = p->graph,
                                       .leave_out = p->leave_out,
                                       .transaction = option_transaction(p->app)};
    return 0;
}

/* Relative to the current folder when it lies below it, as people will type it. */
static const char *plan_path(struct planning *p)
{
    const char *out = args_text(&p->app->args, "out");
    if (out) {
        return out;
    }
    struct arena *a = p->app->arena;
    const char *folder = p->app->project ? p->app->project->plans : "plans";
    return path_join(a, folder, arena_printf(a, "%s.yaml", plan_id(a, p->plan)));
}

int planning_make(struct planning *p, struct err *err)
{
    int rc = planner_plan(p->app->arena, &p->fleet, &p->request, &p->plan, err);
    if (rc) {
        return rc;
    }
    if (!p->save) {
        return 0;
    }
    /* A file that was named holds this plan from now on, also an empty one: never an older plan. */
    if (plan_pending(p->plan) == 0 && !args_text(&p->app->args, "out")) {
        return 0;
    }
    const char *path = plan_path(p);
    rc = plan_save(p->plan, path, err);
    if (rc) {
        return err_wrap(err, "saving the plan");
    }
    p->file = path;
    return 0;
}

void planning_show(const struct planning *p)
{
    const struct selection *s = &p->app->selection;
    if (p->plan->targets.n == 0 && s->shards && !p->app->json) {
        printf("no target of %s falls to shard %u/%u\n", p->environment->name, s->shard, s->shards);
        return;
    }
    plan_show(p->app, p->plan, p->file);
}

void planning_close(struct planning *p)
{
    fleet_close(&p->fleet);
}
