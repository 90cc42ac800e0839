"""Random templates: what Mako makes of each, and what ours does. What ours refuses is no difference."""
import datetime
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from mako.template import Template

NAMES = {
    "message": 'add a "thing"', "up_revision": "1a2b", "down_revision": ("a", "b"), "branch_labels": None,
    "create_date": datetime.datetime(2026, 3, 4, 5, 6, 7, 89), "imports": "", "upgrades": "",
    "comma": lambda value: "" if value is None else value if isinstance(value, str) else ", ".join(value),
}
PIECES = ["${message}", "${down_revision | comma,n}", "${repr(down_revision)}", "${branch_labels}", "${create_date}",
          "${upgrades if upgrades else \"pass\"}", "${'}'}", "${\"|\" | trim}", "${ {'a': 1}['a'] }", "${up_revision\n}",
          "## c\n", "  ## c\n", "## c \\\nmore\n", "##", "#", "\\\n", "\\\r\n", "\\", "<%doc>${x}\n</%doc>", "<%text>${x} ## y\n</%text>",
          "<", "<a", "$", "{", "}", "%", "text", " ", "\n", "\n", "\n\n", "\r\n", "\t", "é", "'''", '"""', "import x\n",
          "revision = ${repr(up_revision)}\n", "# coding: utf-8\n"]


def asked(text):
    try:
        return Template(text).render_unicode(**NAMES)
    except Exception:  # whatever Mako says of a wrong template
        return None


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        files, different, rendered = [], 0, 0
        for number in range(count):
            files.append(Path(folder, str(number)))
            files[-1].write_bytes("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 9))).encode())
        for start in range(0, count, 500):
            part = files[start:start + 500]
            run = subprocess.run([program, *map(str, part)], stdout=subprocess.PIPE)
            assert run.returncode == 0, f"the program ended with {run.returncode} among {start}.."
            for file, line in zip(part, run.stdout.splitlines(), strict=True):
                ours = json.loads(line)
                rendered += ours is not None
                if ours is not None and ours != asked(file.read_bytes()):
                    different += 1
                    if different <= 5:
                        print("template:", repr(file.read_bytes()), "\nmako:", repr(asked(file.read_bytes())), "\nours:", repr(ours))
        print(f"{count} templates, {rendered} rendered, {different} differences")
        return 1 if different or rendered < count / 2 else 0


sys.exit(main())
