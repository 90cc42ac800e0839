"""kill -9 in the middle of a run: afterwards the target is at its start, at its end, or inside a revision that `status`
names; no lock stays; the next run says or does the right thing, and the audit log tells that the run died."""
import random
from concurrent.futures import ThreadPoolExecutor
from e2e import *

class Kill:
    def __init__(self, dialect):
        self.dialect = dialect
        found = databases(dialect, "kill", ["main"])
        self.d = found and found[0]

    def fresh(self, case, mode="plan"):
        self.name = f"{self.dialect}: {case}"
        self.d.reset()
        self.folder = project(folder("kill"))
        environment(self.folder, "dev", [self.d], f"settings: {{ transaction: {mode} }}\n")

    def killed(self):
        process = start(self.folder, "apply", "dev", "--yes")
        wait_for(f"{self.name}: the slow statement", lambda: process.poll() is not None or at_work(self.d, process), 60)
        if not ok(f"{self.name}: still at work", process.poll() is None, process.poll()):
            print(process.communicate())
        process.kill()
        ended(process)

    def status(self, *parts):
        r = run(self.folder, "status", "dev")
        for part in parts:
            has(f"{self.name}: status", r.out, part, r)
        return r

    def abandoned(self):
        r = run(self.folder, "audit", "log", "--format", "json")
        outcomes = [x["outcome"] for x in r.json["runs"]]
        ok(f"{self.name}: the log tells that a run died", "abandoned" in outcomes, r)
        r = run(self.folder, "audit", "verify")
        same(f"{self.name}: the log is whole", r.status, 0, r)

    def in_transaction(self):
        for mode in ("plan", "revision"):
            self.fresh(f"in a transaction, {mode}", mode)
            revision(self.folder, "r1", "", "CREATE TABLE t1 (id bigint);", "DROP TABLE t1;")
            revision(self.folder, "r2", "r1", f"CREATE TABLE t2 (id bigint);\n{SLOW[self.dialect]};", "DROP TABLE t2;")
            self.killed()
            began = time.monotonic()
            expected = ["r1"] if mode == "revision" else []
            wait_for(f"{self.name}: the server to notice", lambda: self.d.at() == expected)
            self.status("r1" if expected else "base", "pending")
            same(f"{self.name}: tables", [t for t in self.d.tables() if t not in BOOKKEEPING], ["t1"] if expected else [])
            same(f"{self.name}: nothing is half done", [r for r in self.d.history() if r[3] != "applied"], [])
            revision(self.folder, "r2", "r1", "CREATE TABLE t2 (id bigint);", "DROP TABLE t2;")
            # The lock goes when the server sees that the client has gone.
            r = None

            def applied():
                nonlocal r
                r = run(self.folder, "apply", "dev", "--yes")
                return r.status != 4
            wait_for(f"{self.name}: the lock", applied, SOON)
            same(f"{self.name}: the next run", r.status, 0, r)
            same(f"{self.name}: arrives", self.d.at(), ["r2"])
            ok(f"{self.name}: soon", time.monotonic() - began < 2 * SOON, time.monotonic() - began)
            self.abandoned()

    def outside(self):
        self.fresh("outside of a transaction")
        slow = SLOW[self.dialect]
        revision(self.folder, "r1", "", "CREATE TABLE t1 (id bigint);", "DROP TABLE t1;")
        revision(self.folder, "r2", "r1", f"CREATE TABLE t2 (id bigint);\n{slow};\nCREATE TABLE t3 (id bigint);",
                 "DROP TABLE t3;\nDROP TABLE t2;", header="-- transaction: off\n")
        self.killed()

        def settled():
            r = run(self.folder, "status", "dev")
            return "another run" not in r.out and "at work" not in r.out and "running" not in r.out
        wait_for(f"{self.name}: the server to notice", settled, 10)
        # A server may go on a little after its client has gone. What the journal does not know of it, the schema tells.
        tables = [t for t in self.d.tables() if t not in BOOKKEEPING]
        ok(f"{self.name}: tables", tables in (["t1", "t2"], ["t1", "t2", "t3"]), tables)
        said = run(self.folder, "status", "dev").out
        done = re.search(r"inside r2: (\d) of 3", said)
        ok(f"{self.name}: status tells", done and (int(done[1]) == 3) == ("t3" in tables), tables, said)
        if done and int(done[1]) < 2:  # what has not run may be edited
            revision(self.folder, "r2", "r1", "CREATE TABLE t2 (id bigint);\nSELECT 1;\nCREATE TABLE t3 (id bigint);",
                     "DROP TABLE t3;\nDROP TABLE t2;", header="-- transaction: off\n")
        expect(f"{self.name}: it goes on", 0, self.folder, "apply", "dev", "--yes")
        same(f"{self.name}: arrives", self.d.at(), ["r2"])
        same(f"{self.name}: has all of it", [t for t in self.d.tables() if t not in BOOKKEEPING], ["t1", "t2", "t3"])
        same(f"{self.name}: nothing is open", [r for r in self.d.history() if r[3] in ("running", "half")], [])
        self.abandoned()

    def anywhere(self):
        """At any moment: n revisions of two statements each."""
        n, rounds = 12, 6
        for mode in ("plan", "revision") if self.d.transactional else ("plan",):
            self.fresh(f"at any moment, {mode}", mode)
            for i in range(1, n + 1):
                revision(self.folder, f"r{i}", f"r{i - 1}" if i > 1 else "",
                         f"CREATE TABLE t{i} (id integer);\nINSERT INTO t{i} VALUES ({i});", f"DROP TABLE t{i};")
            began = time.monotonic()
            same(f"{self.name}: a whole run", run(self.folder, "apply", "dev", "--yes").status, 0)
            whole = time.monotonic() - began
            for k in range(rounds):
                self.d.reset()
                process = start(self.folder, "apply", "dev", "--yes")
                time.sleep(random.uniform(0, whole))
                process.kill()
                ended(process)
                wait_for(f"{self.name}: no session stays", lambda: self.sessions() == [], 10)
                self.check_state(n, mode)
            self.d.reset()
            same(f"{self.name}: a last run", run(self.folder, "apply", "dev", "--yes").status, 0)
            r = run(self.folder, "audit", "verify")
            same(f"{self.name}: the log is whole", r.status, 0, r)

    def sessions(self):
        if self.dialect == "postgresql":
            return self.d.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{self.d.database}' AND "
                                "application_name LIKE 'lockstep%'")
        if self.dialect == "mysql":
            return self.d.query(f"SELECT id FROM information_schema.processlist WHERE db = '{self.d.database}' AND id <> "
                                "connection_id()")
        return []

    def check_state(self, n, mode):
        at = self.d.at()
        done = int(at[0][1:]) if at else 0
        tables = [t for t in self.d.tables() if t not in BOOKKEEPING]
        history = self.d.history()
        half = [r for r in history if r[3] == "running"]
        said = run(self.folder, "status", "dev", "--format", "json")
        target = said.json["targets"][0]
        same(f"{self.name}: status", target["at"], at[0] if at else "base", said)
        detail = (at, sorted(tables), history, said)
        if not half:
            ok(f"{self.name}: at a start or an end", mode == "revision" or not self.d.transactional or done in (0, n), *detail)
            same(f"{self.name}: tables", sorted(tables), sorted(f"t{i}" for i in range(1, done + 1)), *detail)
            for t in tables:
                same(f"{self.name}: rows of {t}", self.d.query(f"SELECT * FROM {t}"), [(t[1:],)])
            return
        ok(f"{self.name}: only where DDL commits", not self.d.transactional, *detail)
        same(f"{self.name}: the revision after the position", [r[1] for r in half], [f"r{done + 1}"], *detail)
        # The table may be there though the journal does not say so; rows are there when the journal says so.
        sure = {f"t{i}" for i in range(1, done + 1)} | ({f"t{done + 1}"} if half[0][4] != "0" else set())
        ok(f"{self.name}: tables", sure <= set(tables) <= sure | {f"t{done + 1}"}, *detail)
        if f"t{done + 1}" in tables:
            has(f"{self.name}: status tells", target["state"], f"inside r{done + 1}: ")
        else:
            has(f"{self.name}: status tells", target["state"], f"at the start of r{done + 1}: ")


def kill(dialect):
    k = Kill(dialect)
    if not k.d:
        return
    if k.d.transactional:
        k.in_transaction()
    k.outside()
    k.anywhere()


with ThreadPoolExecutor(3) as pool:
    list(pool.map(kill, DIALECTS))
finish()
