"""A failing statement at each position of a three-target plan leaves exactly what the report says.

Every statement of the nine can be made to fail on one target by something that stands in its way there ("fuses"). After
each run the report is compared with what the databases' own clients see; what should be there is what a reference
database holds after the fuse and the first k statements."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *

NAMES = ("one", "two", "three")
BASE = """CREATE TABLE log (k varchar(20) NOT NULL PRIMARY KEY, note varchar(20));
CREATE TABLE seed (id integer NOT NULL);
CREATE TABLE other (id integer NOT NULL);
INSERT INTO seed VALUES (1), (2);
INSERT INTO log VALUES ('start', 'x');
"""
STATEMENTS = [
    "CREATE TABLE t1 (id integer NOT NULL PRIMARY KEY, v varchar(50))",
    "INSERT INTO log (k) VALUES ('s2')",
    "CREATE INDEX i3 ON log (note)",
    "INSERT INTO log (k) VALUES ('s4')",
    "ALTER TABLE log ADD COLUMN c5 integer",
    "UPDATE log SET k = 's6' WHERE k = 's4'",
    "CREATE TABLE t7 (id integer NOT NULL PRIMARY KEY)",
    "INSERT INTO t7 (id) SELECT id FROM seed",
    "INSERT INTO log (k, note) VALUES ('s9', 'end')",
]
FUSES = [
    "CREATE TABLE t1 (id integer);",
    "INSERT INTO log (k) VALUES ('s2');",
    {"": "CREATE INDEX i3 ON other (id);", "mysql": "CREATE INDEX i3 ON log (k);"},
    "INSERT INTO log (k) VALUES ('s4');",
    "ALTER TABLE log ADD COLUMN c5 integer;",
    "INSERT INTO log (k) VALUES ('s6');",
    "CREATE TABLE t7 (id integer);",
    "INSERT INTO seed VALUES (1);",
    "INSERT INTO log (k) VALUES ('s9');",
]
UNDO = {
    "r1": {"": "DROP INDEX i3;\nDELETE FROM log WHERE k = 's2';\nDROP TABLE t1;",
           "mysql": "DROP INDEX i3 ON log;\nDELETE FROM log WHERE k = 's2';\nDROP TABLE t1;"},
    "r2": "UPDATE log SET k = 's4' WHERE k = 's6';\nALTER TABLE log DROP COLUMN c5;\nDELETE FROM log WHERE k = 's4';",
    "r3": "DELETE FROM log WHERE k = 's9';\nDROP TABLE t7;",
}
REVISIONS = ("r1", "r2", "r3")
UNREACHED = {"r1": 0, "r2": 3, "r3": 6}


def fuse(p, dialect):
    text = FUSES[p - 1] if p else ""
    return text if isinstance(text, str) else text.get(dialect, text[""])


def is_ddl(p):
    return STATEMENTS[p - 1].startswith(("CREATE", "ALTER"))


class Matrix:
    def __init__(self, dialect):
        self.dialect = dialect
        more = {"schemas": True} if dialect == "postgresql" else {}
        found = databases(dialect, "matrix", [*NAMES, "reference"], **more)
        self.found = found is not None
        if not self.found:
            return
        self.targets, self.reference = found[:3], found[3]
        self.folder = project(folder("matrix"))
        for i, id in enumerate(REVISIONS):
            revision(self.folder, id, REVISIONS[i - 1] if i else "",
                     ";\n".join(STATEMENTS[3 * i:3 * i + 3]) + ";", UNDO[id])
        for policy in ("stop", "continue", "rollback"):
            environment(self.folder, policy, self.targets, f"rollout: {{ on_failure: {policy} }}\n")
        self.expected = {}

    def should_hold(self, p, k):
        """What a database with the fuse of statement p (0: none) holds after the first k statements."""
        if (p, k) not in self.expected:
            self.reference.reset()
            self.reference.script(BASE + fuse(p, self.dialect) + "".join(f"{s};\n" for s in STATEMENTS[:k]))
            self.expected[p, k] = self.reference.snapshot()
        return self.expected[p, k]

    def check_target(self, name, target, reported, p):
        """The report on one target against the target itself."""
        at = reported["at"]
        same(f"{name}: at", target.at(), at, reported)
        history = target.history()
        same(f"{name}: the history gives the position", standing(history)[-1:], at, history)
        k = UNREACHED[at[0]] + 3 if at else 0
        half = [row for row in history if row[3] in ("half", "running")]
        if "half" in reported:
            h = reported["half"]
            k += h["done"]
            same(f"{name}: what is half done", [r[1:] for r in half],
                 [(h["revision"], "upgrade", "half" if h["known"] else "running", str(h["done"]), str(h["total"]))])
            ok(f"{name}: it is known", h["known"], reported)
        else:
            same(f"{name}: nothing is half done", half, [])
        same(f"{name}: holds what the report says", target.snapshot(), self.should_hold(p, k), reported)
        same(f"{name}: steps that stand", reported["steps_done"], len(standing(history)))
        downgrades = [r for r in history if r[2] == "downgrade" and r[3] == "applied"]
        same(f"{name}: steps taken back", reported["taken_back"], len(downgrades))
        for row in history:
            if row[3] == "applied":
                same(f"{name}: applied is whole", row[4], row[5])

    def expect_failed(self, name, reported, p):
        """The failing target by the rules: transactional ones are where they were; elsewhere the step it stopped in
        stays half done when something of it has taken effect, and otherwise all is taken back."""
        statement = (p - 1) % 3 + 1
        committed = 0
        if not self.targets[0].transactional:
            # Rows changed since the last statement that commits by itself go with the transaction.
            first = p - statement + 1
            committed = p - 1 if is_ddl(p) else max([q for q in range(first, p) if is_ddl(q)], default=first - 1)
            committed -= first - 1
        has(f"{name}: names the statement", reported["error"]["message"], f"statement {statement} of 3", reported)
        has(f"{name}: names the revision", reported["error"]["message"], REVISIONS[(p - 1) // 3])
        same(f"{name}: names the file and line", (reported["error"]["file"], reported["error"]["line"]),
             (f"revisions/{REVISIONS[(p - 1) // 3]}.sql", 5 + statement))
        if committed:
            same(f"{name}: half", reported.get("half", {}).get("done"), committed, reported)
            same(f"{name}: the steps before it stand", reported["steps_done"], (p - 1) // 3)
            has(f"{name}: story", reported["story"], f"{committed} of 3 statements took effect")
        else:
            same(f"{name}: at its start", (reported["at"], reported["steps_done"]), ([], 0), reported)
            has(f"{name}: story", reported["story"], "as before")

    def case(self, t, p, policy, mode):
        name = f"{self.dialect} {policy} {mode} statement {p} of target {t + 1}"
        for i, target in enumerate(self.targets):
            target.reset()
            target.script(BASE + fuse(p if i == t else 0, self.dialect))
        r = run(self.folder, "apply", policy, "--yes", "--transaction", mode, "--format", "json")
        if not same(f"{name}: status", r.status, 1, r):
            return
        reports = r.json["targets"]
        same(f"{name}: exit in the report", r.json["exit"], 1)
        outcomes = [x["outcome"] for x in reports]
        rest = {"stop": "skipped", "continue": "done", "rollback": "skipped"}[policy]
        before = "taken back" if policy == "rollback" else "done"
        same(f"{name}: outcomes", outcomes, [before] * t + ["failed"] + [rest] * (2 - t), r)
        for i, target in enumerate(self.targets):
            case = f"{name}: {target.name}"
            if reports[i]["outcome"] == "skipped":
                same(f"{case}: untouched", (target.tables(), target.snapshot()),
                     (["log", "other", "seed"], self.should_hold(0, 0)))
                continue
            self.check_target(case, target, reports[i], p if i == t else 0)
            if reports[i]["outcome"] == "done":
                same(f"{case}: all of it", (reports[i]["at"], reports[i]["steps_done"]), (["r3"], 3))
            elif reports[i]["outcome"] == "taken back":
                same(f"{case}: none of it", (reports[i]["at"], reports[i]["taken_back"]), ([], 3))
            else:
                self.expect_failed(case, reports[i], p)

    def run(self):
        if not self.found:
            return
        for policy in ("stop", "continue", "rollback"):
            for t in range(3):
                for p in range(1, 10):
                    self.case(t, p, policy, "plan")
                    # Without transactional DDL the mode makes no difference; servers take their time.
                    if self.dialect == "sqlite" or (self.dialect == "postgresql" and policy == "rollback"):
                        self.case(t, p, policy, "revision")


with ThreadPoolExecutor(3) as pool:
    for done in [pool.submit(Matrix(d).run) for d in DIALECTS]:
        done.result()
finish()
