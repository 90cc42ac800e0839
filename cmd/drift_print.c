/* What drift and diff print, and how they end. */
#include "cmd/drift_print.h"
#include "base/file.h"
#include "cmd/drift_report.h"

int drift_print(struct app *app, struct drift_report *r, struct err *err)
{
    const char *name = args_text(&app->args, "format"), *path = args_text(&app->args, "out");
    const struct drift_format *format = name ? drift_format_find(name) : NULL;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    r->version = LOCKSTEP_VERSION;
    if (format) {
        format->write(&text, r);
    } else {
        app->color_out = path ? 0 : app->color_out;
        drift_text(app, r, &text);
    }
    if (path) {
        return file_write(path, (struct slice){strbuf_cstr(&text), text.len}, false, err);
    }
    fwrite(strbuf_cstr(&text), 1, text.len, stdout);
    return 0;
}

int drift_end(struct app *app, const struct drift_report *r, struct err *err)
{
    int status = drift_status(r);
    bool asked = args_flag(&app->args, "exit-status");
    if (status >= 0) {
        return status && asked ? EXIT_DIFFERENCE : 0;
    }
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        bool first = status == ERR_UNREACHABLE
                         ? t->outcome == DRIFT_UNREACHABLE
                         : t->outcome == DRIFT_FAILED || t->outcome == DRIFT_NO_BASELINE;
        if (first) {
            err_set(err, status, "%s", drift_verdict(app->arena, r));
            return t->hint ? err_hint(err, "%s", t->hint) : status;
        }
    }
    return err_set(err, status, "%s", drift_verdict(app->arena, r));
}
