"""Small revisions, one for each way of calling an operation (tests/engine/data/operations.txt), as files of a project:
`lint --python --out` renders all of them, and so does the Alembic that Debian installs. After folding white space ours is
that Alembic's text, or, where that release is older than the answers in the data, the recorded one."""
import ast
from e2e import *

PYTHON = "/usr/bin/python3"  # Debian's, which its alembic runs on
DIALECTS = ["postgresql", "mysql", "sqlite"]
PEER = r'''
import importlib.util, io, json, sys, warnings
warnings.simplefilter("ignore")
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
answer_to, sys.stdout = sys.stdout, sys.stderr
folder, ids, dialects = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3].split(",")
answers = {}
for id in ids:
    code = compile(open("%s/%s.py" % (folder, id)).read(), id, "exec")
    for dialect in dialects:
        out = io.StringIO()
        context = MigrationContext.configure(dialect_name=dialect, dialect_opts={"paramstyle": "named"},
                                             opts={"as_sql": True, "output_buffer": out, "literal_binds": True})
        try:
            with Operations.context(context):
                module = {"__name__": id}
                exec(code, module)
                module["upgrade"]()
            answers[id + "." + dialect] = out.getvalue()
        except BaseException:
            answers[id + "." + dialect] = None
json.dump(answers, answer_to)
'''


def cases(text):
    """(preamble, [(lines, {dialect: answer})]); answers with an exception, and cases with a naming convention of the
    test's own, are left out."""
    preamble, found = [], []
    for block in text.split("\n\n"):
        lines, answers, skip = [], {}, False
        for line in block.splitlines():
            if line.startswith("| "):
                preamble.append(line[2:])
            elif line.startswith("> "):
                lines.append(line[2:])
            elif line.startswith("@"):
                skip = True
            elif "\t" in line and not line.startswith("#"):
                dialects, answer = line.split("\t", 1)
                for dialect in DIALECTS if dialects == "*" else dialects.split(","):
                    answers[dialect] = answer
        if lines and not skip and not lines[0].startswith("@"):
            found.append((lines, answers))
    return preamble, found


def unescape(answer):
    return None if "! " in answer else answer.replace("\\n", "\n").replace("\\\\", "\\")


def fold(text):
    return " ".join(text.split())


def own(text):
    """Without the comment before it and the version table's statement behind it."""
    text = re.sub(r"(?s)^.*?-- Running upgrade [^\n]*\n\n", "", text)
    return re.sub(r"(?s)(INSERT INTO|UPDATE) alembic_version .*$", "", text)


preamble, all_cases = cases(read(f"{SOURCE}/tests/engine/data/operations.txt"))
path = folder("fixtures")
write(f"{path}/alembic.ini", "[alembic]\nscript_location = .\nversion_locations = versions\nsqlalchemy.url = sqlite://\n")
ids, before = [], None
for n, (lines, answers) in enumerate(all_cases):
    id = f"f{n:05d}"
    body = "".join(f"    {line}\n" for line in lines)
    write(f"{path}/versions/{id}.py", "\n".join(preamble) + f"\nrevision = {id!r}\ndown_revision = {before!r}\n\n\n"
          f"def upgrade():\n{body}\n\ndef downgrade():\n    pass\n")
    ids.append(id)
    before = id
r = run(path, "lint", "--python", "--out", "ours", "--dialect", "postgresql", "--dialect", "mysql", "--dialect", "sqlite")
ok("all are looked at", r.status in (0, 2), r)
peer = subprocess.run([PYTHON, "-c", PEER, f"{path}/versions", json.dumps(ids), ",".join(DIALECTS)],
                      capture_output=True, text=True)
ok("Alembic renders them", peer.returncode == 0, peer.stderr[-2000:])
theirs = json.loads(peer.stdout)
counts = {"as Alembic": 0, "as the newer one": 0, "refused": 0, "failing in both": 0}
for id, (lines, answers) in zip(ids, all_cases):
    for dialect in DIALECTS:
        file = f"{path}/ours/{dialect}/{id}.up.sql"
        ours = fold(own(read(file))) if os.path.exists(file) else None
        peers = theirs[f"{id}.{dialect}"]
        recorded = unescape(answers[dialect]) if dialect in answers else None
        if ours is None:
            counts["failing in both" if recorded is None else "refused"] += 1
        elif peers is not None and fold(peers) == ours:
            counts["as Alembic"] += 1
        elif recorded is not None and fold(recorded) == ours:
            counts["as the newer one"] += 1
        else:
            ok(f"{dialect}: {lines}", False, f"Alembic:  {peers}", f"recorded: {recorded}", f"ours:     {ours}")
rendered = counts["as Alembic"] + counts["as the newer one"]
print(counts)
ok("there are many of them", rendered > 1500, counts)
ok("most are as the installed Alembic has them", counts["as Alembic"] > 0.85 * rendered, counts)
ok("few are refused", counts["refused"] < 0.02 * rendered, counts)
finish()
