"""Failures that need more than one statement going wrong: while taking back, without a way back, outside of
transactions, in verification; and going on from a revision that stopped half way."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *


class Scene:
    """Two targets of one dialect, a fresh project for each case."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.found = databases(dialect, "failures", ["one", "two"])

    def fresh(self, case, mode="plan", policy="stop", only_one=True):
        self.name = f"{self.dialect}: {case}"
        for d in self.found:
            d.reset()
        self.targets = self.found[:1] if only_one else self.found
        self.target = self.targets[0]
        self.folder = project(folder("failures"))
        environment(self.folder, "dev", self.targets,
                    f"settings: {{ transaction: {mode} }}\nrollout: {{ on_failure: {policy} }}\n")

    def apply(self, status, *words):
        self.r = run(self.folder, "apply", "dev", "--yes", "--format", "json", *words)
        same(f"{self.name}: status", self.r.status, status, self.r)
        try:
            self.reports = self.r.json["targets"]
        except ValueError:
            self.reports = []
            ok(f"{self.name}: a report", False, self.r)
        return self.reports[0] if self.reports else {}

    def tables_are(self, what, expected, target=None):
        target = target or self.target
        same(f"{self.name}: {what}: tables", [t for t in target.tables() if t not in BOOKKEEPING], sorted(expected),
             self.r)

    def is_at(self, what, expected, report=None, target=None):
        target = target or self.target
        same(f"{self.name}: {what}: at", target.at(), expected, self.r)
        if report is not None:
            same(f"{self.name}: {what}: reported at", report.get("at"), expected, self.r)

    def half_is(self, what, expected, report, target=None):
        """expected: None, or (revision, direction, done, total)"""
        target = target or self.target
        rows = [(r[1], r[2], int(r[4]), int(r[5])) for r in target.history() if r[3] == "half"]
        same(f"{self.name}: {what}: half", rows, [expected] if expected else [], self.r)
        same(f"{self.name}: {what}: none is running", [r for r in target.history() if r[3] == "running"], [])
        h = report.get("half")
        same(f"{self.name}: {what}: reported half", h and (h["revision"], h["done"], h["total"]),
             expected and (expected[0], *expected[2:]), self.r)


def table(name):
    return f"CREATE TABLE {name} (id integer NOT NULL PRIMARY KEY);\n"


def drop(name):
    return f"DROP TABLE {name};\n"


# Three revisions, the third fails in its first statement; r1's downgrade fails in its second.
def taking_back_fails(s):
    bad = drop("b") + drop("missing") + drop("a")
    for mode in ("plan", "revision"):
        s.fresh(f"taking back fails, {mode}", mode)
        revision(s.folder, "r1", "", table("a") + table("b"), bad)
        revision(s.folder, "r2", "r1", table("c"), drop("c"))
        revision(s.folder, "r3", "r2", "SELECT nothing FROM nowhere;", "")
        report = s.apply(1)
        same(f"{s.name}: outcome", report.get("outcome"), "failed", s.r)
        if s.target.transactional and mode == "plan":
            s.is_at("all rolled back", [], report)
            s.tables_are("all rolled back", [])
            ok(f"{s.name}: nothing to take back", "compensation_error" not in report, s.r)
            continue
        s.is_at("left", ["r1"], report)
        same(f"{s.name}: taken back", (report["taken_back"], report["steps_done"]), (1, 1), s.r)
        has(f"{s.name}: why", report.get("compensation_error", {}).get("message", ""), "downgrade of r1, statement 2 of 3")
        if s.target.transactional:
            s.tables_are("downgrade rolled back", ["a", "b"])
            s.half_is("left", None, report)
            has(f"{s.name}: story", report["story"], "left at r1")
        else:
            s.tables_are("inside the downgrade", ["a"])
            s.half_is("left", ("r1", "downgrade", 1, 3), report)
            has(f"{s.name}: story", report["story"], "1 of 3 statements")
            expect(f"{s.name}: an upgrade is refused", 4, s.folder, "upgrade", part="has to be finished first")
        revision(s.folder, "r1", "", table("a") + table("b"), drop("b") + drop("a"))
        r = expect(f"{s.name}: corrected, the downgrade goes on", 0, s.folder, "downgrade", "base")
        s.r = r
        s.is_at("corrected", [])
        s.tables_are("corrected", [])


def others_cannot_be_taken_back(s):
    s.fresh("the other target's downgrade fails", policy="rollback", only_one=False)
    revision(s.folder, "r1", "", table("a"), drop("a"))
    revision(s.folder, "r2", "r1", table("b"), drop("missing"))
    s.found[1].script(table("b"))
    s.apply(1)
    one, two = s.reports
    same(f"{s.name}: outcome of the first", one["outcome"], "failed", s.r)
    has(f"{s.name}: why", one.get("compensation_error", {}).get("message", ""), "downgrade of r2, statement 1 of 1")
    same(f"{s.name}: steps", (one["steps_done"], one["taken_back"]), (2, 0), s.r)
    s.is_at("first", ["r2"], one)
    s.tables_are("first", ["a", "b"])
    s.is_at("second", [], two, s.found[1])
    s.tables_are("second", ["b"], s.found[1])


def irreversible(s):
    s.fresh("irreversible", "revision", "rollback", only_one=False)
    revision(s.folder, "r1", "", table("a"), drop("a"))
    revision(s.folder, "r2", "r1", table("b"))
    revision(s.folder, "r3", "r2", table("c"), drop("c"))
    s.found[1].script(table("c"))
    s.apply(1)
    for target, report in zip(s.found, s.reports):
        expected = ["r3"] if target.name == "one" else ["r2"]
        s.is_at(target.name, expected, report, target)
        has(f"{s.name}: {target.name} says why", report.get("compensation_error", {}).get("message", ""),
            "r2 cannot be taken back", s.r)
        s.tables_are(target.name, ["a", "b", "c"], target)
        same(f"{s.name}: {target.name}: steps", (report["steps_done"], report["taken_back"]),
             (int(expected[0][1]), 0), s.r)
    r = run(s.folder, "downgrade", "base", "-t", "one")
    same(f"{s.name}: a downgrade is refused before it begins", r.status, 65, r)
    has(f"{s.name}: and says why", r.errors, "r2 has no downgrade section")
    s.is_at("still", ["r3"], None, s.found[0])


# A revision outside of transactions, or any revision where DDL commits by itself, that stops in the middle.
def stops_half_way(s):
    header = "-- transaction: off\n"
    first = table("a")
    good = table("b") + "INSERT INTO b VALUES (1), (2);\n" + table("c") + "INSERT INTO b VALUES (3);\n"
    bad = good.replace(table("c"), "INSERT INTO c VALUES (1);\n")

    def half_way(case):
        s.fresh(case)
        revision(s.folder, "r1", "", first, drop("a"))
        revision(s.folder, "r2", "r1", bad, drop("c") + drop("b"), header=header)
        revision(s.folder, "r3", "r2", table("d"), drop("d"))
        report = s.apply(1)
        # The rows of statement 2 go with the transaction where statements are not committed one by one.
        done = 2 if s.target.transactional else 1
        s.is_at("half way", ["r1"], report)
        s.half_is("half way", ("r2", "upgrade", done, 4), report)
        s.tables_are("half way", ["a", "b"])
        same(f"{s.name}: rows", len(s.target.query("SELECT * FROM b")), 2 if done == 2 else 0)
        has(f"{s.name}: story", report["story"], f"inside r2: {done} of 4 statements took effect")
        r = run(s.folder, "status", "dev")
        has(f"{s.name}: status tells", r.out, "r2", r)
        return done

    done = half_way("corrected, it goes on")
    expect(f"{s.name}: a downgrade is refused", 4, s.folder, "downgrade", "base", part="has to be finished first")
    r = expect(f"{s.name}: run again, it fails again", 1, s.folder, "upgrade", part="statement 3 of 4")
    same(f"{s.name}: and stays where it was", s.target.history()[-1][3:], ("half", str(2 if done == 2 else 1), "4"), r)
    has(f"{s.name}: once more", run(s.folder, "status", "dev").out, "r2")
    revision(s.folder, "r2", "r1", good, drop("c") + drop("b"), header=header)
    s.apply(0)
    s.is_at("end", ["r3"], s.reports[0])
    s.tables_are("end", ["a", "b", "c", "d"])
    same(f"{s.name}: every row once", s.target.query("SELECT id FROM b ORDER BY id"), [("1",), ("2",), ("3",)])
    same(f"{s.name}: history", [r[1:] for r in s.target.history()],
         [("r1", "upgrade", "applied", "1", "1"), ("r2", "upgrade", "resumed", str(done), "4"),
          ("r2", "upgrade", "resumed", str(2 if done == 2 else 1), "4"), ("r2", "upgrade", "applied", "4", "4"),
          ("r3", "upgrade", "applied", "1", "1")])
    s.r = expect(f"{s.name}: and back down", 0, s.folder, "downgrade", "base")
    s.tables_are("and back down", [])

    half_way("its beginning edited")
    revision(s.folder, "r2", "r1", good.replace("b (id", "b (id2"), drop("b"), header=header)
    before = s.target.history()
    r = expect(f"{s.name}: refused", 4, s.folder, "apply", "dev", "--yes", part="have been edited since")
    has(f"{s.name}: with a way out", r.errors, "lockstep stamp")
    same(f"{s.name}: nothing written", s.target.history(), before)

    half_way("finished by hand and stamped")
    s.target.script(table("c") + "INSERT INTO b VALUES (3);\n")
    s.r = expect(f"{s.name}: stamp", 0, s.folder, "stamp", "r2")
    s.is_at("stamped", ["r2"])
    same(f"{s.name}: settled", [r[1:4] for r in s.target.history()][-2:],
         [("r2", "upgrade", "stamped"), ("r2", "stamp", "stamped")])
    s.apply(0)
    s.is_at("goes on", ["r3"], s.reports[0])

    half_way("undone by hand and stamped where it was")
    s.target.script(drop("b"))
    s.r = expect(f"{s.name}: stamp", 0, s.folder, "stamp", "r1")
    same(f"{s.name}: nothing is half done", [r for r in s.target.history() if r[3] == "half"], [])
    revision(s.folder, "r2", "r1", good, drop("c") + drop("b"), header=header)
    s.apply(0)
    s.is_at("starts over", ["r3"], s.reports[0])
    same(f"{s.name}: every row once", s.target.query("SELECT id FROM b ORDER BY id"), [("1",), ("2",), ("3",)])


def fails_at_once(s):
    s.fresh("outside of a transaction, failing in its first statement")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    revision(s.folder, "r2", "r1", "INSERT INTO missing VALUES (1);\n" + table("b"), "", header="-- transaction: off\n")
    report = s.apply(1)
    s.is_at("nothing of it stays", [], report)
    s.tables_are("nothing of it stays", [])
    s.half_is("nothing of it stays", None, report)
    same(f"{s.name}: taken back", report["taken_back"], 1, s.r)


def concurrently(s):
    if s.dialect != "postgresql":
        return
    s.fresh("CREATE INDEX CONCURRENTLY that fails leaves an invalid index")
    revision(s.folder, "r1", "", table("a") + "ALTER TABLE a ADD v integer;\nINSERT INTO a VALUES (1, 1), (2, 1);", drop("a"))
    revision(s.folder, "r2", "r1", "CREATE UNIQUE INDEX CONCURRENTLY av ON a (v);\n", "DROP INDEX av;",
             header="-- transaction: off\n")
    report = s.apply(1)
    s.is_at("all else", [], report)
    has(f"{s.name}: says why", report["error"]["message"], "could not create unique index")
    revision(s.folder, "r2", "r1", "CREATE INDEX CONCURRENTLY av ON a (v);\n", "DROP INDEX av;",
             header="-- transaction: off\n")
    s.apply(0)
    s.is_at("then", ["r2"], s.reports[0])


def verification(s):
    failing = "SELECT count(*) = 3 FROM b;"
    for off in ("", "-- transaction: off\n"):
        journaled = off or not s.target.transactional
        for reversible in (True, False):
            s.fresh(f"verify fails, {'journaled' if journaled else 'transactional'}, reversible {reversible}")
            revision(s.folder, "r1", "", table("a"), drop("a"))
            revision(s.folder, "r2", "r1", table("b") + "INSERT INTO b VALUES (1), (2);", drop("b") if reversible else None,
                     failing, header=off)
            report = s.apply(1)
            has(f"{s.name}: says so", report["error"]["message"], "verify")
            same(f"{s.name}: the place", (report["error"]["file"], report["error"].get("line", 0) > 5),
                 ("revisions/r2.sql", True), s.r)
            if not journaled or reversible:
                s.is_at("as before", [], report)
                s.tables_are("as before", [])
                s.half_is("as before", None, report)
                same(f"{s.name}: taken back", report["taken_back"], 2 if journaled else 0, s.r)
                continue
            s.is_at("held", ["r1"], report)
            s.tables_are("held", ["a", "b"])
            # The rows go with the transaction where statements are not committed one by one.
            done = 2 if s.target.transactional else 1
            s.half_is("held", ("r2", "upgrade", done, 2), report)
            same(f"{s.name}: rows", len(s.target.query("SELECT * FROM b")), 2 if done == 2 else 0)
            has(f"{s.name}: story", report["story"], "verification failed" if done == 2 else "1 of 2 statements")
            r = expect(f"{s.name}: again, it fails again", 1, s.folder, "upgrade", part="verif")
            same(f"{s.name}: rows are not put in twice", len(s.target.query("SELECT * FROM b")), 2 if done == 2 else 0, r)
            s.target.script("INSERT INTO b VALUES (3)")
            s.apply(0)
            s.is_at("repaired, it passes", ["r2"], s.reports[0])
            same(f"{s.name}: rows are not put in twice", len(s.target.query("SELECT * FROM b")), 3)
    s.fresh("verify fails, nothing but data")
    revision(s.folder, "r1", "", table("a") + table("b"), drop("b") + drop("a"))
    revision(s.folder, "r2", "r1", "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1), (2);", None, failing)
    run(s.folder, "upgrade", "r1")
    report = s.apply(1)
    s.is_at("as before", ["r1"], report)
    s.half_is("as before", None, report)
    same(f"{s.name}: no row stays", (s.target.query("SELECT * FROM a"), s.target.query("SELECT * FROM b")), ([], []))
    s.fresh("verify with an error")
    revision(s.folder, "r1", "", table("a"), drop("a"), "SELECT nothing FROM nowhere;")
    report = s.apply(1)
    has(f"{s.name}: says so", report["error"]["message"], "verify statement 1 of 1")
    s.is_at("as before", [], report)
    s.tables_are("as before", [])


def unknown_to_this_checkout(s):
    s.fresh("a position that this checkout does not know")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    s.apply(0)
    s.target.script("UPDATE alembic_version SET version_num = 'elsewhere'")
    for words in (("upgrade",), ("apply", "dev", "--yes"), ("plan", "dev"), ("stamp", "r1")):
        r = run(s.folder, *words)
        ok(f"{s.name}: {words[0]} is refused", r.status in (1, 4, 65), r)
        has(f"{s.name}: {words[0]} names it", r.errors, "elsewhere")
    s.r = expect(f"{s.name}: purged", 0, s.folder, "stamp", "--purge", "r1")
    s.is_at("purged", ["r1"])


def scenes(dialect):
    s = Scene(dialect)
    if s.found:
        s.target = s.found[0]
        for case in (taking_back_fails, others_cannot_be_taken_back, irreversible, stops_half_way, fails_at_once,
                     concurrently, verification, unknown_to_this_checkout):
            try:
                case(s)
            except Exception as e:  # the other cases still tell something
                import traceback
                ok(f"{dialect}: {case.__name__} runs through", False, traceback.format_exc(), getattr(s, "r", ""))


with ThreadPoolExecutor(3) as pool:
    list(pool.map(scenes, DIALECTS))
finish()
