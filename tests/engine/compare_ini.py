"""Thousands of small INI files: what Python's configparser reads in each, and what ours does."""
import configparser
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SECTIONS = ["alembic", "a", "b", "[", " ", "a b"]
PIECES = ["[alembic]", "[a]", "[b]", "[DEFAULT]", "[[]", "[ ]", "[a b]", "[", "]", "a", "b", "A", "x", "=", ":", " = ",
          ": ", " ", "  ", "\t", "\n", "\n", "\n", "\n ", "\n  ", "\r\n", "\r", "#", ";", " ;c", " #c", "%", "%%",
          "%(a)s", "%(b)s", "%(X)s", "%(x)s", "%(nothing)s", "%(", "%()s", ")s", "é", "\u00a0", "\u3000", "\x0b", "\x1c",
          "\u2028", "value", "a = b\n", "x: y\n", "\n\n"]


def random_line(chance):
    """Mostly an option, for a file of random pieces is seldom one that can be read."""
    if chance.random() < 0.75:
        indent = chance.choice(["", "", "", "", " ", "  ", "\t"])
        return (indent + chance.choice("abcdefgxyABX") + chance.choice(["=", " = ", ": ", ":", " ="]) +
                "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 3))) + "\n")
    return chance.choice(["\n", "  more\n", " \n", "# c\n", "  ; c\n", "[a]\n", "[DEFAULT]\n", chance.choice(PIECES)])


def asked(text_file):
    parser = configparser.ConfigParser()
    try:
        parser.read(text_file, encoding="utf-8")
    except configparser.Error:
        return {"error": True}
    found = {}
    for name in SECTIONS:
        if not parser.has_section(name):
            continue
        found[name] = section = {}
        for option in parser.options(name):
            try:
                section[option] = parser.get(name, option)
            except configparser.Error:
                section[option] = None
    return found


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(count):
            text = "".join(random_line(chance) for _ in range(chance.randint(1, 6)))
            if chance.random() < 0.9:
                text = "[alembic]\n" + text
            file = Path(folder, str(number))
            file.write_bytes(text.encode())
            files.append(str(file))
        answers = []
        for start in range(0, count, 500):
            run = subprocess.run([program, *files[start:start + 500]], stdout=subprocess.PIPE)
            assert run.returncode == 0, f"the program ended with {run.returncode} among {start}.."
            answers += [json.loads(line) for line in run.stdout.splitlines()]
        different = values = 0
        for file, ours in zip(files, answers, strict=True):
            theirs = asked(file)
            values += sum(len(section) for section in theirs.values() if isinstance(section, dict))
            if ours != theirs:
                different += 1
                if different <= 5:
                    print("text:  ", repr(Path(file).read_bytes()), "\npython:", theirs, "\nours:  ", ours)
        print(f"{count} files, {values} values, {different} differences")
        return 1 if different or values < count / 4 else 0


sys.exit(main())
