"""Trees of Python files as engine/alembic/python/py_dump.c writes them, made by Python's own parser.

python_dump.py SECONDS PATH...   one line for each file below the paths: its path, a tab, its tree. Files that this
Python does not take are left out. Ends after SECONDS of work, or with the files.
"""
import ast
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
ALWAYS = {("Constant", "value"), ("MatchSingleton", "value")}
NEVER = {"kind", "type_comment", "type_ignores", "bound", "default_value"}


def text(data):
    return "'" + "".join(chr(c) if 32 <= c < 127 and c not in (39, 92) else "\\x%02x" % c for c in data) + "'"


def constant(value):
    if isinstance(value, str):
        return text(value.encode("utf-8"))
    if isinstance(value, bytes):
        return "b" + text(value)
    if isinstance(value, bool) or value is None or value is Ellipsis:
        return str(value)
    if isinstance(value, int):
        return str(value) if value < 1 << 63 else hex(value)
    if isinstance(value, complex):
        return "%.17gj" % value.imag
    return "%.17g" % value


def dump(node):
    if isinstance(node, list):
        return "[" + ", ".join(map(dump, node)) + "]"
    if not isinstance(node, ast.AST):
        return constant(node)
    kind = type(node).__name__
    fields = []
    for name in node._fields:
        value = getattr(node, name, None)
        if name in NEVER or (value is None and (kind, name) not in ALWAYS) or (name == "type_params" and not value):
            continue
        fields.append(name + "=" + dump(value))
    return kind + "(" + ", ".join(fields) + ")"


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def main():
    if not (3, 9) <= sys.version_info < (3, 14):
        return  # older trees have another shape, newer ones more syntax
    end = time.time() + float(sys.argv[1])
    for path in files(sys.argv[2:]):
        try:
            with open(path, "rb") as f:
                line = dump(ast.parse(f.read()))
        except (SyntaxError, ValueError, UnicodeError, RecursionError, OSError):
            continue
        sys.stdout.write(path + "\t" + line + "\n")
        if time.time() > end:
            break


main()
