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
