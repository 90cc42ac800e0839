/* A new revision file: its moment, its text out of the template, and the check that it is what was asked for.
 */
#include "engine/alembic/project/new_revision.h"
#include "base/file.h"
#include "engine/alembic/project/alembic_graph.h"
#include "engine/alembic/project/mako.h"
#include <unistd.h>

#define TEMPLATE_MAX ((size_t)1 << 20)
#define ZONES        "/usr/share/zoneinfo/"

/* --- the moment */

static bool zone_exists(struct arena *a, const char *zone)
{
    bool plain = zone[0] && zone[0] != '/' && !strstr(zone, "..");
    return plain && (strcmp(zone, "UTC") == 0 || file_exists(path_join(a, ZONES, zone)));
}

static const char *upper(struct arena *a, const char *text)
{
    char *out = arena_dup(a, text);
    for (char *p = out; *p; p++) {
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p & ~0x20) : *p;
    }
    return out;
}

/* *offset is in minutes east of UTC. */
static int moment_of(struct arena *a, const struct alembic_project *p, int64_t now_us, struct tm *out,
                     long *offset, struct err *err)
{
    time_t now = (time_t)(now_us / 1000000);
    const char *zone = p->timezone && p->timezone[0] ? p->timezone : NULL;
    if (p->timezone && (!zone || !zone_exists(a, zone))) {
        zone = zone && zone_exists(a, upper(a, zone)) ? upper(a, zone) : NULL;
        if (!zone) {
            err_set(err, ERR_FILE, "Can't locate timezone: %s", p->timezone);
            return err_place(err, p->ini ? p->ini : p->toml, 0, 0);
        }
    }
    const char *before = zone ? arena_dup(a, getenv("TZ")) : NULL;
    if (zone) {
        setenv("TZ", arena_printf(a, ":%s", zone), 1);
        tzset();
    }
    localtime_r(&now, out);
    *offset = out->tm_gmtoff / 60;
    if (zone && before) {
        setenv("TZ", before, 1);
    } else if (zone) {
        unsetenv("TZ");
    }
    tzset();
    return 0;
}

/* --- names of the template */

/* None, 'a', or ('a', 'b'); as a list ['a', 'b'] */
static const char *source_of(struct arena *a, const strings_t *list, bool tuple_of_one, bool as_list)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    if (!list->n) {
        return "None";
    }
    bool bare = list->n == 1 && !tuple_of_one;
    strbuf_adds(&out, bare ? "" : as_list ? "[" : "(");
    for (size_t i = 0; i < list->n; i++) {
        strbuf_adds(&out, i ? ", " : "");
        mako_quote(&out, list->items[i]);
    }
    strbuf_adds(&out, list->n == 1 && !bare && !as_list ? "," : "");
    strbuf_adds(&out, bare ? "" : as_list ? "]" : ")");
    return arena_dup(a, strbuf_cstr(&out));
}

static const char *date_source(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                               const struct tm *tm, long offset)
{
    const char *zone =
        p->timezone ? arena_printf(a, ", tzinfo=datetime.timezone(datetime.timedelta(minutes=%ld))", offset)
                    : "";
    return arena_printf(a, "datetime.datetime(%d, %d, %d, %d, %d, %d, %d%s)", tm->tm_year + 1900,
                        tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
                        (int)(n->now_us % 1000000), zone);
}

static const char *quoted(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    mako_quote(&out, text);
    return arena_dup(a, strbuf_cstr(&out));
}

static int render(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                  const char *date, struct strbuf *out, struct err *err)
{
    static const char prelude[] = "import datetime\n"
                                  "def comma(value):\n"
                                  "    if value is None:\n"
                                  "        return ''\n"
                                  "    return value if isinstance(value, str) else ', '.join(value)\n";
    const struct mako_name items[] = {
        {"message", quoted(a, n->message ? n->message : "empty message")},
        {"up_revision", quoted(a, n->id)},
        {"down_revision", source_of(a, &n->revises, false, false)},
        {"branch_labels", source_of(a, &n->labels, true, false)},
        {"depends_on", source_of(a, &n->depends_on, false, true)},
        {"create_date", date},
        {"comma", "comma"},
        {"imports", "''"},
        {"upgrades", quoted(a, n->upgrades ? n->upgrades : "")},
        {"downgrades", quoted(a, n->downgrades ? n->downgrades : "")},
    };
    const char *file = path_join(a, p->script_location, "script.py.mako");
    struct slice text;
    int rc = file_read(a, file, TEMPLATE_MAX, &text, err);
    return rc ? rc : mako_render(file, text, &(struct mako_names){prelude, items, COUNT_OF(items)}, out, err);
}

/* --- the file */

static bool same_list(const strings_t *x, const strings_t *y)
{
    bool same = x->n == y->n;
    for (size_t i = 0; i < x->n && same; i++) {
        same = strcmp(x->items[i], y->items[i]) == 0;
    }
    return same;
}

/* An edited template may leave out what the graph needs. */
static int check(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                 const char *path, struct slice text, struct err *err)
{
    struct revision r = {.file = path};
    int rc = alembic_revision_parse(a, text, &r, err);
    const char *template = path_join(a, p->script_location, "script.py.mako");
    if (rc) {
        err_wrap(err, "what %s makes is no revision", template);
        return rc;
    }
    const char *lost = strcmp(r.id, n->id) != 0                    ? "revision"
                       : !same_list(&r.revises, &n->revises)       ? "down_revision"
                       : !same_list(&r.labels, &n->labels)         ? "branch_labels"
                       : !same_list(&r.depends_on, &n->depends_on) ? "depends_on"
                                                                   : NULL;
    if (lost && strcmp(lost, "branch_labels") == 0) {
        err_set(err, ERR_FILE,
                "Version %s specified branch_labels %s, however the migration file does not have them", n->id,
                n->labels.n ? n->labels.items[0] : "");
        err_place(err, template, 0, 0);
        return err_hint(err, "Have you upgraded your script.py.mako to include the 'branch_labels' section?"),
               ERR_FILE;
    }
    if (lost) {
        err_set(err, ERR_FILE, "what the template makes has another %s than was asked for", lost);
        err_place(err, template, 0, 0);
        return err_hint(err, "The template has to contain: %s = ${repr(%s)}", lost,
                        strcmp(lost, "revision") == 0 ? "up_revision" : lost),
               ERR_FILE;
    }
    return 0;
}

/* UTF-8, or ASCII when there is nothing else in the text. */
static int check_encoding(const struct alembic_project *p, struct slice text, struct err *err)
{
    static const char *const utf8[] = {"utf-8", "utf8", "utf_8"}, *const ascii[] = {"ascii", "us-ascii"};
    for (size_t i = 0; i < COUNT_OF(utf8); i++) {
        if (strcasecmp(p->output_encoding, utf8[i]) == 0) {
            return 0;
        }
    }
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        plain = plain && (unsigned char)text.ptr[i] < 0x80;
    }
    for (size_t i = 0; i < COUNT_OF(ascii) && plain; i++) {
        if (strcasecmp(p->output_encoding, ascii[i]) == 0) {
            return 0;
        }
    }
    err_set(err, ERR_REFUSED, "output_encoding %s", p->output_encoding);
    err_place(err, p->ini ? p->ini : p->toml, 0, 0);
    return err_hint(err, "Lockstep writes revision files in UTF-8."), ERR_REFUSED;
}

static int make_folder(struct arena *a, const char *folder, struct alembic_written *out, struct err *err)
{
    if (access(folder, F_OK) == 0) {
        return 0;
    }
    int rc = file_mkdirs(folder, err);
    if (!rc) {
        *vec_push(a, &out->made) = path_absolute(a, folder);
    }
    return rc;
}

int alembic_new_write(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                      struct alembic_written *out, struct err *err)
{
    struct tm tm;
    long offset = 0;
    const char *name = NULL;
    AUTO(strbuf_release) struct strbuf text = {.max = (size_t)4 << 20};
    int rc = moment_of(a, p, n->now_us, &tm, &offset, err);
    rc = rc ? rc : alembic_file_name(a, p, n, &tm, &name, err);
    rc = rc ? rc : render(a, p, n, date_source(a, p, n, &tm, offset), &text, err);
    if (rc) {
        return rc;
    }
    struct slice whole = {strbuf_cstr(&text), text.len};
    const char *path = path_join(a, n->folder, arena_printf(a, "%s.py", name));
    rc = check_encoding(p, whole, err);
    rc = rc ? rc : check(a, p, n, path, whole, err);
    rc = rc ? rc : make_folder(a, n->folder, out, err);
    rc = rc ? rc : make_folder(a, path_dirname(a, path), out, err);
    rc = rc ? rc : file_write(path, whole, true, err);
    if (!rc) {
        out->path = path;
    }
    return rc;
}
