"""What stands between Lockstep and a server, or makes it more than one: PgBouncer, and a cluster of MariaDB (Galera).
Started on loopback for one test and stopped with it."""
import pwd
import socket
from e2e import *


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _account(name):
    """Servers refuse to be root; nobody else can change accounts."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(name)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def _stop(process):
    process.kill()
    process.wait()


class PgBouncer:
    """In transaction mode; its server sessions are handed out to whoever begins a transaction next."""

    def __init__(self, mode="transaction", ignore_options=False, pool_size=8):
        self.port = free_port()
        self.folder = folder("pgbouncer")
        os.chmod(self.folder, 0o777)
        ignored = "extra_float_digits" + (", options" if ignore_options else "")
        write(f"{self.folder}/users.txt", '"postgres" ""\n')
        write(f"{self.folder}/pgbouncer.ini", f"""[databases]
* = host=127.0.0.1 port={port(server("postgresql"))} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
auth_file = {self.folder}/users.txt
pool_mode = {mode}
default_pool_size = {pool_size}
server_round_robin = 1
ignore_startup_parameters = {ignored}
logfile = {self.folder}/log
""")
        self.process = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", f"{self.folder}/pgbouncer.ini"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, **_account("postgres"))
        atexit.register(_stop, self.process)
        wait_for("PgBouncer", lambda: _answers(self.port))

    def url(self, d):
        """The target's URL, by way of the pooler."""
        return d.url.replace(f":{port(d.url)}/", f":{self.port}/")


class Galera:
    """A cluster of MariaDB nodes; DDL and writes of one show on all. `nodes` are the ports."""

    def __init__(self, size=2):
        self.nodes, self.processes = [], []
        first = None
        atexit.register(self.stop)
        for _ in range(size):
            first = self._start(first) or first

    def _start(self, first):
        data = folder("galera")
        port, group, transfer = free_port(), free_port(), free_port()
        account = _account("mysql")
        if account:
            os.chown(data, account["user"], account["group"])
        user = ["--user=mysql"] if account else []
        subprocess.run(["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}", "--skip-test-db",
                        "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                       env={**os.environ, "TMPDIR": data})  # a server that starts deletes others' temporary tables
        provider = (f"gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{transfer};"
                    "gcache.size=4M;evs.suspect_timeout=PT30S")
        process = subprocess.Popen(
            ["/usr/sbin/mariadbd", "--no-defaults", *user, f"--datadir={data}", f"--socket={data}/s",
             f"--pid-file={data}/pid", f"--tmpdir={data}", f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
             "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--innodb-buffer-pool-size=16M",
             "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0", "--wsrep-on=ON",
             "--wsrep-provider=/usr/lib/galera/libgalera_smm.so", "--wsrep-node-address=127.0.0.1",
             f"--wsrep-cluster-address=gcomm://{first or ''}", f"--wsrep-provider-options={provider}",
             "--wsrep-sst-method=rsync", f"--wsrep-sst-receive-address=127.0.0.1:{free_port()}",
             "--character-set-server=utf8mb4", f"--log-error={data}/err.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        args = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", "root", "-N", "-B"]

        def ready():
            r = subprocess.run([*args, "-e", "SHOW STATUS LIKE 'wsrep_ready'"], capture_output=True, text=True)
            return "ON" in r.stdout or process.poll() is not None
        wait_for("a node of Galera", ready, 40)
        if process.poll() is not None:
            ok("a node of Galera starts", False, read(f"{data}/err.log")[-3000:])
        self.nodes.append(port)
        return f"127.0.0.1:{group}"

    def database(self, name, node=0):
        """A Database seen through one node."""
        args = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(self.nodes[node]), "-u", "root",
                "--default-character-set=utf8mb4", "-N", "-B", "-n", "--force"]
        d = MariaDB.__new__(MariaDB)
        Database.__init__(d, name)
        d.client, d.database = Client(args, f"SELECT '{MARK}';"), name
        d.url = f"mysql://root@127.0.0.1:{self.nodes[node]}/{name}"
        d.client.run("SET SESSION wsrep_sync_wait = 15")
        reset = d.reset

        def reset_everywhere():
            reset()
            self.settle()
        d.reset = reset_everywhere
        return d

    def settle(self):
        """Until every node has applied what is done so far."""
        for port in self.nodes:
            subprocess.run(["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", "root", "-e",
                            "SET SESSION wsrep_sync_wait = 15; SELECT 1"], check=True, capture_output=True)

    def stop(self):
        for process in self.processes:
            _stop(process)
