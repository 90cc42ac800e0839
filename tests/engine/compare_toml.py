"""Thousands of small TOML documents: what Python's tomllib reads in each, and what ours does."""
import datetime
import json
import random
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

KEYS = ["a", "b", "c", "a.b", "a.b.c", "b . c", '"a"', "'b'.c", '"x y"', "a-1", "1", '"\\u00e9"', "", "é", "a..b", '"a']
HEADERS = ["[{}]", "[{}]", "[[{}]]", "[ {} ]", "[[ {} ]]", "[ [{}] ]", "[{}", "[{}] # c", "[{}] x"]
VALUES = ["1", "0", "-7", "+7", "1_000", "1__0", "_1", "01", "0x1F", "0xg", "0o17", "0b101", "-0x1", "1.5", "1.", ".5", "1e3",
          "1e", "6.02e-2_3", "inf", "-nan", "true", "false", "True", '"text"', "'literal\\n'", '"\\t\\"\\\\"', '"\\u00e9"',
          '"\\U0001F600"', '"\\ud800"', '"\\x"', '"é"', '"a\tb"', '"a\x01b"', '"""a\nb"""', '"""\na \\\n   b"""', '"""\n\n"""',
          '"""a\\  \n b"""', '"""a\\ b"""', '"""a""b"""', '"""a"""""', '"""a""""""', "'''a\n'b'''", "'''a''''", '"open',
          "2021-01-02", "2021-02-30", "2020-02-29", "2021-01-02T03:04:05", "2021-01-02 03:04:05.123456789Z",
          "2021-01-02t03:04:05+01:30", "03:04:05", "03:04", "24:00:00", "2021-13-01", "0000-01-01", "[]", "[1, 2]", "[1, 2,]",
          "[1 2]", "[,]", "[[1], {a = 1}]", "[\n1, # c\n\n2\n]", "{}", "{a = 1}", "{a.b = 1, a.c = 2}", "{a = 1, a.b = 2}",
          "{a = {b = 1}, a.c = 1}", "{a = 1,}", "{a = 1\n}", "{ a = [1] , b = {} }", "", "x", "1 # c", "1 x"]
EXTRA = ["", "# comment", "  # c\x02", "\t", "\x00", "\r", "=1", "a", "[]", "[[]]", "]"]


def random_document(chance):
    lines = []
    for _ in range(chance.randint(1, 6)):
        kind = chance.random()
        if kind < 0.3:
            lines.append(chance.choice(HEADERS).format(chance.choice(KEYS[:8] if chance.random() < 0.9 else KEYS)))
        elif kind < 0.93:
            value = chance.choice(VALUES)
            lines.append(chance.choice(KEYS[:10] if chance.random() < 0.9 else KEYS) + chance.choice([" = ", "=", " ="]) + value)
        else:
            lines.append(chance.choice(EXTRA))
    return chance.choice(["\n", "\n", "\n", "\r\n"]).join(lines) + chance.choice(["", "\n"])


def shown(value, kind=None):
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return ["a string", value]
    if isinstance(value, (datetime.date, datetime.time)):
        return ["a date"]
    return ["a float"]


def dated(value):
    """Of dates and floats only the kind is compared."""
    if isinstance(value, dict):
        return {key: dated(item) for key, item in value.items()}
    if isinstance(value, list):
        if len(value) == 2 and value[0] in ("a date", "a float"):
            return value[:1]
        return [dated(item) for item in value]
    return value


def asked(file):
    try:
        return shown(tomllib.loads(file.read_bytes().decode()))
    except (tomllib.TOMLDecodeError, ValueError):
        return False


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    chance = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(count):
            files.append(Path(folder, str(number)))
            files[-1].write_bytes(random_document(chance).encode())
        answers = []
        for start in range(0, count, 500):
            run = subprocess.run([program, *map(str, files[start:start + 500])], stdout=subprocess.PIPE)
            assert run.returncode == 0, f"the program ended with {run.returncode} among {start}.."
            answers += [json.loads(line) for line in run.stdout.splitlines()]
        different = read = 0
        for file, ours in zip(files, answers, strict=True):
            theirs = asked(file)
            read += theirs is not False
            if dated(ours) != theirs:
                different += 1
                if different <= 5:
                    print("text:  ", repr(file.read_bytes()), "\npython:", theirs, "\nours:  ", ours)
        print(f"{count} documents, {read} of them right, {different} differences")
        return 1 if different or read < count / 8 else 0


sys.exit(main())
