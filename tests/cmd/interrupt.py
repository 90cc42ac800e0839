"""Ctrl-C: the statement in flight is cancelled, the target is left in a recorded state, and the status is 130; once more
gives up taking back. Also through a terminal, with its question and its progress line."""
import pty
import select
from concurrent.futures import ThreadPoolExecutor
from e2e import *

TABLE = "CREATE TABLE {} (id bigint);\n"


class Interrupt:
    def __init__(self, dialect):
        self.dialect = dialect
        self.found = databases(dialect, "interrupt", ["one", "two"])
        self.slow = SLOW[dialect] + ";\n"

    def fresh(self, case, n=1, more=""):
        self.name = f"{self.dialect}: {case}"
        for d in self.found:
            d.reset()
        self.d = self.found[0]
        self.folder = project(folder("interrupt"))
        environment(self.folder, "dev", self.found[:n], more)

    def interrupted(self, *signals, target=None):
        """Start, wait for the slow statement, send; for each further signal wait for the slow statement again."""
        target = target or self.d
        process = start(self.folder, "apply", "dev", "--yes", "--format", "json")
        for i, number in enumerate(signals):
            before = cpu_ticks(process.pid) if i else 0
            wait_for(f"{self.name}: the slow statement", lambda: process.poll() is not None or (
                cpu_ticks(process.pid) > before + 15 if self.dialect == "sqlite"
                else at_work(target, process, 60 + i)), 60)
            if process.poll() is None and i + 1 < len(signals):
                process.send_signal(number)
        began = time.monotonic()
        if process.poll() is None:
            process.send_signal(signals[-1])
        self.r = ended(process, 30)
        took = time.monotonic() - began
        same(f"{self.name}: status", self.r.status, 130, self.r)
        ok(f"{self.name}: soon", took < SOON, f"{took:.1f} s")
        try:
            reports = self.r.json["targets"]
        except ValueError:
            reports = [{}] * 2
            ok(f"{self.name}: a report", False, self.r)
        return reports

    def tables_are(self, expected, target=None):
        same(f"{self.name}: tables", [t for t in (target or self.d).tables() if t not in BOOKKEEPING], expected, self.r)

    def log_tells(self, outcome="interrupted"):
        r = run(self.folder, "audit", "log", "--format", "json")
        same(f"{self.name}: the audit log", r.json["runs"][0]["outcome"], outcome, r)
        same(f"{self.name}: is whole", run(self.folder, "audit", "verify").status, 0)

    def once(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.fresh(f"{number.name} in the first statement")
            revision(self.folder, "r1", "", TABLE.format("a"), "DROP TABLE a;")
            revision(self.folder, "r2", "r1", self.slow.replace("INTO t1", "INTO a"), "")
            report = self.interrupted(number)[0]
            same(f"{self.name}: at", (report.get("at"), self.d.at()), ([], []), self.r)
            self.tables_are([])
            has(f"{self.name}: story", report.get("story", ""), "as before")
            has(f"{self.name}: says so", self.r.errors, "interrupted")
            self.log_tells()

    def too_late(self):
        """A server may end a statement well although it was cancelled, and go on to those it has already: what was done
        stands, and is taken back when it can be."""
        if self.dialect != "mysql":
            return
        for undo, at in (("DROP TABLE b;", []), (None, ["r3"])):
            self.fresh(f"cancelled, but done; {'reversible' if undo else 'irreversible'}")
            revision(self.folder, "r1", "", TABLE.format("a"), "DROP TABLE a;")
            revision(self.folder, "r2", "r1", TABLE.format("b") + "DO SLEEP(60);", undo)
            revision(self.folder, "r3", "r2", TABLE.format("c"), "DROP TABLE c;")
            report = self.interrupted(signal.SIGINT)[0]
            same(f"{self.name}: at", (report.get("at"), self.d.at()), (at, at), self.r)
            same(f"{self.name}: half", report.get("half"), None)
            self.tables_are(["a", "b", "c"] if at else [])
            same(f"{self.name}: history", standing(self.d.history()), ["r1", "r2", "r3"] if at else [])

    def half_way(self):
        self.fresh("in the middle of a revision")
        revision(self.folder, "r1", "", TABLE.format("a"), "DROP TABLE a;")
        revision(self.folder, "r2", "r1", TABLE.format("b") + self.slow.replace("INTO t1", "INTO a") + TABLE.format("c"), "",
                 header="-- transaction: off\n")
        report = self.interrupted(signal.SIGINT)[0]
        same(f"{self.name}: at", (report.get("at"), self.d.at()), (["r1"], ["r1"]), self.r)
        same(f"{self.name}: half", report.get("half"), {"revision": "r2", "done": 1, "total": 3, "known": True}, self.r)
        self.tables_are(["a", "b"])
        revision(self.folder, "r2", "r1", TABLE.format("b") + TABLE.format("c"), "DROP TABLE c;\nDROP TABLE b;",
                 header="-- transaction: off\n")
        self.r = expect(f"{self.name}: goes on", 0, self.folder, "apply", "dev", "--yes")
        self.tables_are(["a", "b", "c"])

    def twice(self):
        """The second one ends the taking back, which has reached its own slow statement."""
        self.fresh("and again while taking back")
        revision(self.folder, "r1", "", TABLE.format("a") + TABLE.format("b"),
                 "DROP TABLE b;\n" + self.slow.replace("INTO t1", "INTO a").replace("(60)", "(61)") + "DROP TABLE a;\n",
                 header="-- transaction: off\n")
        revision(self.folder, "r2", "r1", self.slow.replace("INTO t1", "INTO a"), "")
        report = self.interrupted(signal.SIGINT, signal.SIGINT)[0]
        same(f"{self.name}: at", (report.get("at"), self.d.at()), (["r1"], ["r1"]), self.r)
        same(f"{self.name}: half", report.get("half"), {"revision": "r1", "done": 1, "total": 3, "known": True}, self.r)
        self.tables_are(["a"])
        has(f"{self.name}: says so", self.r.errors, "nothing more is taken back")
        self.log_tells()

    def others(self):
        for policy, expected in (("rollback", "taken back"), ("stop", "done")):
            self.fresh(f"in the second target, {policy}", 2, f"rollout: {{ on_failure: {policy} }}\n")
            revision(self.folder, "r1", "", TABLE.format("a"), "DROP TABLE a;")
            # The same SQL is quick on the first target and slow on the second: a table of one row there.
            slow = {"postgresql": "SELECT pg_sleep(60) FROM slow", "mysql": "UPDATE slow SET id = id + SLEEP(60)",
                    "sqlite": SLOW["sqlite"].replace("INTO t1 SELECT", "INTO slow SELECT").replace(
                        "2000000000)", "2000000000 AND EXISTS (SELECT 1 FROM slow))")}[self.dialect]
            revision(self.folder, "r2", "r1", slow + ";\n", "")
            for d, rows in zip(self.found, (0, 1)):
                d.script("CREATE TABLE slow (id bigint);" + "INSERT INTO slow VALUES (1);" * rows)
            reports = self.interrupted(signal.SIGINT, target=self.found[1])
            same(f"{self.name}: outcomes", [r.get("outcome") for r in reports], [expected, "failed"], self.r)
            self.tables_are(["a", "slow"] if expected == "done" else ["slow"])
            self.tables_are(["slow"], self.found[1])
            same(f"{self.name}: at", [d.at() for d in self.found], [["r2"] if expected == "done" else [], []])

    def run(self):
        for case in (self.once, self.too_late, self.half_way, self.twice, self.others):
            case()


class Terminal:
    """The program with a terminal of its own."""

    def __init__(self, folder, *words):
        self.out = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ["TERM"] = "xterm"
            os.execv(PROGRAM, [PROGRAM, *words])

    def wait(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while text.encode() not in self.out and time.monotonic() < deadline:
            if not self.read(deadline - time.monotonic()):
                break
        return has(f"terminal: shows {text!r}", self.text(), text)

    def read(self, seconds):
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            return False
        self.out += more
        return bool(more)

    def text(self):
        return self.out.decode("utf-8", "replace").replace("\r\n", "\n")

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self, seconds=20):
        deadline = time.monotonic() + seconds
        while self.read(deadline - time.monotonic()):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def terminal():
    d = sqlite_databases("interrupt", ["main"])[0]
    path = project(folder("terminal"), dev=[d])
    revision(path, "r1", "", TABLE.format("t1"), "DROP TABLE t1;")

    for answer, status in (("n", 4), ("", 4), ("nonsense", 4), ("y", 0)):
        t = Terminal(path, "apply", "dev")
        t.wait("Apply this to dev?")
        ok("terminal: the plan is shown before the question", t.text().find("+ r1") < t.text().find("Apply this"), t.text())
        t.type(answer + "\n")
        same(f"terminal: answer {answer!r}", t.end(), status, t.text())
        same(f"terminal: answer {answer!r}: tables", "t1" in d.tables(), status == 0)
    has("terminal: the end is told", t.text(), "base -> r1")
    lacks = [c for c in ("not approved", "Traceback") if c in t.text()]
    same("terminal: nothing odd", lacks, [])

    revision(path, "r2", "r1", SLOW["sqlite"] + ";", "")
    t = Terminal(path, "apply", "dev", "--yes")
    t.wait("0 of 1 statements")
    wait_for("the slow statement", lambda: cpu_ticks(t.pid) > 15)
    t.type("\x03")
    began = time.monotonic()
    same("terminal: Ctrl-C", t.end(), 130, t.text())
    ok("terminal: Ctrl-C is quick", time.monotonic() - began < SOON)
    has("terminal: Ctrl-C is told", t.text(), "interrupted: cancelling")
    has("terminal: the state is told", t.text(), "as before")
    same("terminal: position", d.at(), ["r1"])

    t = Terminal(path, "apply", "dev")
    t.wait("Apply this to dev?")
    t.type("\x03")
    status = t.end()
    ok("terminal: Ctrl-C at the question ends it", status in (130, -2), status, t.text())
    same("terminal: and runs nothing", d.at(), ["r1"])

    # Without a terminal nobody can be asked.
    r = run(path, "apply", "dev")
    same("no terminal: refused", r.status, 4, r)
    has("no terminal: says what to add", r.errors, "--yes")


def interrupt(dialect):
    i = Interrupt(dialect)
    if i.found:
        i.run()


with ThreadPoolExecutor(3) as pool:
    list(pool.map(interrupt, DIALECTS))
terminal()
finish()
