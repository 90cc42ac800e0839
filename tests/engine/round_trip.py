#!/usr/bin/env python3
"""round_trip.py TOOL DIALECT FROM-URL TO-URL FIRST-SEED COUNT [--keep-going] [--print]
round_trip.py --suite TOOL
Random pairs of schemas, each turned into the other and back by generated statements (see schema_tool.c). A
dialect is a module of schema_random with pair(seed), which gives two scripts. --print: the scripts, for a look.
--suite: some dozens, on the servers of tests/servers/with-servers."""
import collections
import importlib
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

Result = collections.namedtuple("Result", "seed ok text statements")

# Pairs that went wrong once, or hold much.
SUITE = {"postgresql": [3, 7, 8, 13, 15, 18, 23, 25, 42, 68, 72, 74, 81, 83, 105, 110, 124, 135, 2017, 2060],
         "mysql": [0, 13, 22, 28, 36, 43, 58, 270, 280, 418, 1164, 1178]}


def round_trips(tool, dialect, urls, seeds):
    make = importlib.import_module("schema_random." + dialect).pair
    with subprocess.Popen([tool, "round-trip", *urls], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for seed in seeds:
            process.stdin.write("".join(script + "\0" for script in make(seed)).encode())
            process.stdin.flush()
            answer = bytearray()
            while not answer.endswith(b"\0"):
                piece = process.stdout.read1(65536)
                if not piece:
                    yield Result(seed, False, answer.decode() + "the program ended: %s" % process.wait(), 0)
                    return
                answer += piece
            text = answer[:-1].decode()
            ok = text.startswith("ok ")
            yield Result(seed, ok, text, sum(int(n) for n in text.split()[1:]) if ok else 0)
        process.stdin.close()


class PostgresqlDatabases:
    """Two empty ones, dropped at the end."""

    def __init__(self, server):
        self.server = server
        self.names = ["roundtrip_%d_%s" % (os.getpid(), x) for x in "ab"]

    def run(self, *statements):
        options = [x for s in statements for x in ("-c", s)]
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", self.server + "/postgres", *options], check=True)

    def __enter__(self):
        self.run(*["CREATE DATABASE %s" % n for n in self.names])
        return ["%s/%s" % (self.server, n) for n in self.names]

    def __exit__(self, *_):
        self.run(*["DROP DATABASE %s" % n for n in self.names])


class MysqlDatabases(PostgresqlDatabases):
    def run(self, *statements):
        client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", self.server.rpartition(":")[2], "-u", "root"]
        subprocess.run([*client, "-e", "; ".join(["SET foreign_key_checks = 0", *statements])], check=True)


SERVERS = {"postgresql": ("LOCKSTEP_TEST_POSTGRESQL", PostgresqlDatabases),
           "mysql": ("LOCKSTEP_TEST_MYSQL", MysqlDatabases)}


def report(results, keep_going=True):
    failed = done = statements = 0
    for r in results:
        done += 1
        statements += r.statements
        if not r.ok:
            failed += 1
            print("seed %d: %s\n" % (r.seed, r.text), flush=True)
            if not keep_going:
                break
    print("%d pairs of schemas, %d statements, %d failed" % (done, statements, failed))
    return 1 if failed else 0


def suite(tool):
    wrong = 0
    for dialect, (variable, databases) in SERVERS.items():
        server = os.environ.get(variable)
        if not server:
            print("%s is not set: run within tests/servers/with-servers" % variable)
            wrong = max(wrong, 1 if os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") == "1" else 77)
            continue
        with databases(server) as urls:
            if report(round_trips(tool, dialect, urls, SUITE[dialect])):
                wrong = 1
    return wrong


def main(argv):
    options = [a for a in argv if a.startswith("--")]
    rest = [x for x in argv if not x.startswith("--")]
    if "--suite" in options:
        return suite(rest[0])
    tool, dialect, a, b, first, count = rest
    seeds = range(int(first), int(first) + int(count))
    if "--print" in options:
        for script in importlib.import_module("schema_random." + dialect).pair(int(first)):
            print(script + "--------")
        return 0
    return report(round_trips(tool, dialect, (a, b), seeds), "--keep-going" in options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
