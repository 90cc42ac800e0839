"""Rarer failures: the answer to a commit is lost, a revision bends the session, the store's disk is full at any point,
the connection goes while a question waits, the project changes under a plan. Each time the report is compared with what is
in the database."""
import pty
import resource
import select
import selectors
import socket
from concurrent.futures import ThreadPoolExecutor
from e2e import *


def table(name):
    return f"CREATE TABLE {name} (id integer NOT NULL PRIMARY KEY);\n"


def drop(name):
    return f"DROP TABLE {name};\n"


class Cutter:
    """A relay to a server that drops the connection instead of passing on the n-th answer which contains `mark`."""

    def __init__(self, upstream, mark, number):
        self.upstream, self.mark, self.left = upstream, mark, number
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.end, end = socket.socketpair()
        self.selector.register(end, selectors.EVENT_READ)
        self.stopping, self.cut = False, False
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def close(self):
        self.stopping = True
        self.end.send(b"x")
        self.thread.join()
        self.listener.close()

    def work(self):
        while not self.stopping:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    client, server = self.listener.accept()[0], socket.create_connection(self.upstream)
                    self.selector.register(client, selectors.EVENT_READ, (server, False))
                    self.selector.register(server, selectors.EVENT_READ, (client, True))
                elif key.data:
                    self.pass_on(key.fileobj, *key.data)

    def pass_on(self, source, target, answer):
        if source.fileno() < 0:
            return
        try:
            data = source.recv(1 << 16)
            # Several in one piece count, too: they are what is lost.
            found = data.count(self.mark) if answer else 0
            if found and not self.cut:
                self.left -= found
                self.cut = self.left <= 0
                if self.cut:
                    data = b""
            if data:
                target.sendall(data)
                return
        except OSError:
            pass
        for s in (source, target):
            self.selector.unregister(s)
            s.close()


class Scene:
    def __init__(self, dialect):
        self.dialect = dialect
        self.found = databases(dialect, "settling", ["one", "two"])

    def fresh(self, case, more="", n=1):
        self.name = f"{self.dialect}: {case}"
        for d in self.found:
            d.reset()
        self.d = self.found[0]
        self.folder = project(folder("settling"))
        environment(self.folder, "dev", self.found[:n], more)

    def report(self, status, *words, **kw):
        self.r = run(self.folder, *(words or ("apply", "dev", "--yes")), "--format", "json", **kw)
        if status is not None:
            same(f"{self.name}: status", self.r.status, status, self.r)
        try:
            return self.r.json["targets"]
        except (ValueError, KeyError):
            ok(f"{self.name}: a report", False, self.r)
            return [{}] * 2

    def agrees(self, report, at, tables=None):
        """What is there, and that the report says the same."""
        same(f"{self.name}: at", self.d.at(), at, self.r)
        same(f"{self.name}: reported at", report.get("at"), at, self.r)
        if tables is not None:
            same(f"{self.name}: tables", [t for t in self.d.tables() if t not in BOOKKEEPING], tables, self.r)


# The server has committed, and the connection breaks before its answer arrives.
def lost_answers(s):
    if s.dialect != "postgresql":
        return

    def with_cut(case, number, status, failing=""):
        s.fresh(case, "settings: { transaction: revision }\n")
        for i, name in enumerate("abc"):
            revision(s.folder, f"r{i + 1}", f"r{i}" if i else "", table(name) + (failing if name == "c" else ""), drop(name))
        cutter = Cutter(("127.0.0.1", port(s.d.url)), b"COMMIT\0", number)
        url = s.d.url.replace(f":{port(s.d.url)}", f":{cutter.port}", 1) + "?sslmode=disable"
        environment(s.folder, "dev", f'targets: [ {{ name: one, url: "{url}" }} ]\n',
                    "settings: { transaction: revision }\n")
        report = s.report(status)[0]
        cutter.close()
        ok(f"{s.name}: the connection was cut", cutter.cut)
        return report

    report = with_cut("the answer to the last commit is lost", 3, 0)
    s.agrees(report, ["r3"], ["a", "b", "c"])
    report = with_cut("the answer to a commit in between is lost", 2, 1)
    s.agrees(report, [], [])
    same(f"{s.name}: taken back", (report["taken_back"], report["steps_done"]), (2, 0), s.r)
    report = with_cut("the answer to the last commit of taking back is lost", 4, 1, "SELECT nothing FROM nowhere;\n")
    s.agrees(report, [], [])
    same(f"{s.name}: taken back", (report.get("taken_back"), report.get("steps_done"), "compensation_error" in report),
         (2, 0, False), s.r)


def every_step_is_in_the_log(s):
    s.fresh("every step is in the audit log")
    for i, name in enumerate("abc"):
        revision(s.folder, f"r{i + 1}", f"r{i}" if i else "", table(name), drop(name))
    s.report(0)
    run_id = s.r.json["run"]
    r = run(s.folder, "audit", "export", "--format", "jsonl")
    events = [json.loads(line) for line in r.out.splitlines()]
    steps = [e["revision"] for e in events if e["kind"] == "step" and e["run"] == run_id]
    same(f"{s.name}: steps", steps, ["r1", "r2", "r3"], r)


def the_plan_is_for_another_version_table(s):
    s.fresh("the project's version table has changed since the plan")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    plan = f"{s.folder}/p.yaml"
    expect(f"{s.name}: plan", 2, s.folder, "plan", "dev", "-o", plan)
    write(f"{s.folder}/lockstep.yaml", "project: e2e\nversion_table: other_version\n")
    expect(f"{s.name}: refused", 4, s.folder, "apply", plan, "--yes", part="version table")
    same(f"{s.name}: nothing changed", s.d.tables(), [])


# Outside of transactions, what a statement sets stays set for Lockstep's own statements.
def a_bent_session(s):
    if s.dialect != "postgresql":
        return
    s.fresh("a revision moves search_path away")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    expect(f"{s.name}: r1", 0, s.folder, "upgrade")
    revision(s.folder, "r2", "r1", table("b") + "SET search_path TO pg_catalog;\n" + table("public.c"), drop("c"),
             header="-- transaction: off\n")
    report = s.report(1)[0]
    s.agrees(report, ["r1"], ["a", "b"])
    half = report.get("half") or {}
    same(f"{s.name}: half", (half.get("revision"), half.get("done"), half.get("known")), ("r2", 2, True), s.r)
    same(f"{s.name}: none is running", [h for h in s.d.history() if h[3] == "running"], [], s.r)


def session_in_another_database(s):
    if s.dialect != "mysql":
        return
    s.fresh("a revision uses another database", n=2)
    other = s.found[1]
    environment(s.folder, "dev", s.found[:1])
    environment(s.folder, "other", [s.found[1]])
    revision(s.folder, "r1", "", table("a"), drop("a"))
    expect(f"{s.name}: other", 0, s.folder, "apply", "other", "--yes")
    expect(f"{s.name}: one", 0, s.folder, "apply", "dev", "--yes")
    before = other.at(), other.history()
    revision(s.folder, "r2", "r1", table("b") + f"USE {other.database};\n" + table("c"), drop("b"))
    s.r = expect(f"{s.name}: refused before it begins", 65, s.folder, "apply", "dev", "--yes", part="USE")
    same(f"{s.name}: the other's tables are as they were", (other.at(), other.history()), before, s.r)
    same(f"{s.name}: at", s.d.at(), ["r1"], s.r)


def one_database_twice(s):
    s.fresh("one database under two names", "rollout: { on_failure: rollback }\n")
    environment(s.folder, "dev", f'targets:\n  - {{ name: one, url: "{s.d.url}" }}\n  - {{ name: two, url: "{s.d.url}" }}\n')
    revision(s.folder, "r1", "", table("a"), drop("a"))
    expect(f"{s.name}: refused", 65, s.folder, "apply", "dev", "--yes", part="the same database as target one")
    same(f"{s.name}: nothing changed", s.d.tables(), [])


# The store's disk fills up at each point of a run in turn.
def the_log_cannot_be_written(s):
    if s.dialect == "sqlite":
        return
    seen = set()
    for mode in ("plan", "revision"):
        for more in range(-40, 120, 4):
            s.fresh(f"the store may not grow by more than {more} kB, {mode}", f"settings: {{ transaction: {mode} }}\n")
            for i, name in enumerate("abc"):
                revision(s.folder, f"r{i + 1}", f"r{i}" if i else "", table(name), drop(name))
            expect(f"{s.name}: makes the store", 0, s.folder, "upgrade", "r1")
            limit = os.path.getsize(f"{s.folder}/.lockstep/store.db") + more * 1024
            p = start(s.folder, "apply", "dev", "--yes", "--format", "json",
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            s.r = ended(p)
            ok(f"{s.name}: it ends by itself", s.r.status >= 0, s.r)
            at = s.d.at()
            seen.add((s.r.status, tuple(at)))
            tables = [t for t in s.d.tables() if t not in BOOKKEEPING]
            same(f"{s.name}: tables match the version", tables, {"r1": ["a"], "r2": ["a", "b"], "r3": ["a", "b", "c"]}[at[0]]
                 if not [h for h in s.d.history() if h[3] in ("half", "running")] else tables, s.r)
            if s.r.status != 0 and s.r.out:
                try:
                    report = s.r.json["targets"][0]
                except (ValueError, KeyError):
                    ok(f"{s.name}: a report", False, s.r)
                    continue
                if report["at"] is not None:
                    same(f"{s.name}: reported at", report["at"], at, s.r)
                ok(f"{s.name}: nothing about verification", "verification" not in report.get("story", ""), s.r)
                same(f"{s.name}: exit in the report", s.r.json["exit"], s.r.status, s.r)
            if s.r.status == 0:
                break
    ok(f"{s.dialect}: the limit was met at several points", len(seen) > 2, seen)


def deferred(s):
    if s.dialect != "postgresql":
        return
    s.fresh("a deferred constraint fails at the commit")
    revision(s.folder, "r1", "", table("a") + "CREATE TABLE b (a integer REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n"
             "INSERT INTO b VALUES (1);\n", drop("b") + drop("a"))
    report = s.report(1)[0]
    s.agrees(report, [], [])
    has(f"{s.name}: says where", report["error"]["message"], "commit")
    ok(f"{s.name}: is not called bookkeeping", "bookkeeping" not in report["error"]["message"], s.r)


# The first Ctrl-C during taking back lets it go on, the second gives it up.
def interrupted_while_taking_back(s):
    s.fresh("interrupted while taking back", "settings: { transaction: revision }\n")
    revision(s.folder, "r1", "", table("a"), (SLOW[s.dialect].replace("60", "2") if s.dialect != "sqlite" else
                                               SLOW[s.dialect]) + ";\n" + drop("a"))
    revision(s.folder, "r2", "r1", "SELECT nothing FROM nowhere;\n", "")
    if s.dialect == "sqlite":
        return
    p = start(s.folder, "apply", "dev", "--yes", "--format", "json")
    wait_for(f"{s.name}: taking back", lambda: p.poll() is not None or at_work(s.d, p, 2), 30)
    p.send_signal(signal.SIGINT)
    s.r = ended(p)
    report = s.r.json["targets"][0]
    same(f"{s.name}: status", s.r.status, 130, s.r)
    s.agrees(report, [], [])
    same(f"{s.name}: taken back", (report["taken_back"], "compensation_error" in report), (1, False), s.r)


def the_session_ends_at_the_question(s):
    if s.dialect == "sqlite":
        return
    s.fresh("the server ends the session while the question waits")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(s.folder)
        os.execv(PROGRAM, [PROGRAM, "apply", "dev"])
    shown = b""
    while b"[y/N]" not in shown and select.select([terminal], [], [], 20)[0]:
        shown += os.read(terminal, 65536)
    found = sessions(s.d)
    ok(f"{s.name}: a session waits", found, shown)
    for (number,) in found:
        s.d.client.run(f"SELECT pg_terminate_backend({number})" if s.dialect == "postgresql" else f"KILL {number}")
    wait_for(f"{s.name}: the session has gone", lambda: not sessions(s.d))
    os.write(terminal, b"y\n")
    try:
        while True:
            shown += os.read(terminal, 65536)
    except OSError:
        pass  # the other side has ended
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    same(f"{s.name}: status", status, 0, shown.decode())
    same(f"{s.name}: at", s.d.at(), ["r1"], shown.decode())


def sessions(d):
    if d.dialect == "postgresql":
        return d.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{d.database}' AND application_name LIKE 'lockstep%'"
                       " AND state = 'idle'")
    return d.query(f"SELECT id FROM information_schema.processlist WHERE db = '{d.database}' AND id <> connection_id() "
                   "AND command = 'Sleep'")


def another_target_is_taken_back_in_part(s):
    s.fresh("another target is taken back in part", "settings: { transaction: revision }\nrollout: { on_failure: rollback }\n", 2)
    revision(s.folder, "r1", "", table("a"), drop("missing"))
    revision(s.folder, "r2", "r1", table("b"), drop("b"))
    revision(s.folder, "r3", "r2", table("c"), drop("c"))
    s.found[1].script(table("a"))
    reports = s.report(1)
    s.agrees(reports[0], ["r1"], ["a"])
    same(f"{s.name}: it is neither done nor taken back", [r["outcome"] for r in reports], ["failed", "failed"], s.r)
    has(f"{s.name}: the story is told", reports[0].get("story", ""), "left at r1: 1 of 3")
    r = run(s.folder, "audit", "export", "--format", "jsonl")
    events = [json.loads(line) for line in r.out.splitlines()]
    last = {e["target"]: e["outcome"] for e in events if e["kind"] == "target_finished"}
    same(f"{s.name}: the audit log says the same", last, {"one": "failed", "two": "failed"}, r)


# What waits for the end of a revision that has nothing to run.
def an_empty_revision(s):
    s.fresh("revisions without statements")
    for header in ("", "-- transaction: off\n"):
        s.d.reset()
        revision(s.folder, "r1", "", "", "", header=header)
        revision(s.folder, "r2", "r1", table("a"), drop("a"))
        revision(s.folder, "r3", "r2", "SELECT nothing FROM nowhere;\n", "", header=header)
        report = s.report(1)[0]
        s.agrees(report, [], [])
        same(f"{s.name}: no row is open", [h for h in s.d.history() if h[3] in ("running", "half")], [], s.r)


# What is known of the log is said, also when another environment cannot be asked.
def an_edited_log_beside_a_dead_server(s):
    if s.dialect != "sqlite":
        return
    s.fresh("an edited log, and an environment that cannot be asked")
    revision(s.folder, "r1", "", table("a"), drop("a"))
    s.report(0)
    environment(s.folder, "gone", 'targets:\n  - { name: "t-${value}", url: "sqlite:///t-${value}.db", each: { query: SELECT 1, '
                'from: "postgresql://nobody@127.0.0.1:1/none" } }\n')
    r = expect(f"{s.name}: whole", 69, s.folder, "audit", "verify", part="could not be asked")
    has(f"{s.name}: names the environment", r.out, "gone")
    c = sqlite3.connect(f"{s.folder}/.lockstep/store.db")
    c.execute("UPDATE events SET detail = 'edited' WHERE seq = 2")
    c.commit()
    c.close()
    expect(f"{s.name}: edited", 1, s.folder, "audit", "verify", part="event 2")


def part_of_a_statement_may_stay(s):
    if s.dialect != "mysql":
        return
    s.fresh("a DROP of two tables of which one is missing")
    revision(s.folder, "r1", "", table("a") + "DROP TABLE a, missing;\n", drop("a"))
    report = s.report(1)[0]
    s.agrees(report, [], [])
    has(f"{s.name}: says what to look for", report["story"], "left part of its work")


# A verification does not change anything: where it was cut short nothing is in doubt.
def killed_in_a_verification(s):
    if s.dialect == "sqlite":
        return
    s.fresh("killed in a verification")
    slow = {"postgresql": "SELECT pg_sleep(60) IS NOT NULL", "mysql": "SELECT SLEEP(60) = 0"}[s.dialect]
    words = table("a") + "INSERT INTO a VALUES (1);\n" + table("b")
    revision(s.folder, "r1", "", words, drop("b") + drop("a"), slow + ";\n", header="-- transaction: off\n")
    p = start(s.folder, "apply", "dev", "--yes")
    wait_for(f"{s.name}: at work", lambda: p.poll() is not None or at_work(s.d, p), 30)
    p.kill()
    ended(p)
    for number, in working(s.d):
        s.d.client.run(f"SELECT pg_terminate_backend({number})" if s.dialect == "postgresql" else f"KILL {number}")
    wait_for(f"{s.name}: the session has gone", lambda: not working(s.d))
    revision(s.folder, "r1", "", words, drop("b") + drop("a"), "SELECT count(*) = 1 FROM a;\n", header="-- transaction: off\n")
    report = s.report(0)[0]
    s.agrees(report, ["r1"], ["a", "b"])
    same(f"{s.name}: rows", s.d.query("SELECT * FROM a"), [("1",)])


def working(d):
    if d.dialect == "postgresql":
        return d.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{d.database}' AND application_name LIKE 'lockstep%'")
    return d.query(f"SELECT id FROM information_schema.processlist WHERE db = '{d.database}' AND id <> connection_id()")


# Four targets, of which some fail, have moved or cannot be reached: what is run, and the status.
def policies(s):
    if s.dialect != "sqlite":
        return
    kinds = {"failed": 1, "refused": 4, "unreachable": 69}
    for bad in ({1: "failed"}, {1: "refused"}, {1: "unreachable"}, {1: "failed", 2: "refused"}, {1: "refused", 2: "refused"}):
        for policy in ("stop", "continue", "rollback"):
            for budget, allowed in (("0", 0), ("1", 1), ("50%", 2)):
                s.name = f"policies: {bad}, {policy}, {budget}"
                s.folder = project(folder("policies"))
                targets = []
                for i in range(4):
                    os.makedirs(f"{s.folder}/d{i}")
                    targets.append(SQLite(f"t{i}", f"{s.folder}/d{i}/x.db"))
                environment(s.folder, "dev", targets, f"rollout: {{ on_failure: {policy}, max_failures: {budget} }}\n")
                revision(s.folder, "r1", "", table("a"), drop("a"))
                expect(f"{s.name}: plan", 2, s.folder, "plan", "dev", "-o", "p.yaml")
                for i, kind in bad.items():
                    if kind == "failed":
                        targets[i].script(table("a"))
                    elif kind == "refused":
                        targets[i].script("CREATE TABLE alembic_version (version_num varchar(32)); "
                                          "INSERT INTO alembic_version VALUES ('r1')")
                    else:
                        shutil.rmtree(f"{s.folder}/d{i}")
                stops = policy != "continue" and len(bad) > allowed
                last = sorted(bad)[allowed] if stops else 3
                expected = [bad.get(i, "done") if i <= last else "skipped" for i in range(4)]
                if stops and policy == "rollback":
                    expected = ["taken back" if o == "done" else o for o in expected]
                met = {kinds[o] for o in expected if o in kinds}
                status = 3 if len(bad) <= allowed else met.pop() if len(met) == 1 else 1
                reports = s.report(status, "apply", "p.yaml", "--yes")
                same(f"{s.name}: outcomes", [r["outcome"] for r in reports], expected, s.r)
                for i in set(range(4)) - set(bad):
                    same(f"{s.name}: t{i} is at", targets[i].at(), ["r1"] if expected[i] == "done" else [], s.r)
                shutil.rmtree(s.folder)


CASES = [lost_answers, every_step_is_in_the_log, the_plan_is_for_another_version_table, a_bent_session,
         session_in_another_database, one_database_twice, the_log_cannot_be_written, deferred,
         interrupted_while_taking_back, the_session_ends_at_the_question,
         another_target_is_taken_back_in_part, an_empty_revision, an_edited_log_beside_a_dead_server,
         part_of_a_statement_may_stay, killed_in_a_verification, policies]
only = os.environ.get("ONLY")


def scene(dialect):
    if dialect != "sqlite" and not server(dialect):
        return
    s = Scene(dialect)
    for case in CASES:
        if not only or case.__name__ in only:
            case(s)


with ThreadPoolExecutor() as pool:
    for result in [pool.submit(scene, d) for d in ("sqlite", "postgresql", "mysql")]:
        result.result()
finish()
