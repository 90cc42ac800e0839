"""A network that fails at every point of a run: what the report says is what the target holds, and the next run finishes.
Also servers that fall silent: noticed within the deadline, while a statement that just takes long is waited for."""
import sys
from concurrent.futures import ThreadPoolExecutor
from e2e import *

sys.path.insert(0, f"{SOURCE}/tests/servers")
from faulty import Faulty

LIVENESS, CONNECT = 1.2, 3  # seconds
SETTINGS = f"settings: {{ liveness: {int(LIVENESS * 1000)}ms, connect_timeout: {CONNECT}s, transaction: revision }}\n"
PATIENT = "settings: { connect_timeout: 60s, transaction: revision }\n"
MARK = "network_mark"
LOCK = {"postgresql": b"pg_try_advisory", "mysql": b"GET_LOCK"}
# What is sent in clear at the start of a TLS handshake, and of a login.
HELLO = b"\x16\x03"
LOGIN = {"postgresql": b"application_name", "mysql": b"program_name"}
LAST = f"INSERT INTO rows_of_r1 SELECT 3 AS {MARK};"


class Case:
    """A fleet of one, behind a proxy; seen by the server's own client, past it."""

    def __init__(self, dialect, d):
        self.dialect, self.d = dialect, d
        self.proxy = Faulty("127.0.0.1", port(d.url))

    def fresh(self, name, fails=False, tls="disable", slow=""):
        self.name = f"{self.dialect}: {name}"
        self.d.reset()
        self.proxy.heal()
        self.path = project(folder("network"))
        url = self.d.url.replace(f":{port(self.d.url)}", f":{self.proxy.port}")
        self.target = f'targets:\n  - name: db\n    url: "{url}"\n    tls: {{ mode: {tls} }}\n'
        environment(self.path, "dev", self.target, SETTINGS)
        revision(self.path, "r1", "", "CREATE TABLE rows_of_r1 (id int);\nINSERT INTO rows_of_r1 VALUES (1);",
                 "DROP TABLE rows_of_r1;")
        last = "INSERT INTO no_such_table VALUES (1);" if fails else LAST
        self.second(last, slow)

    def second(self, last, slow=""):
        revision(self.path, "r2", "r1", f"CREATE TABLE rows_of_r2 (id int);\nINSERT INTO rows_of_r1 VALUES (2);\n{slow}{last}",
                 "DELETE FROM rows_of_r1 WHERE id > 1;\nDROP TABLE rows_of_r2;")

    def apply(self, fault=None, seconds=60, heal=None):
        """Run; `heal` after the fault, when its condition holds."""
        process = start(self.path, "apply", "dev", "--yes", "--format", "json")
        if fault:
            wait_for(f"{self.name}: the fault", lambda: fault.happened.is_set() or process.poll() is not None)
            ok(f"{self.name}: the fault happened", fault.happened.wait(5))
        if heal:
            wait_for(f"{self.name}: to heal", lambda: heal() or process.poll() is not None)
            self.proxy.heal()
        self.r = ended(process, seconds)
        return self.r

    def truth(self):
        """What the report says is so."""
        report = {}
        try:
            report = self.r.json["targets"][0]
        except (ValueError, KeyError):
            ok(f"{self.name}: an end without a report has touched nothing", self.d.at() == [] and self.r.status == 69, self.r)
            return
        if report["at"] is not None:
            same(f"{self.name}: it is where it is said to be", self.d.at(), report["at"], self.r)
        else:
            ok(f"{self.name}: the state could be read back", False, self.r)
        same(f"{self.name}: done is done", report["outcome"] == "done", self.d.at() == ["r2"], self.r)
        if self.dialect == "postgresql":
            same(f"{self.name}: each revision whole or not at all", (self.d.tables().count("rows_of_r1"), self.rows()),
                 {(): (0, []), ("r1",): (1, ["1"]), ("r2",): (1, ["1", "2", "3"])}[tuple(self.d.at())], self.r)

    def rows(self):
        return sorted(r[0] for r in self.d.query("SELECT id FROM rows_of_r1")) if "rows_of_r1" in self.d.tables() else []

    def finishes(self):
        self.proxy.heal()
        environment(self.path, "dev", self.target, PATIENT)  # nothing is silent any more, but the machine may be busy
        r = run(self.path, "apply", "dev", "--yes")
        same(f"{self.name}: the next run finishes", r.status, 0, r, "before:", self.r)
        same(f"{self.name}: everything is there once", (self.d.at(), self.rows(), "rows_of_r2" in self.d.tables()),
             (["r2"], ["1", "2", "3"], True), r, "before:", self.r)
        left = [h for h in self.d.history() if h[3] in ("running", "half")]
        same(f"{self.name}: nothing is left open", left, [], r)

    def meets(self, name, kind, **when):
        tls = when.pop("tls", "disable")
        fails = when.pop("fails", False)
        self.fresh(f"{name}: {kind}", fails=fails, tls=tls)
        fault = self.proxy.fault(kind, **when)
        self.apply(fault)
        self.truth()
        if fails:
            self.second(LAST)
        self.finishes()

    def silent_server(self):
        """Nobody answers any more, also no new connection: noticed, and settled once it is back."""
        self.fresh("the whole server falls silent")
        fault = self.proxy.fault("silence", text=MARK.encode(), everywhere=True)
        began = time.monotonic()
        process = start(self.path, "apply", "dev", "--yes", "--format", "json")
        wait_for(f"{self.name}: the fault", fault.happened.is_set)
        before = self.proxy.connections()
        # Three questions, each for as long as a connection may take, and then the run itself tries.
        wait_for(f"{self.name}: is noticed", lambda: self.proxy.connections() >= before + 4)
        took = time.monotonic() - began
        ok(f"{self.name}: in time", took < LIVENESS + 3 * (CONNECT + LIVENESS / 6) + SOON, f"{took:.1f} s")
        self.proxy.heal()
        self.r = ended(process)
        self.truth()
        self.finishes()

    def ended_unseen(self):
        """The server ends the session and nobody hears of it: it is not taken for one that works."""
        slow = {"postgresql": "SELECT pg_sleep(60);", "mysql": "DO SLEEP(60);"}[self.dialect]
        self.fresh("a session that ends unseen", slow=slow + "\n")
        fault = self.proxy.fault("silence", text=slow[:-1].encode())
        process = start(self.path, "apply", "dev", "--yes", "--format", "json")
        wait_for(f"{self.name}: the fault", fault.happened.is_set)
        find = {"postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
                              "'lockstep%'",
                "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"}
        for (number,) in self.d.query(find[self.dialect]):
            self.d.script({"postgresql": "SELECT pg_terminate_backend({});", "mysql": "KILL {};"}[self.dialect].format(number))
        self.r = ended(process)
        self.truth()
        if self.r.status:
            has(f"{self.name}: says why", self.r.out, "does not work on it any more")
        self.second(LAST)
        self.finishes()

    def reading(self):
        """Commands that only read notice it as well."""
        self.fresh("status")
        self.apply()
        fault = self.proxy.fault("silence", text=b"FROM alembic_version" if self.dialect == "mysql" else b"version_num")
        process = start(self.path, "status")
        wait_for(f"{self.name}: the fault", lambda: fault.happened.is_set() or process.poll() is not None)
        r = ended(process)
        ok(f"{self.name}: the fault happened", fault.happened.wait(5), r)
        has(f"{self.name}: says why", r.out + r.errors, "does not work on it any more")

    def long_statement(self):
        """A statement that takes longer than any silence that is looked into is waited for."""
        slow = {"postgresql": "SELECT pg_sleep(4);", "mysql": "DO SLEEP(4);"}[self.dialect]
        self.fresh("a long statement", slow=slow + "\n")
        before = self.proxy.connections()
        self.apply()
        same(f"{self.name}: is waited for", (self.r.status, self.d.at()), (0, ["r2"]), self.r)
        ok(f"{self.name}: the server was asked", self.proxy.connections() >= before + 3, self.proxy.connections() - before)


def cases(dialect):
    """(function of a Case) for everything that can happen."""
    mark = MARK.encode()
    points = (("connecting", {"connect": True}), ("TLS handshake", {"text": HELLO, "tls": "require"}),
              ("login", {"text": LOGIN[dialect]}), ("lock", {"text": LOCK[dialect]}), ("in a statement", {"text": mark}),
              ("answer to a statement lost", {"text": mark, "answer": True}), ("COMMIT lost", {"text": b"COMMIT"}),
              ("answer to COMMIT lost", {"text": b"COMMIT", "answer": True}),
              ("while rolling back", {"text": b"ROLLBACK", "fails": True}))
    yield Case.silent_server
    yield Case.long_statement
    yield Case.ended_unseen
    yield Case.reading
    yield lambda c: c.meets("a statement held up", "delay", text=mark, seconds=0.5)
    for kind in ("silence", "close", "reset"):
        for name, when in points:
            yield lambda c, name=name, kind=kind, when=when: c.meets(name, kind, **when)


def main():
    """Nearly all of it is waiting: several databases at a time."""
    def work(dialect, d, rest):
        c = Case(dialect, d)
        while True:
            with taking:
                case = next(rest, None)
            if not case:
                return c.proxy.close()
            case(c)

    taking = threading.Lock()
    with ThreadPoolExecutor(8) as pool:
        jobs = []
        for dialect in ("postgresql", "mysql"):
            rest = cases(dialect)
            for d in databases(dialect, "network", ["one", "two", "three", "four"]) or []:
                jobs.append(pool.submit(work, dialect, d, rest))
        for job in jobs:
            job.result()


main()
finish()
