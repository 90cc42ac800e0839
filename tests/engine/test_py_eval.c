/* How programs end: exceptions, refusals and limits, with the place that is blamed. With a file as its
 * argument this program runs it and prints what it prints, for test_python_cases.sh, which compares that with
 * Python. */
#include "base/file.h"
#include "engine/alembic/python/py.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void to_stdout(void *arg, struct slice text)
{
    (void)arg;
    fwrite(text.ptr, 1, text.len, stdout);
}

static int run_file(const char *file)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    struct py_node *tree;
    struct err err;
    if (file_read(&a, file, 0, &text, &err) != 0 || py_parse(&a, file, text, &tree, &err) != 0) {
        fprintf(stderr, "%s:%d: %s\n", err.file, err.line, err.message);
        return 1;
    }
    struct py_options options = {.print = to_stdout};
    struct py *py = py_new(&options);
    int rc = py_run_module(py, "__main__", tree, file, text, NULL);
    if (rc) {
        py_error(py, &err);
        fprintf(stderr, "%s:%d:%d: %s\n%s\n", err.file, err.line, err.column, err.message, err.excerpt);
    }
    py_free(py);
    return rc ? 1 : 0;
}

static enum py_stop run_text(const char *source, const struct py_limits *limits, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *tree;
    *err = (struct err){0};
    if (py_parse(&a, "x.py", slice_of(source), &tree, err) != 0) {
        return PY_FAILED;
    }
    struct py_options options = {.limits = limits ? *limits : (struct py_limits){0}};
    struct py *py = py_new(&options);
    if (py_run_module(py, "x", tree, "x.py", slice_of(source), NULL) != 0) {
        py_error(py, err);
    }
    enum py_stop stop = py_stopped(py);
    py_free(py);
    return stop;
}

struct ending {
    const char *source;
    enum py_stop stop;
    const char *message;
    int line, column;
};

static const struct ending endings[] = {
    {"x = 1\nraise ValueError('no')\n", PY_RAISED, "ValueError: no", 2, 1},
    {"raise KeyError('k')", PY_RAISED, "KeyError: 'k'", 1, 1},
    {"raise ValueError", PY_RAISED, "ValueError", 1, 1},
    {"def f():\n    return g()\ndef g():\n    return 1 / 0\nf()\n", PY_RAISED,
     "ZeroDivisionError: division by zero", 4, 12},
    {"x = (1 +\n     y)\n", PY_RAISED, "NameError: name 'y' is not defined", 2, 6},
    {"class E(Exception): pass\ntry:\n    raise E('a')\nexcept E as e:\n    raise\n", PY_RAISED, "E: a", 3,
     5},
    {"try:\n    1 / 0\nfinally:\n    x = 1\n", PY_RAISED, "ZeroDivisionError: division by zero", 2, 5},
    {"x = [1, 2]\nx[5]\n", PY_RAISED, "IndexError: list index out of range", 2, 1},
    {"async def f(): pass\nf()\n", PY_REFUSED, "f() is an async function", 2, 1},
    {"x = 1j\n", PY_REFUSED, "complex numbers", 1, 5},
    {"x = 99999999999999999999\n", PY_REFUSED, "integers of more than 64 bits", 1, 5},
    {"def f():\n    x = (yield 1) + 1\nlist(f())\n", PY_REFUSED, "yield inside an expression", 2, 10},
    {"class M(type): pass\n", PY_REFUSED, "class M, which is a metaclass", 1, 9},
    {"try:\n    x = 1j\nexcept BaseException:\n    pass\n", PY_REFUSED, "complex numbers", 2, 9},
    {"try:\n    x = 1j\nfinally:\n    raise ValueError\n", PY_REFUSED, "complex numbers", 2, 9},
    {"import celery\nx = 1\ncelery.task()\n", PY_REFUSED,
     "the module celery is neither of this project nor known to Lockstep", 3, 1},
    {"from celery import task as t\nx = 1\n@t\ndef f(): pass\n", PY_REFUSED,
     "t comes from the module celery, which is neither of this project nor known to Lockstep", 3, 2},
    {"from celery import *\nshared()\n", PY_REFUSED, "shared, which may come from \"from celery import *\"",
     2, 1},
    {"try:\n    import celery\nexcept ImportError:\n    celery = None\n", PY_REFUSED,
     "an import inside try: whether the module celery is installed is not known", 2, 5},
    {"from . import x\n", PY_RAISED, "ImportError: attempted relative import with no known parent package", 1,
     1},
    {"def f(n):\n    return f(n + 1)\nf(0)\n", PY_LIMIT, "calls are nested deeper than 400 levels", 2, 12},
    {"def f():\n    try:\n        yield 1\n    finally:\n        pass\nfor x in f():\n    break\n",
     PY_RUNNING, NULL, 0, 0},
};

static void programs_end_where_and_as_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        const struct ending *e = &endings[i];
        struct err err;
        enum py_stop stop = run_text(e->source, NULL, &err);
        if (stop != e->stop || (e->message && strcmp(err.message, e->message) != 0) || err.line != e->line ||
            err.column != e->column) {
            fail_msg("%s: stop %d, \"%s\" at %d:%d", e->source, (int)stop, err.message, err.line, err.column);
        }
        if (e->line) {
            assert_string_equal(err.file, "x.py");
            assert_non_null(strchr(err.excerpt, '^'));
        }
    }
}

struct bounded {
    const char *source;
    struct py_limits limits;
    const char *message;
};

static const struct bounded bounds[] = {
    {"while True: pass\n", {.steps = 1000}, "the program takes more than 1000 steps"},
    {"while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
     {.steps = 1000},
     "the program takes more than 1000 steps"},
    {"x = [1]\nwhile True: x = x + x\n", {.memory = 1 << 20}, "the program takes more than 1 MiB of memory"},
    {"x = 'ab'\nwhile True: x = x + x\n", {.memory = 4 << 20}, "the program takes more than 4 MiB of memory"},
    {"x = []\nfor i in range(10 ** 9): x.append(i)\n",
     {.memory = 4 << 20},
     "the program takes more than 4 MiB of memory"},
    {"f = lambda n: f(n)\nf(0)\n", {.depth = 20}, "calls are nested deeper than 20 levels"},
    {"def f(n): return [[[[(f(n + 1))]]]]\nf(0)\n",
     {.depth = 100000, .stack = 65536},
     "calls and expressions are nested too deep"},
    {"class A:\n    def __getattr__(self, n): return getattr(self, n)\nA().x\n",
     {0},
     "calls are nested deeper than 400 levels"},
    {"class A:\n    def __eq__(self, o): return self == o\nA() == 1\n",
     {0},
     "calls are nested deeper than 400 levels"},
    {"class A:\n    def __repr__(self): return repr(self)\nrepr(A())\n",
     {0},
     "calls are nested deeper than 400 levels"},
    {"def g():\n    yield from g()\nlist(g())\n", {0}, "calls are nested deeper than 400 levels"},
    {"g = iter(())\nfor i in range(1000):\n    g = (x for x in g)\nlist(g)\n",
     {0},
     "calls are nested deeper than 400 levels"},
    {"x = []\nfor i in range(1000): x = [x]\nrepr(x)\n", {0}, "calls are nested deeper than 400 levels"},
};

static void limits_stop_a_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        const struct bounded *b = &bounds[i];
        struct err err;
        enum py_stop stop = run_text(b->source, &b->limits, &err);
        if (stop != PY_LIMIT || strcmp(err.message, b->message) != 0) {
            fail_msg("%s: stop %d, \"%s\"", b->source, (int)stop, err.message);
        }
    }
}

/* What calls and caught exceptions take is used again. */
static void loops_of_calls_take_little_memory(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "def f(a, b=2):\n    c = a\n    return None\nfor i in range(100000): f(None)\n",
        "for i in range(20000):\n    try:\n        raise ValueError('x')\n    except ValueError as e: pass\n",
        "for i in range(20000):\n    [x for x in (1, 2)]\n",
        "def f():\n    for a in (1,):\n        for b in (2,):\n            for c in (3,):\n                "
        "if c: pass\n"
        "for i in range(20000): f()\n",
    };
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        struct err err;
        enum py_stop stop = run_text(sources[i], &(struct py_limits){.memory = 24 << 20}, &err);
        if (stop != PY_RUNNING) {
            fail_msg("%s: %s", sources[i], err.message);
        }
    }
}

static void *deep_calls(void *arg)
{
    (void)arg;
    struct err err;
    assert_int_equal(run_text("def f(n):\n"
                              "    for i in (1,):\n"
                              "        if n:\n"
                              "            return 1 + max([f(n - 1)] + [0], key=lambda x: x)\n"
                              "    return 0\n"
                              "f(190)\n",
                              NULL, &err),
                     PY_RUNNING);
    assert_int_equal(run_text("def f(n): return 1 + f(n - 1) if n else 0\nf(398)\n", NULL, &err), PY_RUNNING);
    /* However deep it is nested, the C stack lasts. */
    assert_int_equal(
        run_text(
            "class A:\n"
            "    def __getattr__(self, n): return [x for x in [getattr(self, n + n[:1])]][0]\n"
            "    def __eq__(self, o): return (self + o) == 1 if o else sorted([A()], key=lambda a: a.x)\n"
            "    def __add__(self, o): return A() == None\n"
            "A() == 1\n",
            &(struct py_limits){.depth = 100000}, &err),
        PY_LIMIT);
    return NULL;
}

/* 400 calls within one another fit into the stack that py.h asks for. */
static void the_default_depth_fits_the_stack(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    deep_calls(NULL);
#else
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)512 << 10);
    assert_int_equal(pthread_create(&thread, &attr, deep_calls, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
#endif
}

/* What print() finds when it is called: the line of the program, and how many `try` could catch. */
struct asked {
    struct py *py;
    struct strbuf *out;
};

static void ask(void *arg, struct slice text)
{
    const struct asked *a = arg;
    strbuf_addf(a->out, "%.*s:%d:%u ", (int)text.len - 1, text.ptr, py_line(a->py), py_guarded(a->py));
}

static void natives_are_told_where_they_are_called(void **state)
{
    (void)state;
    static const char source[] = "print('a')\n"
                                 "def f(name):\n"
                                 "    print(name)\n"
                                 "try:\n"
                                 "    f('b')\n"
                                 "    try:\n"
                                 "        print('c')\n"
                                 "    except ValueError:\n"
                                 "        pass\n"
                                 "except Exception:\n"
                                 "    pass\n"
                                 "else:\n"
                                 "    print('d')\n"
                                 "finally:\n"
                                 "    print('e')\n"
                                 "try:\n"
                                 "    raise KeyError\n"
                                 "except (KeyError, IndexError):\n"
                                 "    print('f')\n"
                                 "try: print('g')\n"
                                 "except (KeyError, Unknown): pass\n"
                                 "try: print('h')\n"
                                 "except: pass\n"
                                 "def g():\n"
                                 "    try:\n"
                                 "        yield 1\n"
                                 "    except Exception: pass\n"
                                 "for x in g():\n"
                                 "    print('i')\n"
                                 "class M:\n"
                                 "    def __enter__(self): print('j')\n"
                                 "    def __exit__(self, *a): print('l')\n"
                                 "with M():\n"
                                 "    print('k')\n"
                                 "try: [print(\n"
                                 "    'm') for x in (1,)]\n"
                                 "finally: pass\n";
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct asked asked = {.out = &out};
    struct py_node *tree;
    struct err err;
    assert_int_equal(py_parse(&a, "x.py", slice_of(source), &tree, &err), 0);
    struct py_options options = {.print = ask, .print_arg = &asked};
    asked.py = py_new(&options);
    assert_int_equal(py_run_module(asked.py, "x", tree, "x.py", slice_of(source), NULL), 0);
    py_free(asked.py);
    assert_string_equal(strbuf_cstr(&out), "a:1:0 b:5:1 c:7:1 d:13:0 e:15:0 f:19:0 g:20:1 h:22:1 i:29:0 "
                                           "j:33:0 k:34:1 l:33:0 m:35:0 ");
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return run_file(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_end_where_and_as_they_should),
        cmocka_unit_test(limits_stop_a_program),
        cmocka_unit_test(loops_of_calls_take_little_memory),
        cmocka_unit_test(the_default_depth_fits_the_stack),
        cmocka_unit_test(natives_are_told_where_they_are_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
