/* Imports, and modules of the project that run as far as they are needed. */
#include "engine/alembic/python/py.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MODULES 6
struct module {
    const char *name;
    bool is_package;
    const char *text;
};
struct import_case {
    const char *title;
    const char *source;
    struct module modules[MODULES];
    const char *printed; /* NULL: stopped with `message` */
    const char *message;
};

static int find(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                struct slice *text, struct err *err)
{
    const struct module *m = arg;
    (void)err;
    *found = false;
    for (size_t i = 0; i < MODULES && m[i].name; i++) {
        if (strcmp(m[i].name, name) == 0) {
            *found = true;
            *is_package = m[i].is_package;
            *file = m[i].name;
            *text = slice_of(m[i].text);
        }
    }
    return 0;
}

static void print(void *arg, struct slice text)
{
    strbuf_add(arg, text.ptr, text.len);
}

static const struct import_case cases[] = {
    {"only what is used runs",
     "from app.models import used, unused\nimport app.other\nprint(used)\n",
     {{"app", true, "raise ValueError('not asked for')\n"},
      {"app.models", false,
       "import nowhere\nprint('never')\nconfig = nowhere.load()\nbase = 1\nused = base + 1\nunused = "
       "nowhere.x\n"}},
     .printed = "2\n"},
    {"several statements of one name in order",
     "from m import names, n, table\nprint(names, n, table)\n",
     {{"m", false,
       "names = ['a']\nn = 1\nnames += ['b']\nn = n + len(names)\nnames.append('c')\nnames[0] = 'z'\n"
       "table = {}\ntable['k'] = n\nn = n * 10\n"}},
     .printed = "['z', 'b', 'c'] 30 {'k': 3}\n"},
    {"a name as it was at that place",
     "from m import early, late, x\nprint(early, late, x)\n",
     {{"m", false, "x = 1\nearly = x\nx = 2\nlate = x\nx = 3\n"}},
     .printed = "1 2 3\n"},
    {"conditions, loops and try at the top level",
     "from m import a, b, c, d\nprint(a, b, c, d)\n",
     {{"m", false,
       "import os\nif True:\n    a = 'if'\nelse:\n    a = 'else'\nb = []\nfor i in range(3):\n    "
       "b.append(i)\n"
       "try:\n    c = int('x')\nexcept ValueError:\n    c = 'caught'\nwhile True:\n    d = 'while'\n    "
       "break\n"}},
     .printed = "if [0, 1, 2] caught while\n"},
    {"functions find their globals when they are called",
     "from m import f\nprint(f())\n",
     {{"m", false,
       "def f():\n    return helper(LIMIT)\ndef helper(n):\n    return n * FACTOR\nLIMIT = 3\nFACTOR = 2\n"}},
     .printed = "6\n"},
    {"classes with bases of other modules",
     "from app.models.user import User\nprint(User.__name__, User().table(), User.kind)\n",
     {{"app", true, ""},
      {"app.models", true, "from .user import User\nfrom .missing import Nothing\n"},
      {"app.models.base", false,
       "class Base:\n    kind = 'base'\n    def table(self):\n        return self.name\n"},
      {"app.models.user", false,
       "from .base import Base\nfrom ..names import NAME\nclass User(Base):\n    name = NAME\n"},
      {"app.names", false, "NAME = 'users'\n"}},
     .printed = "User users base\n"},
    {"names through a package",
     "from app.models import User\nimport app.models as m\nimport app.models.user\n"
     "print(User, m.User is User, app.models.user.User is User)\n",
     {{"app", true, ""},
      {"app.models", true, "from .user import User\n"},
      {"app.models.user", false, "User = 'u'\n"}},
     .printed = "u True True\n"},
    {"a submodule that the package does not bind",
     "from app import models\nprint(models.X)\n",
     {{"app", true, ""}, {"app.models", false, "X = 1\n"}},
     .printed = "1\n"},
    {"packages without a file of their own",
     "import app.deep.mod\nfrom app.deep import mod\nfrom app.deep.mod import X\nprint(app.deep.mod.X, "
     "mod.X, X)\n",
     {{"app.deep.mod", false, "X = 5\n"}},
     .printed = "5 5 5\n"},
    {"modules that import each other",
     "from a import x\nprint(x())\n",
     {{"a", false, "from b import y\ndef x():\n    return y() + 1\ndef z():\n    return 10\n"},
      {"b", false, "import a\ndef y():\n    return a.z()\n"}},
     .printed = "11\n"},
    {"import * from the project",
     "x = 'mine'\nfrom m import *\nprint(x, y)\ny = 'later'\nprint(y)\ntry:\n    _z\nexcept NameError as "
     "e:\n    print(e)\n",
     {{"m", false, "x = 'theirs'\ny = 2\n_z = 3\n"}},
     .printed = "theirs 2\nlater\nname '_z' is not defined\n"},
    {"import * with __all__, through another module",
     "from a import *\nprint(p, _q)\ntry:\n    r\nexcept NameError as e:\n    print(e)\n",
     {{"a", true, "from .b import *\n__all__ = ['p']\n__all__ += ['_q']\n"},
      {"a.b", false, "__all__ = ['p', '_q']\np = 1\n_q = 2\nr = 3\n"}},
     .printed = "1 2\nname 'r' is not defined\n"},
    {"a module's own __getattr__",
     "import m\nprint(m.anything)\n",
     {{"m", false, "def __getattr__(name):\n    return 'made ' + name\n"}},
     .printed = "made anything\n"},
    {"__name__ and __file__",
     "import app.m\nprint(__name__, app.m.name, app.m.__name__, app.m.file)\n",
     {{"app", true, ""}, {"app.m", false, "name = __name__\nfile = __file__\n"}},
     .printed = "x app.m app.m app.m\n"},
    {"an import that fails is caught",
     "try:\n    from m import nothing\nexcept ImportError as e:\n    print(e)\ntry:\n    from m import "
     "x\nexcept ImportError:\n"
     "    print('no')\nprint(x)\n",
     {{"m", false, "x = 1\n"}},
     .printed = "cannot import name 'nothing' from 'm' (m)\n1\n"},
    {"imports inside functions",
     "def f():\n    import a.b\n    from a.b import x as y\n    return a.b.x, y\nprint(f())\n",
     {{"a", true, ""}, {"a.b", false, "x = 1\n"}},
     .printed = "(1, 1)\n"},
    {"annotations and future imports",
     "from __future__ import annotations\nimport nowhere\ndef f(a: nowhere.T) -> nowhere.R:\n    v: "
     "nowhere.V = 1\n    return v\n"
     "print(f(1))\n",
     {{0}},
     .printed = "1\n"},
    {"if TYPE_CHECKING is an ordinary condition",
     "from m import X\nprint(X)\n",
     {{"m", false, "CHECKING = False\nif CHECKING:\n    from nowhere import Y\nX = 1\n"}},
     .printed = "1\n"},
    {"a container is filled by all that touches it",
     "from m import registry, by_call, by_loop\nprint(registry, by_call, by_loop)\n",
     {{"m", false,
       "registry = {}\ndef register(f):\n    registry[f.__name__] = f(1)\n    return f\n@register\ndef "
       "one(x):\n    return x\n"
       "@register\ndef two(x):\n    return x + 1\nby_call = []\ndef add(x):\n    "
       "by_call.append(x)\nadd(1)\nadd(2)\n"
       "by_loop = []\nfor i in range(2):\n    add(i)\n    by_loop.append(i)\nclass Other:\n    add(9)\n"}},
     .printed = "{'one': 1, 'two': 2} [1, 2, 0, 1, 9] [0, 1]\n"},
    {"a module that cannot be read",
     "from m import x\nprint(x)\n",
     {{"m", false, "x = 1\ndef (:\n"}},
     .message = "the module m cannot be read: invalid syntax"},
    {"an exception of another module is none of the user's",
     "from m import x\ntry:\n    print(x)\nexcept ValueError:\n    print('no')\n",
     {{"m", false, "x = int('q')\n"}},
     .message = "the module m raises ValueError: invalid literal for int() with base 10: 'q'"},
    {"a name that the module does not have",
     "from m import nothing\nprint(nothing)\n",
     {{"m", false, "x = 1\n"}},
     .message = "cannot import name 'nothing' from 'm' (m)"},
    {"an attribute that the module does not have",
     "import m\nprint(m.nothing)\n",
     {{"m", false, "x = 1\n"}},
     .message = "AttributeError: module 'm' has no attribute 'nothing'"},
    {"a value that changed since",
     "import m\nprint(m.x, m.y)\n",
     {{"m", false, "x = 1\ny = 2\nz = x\nx = 2\ndef late():\n    return z\nx = late() + 1\n"}},
     .printed = "2 2\n"},
    {"setting what belongs to another module",
     "import m\nm.x = 2\n",
     {{"m", false, "x = 1\n"}},
     .message = "setting m.x"},
};

static void run(const struct import_case *c, struct strbuf *printed, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *tree;
    struct py_options options = {
        .print = print, .print_arg = printed, .loader = {(void *)(uintptr_t)c->modules, find}};
    struct py *py = py_new(&options);
    if (py_parse(&a, "x.py", slice_of(c->source), &tree, err) == 0 &&
        py_run_module(py, "x", tree, "x.py", slice_of(c->source), NULL) != 0) {
        py_error(py, err);
    }
    py_free(py);
}

static void modules_run_as_far_as_needed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_release) struct strbuf printed = STRBUF_INIT;
        struct err err = {0};
        run(&cases[i], &printed, &err);
        const char *message = cases[i].printed ? "" : cases[i].message;
        if (strcmp(err.message, message) != 0 ||
            strcmp(strbuf_cstr(&printed), cases[i].printed ? cases[i].printed : "") != 0) {
            fail_msg("%s: \"%s\" %s:%d, printed \"%s\"", cases[i].title, err.message, err.file, err.line,
                     strbuf_cstr(&printed));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(modules_run_as_far_as_needed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
