/* lockstep list_templates */
#include "cmd/init_alembic.h"
#include "cmd/report.h"

static int run(struct app *app, UNUSED struct err *err)
{
    if (app->json) {
        json_t *list = json_array();
        for (const struct alembic_template *t = alembic_templates; t->name; t++) {
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", t->name, "summary", t->summary));
        }
        json_print(json_pack("{s:o}", "templates", list));
        return 0;
    }
    printf("Available templates:\n\n");
    for (const struct alembic_template *t = alembic_templates; t->name; t++) {
        printf("%s - %s\n", t->name, t->summary);
    }
    printf("\nTemplates are used via the 'init' command, e.g.:\n\n  lockstep init --template generic "
           "./scripts\n");
    return 0;
}

const struct command command_list_templates = {
    .name = "list_templates",
    .group = GROUP_PROJECT,
    .summary = "list the templates of Alembic projects",
    .description = "Each is a name for \"lockstep init --template\".",
    .examples = (const struct example[]){{"lockstep list_templates", "names and what they are for"}, {0}},
    .run = run,
};
