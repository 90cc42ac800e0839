"""heads, branches, history, show and current of Alembic itself and of ours, on the same projects. The orders that
Alembic takes from sets, and that differ between its releases, do not count: of labels, of children, and of revisions
that do not follow each other."""
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

LOCKSTEP = os.environ["LOCKSTEP"]
DATA = Path(os.environ["LOCKSTEP_SOURCE"], "tests/cmd/data/alembic_project")


def sorted_list(match):
    return match[1] + ", ".join(sorted(match[2].split(", "))) + match[3]


def normal(text):
    text = re.sub(r"( \()([a-z0-9_, ]+)(\))", sorted_list, text)
    text = re.sub(r"(?m)(^Branch names: |^Branches into: )(.*)()$", sorted_list, text)
    return sorted(text.splitlines())


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def compare(name, *arguments):
    theirs, ours = run("alembic", *arguments), run(LOCKSTEP, *arguments)
    if (theirs[0] == 0) != (ours[0] == 0):
        sys.exit(f"{name}: {' '.join(arguments)}\nAlembic ends with {theirs[0]}: {theirs[1][-600:]}{theirs[2][-300:]}\nours with {ours[0]}: {ours[2]}")
    if theirs[0] == 0 and normal(theirs[1]) != normal(ours[1]):
        sys.exit(f"{name}: {' '.join(arguments)}\nAlembic:\n{theirs[1]}\nours:\n{ours[1]}")
    return theirs[0] == 0


def write(folder, number, down, label, depends, chance):
    doc = chance.choice([f"revision {number}", "two\nlines\n\nand more", "  indented\n    text  ", "", None])
    lines = [] if doc is None else [f'"""{doc}"""']
    shape = chance.choice(["{} = {}", "{}: str = {}", "{}={}  # comment"])
    values = {"revision": repr(number), "down_revision": repr(down[0]) if len(down) == 1 else repr(tuple(down)) if down else "None"}
    if label or chance.random() < 0.3:
        values["branch_labels"] = chance.choice([repr(label), repr((label,)), repr([label])]) if label else "None"
    if depends or chance.random() < 0.3:
        values["depends_on"] = repr(depends[0]) if len(depends) == 1 else repr(tuple(depends)) if depends else "None"
    names = list(values)
    chance.shuffle(names)
    lines += [shape.format(name, values[name]) for name in names]
    lines += ["def upgrade():", "    pass", "def downgrade():", "    pass", ""]
    (folder / f"{number}_x.py").write_text("\n".join(lines))


def random_project(folder, chance):
    shutil.copytree(DATA, folder)
    versions = folder / "migrations/versions"
    for file in versions.iterdir():
        file.unlink()
    known = []
    for count in range(chance.randint(1, 9)):
        number = f"{chance.randrange(16 ** 6):06x}{count:02x}"
        wanted = chance.choice([0, 1, 1, 1, 1, 2])
        down = chance.sample(known, min(wanted, len(known)))
        ancestors = set().union(*(down, *(lines[one] for one in down))) if down else set()
        others = [one for one in known if one not in ancestors]
        depends = chance.sample(others, 1) if others and chance.random() < 0.2 else []
        if len(down) == 2 and (down[0] in lines[down[1]] or down[1] in lines[down[0]]):
            down = down[:1]
        ancestors = set().union(*(down, *(lines[one] for one in down))) if down else set()
        lines[number] = ancestors | set(depends) | set().union(*(lines[one] for one in depends))
        write(versions, number, down, f"label{count}" if chance.random() < 0.2 else None, depends, chance)
        known.append(number)
    return known


lines = {}


def compare_project(name, ids, chance):
    agreed = 0
    for arguments in (["heads"], ["heads", "-v"], ["heads", "--resolve-dependencies"], ["branches"], ["branches", "-v"],
                      ["history"], ["history", "-v"], ["show", "heads"], ["current"]):
        agreed += compare(name, *arguments)
    one = chance.choice(ids)
    agreed += compare(name, "show", one)
    agreed += compare(name, "history", "-r", f":{one}")
    if run("alembic", "stamp", one)[0] == 0:
        agreed += compare(name, "current")
        agreed += compare(name, "current", "-v")
        agreed += compare(name, "history", "-i")
    return agreed


def main():
    chance, agreed = random.Random(3), 0
    shutil.copytree(DATA, "shop")
    os.chdir("shop")
    agreed += compare_project("shop", ["10c0ffee0002", "20c0ffee0001", "10c0ffee0004"], chance)
    os.chdir("..")
    for number in range(int(sys.argv[1])):
        folder = Path(f"random{number}")
        ids = random_project(folder, chance)
        os.chdir(folder)
        agreed += compare_project(f"project {number}", ids, chance)
        os.chdir("..")
    print(f"{agreed} answers are Alembic's")
    return agreed < 10


sys.exit(main())
