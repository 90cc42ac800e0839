/* Values and builtins on the C level: the table behind dict, what natives may rely on, and that no program
 * takes more than it may. What Python says of the same is compared in python_cases/builtin_*.py. */
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/python/py_set.h"
// clang-format off
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on

static struct py *interpreter(void)
{
    return py_new(&(struct py_options){0});
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static pyv random_key(struct py *py, uint32_t n)
{
    switch (n % 3) {
    case 0:
        return py_int_new(py, (int64_t)n << 20);
    case 1:
        return py_float_new(py, n / 8.0);
    default:
        return py_str_printf(py, "key %u", n);
    }
}

/* --- dict --- */

enum { KEYS = 700, ACTIONS = 10000 };

/* The order of a dict: keys in order of insertion, by number. */
struct model {
    int64_t values[KEYS]; /* 0: absent */
    uint32_t order[KEYS + ACTIONS];
    size_t n;
};

static void assert_same(struct py *py, pyv dict, const struct model *m, const uint32_t *numbers)
{
    size_t at = 0, seen = 0;
    pyv key, value;
    for (size_t i = 0; i < m->n; i++) {
        if (m->order[i] == UINT32_MAX) {
            continue;
        }
        int64_t have;
        assert_true(py_dict_next(dict, &at, &key, &value));
        assert_int_equal(py_equal(py, key, random_key(py, numbers[m->order[i]])), 1);
        assert_true(py_as_int(value, &have));
        assert_int_equal(have, m->values[m->order[i]]);
        seen++;
    }
    assert_false(py_dict_next(dict, &at, &key, &value));
    assert_int_equal(py_dict_len(dict), seen);
}

static void forget(struct model *m, uint32_t key)
{
    m->values[key] = 0;
    for (size_t i = 0; i < m->n; i++) {
        m->order[i] = m->order[i] == key ? UINT32_MAX : m->order[i];
    }
}

static void a_dict_keeps_order_under_thousands_of_changes(void **state)
{
    (void)state;
    static struct model m;
    uint32_t numbers[KEYS], seed = 7;
    struct py *py = interpreter();
    pyv dict = py_dict_new(py);
    for (uint32_t i = 0; i < KEYS; i++) {
        numbers[i] = i * 3 + i % 3;
    }
    for (int64_t action = 1; action <= ACTIONS; action++) {
        uint32_t key = next_random(&seed) % (action < ACTIONS / 2 ? KEYS : 9);
        pyv k = random_key(py, numbers[key]);
        if (next_random(&seed) % 5 < 3) {
            assert_int_equal(py_dict_set(py, dict, k, py_int_new(py, action)), 0);
            if (!m.values[key]) {
                m.order[m.n++] = key;
            }
            m.values[key] = action;
        } else {
            assert_int_equal(py_dict_del(py, dict, k), m.values[key] ? 1 : 0);
            forget(&m, key);
        }
        pyv found = py_dict_get(py, dict, k);
        assert_int_equal(found != NULL, m.values[key] != 0);
        if (action % 500 == 0) {
            assert_same(py, dict, &m, numbers);
        }
    }
    assert_same(py, dict, &m, numbers);
    struct py_dict *copy = py_dict_copy(py, py_dict_of(dict));
    assert_same(py, &copy->head, &m, numbers);
    assert_int_equal(py_equal(py, dict, &copy->head), 1);
    py_free(py);
}

static void keys_that_only_look_different_are_one(void **state)
{
    (void)state;
    struct py *py = interpreter();
    pyv dict = py_dict_new(py);
    assert_int_equal(py_dict_set(py, dict, py_int_new(py, 1), py_str_of(py, "int")), 0);
    assert_int_equal(py_dict_set(py, dict, &py_true, py_str_of(py, "bool")), 0);
    assert_int_equal(py_dict_set(py, dict, py_float_new(py, 1.0), py_str_of(py, "float")), 0);
    assert_int_equal(py_dict_len(dict), 1);
    assert_string_equal(py_repr_of(py, dict), "{1: 'float'}");
    assert_int_equal(py_dict_set_str(py, dict, "name", &py_none), 0);
    assert_ptr_equal(py_dict_get_str(py, dict, "name"), &py_none);
    assert_null(py_dict_get_str(py, dict, "nam"));
    assert_null(py_dict_get_str(py, dict, ""));
    assert_null(py_dict_get(py, dict, py_list_new(py)));
    assert_int_equal(py_stopped(py), PY_RAISED);
    py_free(py);
}

static void an_emptied_dict_is_filled_again(void **state)
{
    (void)state;
    struct py *py = interpreter();
    pyv dict = py_dict_new(py), key, value;
    for (int64_t i = 0; i < 100000; i++) { /* a stack that never holds more than three */
        assert_int_equal(py_dict_set(py, dict, py_int_new(py, i), &py_none), 0);
        if (i % 3 == 2) {
            for (int n = 0; n < 3; n++) {
                assert_true(py_dict_pop_last(py_dict_of(dict), &key, &value));
            }
            assert_false(py_dict_pop_last(py_dict_of(dict), &key, &value));
        }
    }
    assert_true(py_dict_of(dict)->cap < 100);
    py_free(py);
}

/* --- strings --- */

static void text_that_is_extended_in_place_leaves_older_strings_alone(void **state)
{
    (void)state;
    struct py *py = interpreter();
    pyv text = py_str_of(py, ""), at_300 = NULL;
    for (int i = 0; i < 3000; i++) {
        text = py_binary(py, PY_OP_ADD, text, py_str_printf(py, "%d,", i));
        at_300 = i == 300 ? text : at_300;
    }
    size_t before = py_text(at_300).len;
    pyv a = py_binary(py, PY_OP_ADD, at_300, py_str_of(py, "first"));
    pyv b = py_binary(py, PY_OP_ADD, at_300, py_str_of(py, "second"));
    pyv c = py_binary(py, PY_OP_ADD, text, py_str_of(py, "one"));
    pyv d = py_binary(py, PY_OP_ADD, text, py_str_of(py, "two"));
    assert_int_equal(py_text(at_300).len, before);
    assert_memory_equal(py_text(a).ptr + before, "first", 5);
    assert_memory_equal(py_text(b).ptr + before, "second", 6);
    assert_memory_equal(py_text(c).ptr + py_text(c).len - 8, "2999,one", 8);
    assert_memory_equal(py_text(d).ptr + py_text(d).len - 8, "2999,two", 8);
    assert_true(py_arena(py)->total < 2u << 20);
    py_free(py);
}

static void texts_for_natives(void **state)
{
    (void)state;
    struct py *py = interpreter();
    assert_ptr_equal(py_str_of(py, NULL), &py_none);
    assert_null(py_cstr(py, &py_none));
    assert_null(py_cstr(py, py_int_new(py, 5)));
    assert_null(py_text(&py_none).ptr);
    assert_non_null(py_text(py_str_of(py, "")).ptr);
    assert_string_equal(py_cstr(py, py_str_printf(py, "%s-%d", "a", 5)), "a-5");
    /* A struct of a subtype that was only zeroed and given its text. */
    struct py_str s = {.head = {.type = &py_type_str}, .text = SLICE("\xC3\xB6x")};
    assert_int_equal(py_len(py, &s.head), 2);
    pyv list = py_list_new(py);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(py_list_append(py, list, py_str_of(py, "\xE6\x97\xA5\xE6\x97\xA5")), 0);
    }
    const char *text = py_repr_of(py, list); /* cut between characters */
    assert_true(strlen(text) <= 200);
    assert_true(utf8_valid(text, strlen(text)));
    py_free(py);
}

/* --- attributes of instances --- */

static void values_of_plain_types_take_attributes_only_as_subclasses(void **state)
{
    (void)state;
    struct py *py = interpreter();
    assert_null(py_attrs(py_int_new(py, 5)));
    assert_null(py_attrs(py_str_of(py, "text")));
    const struct py_type *mro[] = {NULL, &py_type_str, &py_type_object};
    struct py_type type = {PY_TYPE_HEAD,         .name = "Text", .module = "",
                           .base = &py_type_str, .mro = mro,     .nmro = 3};
    mro[0] = &type;
    type.dict = (struct py_dict *)(void *)py_dict_new(py);
    struct py_str *s = py_object_new(py, &type, sizeof(*s));
    s->text = SLICE("text");
    struct py_dict **attrs = py_attrs(&s->head);
    assert_non_null(attrs);
    assert_null(*attrs);
    *attrs = (struct py_dict *)(void *)py_dict_new(py);
    assert_int_equal(py_len(py, &s->head), 4);
    assert_true(py_is(&s->head, &py_type_str));
    assert_ptr_equal(*py_attrs(&s->head), *attrs);
    py_free(py);
}

/* --- programs that must stop --- */

struct program {
    const char *text;
    enum py_stop stop;
    const char *message; /* part of it */
};

static void run(const struct program *p)
{
    struct arena a = ARENA_INIT;
    struct py_node *tree;
    struct err err = {0};
    assert_int_equal(py_parse(&a, "case.py", slice_of(p->text), &tree, &err), 0);
    struct py *py = py_new(&(struct py_options){.limits = {.steps = 500000, .memory = (size_t)32 << 20}});
    int rc = py_run_module(py, "__main__", tree, "case.py", slice_of(p->text), NULL);
    enum py_stop stop = py_stopped(py);
    if (rc) {
        py_error(py, &err);
    }
    if (stop != p->stop || !strstr(err.message, p->message)) {
        fail_msg("%s\nstopped as %d: %s", p->text, stop, err.message);
    }
    py_free(py);
    arena_release(&a);
}

#define BIG "integers beyond 64 bits"
static const struct program refused[] = {
    {"x = 9223372036854775807 + 1", PY_REFUSED, BIG},
    {"x = -9223372036854775807 - 2", PY_REFUSED, BIG},
    {"x = 4611686018427387904 * 2", PY_REFUSED, BIG},
    {"x = 3 ** 60", PY_REFUSED, BIG},
    {"x = 1 << 63", PY_REFUSED, BIG},
    {"x = -(-9223372036854775807 - 1)", PY_REFUSED, BIG},
    {"x = abs(-9223372036854775807 - 1)", PY_REFUSED, BIG},
    {"x = (-9223372036854775807 - 1) // -1", PY_REFUSED, BIG},
    {"x = divmod(-9223372036854775807 - 1, -1)", PY_REFUSED, BIG},
    {"x = int('9223372036854775808')", PY_REFUSED, BIG},
    {"x = int(1e19)", PY_REFUSED, BIG},
    {"x = round(1e300)", PY_REFUSED, BIG},
    {"x = sum([9223372036854775807, 1])", PY_REFUSED, BIG},
    {"x = round(9223372036854775807, -1)", PY_REFUSED, BIG},
    {"x = '%d' % 1e30", PY_REFUSED, BIG},
    {"x = (-8) ** 0.5", PY_REFUSED, "complex"},
    {"x = hash('text')", PY_REFUSED, "hash() of a str"},
    {"x = hash((1, 'text'))", PY_REFUSED, "hash() of a tuple"},
    {"x = chr(0xD800)", PY_REFUSED, "surrogates"},
    {"x = 'a'.encode('utf-16')", PY_REFUSED, "encoding 'utf-16'"},
    {"x = b'a'.decode('cp1252')", PY_REFUSED, "encoding 'cp1252'"},
    {"x = 'a'.encode('ascii', 'surrogateescape')", PY_REFUSED, "error handler"},
    {"x = b'a'.upper()", PY_REFUSED, "bytes.upper()"},
    {"x = 'é'.isidentifier()", PY_REFUSED, "isidentifier()"},
    {"x = open('/etc/passwd')", PY_REFUSED, "files are not read"},
    {"x = input('?')", PY_REFUSED, "input()"},
    {"x = eval('1')", PY_REFUSED, "eval()"},
    {"exec('x = 1')", PY_REFUSED, "exec()"},
    {"x = compile('1', 'f', 'eval')", PY_REFUSED, "compile()"},
    {"x = __import__('os')", PY_REFUSED, "__import__()"},
    {"x = bytearray(5)", PY_REFUSED, "bytearray"},
    {"x = complex(1, 2)", PY_REFUSED, "complex"},
    {"x = '%100001d' % 5", PY_REFUSED, "width"},
    {"x = f'{5:100001}'", PY_REFUSED, "width"},
    {"x = f'{5.0:.100001f}'", PY_REFUSED, "precision"},
    {"try:\n    x = 1 << 99\nexcept Exception:\n    x = 0", PY_REFUSED, BIG},
};

static void what_is_not_supported_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        run(&refused[i]);
    }
}

#define LOOP(body) "while True:\n    " body
#define GROW       "s = 'x'\nfor i in range(21):\n    s = s + s\n"
static const struct program limited[] = {
    {"x = 'x' * 10 ** 12", PY_LIMIT, "memory"},
    {"x = [0] * 10 ** 12", PY_LIMIT, ""},
    {"x = (0,) * 9223372036854775807", PY_LIMIT, ""},
    {"x = b'x' * 10 ** 12", PY_LIMIT, ""},
    {"x = bytes(10 ** 12)", PY_LIMIT, "memory"},
    {"x = 'x'.ljust(10 ** 15)", PY_LIMIT, "memory"},
    {"x = 'x'.zfill(10 ** 15)", PY_LIMIT, "memory"},
    {"x = '-1'.zfill(10 ** 15)", PY_LIMIT, "memory"},
    {"x = '\\t'.expandtabs(10 ** 15)", PY_LIMIT, "memory"},
    {"x = 'x' * 10 ** 6\nx = x.replace('x', x)", PY_LIMIT, "memory"},
    {"x = 'x' * 10 ** 6\nx = x.join([x] * 1000)", PY_LIMIT, "memory"},
    {"x = 'x' * 10 ** 6\nx = ('{0}' * 1000).format(x)", PY_LIMIT, "memory"},
    {"x = 'x' * 10 ** 6\nx = ('%(a)s' * 1000) % {'a': x}", PY_LIMIT, "memory"},
    {"x = 'a' * 10 ** 5\nx = x.translate({97: x})", PY_LIMIT, "memory"},
    {"x = 'x'\n" LOOP("x += x"), PY_LIMIT, "memory"},
    {"x = [1]\n" LOOP("x = x + x"), PY_LIMIT, "memory"},
    {"x = [1]\n" LOOP("x += x"), PY_LIMIT, "memory"},
    {"x = [1]\n" LOOP("x.extend(x)"), PY_LIMIT, "memory"},
    {"x = list(range(10 ** 12))", PY_LIMIT, ""},
    {"x = sum(range(10 ** 12))", PY_LIMIT, "steps"},
    {"x = 1.5 in range(10 ** 12)", PY_LIMIT, "steps"},
    {"x = max(range(10 ** 12))", PY_LIMIT, "steps"},
    {"x = any(map(lambda v: False, range(10 ** 12)))", PY_LIMIT, ""},
    {"x = all(x == x for x in iter(int, 1))", PY_LIMIT, ""},
    {"x = list(filter(None, iter(int, 1)))", PY_LIMIT, ""},
    {"x = list(zip(iter(int, 1), iter(int, 1)))", PY_LIMIT, ""},
    {"x = dict.fromkeys(range(10 ** 12))", PY_LIMIT, ""},
    {"x = set(range(10 ** 12))", PY_LIMIT, ""},
    {"x = {}\nx.update(zip(range(10 ** 12), range(10 ** 12)))", PY_LIMIT, ""},
    /* Nested deeper than C may recurse. */
    {"x = []\nfor i in range(20000):\n    x = [x]\ny = repr(x)", PY_LIMIT, "deep"},
    {"x = y = ()\nfor i in range(20000):\n    x = (x,)\ny = hash(x)", PY_LIMIT, "deep"},
    {"x = {}\ny = {}\nfor i in range(20000):\n    x = {1: x}\n    y = {1: y}\nz = x == y", PY_LIMIT, "deep"},
    {"x = int\nfor i in range(20000):\n    x = (x,)\ny = isinstance('a', x)", PY_LIMIT, "deep"},
    {"a = []\nb = []\na.append(b)\nb.append(a)\nc = a == b", PY_LIMIT, "deep"},
    {"class A:\n    def __repr__(self):\n        return repr(self)\nx = repr(A())", PY_LIMIT, "deep"},
    {"class A:\n    def __eq__(self, other):\n        return self == other\nx = A() == A()", PY_LIMIT,
     "deep"},
    /* Not deep, but with as many paths as there are atoms. */
    {"x = []\nfor i in range(60):\n    x = [x, x]\ny = repr(x)", PY_LIMIT, ""},
    {"x = ()\nfor i in range(60):\n    x = (x, x)\ny = hash(x)", PY_LIMIT, ""},
    {"x = ()\ny = ()\nfor i in range(60):\n    x = (x, x)\n    y = (y, y)\nz = x == y", PY_LIMIT, ""},
    /* Steps that each look through much. */
    {GROW LOOP("s.find('y')"), PY_LIMIT, "steps"},
    {GROW LOOP("s.rfind('y' + 'x' * 100)"), PY_LIMIT, "steps"},
    {GROW LOOP("'y' in s"), PY_LIMIT, "steps"},
    {GROW LOOP("s.count('y')"), PY_LIMIT, "steps"},
    {GROW LOOP("s.replace('y', 'z')"), PY_LIMIT, "steps"},
    {GROW LOOP("s.isalpha()"), PY_LIMIT, "steps"},
    {GROW LOOP("s.splitlines()"), PY_LIMIT, "steps"},
    {GROW LOOP("s.partition('y')"), PY_LIMIT, "steps"},
    {GROW LOOP("s.strip('x')"), PY_LIMIT, "steps"},
    {GROW "t = s[:-1] + 'y'\n" LOOP("s == t"), PY_LIMIT, "steps"},
    {GROW "t = s[:-1] + 'y'\n" LOOP("s < t"), PY_LIMIT, "steps"},
    {GROW "t = s + 'ö'\n" LOOP("t[1000000]"), PY_LIMIT, "steps"},
    {"s = '9' * 1000000 + 'x'\n" LOOP("try:\n        int(s)\n    except ValueError:\n        pass"), PY_LIMIT,
     "steps"},
    {"s = '9' * 1000000 + 'x'\n" LOOP("try:\n        float(s)\n    except ValueError:\n        pass"),
     PY_LIMIT, "steps"},
    {"l = [0] * 1000000\n" LOOP("l.insert(0, l.pop(0))"), PY_LIMIT, "steps"},
    {"l = [0] * 1000000\n" LOOP("l.reverse()"), PY_LIMIT, "steps"},
    {"l = [0] * 1000000\n" LOOP("1 in l"), PY_LIMIT, "steps"},
    {"l = [0] * 1000000\n" LOOP("l == [0] * 5 or l == l"), PY_LIMIT, ""},
    {"d = dict.fromkeys(range(100000))\nfor i in range(99999):\n    del d[i]\n" LOOP("next(iter(d))"),
     PY_LIMIT, ""},
};

static void no_program_takes_more_than_it_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(limited); i++) {
        run(&limited[i]);
    }
}

/* What Python code does to containers while natives work on them. */
static const struct program changed[] = {
    {"class K:\n"
     "    def __init__(self, d):\n        self.d = d\n"
     "    def __hash__(self):\n        return 1\n"
     "    def __eq__(self, other):\n        self.d.clear()\n        return False\n"
     "d = {}\n"
     "for i in range(5):\n    d[K(d)] = i\n"
     "x = d.get(K(d))\n"
     "assert len(d) <= 1, d\n",
     PY_RUNNING, ""},
    {"l = [3, 1, 2]\n"
     "def key(v):\n    l.append(v)\n    return v\n"
     "l.sort(key=key)\n",
     PY_RAISED, "ValueError: list modified during sort"},
    {"class E:\n"
     "    def __eq__(self, other):\n        del l[:]\n        return False\n"
     "l = [E() for i in range(10)]\n"
     "assert 5 not in l and l == []\n"
     "l = [E() for i in range(10)]\n"
     "try:\n    l.remove(5)\nexcept ValueError:\n    pass\n"
     "l = [E() for i in range(10)]\n"
     "assert (l == [1] * 10) is False and l == []\n",
     PY_RUNNING, ""},
    {"class R:\n"
     "    def __repr__(self):\n        l.clear()\n        d.clear()\n        s.clear()\n        return 'R'\n"
     "l = [R(), R()]\nd = {1: R(), 2: R()}\ns = {R(), R()}\n"
     "x = repr(l)\nd = {1: R(), 2: R()}\nx = repr(d)\ns = {R(), R()}\nx = repr(s)\n",
     PY_RUNNING, ""},
    {"class I:\n"
     "    def __index__(self):\n        l.clear()\n        return 0\n"
     "l = [1, 2, 3]\n"
     "try:\n    l[I()]\n    l.append('there')\nexcept IndexError:\n    l.append('gone')\n"
     "l = [1, 2, 3]\nl[0:I()] = [9]\nl = [1, 2, 3]\nl[I():3:2] = []\n"
     "l = [1, 2, 3]\ndel l[I():3]\nl = [1, 2, 3]\nl.insert(I(), 5)\nl = [1, 2, 3]\n"
     "try:\n    l.pop(I())\nexcept IndexError:\n    pass\n",
     PY_RUNNING, ""},
    {"l = [1, 2, 3]\nit = iter(l)\nnext(it)\nl.clear()\nassert list(it) == [] and list(reversed(l)) == []\n"
     "r = reversed([1, 2, 3])\nnext(r)\nl = [1, 2, 3]\nr = reversed(l)\nl.clear()\nassert list(r) == []\n",
     PY_RUNNING, ""},
    {"s = {1, 2, 3}\nit = iter(s)\nnext(it)\ns.clear()\ns.update([7, 8, 9])\nx = list(it)\n", PY_RUNNING, ""},
    {"d = {1: 1, 2: 2}\nit = iter(d)\nnext(it)\nd.clear()\nd[5] = d[6] = 0\nx = list(it)\n", PY_RUNNING, ""},
    {"def g():\n    d.clear()\n    yield ('a', 1)\nd = {1: 1}\nd.update(g())\nassert d == {'a': 1}\n",
     PY_RUNNING, ""},
    {"l = [1, 2]\nl.extend(l[i] for i in range(2))\nl[1:1] = l\nassert len(l) == 8\n", PY_RUNNING, ""},
};

static void containers_may_change_under_natives(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changed); i++) {
        run(&changed[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dict_keeps_order_under_thousands_of_changes),
        cmocka_unit_test(keys_that_only_look_different_are_one),
        cmocka_unit_test(an_emptied_dict_is_filled_again),
        cmocka_unit_test(text_that_is_extended_in_place_leaves_older_strings_alone),
        cmocka_unit_test(texts_for_natives),
        cmocka_unit_test(values_of_plain_types_take_attributes_only_as_subclasses),
        cmocka_unit_test(what_is_not_supported_is_refused),
        cmocka_unit_test(no_program_takes_more_than_it_may),
        cmocka_unit_test(containers_may_change_under_natives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
