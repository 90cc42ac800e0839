/* How revisions look: Alembic's shapes, so that people and scripts that know them find their way. */
#include "cmd/revision_print.h"
#include "base/file.h"
#include "cmd/report.h"
#include "engine/alembic/project/alembic_graph.h"

static void add_names(struct strbuf *out, const revisions_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : "", list->items[i]->id);
    }
}

static void add_strings(struct strbuf *out, const strings_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
    }
}

static bool is_current(const struct revision *r, const strings_t *current)
{
    for (size_t i = 0; current && i < current->n; i++) {
        if (strcmp(current->items[i], r->id) == 0) {
            return true;
        }
    }
    return false;
}

static void add_mark(struct strbuf *out, bool holds, const char *mark)
{
    if (holds) {
        strbuf_adds(out, mark);
    }
}

/* There may be thousands of lines: no formatting where plain texts will do. */
static void put(const char *text)
{
    fputs(text, stdout);
}

static void print_id(struct app *app, const struct revision *r)
{
    put(print_style(app, stdout, STYLE_YELLOW));
    put(r->id);
    put(print_style(app, stdout, STYLE_PLAIN));
}

static void print_marks(struct app *app, const char *marks)
{
    if (marks[0]) {
        put(print_style(app, stdout, STYLE_CYAN));
        put(marks);
        put(print_style(app, stdout, STYLE_PLAIN));
    }
}

static void print_parents(const struct revision *r)
{
    for (size_t i = 0; i < r->parents.n; i++) {
        put(i ? ", " : "");
        put(r->parents.items[i]->id);
    }
    put(r->parents.n == 0 ? "<base>" : "");
    for (size_t i = 0; i < r->depends_on.n; i++) {
        put(i ? ", " : " (");
        put(r->depends_on.items[i]);
    }
    put(r->depends_on.n ? ") -> " : " -> ");
}

void revision_print(struct app *app, const struct revision *r, unsigned parts, const strings_t *current)
{
    AUTO(strbuf_release) struct strbuf marks = STRBUF_INIT;
    if (parts & REVISION_PARENTS) {
        print_parents(r);
    }
    if ((parts & REVISION_LABELS) && r->branch_labels.n) {
        strbuf_adds(&marks, " (");
        add_strings(&marks, &r->branch_labels);
        strbuf_addch(&marks, ')');
    }
    /* Effective: nobody revises it, yet somebody depends on it. */
    add_mark(&marks, revision_is_head(r), r->dependants.n ? " (effective head)" : " (head)");
    add_mark(&marks, is_current(r, current), " (current)");
    add_mark(&marks, (parts & REVISION_TREE) && revision_is_branch_point(r), " (branchpoint)");
    add_mark(&marks, (parts & REVISION_TREE) && revision_is_merge_point(r), " (mergepoint)");
    print_id(app, r);
    print_marks(app, strbuf_cstr(&marks));
    if ((parts & REVISION_MESSAGE) && r->kind == REVISION_PYTHON) {
        struct slice doc = alembic_doc(r);
        put(", ");
        fwrite(doc.ptr, 1, doc.len, stdout);
    } else if (parts & REVISION_MESSAGE) {
        put(", ");
        put(r->message[0] ? r->message : "empty message");
    }
    putchar('\n');
}

static void print_line(const char *title, const char *text)
{
    if (text[0]) {
        printf("%s: %s\n", title, text);
    }
}

/* Bytes of the line end that s begins with, as str.splitlines() knows them; 0: none. */
static size_t line_end(const char *s, const char *end)
{
    static const char *const ends[] = {"\r\n", "\n",   "\r",       "\v",           "\f",          "\x1c",
                                       "\x1d", "\x1e", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t n = strlen(ends[i]);
        if ((size_t)(end - s) >= n && memcmp(s, ends[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

/* What stands in the docstring is all that Alembic shows. */
static void print_doc(struct slice doc)
{
    const char *end = doc.ptr + doc.len, *line = doc.ptr;
    putchar('\n');
    for (const char *p = line; doc.len && p <= end; p++) {
        size_t n = p < end ? line_end(p, end) : 1;
        if (n) {
            printf("%s    %.*s", line > doc.ptr ? "\n" : "", (int)(p - line), line);
            p += n - 1;
            line = p + 1;
        }
    }
    putchar('\n');
}

static void print_header(const struct revision *r)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    printf("\n    %s\n    \n    Revision ID: %s\n", r->message[0] ? r->message : "empty message", r->id);
    add_strings(&text, &r->revises);
    printf("    Revises: %s\n", r->revises.n ? strbuf_cstr(&text) : "None");
    if (r->created_us) {
        printf("    Create Date: %s\n", time_format(&scratch, r->created_us, false));
    }
}

/* Where the file of a Python revision really is: Alembic follows links. */
static void print_path(const struct revision *r)
{
    char *real = r->kind == REVISION_PYTHON && r->file ? realpath(r->file, NULL) : NULL;
    print_line("Path", real ? real : r->file ? r->file : "");
    free(real);
}

void revision_print_long(struct app *app, const struct revision *r, const strings_t *current)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    add_mark(&text, revision_is_head(r), " (head)");
    add_mark(&text, revision_is_branch_point(r), " (branchpoint)");
    add_mark(&text, revision_is_merge_point(r), " (mergepoint)");
    add_mark(&text, is_current(r, current), " (current)");
    printf("Rev: ");
    print_id(app, r);
    print_marks(app, strbuf_cstr(&text));
    putchar('\n');

    strbuf_clear(&text);
    add_names(&text, &r->parents);
    print_line(r->parents.n > 1 ? "Merges" : "Parent", r->parents.n ? strbuf_cstr(&text) : "<base>");
    strbuf_clear(&text);
    add_strings(&text, &r->depends_on);
    print_line("Also depends on", strbuf_cstr(&text));
    strbuf_clear(&text);
    if (revision_is_branch_point(r)) {
        add_names(&text, &r->children);
    }
    print_line("Branches into", strbuf_cstr(&text));
    strbuf_clear(&text);
    add_strings(&text, &r->branch_labels);
    print_line("Branch names", strbuf_cstr(&text));
    print_path(r);
    if (r->transaction_off) {
        print_line("Transaction", "off");
    }

    if (r->kind == REVISION_PYTHON) {
        print_doc(r->python->doc);
    } else {
        print_header(r);
    }
    putchar('\n');
}

static json_t *ids_json(const revisions_t *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        json_array_append_new(array, json_text(list->items[i]->id));
    }
    return array;
}

json_t *revision_json(const struct revision *r, const strings_t *current)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", json_text(r->id));
    json_object_set_new(o, "message", json_text(r->message));
    json_object_set_new(o, "revises", ids_json(&r->parents));
    json_object_set_new(o, "depends_on", ids_json(&r->dependencies));
    json_object_set_new(o, "children", ids_json(&r->children));
    json_object_set_new(o, "labels", json_list(&r->labels));
    json_object_set_new(o, "branch_labels", json_list(&r->branch_labels));
    json_object_set_new(o, "head", json_boolean(revision_is_head(r)));
    json_object_set_new(o, "branch_point", json_boolean(revision_is_branch_point(r)));
    json_object_set_new(o, "merge_point", json_boolean(revision_is_merge_point(r)));
    json_object_set_new(o, "transaction", json_boolean(!r->transaction_off));
    json_object_set_new(o, "file", json_text(r->file));
    if (r->kind == REVISION_PYTHON) {
        json_object_set_new(o, "doc", json_stringn(r->python->doc.ptr, r->python->doc.len));
    }
    if (r->created_us) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        json_object_set_new(o, "created", json_text(time_format(&a, r->created_us, false)));
    }
    if (current) {
        json_object_set_new(o, "current", json_boolean(is_current(r, current)));
    }
    return o;
}

void revisions_print_json(const revisions_t *list, const strings_t *current)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        json_array_append_new(array, revision_json(list->items[i], current));
    }
    json_print(json_pack("{s:o}", "revisions", array));
}

bool revision_is_relative_to_current(struct slice text)
{
    const size_t n = strlen("current");
    return slice_starts(text, "current") && (text.len == n || text.ptr[n] == '+' || text.ptr[n] == '-');
}
