"""What the tests of rollouts share: the events of a run, and targets with labels."""
from datetime import datetime
from e2e import *

TABLE = "CREATE TABLE {} (id int);\n"


def log(path, run_id=None):
    """The events of the newest run, or of that one; `t` is the time in seconds."""
    r = run(path, "audit", "export")
    found = [json.loads(line) for line in r.out.splitlines() if line.startswith("{")]
    for e in found:
        e["t"] = datetime.fromisoformat(e["at"].replace("Z", "+00:00")).timestamp()
    last = run_id or [e["run"] for e in found if e["kind"] == "run_started"][-1]
    return [e for e in found if e["run"] == last]


def spans(path):
    """{target: (start, end)} of the newest run."""
    found = {}
    for e in log(path):
        if e["kind"] == "target_started":
            found.setdefault(e["target"], (e["t"], None))
        elif e["kind"] == "target_finished":
            found[e["target"]] = (found[e["target"]][0], e["t"])
    return found


def at_once(found, names):
    """The most of these that were at work at the same time."""
    points = [(found[n][0], 1) for n in names] + [(found[n][1], -1) for n in names]
    most = now = 0
    for _, step in sorted(points):
        now += step
        most = max(most, now)
    return most


def before(found, first, then):
    return max(found[n][1] for n in first) <= min(found[n][0] for n in then)


def order(path, kind, run_id=None):
    return [e["target"] for e in log(path, run_id) if e["kind"] == kind]


def outcomes(r):
    return {t["target"]: t["outcome"] for t in r.json["targets"]}


def listed(targets, labels):
    return "targets:\n" + "".join(f'  - {{ name: {t.name}, url: "{t.url}", labels: {{ {labels.get(t.name, "")} }} }}\n'
                                  for t in targets)


def schemas(prefix, names):
    """Targets that are schemas of one PostgreSQL database, empty."""
    found = postgresql_databases(prefix, names, schemas=True)
    for d in found or []:
        d.reset()
    return found


def rollout(name, targets, document, labels=None):
    path = project(folder(name))
    environment(path, "dev", listed(targets, labels or {}), "rollout:\n" + document)
    return path


def steps(path, *names, undo=True):
    last = ""
    for n in names:
        revision(path, n, last, TABLE.format(f"t_{n}"), f"DROP TABLE t_{n};" if undo else None)
        last = n


def is_done(path, target):
    """Has the newest run finished with it? The store is read by SQLite itself."""
    c = sqlite3.connect(f"file:{path}/.lockstep/store.db?mode=ro", uri=True, timeout=20)
    rows = c.execute("SELECT 1 FROM run_targets WHERE name = ? AND state = 'ended' AND run = (SELECT run FROM runs ORDER BY "
                     "created_us DESC LIMIT 1)", (target,)).fetchall()
    c.close()
    return rows


def run_state(path):
    c = sqlite3.connect(f"file:{path}/.lockstep/store.db?mode=ro", uri=True, timeout=20)
    row = c.execute("SELECT state FROM runs ORDER BY created_us DESC LIMIT 1").fetchone()
    c.close()
    return row and row[0]


def has_store(path):
    return os.path.exists(f"{path}/.lockstep/store.db") and run_state(path)


__all__ = [n for n in dir() if not n.startswith("_")]
