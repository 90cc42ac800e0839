/* The parser: trees that this machine's Python may be too old for, soft keywords, scopes, errors, depth.
 * Everything else is compared with Python's own trees in test_py_stdlib.c. */
#include "base/arena.h"
#include "engine/alembic/python/py_ast.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct py_node *module_of(struct arena *a, struct slice text)
{
    struct py_node *module = NULL;
    struct err err = {0};
    char message[4096];
    if (py_parse(a, "f.py", text, &module, &err)) {
        fail_msg("%.*s\n%s", (int)text.len, text.ptr, err_format(&err, message, sizeof(message)));
    }
    return module;
}

static void dump(const char *text, struct strbuf *out)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    py_dump(out, module_of(&a, slice_of(text)));
}

/* The module's body dumps so. */
static void is_tree(const char *text, const char *expected)
{
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT, whole = STRBUF_INIT;
    dump(text, &got);
    strbuf_addf(&whole, "Module(body=[%s])", expected);
    assert_string_equal(strbuf_cstr(&got), strbuf_cstr(&whole));
}

/* Two ways of writing one tree. */
static void is_same(const char *text, const char *other)
{
    AUTO(strbuf_release) struct strbuf one = STRBUF_INIT, two = STRBUF_INIT;
    dump(text, &one);
    dump(other, &two);
    assert_string_equal(strbuf_cstr(&one), strbuf_cstr(&two));
}

static void is_wrong_slice(struct slice text, int status, int line, int column, const char *message,
                           const char *hint)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *module = NULL;
    struct err err = {0};
    int rc = py_parse(&a, "f.py", text, &module, &err);
    if (rc != status || err.status != status || (line && err.line != line) ||
        (column && err.column != column) || !strstr(err.message, message) || !strstr(err.hint, hint) ||
        module) {
        fail_msg("%.200s\nexpected %d at %d:%d: %s (%s)\n     got %d at %d:%d: %s (%s)", text.ptr, status,
                 line, column, message, hint, rc, err.line, err.column, err.message, err.hint);
    }
    assert_string_equal(err.file, "f.py");
}

static void is_wrong(const char *text, int line, int column, const char *message)
{
    is_wrong_slice(slice_of(text), ERR_FILE, line, column, message, "");
}

static void test_f_strings(void **state)
{
    (void)state;
    is_same("f'{x['a']}'", "f'{x[\"a\"]}'");
    is_same("f'{f'{f'{1}'}'}'", "f'''{f\"\"\"{f'{1}'}\"\"\"}'''");
    is_same("f'{'\\x41'.join(x)}'", "f'{\"A\".join(x)}'");
    is_same("f'{\n  x\n}'", "f'{x}'");
    is_same("f'{x # the value\n}'", "f'{x}'");
    is_same("f'{x=}'", "'x=' f'{x!r}'");
    is_same("f'{ x = }'", "' x = ' f'{x!r}'");
    is_same("f'{x=!s}'", "'x=' f'{x!s}'");
    is_same("f'{x=:>3}'", "'x=' f'{x:>3}'");
    is_same("f'{x:{w}.{p}}'", "f\"\"\"{x:{w}.{\np\n}}\"\"\"");
    is_same("'a' f'b{c}d' 'e'", "f'ab{c}de'");
    is_same("f'{{{a}}}'", "'{' f'{a}' '}'");
    is_same("rf'\\{a}'", "f'\\\\{a}'");
    is_same("f'\\x41{a}'", "f'A{a}'");
    is_tree("f'{x!r:{y}}'",
            "Expr(value=JoinedStr(values=[FormattedValue(value=Name(id='x', ctx=Load()), conversion=114, "
            "format_spec=JoinedStr(values=[FormattedValue(value=Name(id='y', ctx=Load()), "
            "conversion=-1)]))]))");
    is_tree("f''", "Expr(value=JoinedStr(values=[]))");
    is_tree("f'{x:}'", "Expr(value=JoinedStr(values=[FormattedValue(value=Name(id='x', ctx=Load()), "
                       "conversion=-1, format_spec=JoinedStr(values=[]))]))");
    is_wrong("f'{}'", 1, 4, "valid expression required before '}'");
    is_wrong("f'{!r}'", 1, 4, "valid expression required before '!'");
    is_wrong("f'{x!z}'", 1, 6, "invalid conversion character");
    is_wrong("f'{x!}'", 1, 6, "invalid conversion character");
    is_wrong("f'{x y}'", 1, 6, "expecting '}'");
    is_wrong("f'{lambda x: 1}'", 1, 4, "lambda expressions are not allowed without parentheses");
    is_wrong("f'{a' 'b}'", 1, 5, "");
    is_wrong("b'a' f'b'", 1, 6, "cannot mix bytes and nonbytes literals");
}

static void test_strings(void **state)
{
    (void)state;
    is_same("'a' \"b\" '''c'''", "'abc'");
    is_same("('a'\n 'b')", "'ab'");
    is_same("'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'", "'\\x07\\x08\\x0c\\x0a\\x0d\\x09\\x0b\\x5c\\x27\\x22'");
    is_same("'\\101\\7\\0'", "'A\\x07\\x00'");
    is_same("'\\u00e9\\U0001F600\\xe9'", "'é😀é'");
    is_same("'\\d\\('", "'\\\\d\\\\('");
    is_same("'a\\\nb'", "'ab'");
    is_same("r'\\d' '\\n'", "'\\\\d\\x0a'");
    is_same("b'\\xff\\u0041'", "b'\\377\\\\u0041'");
    is_same("u'a'", "'a'");
    is_same("'''a\r\nb'''", "'a\\nb'");
    is_tree("''", "Expr(value=Constant(value=''))");
    is_wrong("'\\x4'", 1, 2, "\\x takes 2 hexadecimal digits");
    is_wrong("'\\u12'", 1, 2, "\\u takes 4 hexadecimal digits");
    is_wrong("'\\U00110000'", 1, 2, "illegal Unicode character");
    is_wrong("b'é'", 1, 3, "ASCII");
    is_wrong_slice(SLICE("'a\\N{DASH}'"), ERR_REFUSED, 1, 3, "characters by name", "");
    is_wrong_slice(SLICE("f'\\N{DASH}'"), ERR_REFUSED, 1, 3, "characters by name", "");
    is_wrong_slice(SLICE("'\\ud800'"), ERR_REFUSED, 1, 2, "lone surrogates", "");
}

static void test_numbers(void **state)
{
    (void)state;
    is_same("1_000", "1000");
    is_same("0xFF", "0b1111_1111");
    is_same("0o17", "15");
    is_same("9223372036854775807", "0x7fffffffffffffff");
    is_same("9223372036854775808", "0x8000_0000_0000_0000");
    is_same("340282366920938463463374607431768211456", "0x1_00000000_00000000_00000000_00000000");
    is_same("1_0.5e1_0", "105e9");
    is_tree("1e999", "Expr(value=Constant(value=inf))");
    is_tree("2j", "Expr(value=Constant(value=2j))");
    is_tree("00", "Expr(value=Constant(value=0))");
}

static void test_type_parameters(void **state)
{
    (void)state;
    is_tree("type X = int", "TypeAlias(name=Name(id='X', ctx=Store()), value=Name(id='int', ctx=Load()))");
    is_tree(
        "type X[T, *Ts, **P] = T",
        "TypeAlias(name=Name(id='X', ctx=Store()), type_params=[TypeVar(name='T'), TypeVarTuple(name='Ts'), "
        "ParamSpec(name='P')], value=Name(id='T', ctx=Load()))");
    is_tree("def f[T: int](): pass",
            "FunctionDef(name='f', args=arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], "
            "defaults=[]), body=[Pass()], decorator_list=[], type_params=[TypeVar(name='T')])");
    is_tree("class C[T](B): pass",
            "ClassDef(name='C', bases=[Name(id='B', ctx=Load())], keywords=[], body=[Pass()], "
            "decorator_list=[], type_params=[TypeVar(name='T')])");
    is_same("def f[T = int, *Ts = *U, **P = [int]](): pass", "def f[T, *Ts, **P](): pass");
    is_wrong("def f[](): pass", 1, 7, "invalid syntax");
    is_wrong("type X", 1, 7, "expected '='");
}

/* match, case, type and _ are ordinary names wherever no statement begins with them. */
static void test_soft_keywords(void **state)
{
    (void)state;
    static const char *const names[] = {
        "%s = 1",         "%s: int = 1", "%s.a = 1",       "%s[0] = 1",     "%s(1)",
        "%s (1)",         "%s",          "%s * 2",         "%s - 1",        "%s + 1",
        "print(%s)",      "%s, b = c",   "%s += 1",        "del %s",        "%s(\n1\n)",
        "%s[1:2]",        "f(%s=1)",     "def %s(): pass", "%s in x",       "%s not in x",
        "%s if a else b", "%s or x",     "import %s",      "%s = {\n1: 2}", "for %s in x: pass",
        "%s; %s",         "%s == x",     "%s is x",        "lambda %s: 1",  "class %s: pass",
        "%s[a](b)[c]",    "x = %s",      "if %s: pass",    "%s @ x",
    };
    static const char *const words[] = {"match", "case", "type", "_"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        for (size_t w = 0; w < COUNT_OF(words); w++) {
            AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, tree = STRBUF_INIT;
            for (const char *s = names[i]; *s; s++) {
                if (*s == '%') {
                    strbuf_adds(&text, words[w]);
                    s++;
                } else {
                    strbuf_addch(&text, *s);
                }
            }
            dump(strbuf_cstr(&text), &tree);
            assert_null(strstr(strbuf_cstr(&tree), "Match"));
            assert_null(strstr(strbuf_cstr(&tree), "TypeAlias"));
        }
    }
}

static void test_match(void **state)
{
    (void)state;
    static const char *const subjects[] = {
        "x", "(x)",   "[x]",    "-x",   "*x, y", "x, y",   "x,",     "not x", "{}",   "'a'",     "lambda: 1",
        "1", "match", "(x, y)", "x[1]", "...",   "x := 1", "await_", "~x",    "None", "(yield_)"};
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, tree = STRBUF_INIT;
        strbuf_addf(&text, "match %s:\n case _: pass\n", subjects[i]);
        dump(strbuf_cstr(&text), &tree);
        assert_true(strncmp(strbuf_cstr(&tree), "Module(body=[Match(subject=", 27) == 0);
    }
    is_wrong("match x:\n  pass", 2, 3, "expected 'case'");
    is_wrong("match x:\n case f'a': pass", 2, 7, "patterns may only match literals");
    is_wrong("match x:\n case a.b as _: pass", 2, 14, "invalid pattern target");
    is_wrong("match x:\n case {**_}: pass", 2, 10, "invalid syntax");
    is_wrong("match x:\n case {**a, 1: 2}: pass", 2, 13, "invalid syntax");
    is_wrong("match x:\n case A(b=1, 2): pass", 2, 14, "positional patterns follow keyword patterns");
    is_wrong("match x:\n case 1 + 2: pass", 2, 11, "imaginary number required");
    is_wrong("match x:\n case *a: pass", 2, 9, "invalid syntax");
}

static void test_with(void **state)
{
    (void)state;
    is_same("with (a as b, c as d,): pass", "with a as b, c as d: pass");
    is_same("with (a, b): pass", "with a, b: pass");
    is_same("with (a): pass", "with a: pass");
    is_same("with (a) as b: pass", "with a as b: pass");
    is_same("with (a), b: pass", "with a, b: pass");
    is_same("with (a).b(c) as d, e: pass", "with a.b(c) as d, e: pass");
    is_same("with (a if b else c) as d: pass", "with a if b else c as d: pass");
    is_same("with (a) + b: pass", "with a + b: pass");
    is_tree(
        "with (a, b) as c: pass",
        "With(items=[withitem(context_expr=Tuple(elts=[Name(id='a', ctx=Load()), Name(id='b', ctx=Load())], "
        "ctx=Load()), optional_vars=Name(id='c', ctx=Store()))], body=[Pass()])");
    is_tree("with (): pass",
            "With(items=[withitem(context_expr=Tuple(elts=[], ctx=Load()))], body=[Pass()])");
    is_tree(
        "with (a := b): pass",
        "With(items=[withitem(context_expr=NamedExpr(target=Name(id='a', ctx=Store()), value=Name(id='b', "
        "ctx=Load())))], body=[Pass()])");
    is_tree(
        "with (*a,): pass",
        "With(items=[withitem(context_expr=Tuple(elts=[Starred(value=Name(id='a', ctx=Load()), ctx=Load())], "
        "ctx=Load()))], body=[Pass()])");
    is_wrong("with (a as b) as c: pass", 1, 15, "expected ':'");
    is_wrong("with (a as 1): pass", 1, 12, "cannot assign to literal");
    is_wrong("with (*a): pass", 1, 7, "cannot use starred expression here");
}

static void test_expressions(void **state)
{
    (void)state;
    is_same("a or b and not c == d | e ^ f & g << h + i * -j ** k",
            "(a or (b and (not (c == (d | (e ^ (f & (g << (h + (i * (-(j ** k))))))))))))");
    is_same("a ** -b ** c", "a ** (-(b ** c))");
    is_same("-a ** b", "-(a ** b)");
    is_same("a - b - c", "(a - b) - c");
    is_same("a if b else c if d else e", "a if b else (c if d else e)");
    is_same("lambda: a if b else c", "lambda: (a if b else c)");
    is_same("await_(a)[b].c", "((await_(a))[b]).c");
    is_same("x = a, *b", "x = (a, *b)");
    is_same("x[a, *b]", "x[(a, *b)]");
    is_same("f(a)(b, *c, d=e, **g)", "f(a)(b, *c, d=e, **g,)");
    is_wrong("a + not b", 1, 5, "invalid syntax");
    is_wrong("a not b", 1, 7, "invalid syntax");
    is_wrong("f(a=1, b)", 1, 8, "positional argument follows keyword argument");
    is_wrong("f(**a, *b)", 1, 8, "positional argument follows keyword argument unpacking");
    is_wrong("f(a for a in b, c)", 1, 15, "generator expression must be parenthesized");
    is_wrong("f(a=1, a=2)", 1, 10, "keyword argument repeated: a");
    is_wrong("x := 1", 1, 3, "invalid syntax");
    is_wrong("(x.y := 1)", 1, 2, "cannot use assignment expressions");
    is_wrong("((x) := 1)", 1, 3, "cannot use assignment expressions");
    is_wrong("[*a for a in b]", 1, 2, "iterable unpacking cannot be used in comprehension");
    is_wrong("(*a)", 1, 2, "cannot use starred expression here");
    is_wrong("*a", 1, 1, "can't use starred expression here");
    is_wrong("x = yield", 1, 5, "'yield' outside function");
}

static void test_statements(void **state)
{
    (void)state;
    is_same("if a: pass\nelif b: pass\nelse: pass", "if a: pass\nelse:\n  if b: pass\n  else: pass");
    is_same("a; b;\nc", "a\nb\nc");
    is_same(
        "async def f():\n async with a as b: pass\n async for c in d: pass\n await e",
        "async def f():\n\n  async with (a as b):\n    pass\n  async for (c) in d:\n    pass\n  (await e)");
    is_wrong("a.b() = 1", 1, 1, "cannot assign to function call");
    is_wrong("a, 1 = b", 1, 4, "cannot assign to literal");
    is_wrong("*a = b", 1, 1, "can't use starred expression here");
    is_wrong("None = 1", 1, 1, "cannot assign to None");
    is_wrong("(a, b) += c", 1, 1, "illegal target for augmented assignment");
    is_wrong("a, b: int", 1, 1, "only single target (not tuple) can be annotated");
    is_wrong("del f()", 1, 5, "cannot delete function call");
    is_wrong("for f() in x: pass", 1, 5, "cannot assign to function call");
    is_wrong("return 1", 1, 1, "'return' outside function");
    is_wrong("class C:\n return 1", 2, 2, "'return' outside function");
    is_wrong("break", 1, 1, "'break' outside loop");
    is_wrong("for a in b:\n def f(): continue", 2, 11, "not properly in loop");
    is_wrong("if a:\nb", 2, 1, "expected an indented block");
    is_wrong("  a", 1, 3, "unexpected indent");
    is_wrong("if a = b: pass", 1, 6, "maybe you meant '=='");
    is_wrong("if a pass", 1, 6, "expected ':'");
    is_wrong("try: a\nb", 2, 1, "expected 'except' or 'finally' block");
    is_wrong("try: a\nexcept: b\nexcept c: d", 3, 1, "default 'except:' must be last");
    is_wrong("try: a\nexcept b: c\nexcept* d: e", 3, 9, "cannot have both 'except' and 'except*'");
    is_wrong("a b", 1, 3, "invalid syntax");
    is_wrong("from a import", 1, 14, "unexpected end of line");
    is_wrong("@a\nb = 1", 2, 1, "invalid syntax");
}

static void test_parameters(void **state)
{
    (void)state;
    is_same("def f(a, /, b=1, *, c, d=2, **e): pass", "def f(a, /, b=1, *, c, d=2, **e,): pass");
    is_wrong("def f(a=1, b): pass", 1, 13, "parameter without a default follows parameter with a default");
    is_wrong("def f(*): pass", 1, 8, "");
    is_wrong("def f(*, **a): pass", 1, 10, "named arguments must follow bare *");
    is_wrong("def f(/, a): pass", 1, 7, "/ must follow a parameter");
    is_wrong("def f(**a, b): pass", 1, 12, "arguments cannot follow var-keyword argument");
    is_wrong("def f(*a, *b): pass", 1, 11, "* argument may appear only once");
    is_wrong("def f(a, a): pass", 1, 11, "duplicate argument 'a'");
}

static void test_python_2(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int column;
    } cases[] = {
        {"print 'x'", 1},
        {"print x, y", 1},
        {"exec 'x'", 1},
        {"print", 0},
        {"raise A, 'b'", 8},
        {"x = 10L", 7},
        {"a <> b", 3},
        {"`a`", 1},
        {"x = 0777", 5},
        {"try: a\nexcept A, b: c", 9},
        {"def f((a, b)): pass", 7},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].column) {
            bool octal = strstr(cases[i].text, "0777"), except = strstr(cases[i].text, "except");
            is_wrong_slice(slice_of(cases[i].text), ERR_FILE, 0, cases[i].column, "",
                           octal    ? "prefix 0o"
                           : except ? "Python 2's except"
                                    : "Python 2");
        }
    }
    is_same("print", "(print)");
    is_same("print >> f, x", "(print >> f), x");
}

/* The names of a scope: "locals|globals|nonlocals". */
static void is_scope(const struct py_scope *scope, const char *expected)
{
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    const py_names_t *lists[] = {&scope->locals, &scope->globals, &scope->nonlocals};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        strbuf_adds(&got, i ? "|" : "");
        for (size_t j = 0; j < lists[i]->n; j++) {
            strbuf_addf(&got, "%s%s", j ? " " : "", lists[i]->items[j]);
        }
    }
    strbuf_adds(&got, scope->is_generator ? " yields" : "");
    assert_string_equal(strbuf_cstr(&got), expected);
}

static void is_function_scope(const char *text, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *module = module_of(&a, slice_of(text));
    is_scope(module->body.items[0]->scope, expected);
}

static void test_scopes(void **state)
{
    (void)state;
    is_function_scope("def f(a, /, b, *c, d, **e): pass", "a b c d e||");
    is_function_scope("def f(a=(x := 1)):\n y = z", "a y||");
    is_function_scope("def f():\n a = b = 1\n (c, [d, *e]) = f\n a = 2", "a b c d e||");
    is_function_scope("def f():\n x.y = 1\n x[0] = 2\n z += 1\n w: int", "z w||");
    is_function_scope("def f():\n import a.b.c, d.e as g\n from h import i, j as k\n from l import *",
                      "a g i k||");
    is_function_scope("def f():\n for a, b in c:\n  pass\n with d as e, g as (h, i): pass", "a b e h i||");
    is_function_scope("def f():\n try: pass\n except A as b: pass\n del c", "b c||");
    is_function_scope("def f():\n def g(h): i = 1\n class J: k = 1\n lambda l: m", "g J||");
    is_function_scope("def f():\n [a for b in c if (d := b)]\n (e := 1)", "d e||");
    is_function_scope("def f():\n global a, b\n nonlocal_ = 1\n a = b = c = 1", "nonlocal_ c|a b|");
    is_function_scope("def f():\n nonlocal a\n a = 1\n b = 1", "b||a");
    is_function_scope(
        "def f():\n match x:\n  case [a, *b] | {'k': c, **d}: pass\n  case A(e, g=h) as i: pass",
        "a b c d e h i||");
    is_function_scope("def f():\n a = yield\n yield from b", "a|| yields");
    is_function_scope("def f():\n def g(): yield\n lambda: (yield)", "g||");
    is_function_scope("class C:\n a = 1\n def b(self): c = 2", "a b||");
    is_function_scope("def f():\n a = 1\n def g(a): a = 2\n a = 3\n b = 4", "a g b||");
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *module =
        module_of(&a, SLICE("x = [a for a, (b, *c) in d for e in a]\ny = lambda p, *q: (r := p)"));
    is_scope(module->body.items[0]->right->scope, "a b c e||");
    is_scope(module->body.items[1]->right->scope, "p q r||");
}

static void test_names_are_shared(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    enum { NAMES = 3000 };
    for (int i = 0; i < 2 * NAMES; i++) {
        strbuf_addf(&text, "name_%d.a_rather_long_attribute_%d = x\n", i % NAMES, i % NAMES);
    }
    struct py_node *module = module_of(&a, (struct slice){text.ptr, text.len});
    assert_int_equal(module->body.n, 2 * NAMES);
    for (size_t i = 0; i < NAMES; i++) {
        const struct py_node *one = module->body.items[i], *two = module->body.items[i + NAMES];
        char name[64];
        snprintf(name, sizeof(name), "name_%zu", i);
        assert_string_equal(one->list.items[0]->left->name, name);
        assert_ptr_equal(one->list.items[0]->left->name, two->list.items[0]->left->name);
        assert_ptr_equal(one->list.items[0]->name, two->list.items[0]->name);
        assert_ptr_not_equal(one->list.items[0]->name, one->list.items[0]->left->name);
    }
}

static void test_places(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *module = module_of(&a, SLICE("é = 1\n"
                                                 "def f():\n"
                                                 "    op.execute('''é\n"
                                                 "    ''', x=ü(1))\n"
                                                 "    if a:\n"
                                                 "        b\n"
                                                 "\n"
                                                 "# end\n"));
    const struct py_node *function = module->body.items[1], *call = function->body.items[0]->left;
    assert_int_equal(module->end_line, 6);
    assert_int_equal(function->line, 2);
    assert_int_equal(function->column, 1);
    assert_int_equal(function->end_line, 6);
    assert_int_equal(call->line, 3);
    assert_int_equal(call->column, 5);
    assert_int_equal(call->end_line, 4);
    assert_int_equal(call->list.items[0]->column, 16);
    assert_int_equal(call->list.items[0]->end_line, 4);
    assert_int_equal(call->keywords.items[0].line, 4);
    assert_int_equal(call->keywords.items[0].column, 10);
    assert_int_equal(call->keywords.items[0].value->column, 12);
    assert_int_equal(function->body.items[1]->end_line, 6);
    assert_int_equal(call->height, 3);
}

static void test_one_expression(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *node = NULL;
    struct err err = {0};
    assert_int_equal(py_parse_expression(&a, "f.py", SLICE("a + 1, b\n"), &node, &err), 0);
    assert_int_equal(node->kind, PY_TUPLE);
    assert_int_equal(py_parse_expression(&a, "f.py", SLICE("a = 1"), &node, &err), ERR_FILE);
    assert_int_equal(py_parse_expression(&a, "f.py", SLICE(""), &node, &err), ERR_FILE);
    assert_int_equal(py_parse_expression(&a, "f.py", SLICE("a b"), &node, NULL), ERR_FILE);
}

/* --- depth --- */

static void repeated(struct strbuf *out, const char *before, size_t n, const char *one, const char *after,
                     const char *closing)
{
    strbuf_clear(out);
    strbuf_adds(out, before);
    for (size_t i = 0; i < n; i++) {
        strbuf_adds(out, one);
    }
    strbuf_adds(out, after);
    for (size_t i = 0; *closing && i < n; i++) {
        strbuf_adds(out, closing);
    }
}

/* Each opens something once more: a hundred levels of most are well, and any number ends in an error. */
static const struct {
    const char *before, *one, *after, *closing;
    size_t good;
} nestings[] = {
    {"", "(", "x", ")", 90},
    {"", "[", "x", "]", 90},
    {"", "{", "x", "}", 90},
    {"", "{1:", "x", "}", 90},
    {"", "f(", "x", ")", 90},
    {"", "f(a=", "x", ")", 90},
    {"", "f(*", "x", ")", 90},
    {"", "x[", "x", "]", 90},
    {"", "-", "x", "", 190},
    {"", "not ", "x", "", 190},
    {"", "lambda: ", "x", "", 90},
    {"", "x if x else ", "x", "", 90},
    {"", "x ** ", "x", "", 90},
    {"", "(x := ", "x", ")", 60},
    {"", "[x for x in ", "x", "]", 90},
    {"", "f'{", "x", "}'", 90},
    {"", "f'{x:{", "x", "}}'", 40},
    {"x = ", "(yield_, ", "x", ")", 90},
    {"", "x + ", "x", "", 900},
    {"", "x.", "x", "", 900},
    {"x", "()", "", "", 900},
    {"x", "[0]", "", "", 900},
    {"", "x and y or ", "x", "", 1000},
    {"", "x < ", "x", "", 2000},
    {"", "x = ", "x", "", 2000},
    {"", "x, ", "x", "", 2000},
    {"", "x\n", "x", "", 2000},
    {"if a: pass\n", "elif b: pass\n", "", "", 900},
    {"match x:\n case ", "[", "x", "]", 90},
    {"match x:\n case ", "{1:", "x", "}", 90},
    {"match x:\n case ", "A(", "x", ")", 90},
    {"match x:\n case ", "x | ", "x", "", 2000},
    {"with ", "(", "x", ")", 90},
    {"def f(a=", "(", "x", ")", 90},
    {"x: ", "(", "x", ")", 90},
};

static bool parses(struct slice text, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_node *module = NULL;
    *err = (struct err){0};
    if (py_parse(&a, "f.py", text, &module, err)) {
        return false;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    py_dump(&out, module); /* recursion over the tree is bounded, too */
    assert_true(module->height <= PY_HEIGHT_MAX + 100);
    return true;
}

static const char *end_of(size_t i)
{
    bool block = strncmp(nestings[i].before, "match", 5) == 0 || strncmp(nestings[i].before, "with", 4) == 0;
    return block ? ": pass" : strncmp(nestings[i].before, "def", 3) == 0 ? "): pass" : "";
}

static void test_depth(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(nestings); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        struct err err;
        size_t wrong = (1u << 20) / strlen(nestings[i].one);
        repeated(&text, nestings[i].before, nestings[i].good, nestings[i].one, nestings[i].after,
                 nestings[i].closing);
        strbuf_adds(&text, end_of(i));
        if (!parses((struct slice){text.ptr, text.len}, &err)) {
            fail_msg("%s...: %s", nestings[i].one, err.message);
        }
        repeated(&text, nestings[i].before, wrong, nestings[i].one, nestings[i].after, nestings[i].closing);
        strbuf_adds(&text, end_of(i));
        bool well = parses((struct slice){text.ptr, text.len}, &err);
        assert_true(well ? nestings[i].good >= 1000 : err.line > 0 && err.message[0]);
        /* not closed at all */
        repeated(&text, nestings[i].before, wrong, nestings[i].one, "", "");
        parses((struct slice){text.ptr, text.len}, &err);
    }
}

static void test_deep_blocks(void **state)
{
    (void)state;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct err err;
    for (int levels = 90; levels <= 300; levels += 210) {
        strbuf_clear(&text);
        for (int i = 0; i < levels; i++) {
            strbuf_addf(&text, "%*sif a:\n", i, "");
        }
        strbuf_addf(&text, "%*spass\n", levels, "");
        assert_int_equal(parses((struct slice){text.ptr, text.len}, &err), levels == 90);
    }
    assert_string_equal(err.message, "too many levels of indentation");
}

/* Chains within brackets within chains: each is short enough, and together they are too high. */
static void test_height(void **state)
{
    (void)state;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct err err;
    repeated(&text, "", 50, "(", "x", "");
    for (int i = 0; i < 50; i++) {
        for (int j = 0; j < 100; j++) {
            strbuf_adds(&text, "+ x");
        }
        strbuf_adds(&text, ")");
    }
    assert_false(parses((struct slice){text.ptr, text.len}, &err));
    assert_string_equal(err.message, "nested too deeply");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f_strings),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_type_parameters),
        cmocka_unit_test(test_soft_keywords),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_with),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_python_2),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_names_are_shared),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_one_expression),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_deep_blocks),
        cmocka_unit_test(test_height),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
