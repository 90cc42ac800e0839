"""The process dies at every point of a run, and of a rollback: before and after each connect, lock, statement, journal
entry, version, commit and audit write. Then `status` has to tell what is there, `resume` in one copy and `rollback` in
another have to finish, and nothing may differ from a run without a crash: schema, rows, version table, history, log.

The points are compiled into sanitizer and Debug builds only (base/failpoint.h). LOCKSTEP_CRASH_FULL=1: both ways out of
every passing of every point."""
import collections
import queue
from concurrent.futures import ThreadPoolExecutor
from e2e import *

if "failpoints" not in run("/", "version").out:
    print("skipped: this build has no failpoints (Debug and sanitizer builds do)")
    sys.exit(77)

INDEX = {"off": {"postgresql": "CREATE INDEX CONCURRENTLY i1 ON t1 (v)"}}
REVISIONS = ("r1", "r2")


def statements(dialect, transaction):
    """{(revision, direction): statements}; some of them would show if they ran twice."""
    index = INDEX.get(transaction, {}).get(dialect, "CREATE INDEX i1 ON t1 (v)")
    drop = "DROP INDEX i1 ON t1" if dialect == "mysql" else "DROP INDEX i1"
    return {
        ("r1", "upgrade"): ["CREATE TABLE t1 (id integer, v varchar(20))", "INSERT INTO t1 VALUES (1, 'a')",
                            "CREATE TABLE u1 (id integer)"],
        ("r1", "downgrade"): ["DROP TABLE u1", "DROP TABLE t1"],
        ("r2", "upgrade"): ["ALTER TABLE t1 ADD COLUMN c integer", index, "INSERT INTO t1 (id) VALUES (2)",
                            "UPDATE t1 SET id = id + 10"],
        ("r2", "downgrade"): ["UPDATE t1 SET id = id - 10", "DELETE FROM t1 WHERE id = 2", drop,
                              "ALTER TABLE t1 DROP COLUMN c"],
    }


class Style:
    """One database system, in or outside of transactions, with one transaction a plan or a revision."""

    def __init__(self, dialect, transaction, mode):
        self.dialect, self.transaction, self.mode = dialect, transaction, mode
        self.name = f"{dialect} transaction: {transaction}, one a {mode}"
        self.sql = statements(dialect, transaction)

    def project(self, database):
        path = project(folder("crash"))
        environment(path, "dev", [database], f"settings: {{ transaction: {self.mode} }}\n")
        header = "-- transaction: off\n" if self.transaction == "off" else ""
        for before, r in zip(("", *REVISIONS), REVISIONS):
            revision(path, r, before, ";\n".join(self.sql[r, "upgrade"]) + ";",
                     ";\n".join(self.sql[r, "downgrade"]) + ";",
                     verify="SELECT count(*) = 2 FROM t1;" if r == "r2" else None, header=header)
        return path

    def learn(self, database):
        """What the database holds after each statement, on the way up and down."""
        self.holds = {}
        database.reset()
        for direction, order in (("upgrade", REVISIONS), ("downgrade", REVISIONS[::-1])):
            for r in order:
                for k, sql in enumerate(["", *self.sql[r, direction]]):
                    if sql:
                        database.script(sql + ";")
                    self.holds[r, direction, k] = database.snapshot()
        self.start = self.holds["r1", "upgrade", 0]
        self.end = self.holds["r2", "downgrade", 0]

    def points(self, path, *words):
        """Every point that is passed: (name, which time)."""
        listing = f"{path}/points"
        r = run(path, *words, env={"LOCKSTEP_FAILPOINT_LIST": listing})
        same(f"{self.name}: {words[0]} without a crash", r.status, 0, r)
        turns = collections.Counter()
        found = []
        for name in read(listing).split():
            turns[name] += 1
            found.append((name, turns[name]))
        os.unlink(listing)
        return found


APPLY, ROLLBACK, RESUME = ("apply", "dev", "--yes"), ("rollback", "--yes"), ("resume",)


class Case:
    def __init__(self, style, database, killed, point, finish):
        self.style, self.d, self.killed, self.point, self.finish = style, database, killed, point, finish
        self.name = f"{style.name}: {killed[0]} dies {point[0]} {point[1]}, then {finish[0]}"

    def run(self):
        self.d.reset()
        self.path = self.style.project(self.d)
        if self.killed is ROLLBACK:
            run(self.path, *APPLY)
        r = run(self.path, *self.killed, env={"LOCKSTEP_FAILPOINT": "%s:%d" % self.point})
        if not same(f"{self.name}: died", r.status, -9, r):
            return
        self.check_status()
        self.complete()
        shutil.rmtree(self.path)

    def check_status(self):
        """What status says against what the database's own client sees."""
        r = run(self.path, "status", "dev", "--format", "json")
        said = r.json["targets"][0]
        at = self.d.at()
        same(f"{self.name}: status: at", said["at"], at[0] if at else "base", r)
        inside = re.search(r"inside (the downgrade of )?(\w+): (\d+)", said["state"])
        begun = re.search(r"at the start of (the downgrade of )?(\w+):", said["state"])
        if inside:
            key = (inside[2], "downgrade" if inside[1] else "upgrade", int(inside[3]))
        elif begun:
            key = (begun[2], "downgrade" if begun[1] else "upgrade", 0)
        else:
            key = (at[0], "upgrade", len(self.style.sql[at[0], "upgrade"])) if at else ("r1", "upgrade", 0)
        same(f"{self.name}: status tells what is there", self.d.snapshot(), self.style.holds[key], key, r)

    def complete(self):
        r = run(self.path, *self.finish)
        if "no run is unfinished" in r.errors:  # it had not begun, or had ended
            r = run(self.path, *(APPLY if self.killed is APPLY else ROLLBACK))
        if r.status != 0 and "left nothing to take back" in r.errors:
            ok(f"{self.name}: because it was done", self.killed is ROLLBACK, r)
        elif r.status != 0 and self.finish is ROLLBACK and self.killed is APPLY:
            same(f"{self.name}: because no run had begun", run(self.path, "audit", "log", "--format", "json").json["runs"],
                 [], r)
        else:
            same(f"{self.name}: status of the end", r.status, 0, r)
        up = self.finish is RESUME and self.killed is APPLY
        same(f"{self.name}: at", self.d.at(), ["r2"] if up else [], r, self.d.history())
        same(f"{self.name}: schema and rows", self.d.snapshot(), self.style.end if up else self.style.start, r)
        history = self.d.history()
        same(f"{self.name}: nothing is open", [h for h in history if h[3] in ("running", "half")], [])
        same(f"{self.name}: the history gives the position", standing(history), ["r1", "r2"] if up else [], history)
        for h in history:
            ok(f"{self.name}: applied is whole", h[3] != "applied" or h[4] == h[5], h)
        r = run(self.path, "audit", "verify")
        same(f"{self.name}: the log is whole", r.status, 0, r)


def cases_of(style, database, seen):
    style.learn(database)
    database.reset()
    path = style.project(database)
    apply, back = style.points(path, *APPLY), style.points(path, *ROLLBACK)
    key = (style.dialect, style.transaction, tuple(apply), tuple(back))
    if style.dialect == "mysql":
        key = (style.dialect, tuple(apply), tuple(back))
    if key in seen:
        print(f"{style.name}: the same points as another style's")
        return []
    seen.add(key)
    print(f"{style.name}: {len(apply)} points of apply, {len(back)} of rollback")
    table.setdefault(style.name, collections.Counter(p for p, _ in apply + back))
    every = [(style, killed, p, f) for killed, points in ((APPLY, apply), (ROLLBACK, back)) for p in points
             for f in (RESUME, ROLLBACK)]
    if FULL:
        return every
    # Both ways out of the first passing of each point in the first style of a database system that has it, one of them in
    # turn in the others; every fourth of the further passings by one way in turn; of SQLite, whose scripts are those of
    # PostgreSQL, every eighth.
    step = 16 if style.dialect == "sqlite" else 8
    new = {(killed, p[0]) for _, killed, p, _ in every} - seen
    seen |= new
    return [c for i, c in enumerate(every)
            if (c[2][1] == 1 and ((c[1], c[2][0]) in new or i % 2 == i // 2 % 2)) or (c[2][1] > 1 and i % step == i // step % 2)]


table = {}
WORKERS = 4
FULL = bool(os.environ.get("LOCKSTEP_CRASH_FULL"))


def matrix(dialect):
    names = [f"w{i}" for i in range(WORKERS)]
    found = databases(dialect, "crash", names, **({"schemas": True} if dialect == "postgresql" else {}))
    if not found:
        return
    seen = set()
    cases = [c for transaction in ("on", "off") for mode in ("plan", "revision")
             for c in cases_of(Style(dialect, transaction, mode), found[0], seen)]
    free = queue.Queue()
    for d in found:
        free.put(d)

    def one(case):
        d = free.get()
        try:
            Case(case[0], d, *case[1:]).run()
        finally:
            free.put(d)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, cases))
    print(f"{dialect}: {len(cases)} deaths")


for d in DIALECTS:
    matrix(d)
if table:
    styles = list(table)
    for i, name in enumerate(styles):
        print(f"{chr(65 + i)}: {name}")
    print(f"{'point':24}" + "".join(f"{chr(65 + i):>5}" for i in range(len(styles))))
    for point in sorted(set().union(*table.values())):
        print(f"{point:24}" + "".join(f"{table[s][point] or '':>5}" for s in styles))
finish()
