"""A real sshd on loopback with keys of its own, for end-to-end tests."""
import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

from e2e import folder, ok, read, wait_for, write

PROGRAM = next((p for p in ("/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd") if os.access(p, os.X_OK)), None)
_started = []


def need():
    """Without an sshd there is nothing to test."""
    if PROGRAM is None:
        ok("an sshd", os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") != "1", "install openssh-server")
        sys.exit(77 if os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") != "1" else 1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def keygen(path, *options):
    subprocess.run(["ssh-keygen", "-q", "-f", path, *(options or ("-t", "ed25519", "-N", ""))], check=True)
    return path


class Sshd:
    def __init__(self, settings=""):
        need()
        self.path, self.port, self.process = folder("sshd"), free_port(), None
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        keygen(f"{self.path}/host")
        self.key = keygen(f"{self.path}/user")
        shutil.copy(f"{self.path}/user.pub", f"{self.path}/authorized_keys")
        self.known_hosts = write(f"{self.path}/known_hosts",
                                 f"[127.0.0.1]:{self.port} {' '.join(read(self.path + '/host.pub').split()[:2])}\n")
        write(f"{self.path}/config", f"""{settings}
Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.path}/host
PidFile none
AuthorizedKeysFile {self.path}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding local
MaxStartups 100
LogLevel DEBUG1
""")
        _started.append(self)
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "-D", "-f", f"{self.path}/config", "-E", f"{self.path}/log"],
                                        start_new_session=True)
        wait_for("sshd", self.answers)

    def answers(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def sessions(self):
        """The processes of its sessions."""
        out = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
        children = {}
        for line in out.splitlines():
            pid, parent = map(int, line.split())
            children.setdefault(parent, []).append(pid)
        found = list(children.get(self.process.pid, []))
        return found + [g for c in found for g in children.get(c, [])]

    def stop(self, sessions=True):
        """Kill the listener, and its sessions with it."""
        pids = self.sessions() if sessions else []
        self.process.terminate()
        self.process.wait()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def hop(self, more="", **keys):
        """Its place as keys of a tunnel in YAML."""
        given = {"host": "127.0.0.1", "port": self.port, "key": self.key, "known_hosts": self.known_hosts, **keys}
        return ", ".join([f"{k}: {v}" for k, v in given.items() if v is not None] + ([more] if more else []))

    def logged(self, text):
        return read(f"{self.path}/log").count(text)


@atexit.register
def _stop_all():
    for s in _started:
        if s.process.poll() is None:
            s.stop()
