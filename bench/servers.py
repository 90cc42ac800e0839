"""The servers that tests/servers/with-servers has started, and how their own clients are called."""
import os
import subprocess
import sys
from urllib.parse import urlsplit

from measuring import Failed, client

DATABASE = "lockstep_bench"


class Server:
    def __init__(self, variable):
        url = os.environ.get(variable)
        if not url:
            sys.exit(f"bench: no server ({variable} is not set); run bench/run, or tests/servers/with-servers "
                     "bench/NAME")
        place = urlsplit(url)
        self.host, self.port, self.user = place.hostname, place.port, place.username

    def sql(self, text, database=None):
        done = subprocess.run(self.client(database=database), input=text, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{text}: {done.stderr}")
        return done.stdout.strip()

    def recreate(self):
        self.sql(f"DROP DATABASE IF EXISTS {DATABASE}")
        self.sql(f"CREATE DATABASE {DATABASE}")


class PostgreSQL(Server):
    title, name = "PostgreSQL", "psql"

    def __init__(self):
        super().__init__("LOCKSTEP_TEST_POSTGRESQL")
        self.program = client("psql")

    def url(self, port=None, parameters=""):
        return f"postgresql://{self.user}@{self.host}:{port or self.port}/{DATABASE}{parameters}"

    def client(self, *extra, database=DATABASE, port=None, parameters=""):
        where = f"postgresql://{self.user}@{self.host}:{port or self.port}/{database or 'postgres'}{parameters}"
        return [self.program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", where, *extra]

    def script(self, path, **where):
        """The arguments and the standard input that make the client read a file."""
        return self.client("-f", path, **where), None

    def query(self, text):
        return self.client("-c", text)

    def version(self):
        return "PostgreSQL " + self.sql("SHOW server_version").split()[0]

    asking = 1

    def commits(self):
        """A number that grows with every transaction that writes, by `asking` with every call of this."""
        return int(self.sql("SELECT pg_current_xact_id()"))


class MariaDB(Server):
    title, name = "MariaDB", "mariadb"

    def __init__(self):
        super().__init__("LOCKSTEP_TEST_MYSQL")
        self.program = client("mariadb")

    def url(self, port=None, parameters=""):
        return f"mysql://{self.user}@{self.host}:{port or self.port}/{DATABASE}{parameters}"

    def client(self, *extra, database=DATABASE, port=None, parameters=""):
        where = [database] if database else []
        return [self.program, "--no-defaults", "-A", "-N", "-B", "-h", self.host, "-P", str(port or self.port),
                "--protocol=tcp", "-u", self.user, *extra, *where]

    def script(self, path, **where):
        return self.client(**where), path

    def query(self, text):
        return self.client("-e", text)

    def version(self):
        return "MariaDB " + self.sql("SELECT version()").split("-")[0]

    asking = 0

    def commits(self):
        return int(self.sql("SHOW GLOBAL STATUS LIKE 'Handler_commit'").split()[1])
