"""Targets behind SSH hosts: all kinds of servers, TLS to the true name inside, files of the client libraries, two hops, hosts
that are not known, and a bastion that goes away in the middle of a run."""
import sys
from e2e import *
from sshd import *

sys.path.insert(0, f"{SOURCE}/tests/servers")
from faulty import Faulty

TLS = os.environ.get("LOCKSTEP_TEST_TLS")
pg = postgresql_databases("tunnel", ["a", "b"])
my = mariadb_databases("tunnel", ["m"])
bastion = Sshd()
home = folder("home")
os.environ["HOME"] = home
os.environ.pop("SSH_AUTH_SOCK", None)
PG_PORT, MY_PORT = (port(server(s)) if server(s) else 0 for s in ("postgresql", "mysql"))


def url(d, host="localhost", user=None):
    """The server as the SSH host sees it."""
    return (f"postgresql://{user or 'postgres'}@{host}:{PG_PORT}/{d.database}" if d.dialect == "postgresql"
            else f"mysql://{user or 'root'}@{host}:{MY_PORT}/{d.database}")


def target(d, host="localhost", more="", user=None):
    return f'  - {{ name: {d.name}, url: "{url(d, host, user)}"{", " + more if more else ""} }}\n'


def fresh(targets, more="", tunnel=None):
    path = project(folder("tunnel"))
    environment(path, "dev", f"tunnel: {{ {tunnel or bastion.hop()} }}\ntargets:\n{targets}{more}")
    for d in everything:
        d.reset()
    return path


def simple(path):
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
    return path


everything = [d for d in (pg or []) + (my or [])]

# ---------------------------------------------------------------- all targets through one session

path = simple(fresh("".join(target(d) for d in everything)))
r = expect("apply", 0, path, "apply", "dev", "--yes")
same("apply: every target", [d.tables() for d in everything], [["alembic_version", "lockstep_history", "t1"]] * len(everything), r)
same("apply: one session", bastion.logged("Accepted publickey"), 1)
ok("apply: through it", bastion.logged("target localhost port") >= len(everything))
expect("status", 0, path, "status")
expect("env show", 0, path, "env", "show", "dev", part=f"127.0.0.1:{bastion.port}")
expect("doctor", 0, path, "doctor", "--connect", part="localhost")
r = run(path, "doctor", "--connect", "--format", "json")
ssh = [c for c in r.json["checks"] if c["check"] == "ssh"]
ok("doctor: tells of the SSH library", ssh and "libssh2" in ssh[0]["detail"] and ssh[0]["result"] == "ok", r)

# ---------------------------------------------------------------- TLS inside the tunnel

SECURE = {"postgresql": "INSERT INTO t1 SELECT CASE WHEN ssl THEN 1 ELSE 0 END FROM pg_stat_ssl WHERE pid = pg_backend_pid();",
          "mysql": "INSERT INTO t1 SELECT length(variable_value) > 0 FROM information_schema.session_status "
                   "WHERE variable_name = 'SSL_CIPHER';"}


def tls(mode, ca="ca.pem", client=None):
    ca = f", ca: {TLS}/{ca}" if ca else ""
    key = f", cert: {TLS}/{client}.pem, key: {TLS}/{client}.key" if client else ""
    return f"tls: {{ mode: {mode}{ca}{key} }}"


def by_tls(path):
    revision(path, "r1", "", {k: f"CREATE TABLE t1 (id integer);\n{v}" for k, v in SECURE.items()}, "DROP TABLE t1;")
    return path


first = [d for d in ((pg or [])[:1] + (my or [])) if TLS]
for mode, host, ca, secure in (("disable", "localhost", None, "0"), ("require", "localhost", None, "1"),
                               ("require", "127.0.0.1", None, "1"), ("verify-ca", "127.0.0.1", "ca.pem", "1"),
                               ("verify-full", "localhost", "ca.pem", "1")):
    path = by_tls(fresh("".join(target(d, host, tls(mode, ca)) for d in first)))
    r = expect(f"{mode} {host}", 0, path, "apply", "dev", "--yes")
    same(f"{mode} {host}: protected", [d.query("SELECT id FROM t1") for d in first], [[(secure,)]] * len(first), r)
for mode, host, ca in (("verify-full", "127.0.0.1", "ca.pem"), ("verify-full", "localhost", "other.pem"),
                       ("verify-ca", "localhost", "other.pem")):
    for d in first:
        path = by_tls(fresh(target(d, host, tls(mode, ca))))
        r = run(path, "status")
        ok(f"{d.dialect}: {mode} of {host} against {ca} is refused", r.status == 69 and "ertificate" in r.errors + r.out, r)

if TLS and pg:
    path = by_tls(fresh(target(pg[0], "localhost", tls("verify-full", "ca.pem", "client"), "certified")))
    expect("postgresql: a client's certificate", 0, path, "apply", "dev", "--yes")
    path = by_tls(fresh(target(pg[0], "localhost", tls("verify-full", "ca.pem"), "certified")))
    expect("postgresql: without it", 69, path, "status", part="certificate")
if TLS and my:
    my[0].client.run("CREATE OR REPLACE USER certified@'%' REQUIRE X509; GRANT ALL ON *.* TO certified@'%';")
    path = by_tls(fresh(target(my[0], "localhost", tls("verify-full", "ca.pem", "client"), "certified")))
    expect("mysql: a client's certificate", 0, path, "apply", "dev", "--yes")
    path = by_tls(fresh(target(my[0], "localhost", tls("verify-full", "ca.pem"), "certified")))
    expect("mysql: without it", 69, path, "status", part="denied")
    my[0].client.run("DROP USER certified@'%';")

# ---------------------------------------------------------------- the client library's own files

if pg:
    user = postgresql_user(pg[0], "hunter2", "SUPERUSER")
    path = simple(fresh(target(pg[0], "localhost", "", user)))
    expect("no password", 69, path, "status", part="password")
    # The port that a password file goes by is the server's, not that of the local end.
    write(f"{home}/.pgpass", f"localhost:{PG_PORT}:*:{user}:hunter2\n")
    os.chmod(f"{home}/.pgpass", 0o600)
    expect("~/.pgpass", 0, path, "apply", "dev", "--yes")
    os.unlink(f"{home}/.pgpass")

# ---------------------------------------------------------------- each.query, two hops

if pg:
    pg[1].reset()
    path = fresh(f'  - {{ name: "t-${{value}}", url: "{url(pg[0])}?schema=${{value}}", each: {{ '
                 f'query: "select name from tenants order by 1", from: "{url(pg[1])}" }} }}\n')
    simple(path)
    pg[1].script("CREATE TABLE tenants (name text); INSERT INTO tenants VALUES ('one'), ('two')")
    pg[0].script("DROP SCHEMA IF EXISTS one CASCADE; DROP SCHEMA IF EXISTS two CASCADE; CREATE SCHEMA one; CREATE SCHEMA two")
    before = bastion.logged("Accepted publickey")
    expect("each.query", 0, path, "apply", "dev", "--yes", part="t-two")
    same("each.query: through the same session", bastion.logged("Accepted publickey") - before, 1)

inner = Sshd()
for form in (f"jump: {{ {bastion.hop()} }}", f"jump: [{{ {bastion.hop()} }}]"):
    path = simple(fresh("".join(target(d) for d in everything), tunnel=inner.hop(form)))
    expect("two hops", 0, path, "apply", "dev", "--yes")
ok("two hops: the inner one", inner.logged("target localhost port") >= 2 * len(everything))
ok("two hops: reached through the outer one", bastion.logged(f"target 127.0.0.1 port {inner.port}") == 2)

# ---------------------------------------------------------------- who is let in, and what is said

d = everything[0] if everything else None
if d:
    path = simple(fresh(target(d), tunnel=bastion.hop(known_hosts=write(f"{home}/none", ""))))
    r = expect("an unknown host", 69, path, "status", part="is not a known host")
    has("an unknown host: its fingerprint", r.errors + r.out, "SHA256:")
    has("an unknown host: the line to add", r.errors + r.out, f"[127.0.0.1]:{bastion.port} ssh-ed25519 ")
    write(f"{home}/none", re.search(r"\[127\.0\.0\.1\]:\d+ ssh-ed25519 [A-Za-z0-9+/=]+", r.errors + r.out).group(0) + "\n")
    expect("once it is added", 2, path, "status")
    changed = write(f"{home}/changed", f"[127.0.0.1]:{bastion.port} {' '.join(read(inner.path + '/host.pub').split()[:2])}\n")
    path = simple(fresh(target(d), tunnel=bastion.hop(known_hosts=changed)))
    expect("a changed key", 69, path, "status", part="HAS CHANGED")

    agent = subprocess.Popen(["ssh-agent", "-D", "-a", f"{home}/agent"], stdout=subprocess.DEVNULL)
    wait_for("the agent", lambda: os.path.exists(f"{home}/agent"))
    with_agent = {"SSH_AUTH_SOCK": f"{home}/agent"}
    path = simple(fresh(target(d), tunnel=bastion.hop(key=None)))
    expect("an empty agent", 69, path, "status", part="holds no key", env=with_agent)
    subprocess.run(["ssh-add", "-q", bastion.key], env={**os.environ, **with_agent}, check=True)
    expect("an agent with the key", 2, path, "status", env=with_agent)
    agent.terminate()
    agent.wait()

    # Nothing but a host: the user's own files, as ssh has them.
    path = simple(fresh(target(d), tunnel=f"host: 127.0.0.1, port: {bastion.port}"))
    expect("no key anywhere", 69, path, "status", part="is not a known host")
    os.makedirs(f"{home}/.ssh", mode=0o700)
    shutil.copy(bastion.known_hosts, f"{home}/.ssh/known_hosts")
    expect("no key anywhere, a known host", 69, path, "status", part="no key was found")
    shutil.copy(bastion.key, f"{home}/.ssh/id_ed25519")
    expect("the user's own files", 2, path, "status")
    path = simple(fresh(target(d), tunnel="host: \"${env:BASTION}\", user: \"${env:WHO}\", port: " + str(bastion.port)))
    expect("references in a tunnel", 2, path, "status", env={"BASTION": "127.0.0.1", "WHO": subprocess.run(
        ["id", "-un"], capture_output=True, text=True).stdout.strip()})
    shutil.rmtree(f"{home}/.ssh")
    path = simple(fresh(target(d), tunnel=bastion.hop(user="nobody-of-that-name")))
    expect("a wrong user", 69, path, "status", part="cannot log in to the SSH host nobody-of-that-name@127.0.0.1")
    closed = Sshd("AllowTcpForwarding no")
    path = simple(fresh(target(d), tunnel=closed.hop()))
    expect("no forwarding", 69, path, "status", part="does not allow a way to localhost")
    path = simple(fresh(f'  - {{ name: x, url: "{url(d).replace(str(PG_PORT or MY_PORT), str(free_port()))}" }}\n'))
    expect("a closed port behind the SSH host", 69, path, "status", part="cannot connect to localhost")
    path = simple(fresh(f'  - {{ name: x, url: "postgresql:///d?host=/run/x" }}\n'))
    expect("a socket", 65, path, "status", part="cannot reach a Unix socket")

# ---------------------------------------------------------------- the bastion goes away in the middle of a run

HOLD = {"postgresql": "BEGIN; LOCK TABLE t1", "mysql": "BEGIN; SELECT count(*) FROM t1"}
BLOCKED = {"postgresql": "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ADD COLUMN c%' AND "
                         "pid <> pg_backend_pid() AND datname = current_database()",
           "mysql": "SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata%' AND "
                    "id <> connection_id() AND db = database()"}


def another(d):
    return (Client(psql_args(d.database), f"\\echo {MARK}") if d.dialect == "postgresql"
            else Client(mariadb_args(d.database) + ["-n", "--force"], f"SELECT '{MARK}';"))


runs = []
for d in (pg or [])[:1] + (my or []):
    path = fresh(target(d), "settings: { connect_retry_for: 1s, connect_timeout: 3s, lock_timeout: 60s }\n")
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
    runs.append((d, path))
for d, path in runs:
    expect(f"{d.dialect}: the first revision", 0, path, "apply", "dev", "--yes")
    revision(path, "r2", "r1", "CREATE TABLE t2 (id integer);\nALTER TABLE t1 ADD COLUMN c integer;\nCREATE TABLE t3 (id integer);",
             "DROP TABLE t3;\nALTER TABLE t1 DROP COLUMN c;\nDROP TABLE t2;")
holders = [another(d) for d, _ in runs]
for (d, _), holder in zip(runs, holders):
    holder.run(HOLD[d.dialect])
started = [(d, path, start(path, "apply", "dev", "--yes")) for d, path in runs]
for d, path, p in started:
    wait_for(f"{d.dialect}: the statement that waits", lambda: d.query(BLOCKED[d.dialect]))
bastion.stop()
for d, path, p in started:
    r = ended(p, 60)
    ok(f"{d.dialect}: the run ends, and not as done", r.status not in (0, 3), r)
    has(f"{d.dialect}: and says what was lost", r.out + r.errors, "SSH host")
    expect(f"{d.dialect}: not to be reached now", 69, path, "status", part="SSH host")
for holder in holders:
    holder.run("ROLLBACK")
bastion.start()
for d, path, p in started:
    wait_for(f"{d.dialect}: the server to be done with it", lambda: not d.query(BLOCKED[d.dialect]))
    r = run(path, "apply", "dev", "--yes")
    same(f"{d.dialect}: the next run finishes it", r.status, 0, r)
    same(f"{d.dialect}: all of it is there, once", (d.at(), [t for t in d.tables() if t not in BOOKKEEPING]), (["r2"], ["t1", "t2", "t3"]), r)
    ok(f"{d.dialect}: the column too", "c int" in str(d.structure()["t1"]), d.structure())
    expect(f"{d.dialect}: nothing is left", 0, path, "status")

# ---------------------------------------------------------------- a server behind the bastion falls silent

if pg:
    d = pg[0]
    proxy = Faulty("127.0.0.1", PG_PORT)
    path = fresh(f'  - {{ name: x, url: "postgresql://postgres@localhost:{proxy.port}/{d.database}", tls: {{ mode: disable }} }}\n',
                 "settings: { liveness: 1s, connect_timeout: 1s, connect_retry_for: 2s }\n")
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);\nINSERT INTO t1 VALUES (4711);", "DROP TABLE t1;")
    fault = proxy.fault("silence", text=b"4711", everywhere=True)
    r = run(path, "apply", "dev", "--yes")
    ok("a silent server: the run ends", fault.happened.is_set() and r.status not in (0, 3) and r.seconds < 25, r)
    expect("a silent server: status ends too", 69, path, "status")
    proxy.heal()
    for link in list(proxy.links):
        link.cut()  # the server, too, finds out that nobody is there any more
    wait_for("the old session to end", lambda: not d.query("SELECT 1 FROM pg_locks l JOIN pg_database b ON b.oid = l.database "
                                                     "WHERE locktype = 'advisory' AND datname = current_database()"))
    expect("a silent server: the next run", 0, path, "apply", "dev", "--yes")
    same("a silent server: once", d.query("SELECT id FROM t1"), [("4711",)])
    proxy.close()

finish()
