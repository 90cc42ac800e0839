"""kill -9 at random times of a run over sixteen targets on three database systems, and of its rollback: `resume` and
`rollback` are started again, and killed again, until they are through. Then every target is compared with one that saw no
crash. LOCKSTEP_CRASH_KILLS: how many times (bench/crash: 1,000); by default what fits into a few seconds."""
import random
from concurrent.futures import ThreadPoolExecutor
from e2e import *

KILLS = int(os.environ.get("LOCKSTEP_CRASH_KILLS", "24"))
SECONDS = float(os.environ.get("LOCKSTEP_CRASH_SECONDS", "20" if KILLS <= 24 else "3600"))
SEED = int(os.environ.get("LOCKSTEP_CRASH_SEED", time.time_ns() % 1_000_000))
COUNTS = {"postgresql": 8, "mysql": 4, "sqlite": 4}
N = 6


def make_project(targets):
    path = project(folder("random"))
    environment(path, "dev", targets, "settings: { transaction: revision }\nrollout: { on_failure: stop, waves: "
                "[ { count: 4, parallel: 4 }, { rest: true, parallel: 8 } ] }\n")
    for i in range(1, N + 1):
        index = {"": f"CREATE INDEX i{i} ON t{i} (v);",
                 "postgresql": f"CREATE INDEX {'CONCURRENTLY ' if i % 3 == 0 else ''}i{i} ON t{i} (v);"}
        body = (f"CREATE TABLE t{i} (id integer, v varchar(20));\nINSERT INTO t{i} VALUES ({i}, 'a'), ({i}, 'b');\n",
                f"\nUPDATE t1 SET id = id + 1;\nALTER TABLE t1 ADD COLUMN c{i} integer;\nINSERT INTO t1 (id) VALUES (-{i});")
        undo = (f"DELETE FROM t1 WHERE v IS NULL AND id = -{i};\nALTER TABLE t1 DROP COLUMN c{i};\n"
                f"UPDATE t1 SET id = id - 1;\nDROP TABLE t{i};")
        revision(path, f"r{i}", f"r{i - 1}" if i > 1 else "",
                 {d: body[0] + index.get(d, index[""]) + body[1] for d in DIALECTS}, undo,
                 header="-- transaction: off\n" if i % 3 == 0 else "")
    return path


class Campaign:
    def __init__(self, targets, reference):
        self.targets, self.reference = targets, reference
        self.path = make_project([*targets])
        self.random = random.Random(SEED)
        self.kills, self.rounds = 0, 0
        self.began = time.monotonic()

    def over(self):
        return self.kills >= KILLS or time.monotonic() - self.began > SECONDS

    def learn(self):
        """What a target without a crash holds at the end, and how long it takes."""
        self.end = {}
        for d in self.reference:
            d.reset()
        path = make_project(self.reference)
        expect("without a crash", 0, path, "apply", "dev", "--yes")
        for d in self.reference:
            self.end[d.dialect] = d.snapshot()
        expect("and back", 0, path, "rollback", "--yes")
        for d in self.reference:
            same(f"{d.dialect}: back without a crash", d.snapshot(), {})
        # An idle machine ends early, a busy one late: what counts is that all phases are met.
        began = time.monotonic()
        self.reset()
        expect("all of them without a crash", 0, self.path, "apply", "dev", "--yes")
        self.whole = time.monotonic() - began

    def reset(self):
        shutil.rmtree(f"{self.path}/.lockstep", ignore_errors=True)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda d: d.reset(), self.targets))

    def through(self, first, again):
        """Start, kill, start again, until it ends by itself."""
        words = first
        while True:
            process = start(self.path, *words)
            if not self.over():
                try:
                    process.wait(self.random.uniform(0, self.whole * 1.1))
                except subprocess.TimeoutExpired:
                    process.kill()
            r = ended(process, 120)
            if r.status == -9:
                self.kills += 1
                words = again if self.begun() else first
                continue
            return r

    def begun(self):
        r = run(self.path, "audit", "log", "--format", "json")
        return r.status == 0 and r.json["runs"]

    def check(self, name, expected):
        bad = 0
        for d in self.targets:
            case = f"round {self.rounds} (seed {SEED}), {name}, {d.name}"
            good = same(f"{case}: holds", d.snapshot(), expected[d.dialect])
            good &= same(f"{case}: at", d.at(), [f"r{N}"] if expected is self.end else [])
            good &= same(f"{case}: nothing is open", [h for h in d.history() if h[3] in ("running", "half")], [])
            bad += not good
        r = run(self.path, "audit", "verify")
        same(f"round {self.rounds}, {name}: the log is whole", r.status, 0, r)
        return bad

    def round(self):
        self.rounds += 1
        self.reset()
        r = self.through(("apply", "dev", "--yes"), ("resume",))
        ok(f"round {self.rounds} (seed {SEED}): it ends well", r.status == 0, r)
        bad = self.check("resumed", self.end)
        if self.begun():
            r = self.through(("rollback", "--yes"), ("rollback", "--yes"))
            ok(f"round {self.rounds} (seed {SEED}): it ends well, back",
               r.status == 0 or "nothing to take back" in r.errors, r)
            bad += self.check("taken back", {d: {} for d in self.end})
        return bad


def campaign():
    found = []
    reference = []
    for dialect, n in COUNTS.items():
        names = [f"{dialect[:2]}{i}" for i in range(n)] + [f"{dialect[:2]}ref"]
        made = databases(dialect, "random", names, **({"schemas": True} if dialect == "postgresql" else {}))
        found += made[:n] if made else []
        reference += made[n:] if made else []
    c = Campaign(found, reference)
    c.learn()
    bad = 0
    while not c.over():
        bad += c.round()
        if KILLS > 100 and c.rounds % 10 == 0:
            print(f"{c.kills} kills in {c.rounds} rounds, {bad} inconsistent targets", flush=True)
    print(f"{c.kills} kills in {c.rounds} rounds over {len(found)} targets, {time.monotonic() - c.began:.0f} s (seed {SEED}): "
          f"{bad} inconsistent targets")


campaign()
finish()
