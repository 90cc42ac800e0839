/* Looking for "naming_convention" in the sources of a project. */
#include "engine/alembic/project/naming.h"
#include "base/file.h"
#include <dirent.h>
#include <sys/stat.h>

#define FILES_MAX  20000u
#define DEPTH_MAX  12
#define SOURCE_MAX ((size_t)2 << 20)

struct search {
    const struct alembic_project *p;
    struct ddl_naming naming;
    bool done, found;
    unsigned files;
};

static bool is_source(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && strcmp(name + n - 3, ".py") == 0;
}

/* Other people's packages have conventions of their own. */
static bool is_passed_over(const struct search *s, const char *folder, const char *name)
{
    static const char *const names[] = {"node_modules", "site-packages", "venv",
                                        "env",          "virtualenv",    "__pycache__"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < s->p->nversions; i++) {
        if (strcmp(s->p->versions[i], folder) == 0) {
            return true;
        }
    }
    return name[0] == '.' && name[1] != '\0';
}

static bool mentions(const char *path)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    struct err ignored;
    /* What cannot be read may hold one. */
    return file_read(&a, path, SOURCE_MAX, &text, &ignored) != 0 ||
           memmem(text.ptr, text.len, "naming_convention", 17) != NULL;
}

static void look(struct search *s, const char *folder, int depth)
{
    DIR *dir = depth < DEPTH_MAX ? opendir(folder) : NULL;
    if (!dir) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    for (struct dirent *e = readdir(dir); e && !s->found; e = readdir(dir)) {
        const char *path = arena_printf(&a, "%s/%s", folder, e->d_name);
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || lstat(path, &st) != 0 ||
            is_passed_over(s, path, e->d_name)) {
            continue;
        }
        if (S_ISDIR(st.st_mode)) {
            look(s, path, depth + 1);
        } else if (S_ISREG(st.st_mode) && is_source(e->d_name)) {
            s->found = ++s->files > FILES_MAX || mentions(path);
        }
    }
    closedir(dir);
}

static bool uncertain(void *arg)
{
    struct search *s = arg;
    if (!s->done) {
        s->done = true;
        for (size_t i = 0; i < s->p->sys_path.n && !s->found; i++) {
            look(s, s->p->sys_path.items[i], 0);
        }
        if (!s->found && s->p->here) {
            look(s, s->p->here, 0);
        }
    }
    return s->found;
}

/* The file that Alembic makes has a line of this kind as an example. */
static bool in_comment(struct slice text, const char *p)
{
    while (p > text.ptr && p[-1] != '\n') {
        p--;
    }
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return *p == '#';
}

/* "target_metadata = X", also as a keyword, where X is neither None nor the name again. */
static bool hands_over(struct slice text)
{
    static const char word[] = "target_metadata";
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p && (p = memmem(p, (size_t)(end - p), word, sizeof(word) - 1)) != NULL) {
        bool comment = in_comment(text, p);
        p += sizeof(word) - 1;
        struct slice rest = {p, (size_t)(end - p)}, line;
        slice_cut(&rest, '\n', &line);
        line = slice_trim(line);
        if (comment || line.len < 2 || line.ptr[0] != '=' || line.ptr[1] == '=') {
            continue;
        }
        line = slice_trim((struct slice){line.ptr + 1, line.len - 1});
        if (!slice_starts(line, "None") && !slice_starts(line, word)) {
            return true;
        }
    }
    return false;
}

const struct ddl_naming *alembic_naming(struct arena *a, const struct alembic_project *p)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct slice text;
    struct err ignored;
    const char *file = path_join(&scratch, p->script_location ? p->script_location : ".", "env.py");
    if ((!p->ini && !p->toml) || !file_exists(file) || file_read(&scratch, file, 0, &text, &ignored) ||
        !hands_over(text)) {
        return NULL;
    }
    struct search *s = arena_alloc(a, sizeof(*s));
    s->p = p;
    s->naming = (struct ddl_naming){.uncertain = uncertain, .arg = s};
    return &s->naming;
}
