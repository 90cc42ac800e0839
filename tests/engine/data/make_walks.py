#!/usr/bin/env python3
"""Makes walks.txt: what Alembic answers for walks through small graphs of every shape.

Needs an importable alembic (the table in the repository was made with the version that its first line names).
Usage: make_walks.py > walks.txt        The layout is described in the first lines of what it writes.
"""
import itertools
import json
import os
import random
import subprocess
import sys
import warnings

GRAPHS = {
    # name: [(id, revises, depends_on, labels)]
    "linear": [("aa01", "", "", ""), ("ab02", "aa01", "", ""), ("ba03", "ab02", "", ""), ("bb04", "ba03", "", "")],
    "two_bases": [("aa01", "", "", "one"), ("ab02", "aa01", "", ""), ("ba01", "", "", "two"), ("bb02", "ba01", "", "")],
    "branch_merge": [
        ("aaaa", "", "", ""), ("bbbb", "aaaa", "", ""), ("cccc", "bbbb", "", "left"), ("dddd", "bbbb", "", "right"),
        ("eeee", "cccc dddd", "", ""), ("ffff", "eeee", "", "")],
    "project": [
        ("aaaa", "", "", ""), ("bbbb", "aaaa", "", ""), ("cccc", "bbbb", "", "left"), ("dddd", "bbbb", "", "right"),
        ("eeee", "cccc dddd", "", ""), ("ffff", "eeee", "", ""), ("1234", "", "bbbb", "other")],
    "open_branches": [
        ("aaaa", "", "", "trunk"), ("bbbb", "aaaa", "", ""), ("cc01", "bbbb", "", "left"), ("cc02", "cc01", "", ""),
        ("dd01", "bbbb", "", "right"), ("dd02", "dd01", "", ""), ("dd03", "dd02", "", "")],
    "depends": [
        ("aa01", "", "", "aone"), ("aa02", "aa01", "", ""), ("aa03", "aa02", "", ""),
        ("bb01", "", "", "btwo"), ("bb02", "bb01", "aa02", ""), ("bb03", "bb02", "", ""),
        ("cc01", "", "", "cthr"), ("cc02", "cc01", "bb02", ""), ("cc03", "cc02", "aone", "")],
    "depends_same": [
        ("aa01", "", "", "lib"), ("aa02", "aa01", "", ""), ("bb01", "", "", "app"), ("bb02", "bb01", "aa01", ""),
        ("bb03", "bb02", "aa01", ""), ("bb04", "bb03", "aa02", "")],
    "diamonds": [
        ("aaaa", "", "", ""), ("bb01", "aaaa", "", ""), ("bb02", "aaaa", "", ""), ("cccc", "bb01 bb02", "", ""),
        ("dd01", "cccc", "", "mid"), ("dd02", "cccc", "", ""), ("eeee", "dd01 dd02", "", "")],
    "three_way": [
        ("aaaa", "", "", ""), ("bb01", "aaaa", "", "b1"), ("bb02", "aaaa", "", "b2"), ("bb03", "aaaa", "", "b3"),
        ("cccc", "bb01 bb02 bb03", "", "")],
    "splice": [
        ("aaaa", "", "", ""), ("bbbb", "aaaa", "", ""), ("cccc", "bbbb", "", ""), ("bb99", "aaaa", "", "spliced"),
        ("dddd", "cccc bb99", "", ""), ("aa77", "aaaa", "", "late")],
    "merge_bases": [
        ("aa01", "", "", "one"), ("bb01", "", "", "two"), ("cc01", "aa01 bb01", "", ""), ("dd01", "", "cc01", "three"),
        ("dd02", "dd01", "", "")],
}


def load():
    import alembic
    from alembic.runtime import migration
    from alembic.script import base, revision

    class Module:
        upgrade = downgrade = staticmethod(lambda: None)

    class Script(revision.Revision):
        module = Module

    class Table(migration.HeadMaintainer):
        def __init__(self, heads):
            super().__init__(None, heads)
            self.kinds = []

        def _insert_version(self, version):
            assert version not in self.heads
            self.heads.add(version)
            self.kinds.append("I")

        def _delete_version(self, version):
            self.heads.remove(version)
            self.kinds.append("D")

        def _update_version(self, from_, to_):
            assert to_ not in self.heads
            self.heads.remove(from_)
            self.heads.add(to_)
            self.kinds.append("U")

    def directory(rows):
        scripts = sorted(rows)
        revisions = lambda: [Script(i, tuple(d.split()) or None, tuple(p.split()) or None, tuple(l.split()) or None)
                             for i, d, p, l in scripts]
        it = base.ScriptDirectory.__new__(base.ScriptDirectory)
        it.__dict__["revision_map"] = revision.RevisionMap(revisions)
        return it

    return alembic.__version__, directory, Table, revision


def positions(directory, rows):
    """Sets of revisions of which none follows another."""
    m = directory.revision_map
    above = {r[0]: {x.revision for x in m._get_ancestor_nodes([m.get_revision(r[0])])} - {r[0]} for r in rows}
    found = [()]
    for n in (1, 2, 3):
        for some in itertools.combinations(sorted(above), n):
            if not any(x in above[y] for x in some for y in some):
                found.append(some)
    return found


def destinations(rows):
    ids = [r[0] for r in rows]
    labels = [l for r in rows for l in r[3].split()]
    up = ["head", "heads", "+1", "+2", "+3"] + ids + [i + "+1" for i in ids] + [i + "-1" for i in ids]
    up += [i[:2] for i in ids] + [i + "@head" for i in ids]
    down = ["base", "-1", "-2", "-3"] + ids + [i + "-1" for i in ids] + [i + "-2" for i in ids] + [i + "+1" for i in ids]
    down += [i[:2] for i in ids]
    for l in labels:
        up += [l, l + "@head", l + "@heads", l + "@+1", l + "@+2"] + [l + "@" + i for i in ids]
        up += [l + "@" + i + "+1" for i in ids]
        down += [l, l + "@base", l + "@-1", l + "@-2"] + [l + "@" + i for i in ids] + [l + "@" + i + "-1" for i in ids]
    stamp = ["head", "heads", "base"] + ids + [l + "@head" for l in labels] + [l + "@base" for l in labels]
    ranges = [a + ":" + b for a in ids + ["", "base"] for b in ids + ["", "heads"]] + ["-2:", "-3:heads", ":+2", "base:+1"]
    ranges += [i + ":+2" for i in ids] + ["-1:" + i for i in ids] + [l + "@base:heads" for l in labels]
    return {"up": up, "down": down, "stamp": stamp, "range": ranges}


def show_table(heads):
    return ",".join(sorted(heads)) or "-"


def run_steps(steps, at, Table):
    table, shown = Table(at), []
    for step in steps:
        table.kinds = []
        table.update_to_step(step)
        name = step.revision.revision if hasattr(step, "revision") else "*"
        shown.append("%s/%s/%s" % (name, "".join(sorted(table.kinds)), show_table(table.heads)))
    return shown, show_table(table.heads)


def answer(kind, directory, at, dest, Table):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if kind == "up":
                result = run_steps(directory._upgrade_revs(dest, at), at, Table)[0]
            elif kind == "down":
                result = run_steps(directory._downgrade_revs(dest, at), at, Table)[0]
            elif kind == "stamp":
                result = [run_steps(directory._stamp_revs(dest, at), at, Table)[1]]
            else:
                low, high = dest.split(":")
                result = [s.revision for s in directory.walk_revisions(base=low or "base", head=high or "heads")]
        except Exception as e:
            return "error" if type(e).__name__ == "CommandError" else "crash"
    if any("ambiguous" in str(w.message) for w in caught):
        return "warned"
    return " ".join(result) or "nothing"


def one_run():
    version, directory, Table, _ = load()
    rng = random.Random(20261121)
    out = {"version": version, "labels": {}, "cases": []}
    for name, rows in GRAPHS.items():
        d = directory(rows)
        out["labels"][name] = {i: sorted(d.revision_map.get_revision(i).branch_labels) for i, *_ in rows}
        at = positions(d, rows)
        for kind, all_dests in destinations(rows).items():
            starts = [()] if kind == "range" else at
            cases = [(p, x) for p in starts for x in all_dests]
            budget = {"up": 60, "down": 60, "stamp": 25, "range": 25}[kind] * int(os.environ.get("WALKS_TIMES", "1"))
            for p, x in sorted(rng.sample(cases, min(budget, len(cases)))):
                out["cases"].append([name, kind, list(p), x, answer(kind, d, p, x, Table)])
    return out


def main():
    if "--one-run" in sys.argv:
        json.dump(one_run(), sys.stdout)
        return
    # Alembic orders some things by the hash of a string: what differs between runs may be in any order.
    runs = []
    for seed in range(8):
        env = dict(os.environ, PYTHONHASHSEED=str(seed))
        runs.append(json.loads(subprocess.run([sys.executable, __file__, "--one-run"], env=env, check=True,
                                              stdout=subprocess.PIPE).stdout))
    print("# Answers of Alembic %s, made by make_walks.py." % runs[0]["version"])
    print("# graph NAME / rev ID revises=A,B depends=A labels=L seen=L")
    print("# KIND POSITION DESTINATION = ANSWER with KIND up, down, stamp or range; POSITION - is base.")
    print("# Answer of up and down: REVISION/OPERATIONS/TABLE AFTER for each step; operations are I, D and U, sorted.")
    print("# Otherwise: nothing, error, crash (any answer will do), warned (ambiguous). A second answer after | is")
    print("# another that Alembic gives for the same question, depending on the order of a hash table.")
    for name, rows in GRAPHS.items():
        print("graph", name)
        for i, down, dep, labels in rows:
            c = lambda s: s.replace(" ", ",") or "-"
            seen = ",".join(runs[0]["labels"][name][i]) or "-"
            print("rev %s revises=%s depends=%s labels=%s seen=%s" % (i, c(down), c(dep), c(labels), seen))
        for k, (graph, kind, at, dest, _) in enumerate(runs[0]["cases"]):
            if graph == name:
                answers = sorted({r["cases"][k][4] for r in runs})
                print("%s %s %s = %s" % (kind, ",".join(at) or "-", dest, " | ".join(answers)))


main()
