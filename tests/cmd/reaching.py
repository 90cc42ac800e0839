"""How servers are found: Unix sockets, libpq's service and password files, my.cnf; and patience with one that is not ready."""
import socket
from e2e import *

pg = postgresql_databases("reaching", ["a"])
my = mariadb_databases("reaching", ["m"])
PG_SOCKETS, MY_SOCKET = (os.environ.get(f"LOCKSTEP_TEST_{n}") for n in ("POSTGRESQL_SOCKETS", "MYSQL_SOCKET"))
PG_PORT, MY_PORT = (port(server(s)) if server(s) else 0 for s in ("postgresql", "mysql"))
home = folder("home")
os.environ["HOME"] = home
for name in [n for n in os.environ if n.startswith("PG")]:
    del os.environ[name]


def fresh(url, settings="", more=""):
    path = project(folder("reaching"))
    environment(path, "dev", f'targets:\n  - {{ name: x, url: "{url}"{more} }}\nsettings: {{ {settings} }}\n')
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
    return path


def reaches(name, d, url, env=None, more=""):
    d.reset()
    r = expect(name, 0, fresh(url, more=more), "apply", "dev", "--yes", env=env)
    ok(f"{name}: the right one", "t1" in d.tables(), r)


def private(path, text):
    write(path, text)
    os.chmod(path, 0o600)
    return path


# ---------------------------------------------------------------- PostgreSQL

if pg:
    d = pg[0]
    db = d.database
    reaches("a socket by its folder", d, f"postgresql://postgres@/{db}?host={PG_SOCKETS}&port={PG_PORT}")
    reaches("a socket, encoded as SQLAlchemy's users write it", d,
            f"postgresql+psycopg2://postgres@:{PG_PORT}/{db}?host={PG_SOCKETS.replace('/', '%2F')}")
    reaches("PGHOST and its family", d, f"postgresql:///{db}",
            env={"PGHOST": PG_SOCKETS, "PGPORT": str(PG_PORT), "PGUSER": "postgres"})
    services = write(f"{home}/services", f"[prod]\nhost=127.0.0.1\nport={PG_PORT}\nuser=postgres\n[other]\nhost=127.0.0.1\nport=1\n")
    reaches("PGSERVICE and PGSERVICEFILE", d, f"postgresql:///{db}", env={"PGSERVICE": "prod", "PGSERVICEFILE": services})
    reaches("?service=", d, f"postgresql:///{db}?service=prod", env={"PGSERVICEFILE": services})
    reaches("the URL outranks a service", d, f"postgresql://127.0.0.1:{PG_PORT}/{db}",
            env={"PGSERVICE": "other", "PGSERVICEFILE": services, "PGUSER": "postgres"})
    write(f"{home}/.pg_service.conf", read(services))
    reaches("~/.pg_service.conf", d, f"postgresql:///{db}", env={"PGSERVICE": "prod"})
    expect("a service that is not there", 69, fresh(f"postgresql:///{db}?service=none"), "status", part="none")

    user = postgresql_user(d, "hunter2", "SUPERUSER")
    url = f"postgresql://{user}@127.0.0.1:{PG_PORT}/{db}"
    passwords = private(f"{home}/passwords", f"127.0.0.1:{PG_PORT}:{db}:{user}:hunter2\n")
    reaches("PGPASSFILE", d, url, env={"PGPASSFILE": passwords})
    private(f"{home}/.pgpass", read(passwords))
    reaches("~/.pgpass", d, url)
    reaches("?passfile=", d, url + f"?passfile={passwords}", env={"HOME": "/nowhere"})
    os.chmod(f"{home}/.pgpass", 0o644)
    expect("a password file that others can read", 69, fresh(url), "status", part="password")
    os.unlink(f"{home}/.pgpass")
    r = expect("a wrong password", 69, fresh(url, more=", password: wrong"), "status", part="password authentication failed")
    ok("a wrong password: without what libpq adds for us", "28P01:" not in r.out + r.errors and "LOCATION" not in r.out + r.errors, r)

# ---------------------------------------------------------------- MariaDB

if my:
    d = my[0]
    db = d.database
    reaches("a socket as a parameter", d, f"mysql://root@localhost/{db}?unix_socket={MY_SOCKET}")
    reaches("a socket by its folder", d, f"mysql://root@/{db}?host={os.path.dirname(MY_SOCKET)}&unix_socket={MY_SOCKET}")
    user = f"e2e_{os.getpid()}"
    d.client.run(f"CREATE OR REPLACE USER {user}@'%' IDENTIFIED BY 'hunter2'; GRANT ALL ON *.* TO {user}@'%';")
    private(f"{home}/.my.cnf", f"[client]\nhost=127.0.0.1\nport={MY_PORT}\nuser={user}\npassword=hunter2\n")
    reaches("~/.my.cnf, [client]", d, f"mysql:///{db}")
    private(f"{home}/.my.cnf", f"[client]\nhost=127.0.0.1\nport=1\n[lockstep]\nport={MY_PORT}\nuser={user}\npassword=hunter2\n")
    reaches("~/.my.cnf, [lockstep]", d, f"mysql:///{db}")
    own = private(f"{home}/own.cnf", f"[mine]\nhost=127.0.0.1\nport={MY_PORT}\nuser={user}\npassword=hunter2\n")
    os.unlink(f"{home}/.my.cnf")
    reaches("a file and a group of the URL's", d, f"mysql:///{db}?read_default_file={own}&read_default_group=mine")
    private(f"{home}/.my.cnf", "[client]\nuser=nobody\npassword=wrong\nport=1\n")
    reaches("the URL outranks my.cnf", d, f"mysql://{user}@127.0.0.1:{MY_PORT}/{db}", more=", password: hunter2")
    os.unlink(f"{home}/.my.cnf")
    expect("a wrong password", 69, fresh(f"mysql://{user}@127.0.0.1:{MY_PORT}/{db}", more=", password: wrong"), "status",
           part="Access denied")
    d.client.run(f"DROP USER {user}@'%';")

# ---------------------------------------------------------------- patience


class Door:
    """A port in front of a server that can be closed and opened."""

    def __init__(self, to):
        self.to, self.listener = to, None
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]

    def open(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(16)
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self, listener):
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    @staticmethod
    def carry(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


for d, scheme, user, to in ((pg and pg[0], "postgresql", "postgres", PG_PORT), (my and my[0], "mysql", "root", MY_PORT)):
    if not d:
        continue
    d.reset()
    door = Door(to)
    door.open()
    url = f"{scheme}://{user}@127.0.0.1:{door.port}/{d.database}"
    path = fresh(url, "connect_retry_for: 20s")
    expect(f"{scheme}: plan", 2, path, "plan", "dev", "-o", "plan.yaml")
    door.close()
    r = expect(f"{scheme}: status does not wait", 69, path, "status")
    ok(f"{scheme}: status does not wait: at once", r.seconds < SOON and "attempts" not in r.out, r)
    p = start(path, "apply", "plan.yaml", "--yes", "--format", "jsonl")
    told = next((line for line in p.stdout if '"event":"lock_wait"' in line), "")
    has(f"{scheme}: a run waits, and says so while it does", told, '"target":"x"')
    door.open()
    r = ended(p)
    same(f"{scheme}: and goes on when the server is there", r.status, 0, r)
    ok(f"{scheme}: and has done it", "t1" in d.tables())

    d.reset()
    expect(f"{scheme}: plan again", 2, path, "plan", "dev", "-o", "plan.yaml")
    environment(path, "dev", f'targets:\n  - {{ name: x, url: "{url}" }}\nsettings: {{ connect_retry_for: 1s }}\n')
    door.close()
    r = run(path, "apply", "plan.yaml", "--yes")
    ok(f"{scheme}: patience ends, and tells of it", r.status not in (0, 3) and re.search(r"after \d+ attempts in", r.out + r.errors), r)
    environment(path, "dev", f'targets:\n  - {{ name: x, url: "{url}" }}\nsettings: {{ connect_retry_for: 60s }}\n')
    p = start(path, "apply", "plan.yaml", "--yes")
    wait_for(f"{scheme}: the program to heed an interrupt", lambda: heeds(p))
    time.sleep(0.5)  # it has met the closed door by then, mostly
    p.send_signal(signal.SIGINT)
    r = ended(p)
    ok(f"{scheme}: an interrupt ends the wait", r.status == 130 and r.seconds < SOON, r)
    # What time does not heal is told at once.
    d.reset()
    gone = fresh(f"{scheme}://{user}@127.0.0.1:{to}/no_such_database", "connect_retry_for: 60s")
    r = run(gone, "apply", "dev", "--yes")
    ok(f"{scheme}: a database that does not exist", r.status == 69 and r.seconds < SOON and "attempts" not in r.out + r.errors, r)

if pg:
    # A server that has no room for us says so, and has room a little later.
    d = pg[0]
    d.reset()
    d.client.run(f"DO $$ BEGIN CREATE ROLE few LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE few "
                 f"CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO few; GRANT ALL ON DATABASE {d.database} TO few;")
    path = fresh(f"postgresql://few@127.0.0.1:{PG_PORT}/{d.database}", "connect_retry_for: 20s")
    expect("too many connections: plan", 2, path, "plan", "dev", "-o", "plan.yaml")
    wait_for("the plan's session to end", lambda: not d.query("SELECT 1 FROM pg_stat_activity WHERE usename = 'few'"))
    holder = subprocess.Popen([*psql_args(d.database)[:-4], "-U", "few", "-d", d.database], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    wait_for("the holder", lambda: d.query("SELECT 1 FROM pg_stat_activity WHERE usename = 'few'"))
    expect("too many connections: status", 69, path, "status", part="too many connections")
    p = start(path, "apply", "plan.yaml", "--yes")
    time.sleep(0.5)
    holder.stdin.close()
    holder.wait()
    r = ended(p)
    same("too many connections: a run waits for room", r.status, 0, r)
    d.client.run(f"DROP OWNED BY few; DROP ROLE few;")

finish()
