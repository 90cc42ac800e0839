/* Making the lists and dicts of an inspector. */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <string.h>

const struct live_inspection *live_inspection_of(const struct schema *s)
{
    return strcmp(s->dialect, "postgresql") == 0 ? &live_inspection_postgresql
           : strcmp(s->dialect, "sqlite") == 0   ? &live_inspection_sqlite
                                                 : &live_inspection_mysql;
}

struct live_dict live_dict_new(struct py *py)
{
    return (struct live_dict){py, py_dict_new(py)};
}

void live_put(struct live_dict *d, const char *key, pyv value)
{
    if (d->dict && (!value || py_dict_set_str(d->py, d->dict, key, value))) {
        d->dict = NULL;
    }
}

void live_put_text(struct live_dict *d, const char *key, const char *text)
{
    live_put(d, key, py_str_of(d->py, text));
}

pyv live_append(struct py *py, pyv list, pyv item)
{
    return list && item && py_list_append(py, list, item) == 0 ? list : NULL;
}

pyv live_strings(struct py *py, const strings_t *texts)
{
    pyv list = py_list_new(py);
    for (size_t i = 0; i < texts->n; i++) {
        list = live_append(py, list, py_str_of(py, texts->items[i]));
    }
    return list;
}

pyv live_text_clause(struct py *py, const char *sql)
{
    return vocab_expr_wrap(py, sql_text(py_arena(py), slice_of(sql)));
}

/* The name as the sorting key has it: "~" for none. */
static struct slice name_of(struct py *py, pyv dict)
{
    pyv name = py_dict_get_str(py, dict, "name");
    struct slice text = name ? py_text(name) : (struct slice){0};
    return text.ptr && text.len ? text : SLICE("~");
}

static int compare(struct slice a, struct slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.ptr, b.ptr, n);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

pyv live_sort_by_name(struct py *py, pyv list)
{
    struct py_list *l = (struct py_list *)(void *)list;
    for (size_t i = 1; l && i < l->n; i++) {
        pyv item = l->items[i];
        size_t k = i;
        for (; k > 0 && compare(name_of(py, l->items[k - 1]), name_of(py, item)) > 0; k--) {
            l->items[k] = l->items[k - 1];
        }
        l->items[k] = item;
    }
    return list;
}
