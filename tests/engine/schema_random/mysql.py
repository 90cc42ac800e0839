"""Random schemas of MariaDB: pair(seed) gives the scripts of two, the second a mutation of the first or unrelated
to it. Whatever stops fitting after a mutation (an index on a column that went) is pruned."""
import copy
import random

TABLES = ["users", "orders", "Order Lines", "select", "t1", "t2", "größe", "a.b", "items", "back`tick"]
COLUMNS = ["id", "a", "b", "c", "d", "name", "user", "Mixed", "order id", "val", "key"]
COMMENTS = ["what it is for", "it's\nof two lines", "größer als 5 €", "a \\ backslash", 'a "quote"']
COLLATIONS = ["utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_bin", "latin1_swedish_ci"]
DEFINERS = ["root@localhost", "'some body'@'%'", None, None]
MODES = ["ANSI_QUOTES", "STRICT_ALL_TABLES", "", None, None, None]

# family: types, each with defaults
TYPES = {
    "int": [("int", ["0", "42", "-1", "(1 + 2)"]), ("bigint unsigned", ["7"]), ("tinyint(1)", ["1"]),
            ("smallint(5) unsigned zerofill", ["3"]), ("mediumint", [])],
    "num": [("decimal(10,2)", ["0.5"]), ("double", ["1.5"]), ("float", ["2"])],
    "text": [("varchar(50)", ["'x'", "'it''s'", "''", "'a\\\\b'", "(concat('a', 'b'))"]), ("char(3)", ["'abc'"]),
             ("varchar(200)", ["NULL"])],
    "long": [("text", ["'abc'"]), ("longtext", []), ("mediumtext", [])],
    "enum": [("enum('a','b','it''s')", ["'a'"]), ("set('x','y z')", ["'x'"])],
    "time": [("datetime", ["current_timestamp()", "'2026-01-01 00:00:00'"]), ("timestamp(3)", ["current_timestamp(3)"]),
             ("date", ["'2026-01-01'", "(curdate())"]), ("time", []), ("year", [])],
    "bytes": [("varbinary(20)", ["'ab'"]), ("blob", []), ("binary(4)", [])],
    "bit": [("bit(3)", ["b'101'"])],
    "json": [("json", ["'{}'"])],
    "uuid": [("uuid", ["(uuid())"]), ("inet6", [])],
    "geo": [("point", [])],
}
CHECKS = {
    "int": ["{0} > 0", "{0} between 1 and 100", "{0} in (1, 3, 5) or {0} is null"],
    "num": ["{0} >= 0"],
    "text": ["char_length({0}) > 2", "{0} <> 'it''s'", "{0} like 'a\\\\%'"],
    "time": ["{0} is not null"],
}
KEYED = ("int", "text", "time", "uuid", "num", "enum")
COLLATED = ("text", "long", "enum")


def q(name):
    return "`" + name.replace("`", "``") + "`"


def lit(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


class Schemas:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def chance(self, p):
        return self.r.random() < p

    def pick(self, items):
        return self.r.choice(list(items))

    def comment(self, p=0.2):
        return self.pick(COMMENTS) if self.chance(p) else None

    # -- making --
    def schema(self):
        m = {"tables": {}, "views": {}, "routines": {}, "events": {}, "sequences": {}}
        for _ in range(self.r.randint(0, 2)):
            self.add_sequence(m)
        for _ in range(self.r.randint(1, 5)):
            self.add_table(m)
        for _ in range(self.r.randint(0, 3)):
            self.add_foreign_key(m)
        for _ in range(self.r.randint(0, 2)):
            self.add_routine(m)
        for _ in range(self.r.randint(0, 3)):
            self.add_view(m)
        for _ in range(self.r.randint(0, 3)):
            self.add_trigger(m)
        if self.chance(0.2):
            self.add_event(m)
        return m

    def free(self, names, taken):
        left = [n for n in names if n not in taken]
        return self.pick(left) if left else None

    def add_sequence(self, m):
        name = self.free(["s1", "s2", "Some Sequence"], m["sequences"])
        if name and name not in m["tables"]:
            m["sequences"][name] = self.sequence()

    def sequence(self):
        return {"start": self.r.randint(1, 50), "by": self.pick([1, 2, 10]), "max": self.pick([1000, 99999]),
                "cache": self.pick([0, 10, 1000]), "cycle": self.chance(0.3), "comment": self.comment()}

    def column(self, name, families=None, sequences=()):
        family = self.pick(families or [f for f in TYPES if f not in ("geo",)])
        kind, defaults = self.pick(TYPES[family])
        c = {"name": name, "family": family, "type": kind, "null": self.chance(0.6), "default": None, "on_update": None,
             "comment": self.comment(), "collate": None, "hidden": self.chance(0.05), "check": None, "gen": None,
             "auto": False}
        if defaults and self.chance(0.5):
            c["default"] = self.pick(defaults)
        if c["default"] == "NULL" and not c["null"]:
            c["default"] = None
        if family == "int" and kind == "bigint unsigned" and sequences and self.chance(0.5):
            c["default"] = "(nextval(%s))" % q(self.pick(sequences))
        if kind in ("datetime", "timestamp(3)") and self.chance(0.3):
            c["on_update"] = "current_timestamp(3)" if "3" in kind else "current_timestamp()"
        if family in COLLATED and self.chance(0.25):
            c["collate"] = self.pick(COLLATIONS)
        if family in CHECKS and self.chance(0.15):
            c["check"] = self.pick(CHECKS[family])
        if c["hidden"] and not c["null"] and c["default"] is None:
            c["hidden"] = False
        return c

    def add_table(self, m):
        name = self.free(TABLES, list(m["tables"]) + list(m["views"]))
        if not name:
            return
        t = {"columns": [], "pk": None, "indexes": {}, "checks": {}, "fks": {}, "comment": self.comment(),
             "engine": self.pick(["InnoDB"] * 8 + ["MyISAM", "Aria"]), "collate": self.pick(COLLATIONS + [None] * 4),
             "options": self.pick([{}, {}, {}, {"ROW_FORMAT": "DYNAMIC"}, {"ROW_FORMAT": "COMPRESSED"},
                                   {"STATS_PERSISTENT": "1"}, {"AVG_ROW_LENGTH": "100", "MAX_ROWS": "1000"}]),
             "triggers": {}, "partition": None, "versioned": False}
        for n in self.r.sample(COLUMNS, self.r.randint(1, 6)):
            t["columns"].append(self.column(n, sequences=list(m["sequences"])))
        if self.chance(0.2):
            self.generate_column(t)
        if self.chance(0.8):
            self.set_key(t)
        for _ in range(self.r.randint(0, 3)):
            self.add_index(t)
        for _ in range(self.r.randint(0, 2)):
            self.add_check(t)
        if self.chance(0.12):
            self.add_partitions(t)
        m["tables"][name] = t

    def generate_column(self, t):
        ints = [c["name"] for c in t["columns"] if c["family"] == "int" and not c["gen"] and not c["auto"]]
        name = self.free(COLUMNS, [c["name"] for c in t["columns"]])
        if ints and name:
            c = self.column(name, ["int"])
            c.update(type="int", gen=q(self.pick(ints)) + self.pick([" + 1", " * 2", " % 7"]), default=None, null=True,
                     check=None, hidden=False, stored=self.chance(0.4))
            t["columns"].append(c)

    def plain(self, t, families=KEYED):
        return [c for c in t["columns"] if c["family"] in families and not c["gen"]]

    def set_key(self, t):
        t["pk"] = None
        for c in t["columns"]:
            c["auto"] = False
        if self.chance(0.5):
            c = next((c for c in t["columns"] if c["name"] == "id"), None)
            if c is None:
                c = self.column("id", ["int"])
                t["columns"].insert(0, c)
            c.update(family="int", type=self.pick(["int", "bigint", "int(10) unsigned"]), null=False, default=None,
                     auto=self.chance(0.7), gen=None, check=None, collate=None, on_update=None, hidden=False)
            t["pk"] = [("id", 0, False)]
            return
        keyed = self.plain(t)
        if keyed:
            chosen = self.r.sample(keyed, self.r.randint(1, min(2, len(keyed))))
            for c in chosen:
                c["null"] = False
                if c["default"] == "NULL":
                    c["default"] = None
            t["pk"] = [(c["name"], 2 if c["type"].startswith("varchar") and self.chance(0.2) else 0, False)
                       for c in chosen]

    def add_index(self, t):
        name = self.free(["ix", "i1", "i2", "By Name", "uq", "größe"], t["indexes"])
        keyed = [c for c in t["columns"] if c["family"] in KEYED]
        if not name:
            return
        longs = [c["name"] for c in t["columns"] if c["family"] == "long" or c["type"].startswith("varchar(")]
        if longs and t["engine"] != "Aria" and self.chance(0.15):
            t["indexes"][name] = {"kind": "FULLTEXT ", "keys": [(self.pick(longs), 0, False)], "comment": self.comment(),
                                  "ignored": False}
            return
        keys = []
        for c in self.r.sample(keyed, self.r.randint(1, min(3, len(keyed)))) if keyed else []:
            length = 3 if c["type"].startswith("varchar(") and self.chance(0.3) else 0
            keys.append((c["name"], length, self.chance(0.2)))
        if not keys and longs:
            keys = [(self.pick([c["name"] for c in t["columns"] if c["name"] in longs]), 5, False)]
        if keys:
            t["indexes"][name] = {"kind": "UNIQUE " if self.chance(0.3) else "", "keys": keys,
                                  "comment": self.comment(), "ignored": self.chance(0.1)}

    def add_check(self, t):
        name = self.free(["ck", "Check It", "positive"], t["checks"])
        able = [c for c in t["columns"] if c["family"] in CHECKS and not c["auto"]]
        if name and able:
            c = self.pick(able)
            t["checks"][name] = (c["name"], self.pick(CHECKS[c["family"]]))

    def add_partitions(self, t):
        key = t["pk"] and t["pk"][0][0]
        c = next((c for c in t["columns"] if c["name"] == key), None)
        if not c or c["family"] != "int" or len(t["pk"]) != 1:
            return
        t["partition"] = self.pick([
            "HASH (%s) PARTITIONS 3" % q(key), "KEY (%s) PARTITIONS 2" % q(key),
            "RANGE (%s) (PARTITION p0 VALUES LESS THAN (10) COMMENT = 'low', PARTITION p1 VALUES LESS THAN MAXVALUE)"
            % q(key),
            "LIST (%s) (PARTITION a VALUES IN (1,2,3), PARTITION b DEFAULT)" % q(key),
            "RANGE (%s) SUBPARTITION BY HASH (%s) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (10), "
            "PARTITION p1 VALUES LESS THAN MAXVALUE)" % (q(key), q(key))])

    def targets(self, m):
        for name, t in m["tables"].items():
            if t["engine"] == "InnoDB" and not t["partition"] and t["pk"] and len(t["pk"]) == 1 and not t["pk"][0][1]:
                c = next((c for c in t["columns"] if c["name"] == t["pk"][0][0]), None)
                if c and not c["gen"] and c["family"] == "int":
                    yield name, c

    def add_foreign_key(self, m):
        targets = list(self.targets(m))
        sources = [n for n, t in m["tables"].items() if t["engine"] == "InnoDB" and not t["partition"]]
        if not targets or not sources:
            return
        ref, key = self.pick(targets)
        source = self.pick(sources)
        t = m["tables"][source]
        names = {n for x in m["tables"].values() for n in x["fks"]}
        name = self.free(["fk1", "fk2", "fk3", "Foreign Key", "fk4", "fk5"], names)
        column = self.free(COLUMNS + ["ref1", "ref2"], [c["name"] for c in t["columns"]])
        if not name or not column:
            return
        c = self.column(column, ["int"])
        c.update(type=key["type"], null=True, default=None, check=None, hidden=False)
        t["columns"].append(c)
        t["fks"][name] = {"column": column, "ref": ref, "key": key["name"],
                          "delete": self.pick([None, "CASCADE", "SET NULL", "RESTRICT", "NO ACTION"]),
                          "update": self.pick([None, None, "CASCADE"])}
        if self.chance(0.4):
            other = self.free(["ix", "i1", "i2", "By Name", name], t["indexes"])
            if other:
                t["indexes"][other] = {"kind": "", "keys": [(column, 0, False)], "comment": None, "ignored": False}

    def add_view(self, m):
        name = self.free(["v1", "v2", "a view", "V"], m["views"])
        sources = list(m["tables"]) + list(m["views"])
        if not name or not sources:
            return
        source = self.pick(sources)
        columns = self.view_columns(m, source)
        if not columns:
            return
        chosen = self.r.sample(columns, self.r.randint(1, min(3, len(columns))))
        m["views"][name] = {"source": source, "columns": chosen, "where": self.chance(0.4), "check": None,
                            "algorithm": self.pick([None, None, "MERGE"]), "definer": self.pick([None, "root@localhost"]),
                            "security": self.pick(["DEFINER", "INVOKER"]), "literal": self.chance(0.3)}
        if source in m["tables"] and m["views"][name]["where"] and self.chance(0.5):
            m["views"][name]["check"] = self.pick(["LOCAL", "CASCADED"])

    def view_columns(self, m, source):
        if source in m["tables"]:
            return [c["name"] for c in m["tables"][source]["columns"]]
        return m["views"][source]["columns"]

    def add_trigger(self, m):
        table = self.pick(m["tables"])
        names = {n for t in m["tables"].values() for n in t["triggers"]}
        name = self.free(["tr1", "tr2", "tr3", "A Trigger", "tr4"], names)
        if name:
            m["tables"][table]["triggers"][name] = {
                "when": self.pick(["BEFORE INSERT", "BEFORE INSERT", "AFTER UPDATE", "AFTER DELETE"]),
                "body": self.pick(["SET @x = 1", "BEGIN SET @x = 'it''s; so'; SET @y = 2; END",
                                   "BEGIN IF 1 > 0 THEN SET @z = 1; END IF; END"]),
                "definer": self.pick(DEFINERS), "mode": self.pick(MODES)}

    def add_routine(self, m):
        name = self.free(["f1", "p1", "Do It"], m["routines"])
        if name:
            m["routines"][name] = self.routine()

    def routine(self):
        function = self.chance(0.5)
        return {"function": function, "arguments": self.pick(["", "a int", "a int, `b c` varchar(10)"]),
                "returns": self.pick(["int", "varchar(20) CHARSET latin1", "decimal(10,2)"]),
                "rest": self.pick(["", "DETERMINISTIC", "READS SQL DATA", "SQL SECURITY INVOKER COMMENT 'it''s'"]),
                "body": self.pick(["RETURN 1", "BEGIN DECLARE x int DEFAULT 2; RETURN x; END"]) if function else
                self.pick(["SELECT 1", "BEGIN DECLARE x int; SET x = 1; SELECT x; END"]),
                "definer": self.pick(DEFINERS), "mode": self.pick(MODES)}

    def add_event(self, m):
        m["events"]["ev"] = {"schedule": self.pick(["EVERY 1 DAY", "EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00'",
                                                    "AT '2031-01-01 00:00:00'"]),
                             "preserve": self.chance(0.5), "enabled": self.chance(0.5), "comment": self.comment(),
                             "definer": self.pick(DEFINERS)}

    # -- changing --
    def mutate(self, m):
        m = copy.deepcopy(m)
        for _ in range(self.r.randint(1, 8)):
            self.change(m)
        return m

    def change(self, m):
        name = self.pick(m["tables"]) if m["tables"] else None
        t = m["tables"].get(name)
        what = self.r.randint(0, 21)
        if what == 0 or not t:
            self.add_table(m)
        elif what == 1 and len(m["tables"]) > 1:
            del m["tables"][name]
        elif what == 2:
            c = self.free(COLUMNS, [c["name"] for c in t["columns"]])
            if c:
                t["columns"].insert(self.r.randint(0, len(t["columns"])), self.column(c, sequences=list(m["sequences"])))
        elif what == 3 and len(t["columns"]) > 1:
            t["columns"].remove(self.pick(t["columns"]))
        elif what in (4, 5, 6):
            i = self.r.randrange(len(t["columns"]))
            t["columns"][i] = self.column(t["columns"][i]["name"], sequences=list(m["sequences"]))
        elif what == 7:
            self.set_key(t)
        elif what == 8:
            self.add_index(t)
        elif what == 9 and t["indexes"]:
            del t["indexes"][self.pick(t["indexes"])]
        elif what == 10 and t["indexes"]:
            x = t["indexes"][self.pick(t["indexes"])]
            x["ignored"] = not x["ignored"] and x["kind"] != "FULLTEXT "
            x["comment"] = self.comment(0.3)
        elif what == 11:
            self.add_check(t)
        elif what == 12 and t["checks"]:
            del t["checks"][self.pick(t["checks"])]
        elif what == 13:
            self.add_foreign_key(m)
        elif what == 14 and t["fks"]:
            del t["fks"][self.pick(t["fks"])]
        elif what == 15:
            t["comment"] = self.comment(0.5)
            t["options"] = self.pick([{}, {"ROW_FORMAT": "DYNAMIC"}, {"STATS_PERSISTENT": "0"}, {"MAX_ROWS": "7"}])
        elif what == 16:
            t["collate"] = self.pick(COLLATIONS + [None])
            t["engine"] = self.pick(["InnoDB", "InnoDB", t["engine"], "MyISAM"])
        elif what == 17:
            self.generate_column(t)
        elif what == 18:
            self.add_view(m) if self.chance(0.6) or not m["views"] else m["views"].pop(self.pick(m["views"]))
        elif what == 19:
            self.add_trigger(m) if self.chance(0.6) or not t["triggers"] else t["triggers"].pop(self.pick(t["triggers"]))
        elif what == 20:
            self.change_code(m)
        else:
            t["partition"] = None
            self.add_partitions(t) if self.chance(0.6) else None

    def change_code(self, m):
        what = self.r.randint(0, 3)
        if what == 0:
            self.add_routine(m)
        elif what == 1 and m["routines"]:
            m["routines"][self.pick(m["routines"])] = self.routine()
        elif what == 2:
            m["events"] = {}
            self.add_event(m) if self.chance(0.7) else None
        elif m["sequences"]:
            m["sequences"][self.pick(m["sequences"])] = self.sequence()

    # -- keeping it possible --
    def prune(self, m):
        for t in m["tables"].values():
            self.prune_table(m, t)
        for _ in range(len(m["views"]) + 1):
            for name, v in list(m["views"].items()):
                there = v["source"] in m["tables"] or v["source"] in m["views"]
                if there:
                    has = self.view_columns(m, v["source"])
                    v["columns"] = [c for c in v["columns"] if c in has]
                if not there or not v["columns"]:
                    del m["views"][name]
        targets = {(n, c["name"]): c for n, c in self.targets(m)}
        for t in m["tables"].values():
            for name, k in list(t["fks"].items()):
                c = next((c for c in t["columns"] if c["name"] == k["column"]), None)
                key = targets.get((k["ref"], k["key"]))
                bad = not c or not key or c["type"] != key["type"] or t["engine"] != "InnoDB" or t["partition"] or c["gen"]
                if not bad and k["delete"] == "SET NULL" and not c["null"]:
                    k["delete"] = None
                used = not bad and (c["check"] or any(x[0] == c["name"] for x in t["checks"].values()) or
                                    any(x["gen"] and q(c["name"]) in x["gen"] for x in t["columns"]) or c["auto"])
                if bad or used:
                    del t["fks"][name]
        return m

    def prune_table(self, m, t):
        by_name = {c["name"]: c for c in t["columns"]}
        for c in list(t["columns"]):
            if c["gen"] and not any(q(o["name"]) in c["gen"] and o["family"] == "int" and not o["gen"] and not o["auto"]
                                    for o in t["columns"]):
                t["columns"].remove(c)
            if c["default"] and "nextval" in c["default"] and not any(q(s) in c["default"] for s in m["sequences"]):
                c["default"] = None
        by_name = {c["name"]: c for c in t["columns"]}
        if t["pk"] and not all(k[0] in by_name and not by_name[k[0]]["gen"] and by_name[k[0]]["family"] in KEYED
                               for k in t["pk"]):
            t["pk"] = None
        for k in t["pk"] or []:
            c = by_name[k[0]]
            c["null"], c["hidden"] = False, False
            c["default"] = None if c["default"] == "NULL" else c["default"]
        if t["pk"]:
            t["pk"] = [(n, l if by_name[n]["type"].startswith("varchar") else 0, d) for n, l, d in t["pk"]]
        if t["engine"] != "InnoDB":  # keys of 1000 bytes at most
            for x in [{"keys": t["pk"] or []}] + [x for x in t["indexes"].values() if x["kind"] != "FULLTEXT "]:
                for i, (n, length, down) in enumerate(x["keys"]):
                    if n in by_name and by_name[n]["type"].startswith("varchar(") and not length:
                        x["keys"][i] = (n, 10, down)
        for c in t["columns"]:
            c["hidden"] = c["hidden"] and (c["null"] or c["default"] is not None)
            c["auto"] = c["auto"] and t["pk"] == [(c["name"], 0, False)] and c["family"] == "int"
        for name, x in list(t["indexes"].items()):
            keys = []
            for n, length, down in x["keys"]:
                c = by_name.get(n)
                long = c and (c["family"] == "long" or c["type"].startswith("varchar("))
                if c and c["gen"] and t["engine"] != "InnoDB":
                    continue
                if not c or (x["kind"] == "FULLTEXT " and (not long or c["gen"])):
                    continue
                if c["family"] not in KEYED and not (long and (length or x["kind"] == "FULLTEXT ")):
                    continue
                keys.append((n, length if long else 0, down))
            x["keys"] = keys
            if not t["pk"] and x["kind"] == "UNIQUE ":
                x["ignored"] = False  # it may stand for the primary key, which cannot be ignored
            if not keys or (x["kind"] == "FULLTEXT " and (t["engine"] == "Aria" or t["partition"])):
                del t["indexes"][name]
            elif x["kind"] == "UNIQUE " and t["partition"]:
                x["kind"] = ""
        for name, (column, text) in list(t["checks"].items()):
            c = by_name.get(column)
            if not c or text not in CHECKS.get(c["family"], []) or c["auto"]:
                del t["checks"][name]
        key = t["pk"] and len(t["pk"]) == 1 and by_name[t["pk"][0][0]]
        if t["partition"] and not (key and key["family"] == "int" and q(key["name"]) in t["partition"]):
            t["partition"] = None
        if not any(not c["hidden"] for c in t["columns"]):
            t["columns"][0]["hidden"] = False
        if t["engine"] != "InnoDB" and t["options"].get("ROW_FORMAT") == "COMPRESSED":
            t["options"] = {}

    # -- writing --
    def column_text(self, c):
        b = "%s %s" % (q(c["name"]), c["type"])
        b += " COLLATE " + c["collate"] if c["collate"] else ""
        if c["gen"]:
            b += " AS (%s) %s" % (c["gen"], "STORED" if c["stored"] else "VIRTUAL")
        else:
            b += " NULL" if c["null"] else " NOT NULL"
            b += " DEFAULT " + c["default"] if c["default"] else ""
            b += " ON UPDATE " + c["on_update"] if c["on_update"] else ""
            b += " AUTO_INCREMENT" if c["auto"] else ""
        b += " INVISIBLE" if c["hidden"] else ""
        b += " COMMENT " + lit(c["comment"]) if c["comment"] else ""
        return b + (" CHECK (%s)" % c["check"].format(q(c["name"])) if c["check"] else "")

    def keys_text(self, keys):
        return ", ".join(q(n) + ("(%d)" % l if l else "") + (" DESC" if d else "") for n, l, d in keys)

    def table_text(self, name, t):
        parts = [self.column_text(c) for c in t["columns"]]
        if t["pk"]:
            parts.append("PRIMARY KEY (%s)" % self.keys_text(t["pk"]))
        for n, x in t["indexes"].items():
            parts.append("%sKEY %s (%s)%s%s" % (x["kind"], q(n), self.keys_text(x["keys"]), " COMMENT " +
                                                lit(x["comment"]) if x["comment"] else "",
                                                " IGNORED" if x["ignored"] else ""))
        for n, (column, text) in t["checks"].items():
            parts.append("CONSTRAINT %s CHECK (%s)" % (q(n), text.format(q(column))))
        b = "CREATE TABLE %s (\n  %s\n) ENGINE=%s" % (q(name), ",\n  ".join(parts), t["engine"])
        b += " COLLATE=" + t["collate"] if t["collate"] else ""
        b += "".join(" %s=%s" % o for o in t["options"].items())
        b += " COMMENT=" + lit(t["comment"]) if t["comment"] else ""
        return b + (" PARTITION BY " + t["partition"] if t["partition"] else "")

    def code(self, head, definer, rest, mode=None):
        out = ["SET sql_mode = '%s'" % mode] if mode is not None else []
        user = definer and ("%s" % definer if "'" in definer else "`%s`@`%s`" % tuple(definer.split("@")))
        out.append("%s %s%s" % (head, "DEFINER=%s " % user if user else "", rest))
        return out + (["SET sql_mode = DEFAULT"] if mode is not None else [])

    def view_texts(self, m):
        done, out = set(), []

        def write(name):
            v = m["views"][name]
            if name in done:
                return
            done.add(name)
            if v["source"] in m["views"]:
                write(v["source"])
            columns = ", ".join("x.%s" % q(c) for c in v["columns"]) + (", 'it''s' AS `lit`" if v["literal"] else "")
            where = " WHERE x.%s IS NOT NULL" % q(v["columns"][0]) if v["where"] else ""
            head = "CREATE" + (" ALGORITHM=" + v["algorithm"] if v["algorithm"] else "")
            check = " WITH %s CHECK OPTION" % v["check"] if v["check"] and where and not v["literal"] else ""
            out.extend(self.code(head, v["definer"], "SQL SECURITY %s VIEW %s AS SELECT %s FROM %s x%s%s" % (
                v["security"], q(name), columns, q(v["source"]), where, check)))
        for name in m["views"]:
            write(name)
        return out

    def script(self, m):
        out = []
        for n, s in m["sequences"].items():
            out.append("CREATE SEQUENCE %s START WITH %d INCREMENT BY %d MINVALUE 1 MAXVALUE %d %s %s%s" % (
                q(n), s["start"], s["by"], s["max"], "CACHE %d" % s["cache"] if s["cache"] else "NOCACHE",
                "CYCLE" if s["cycle"] else "NOCYCLE", " COMMENT=" + lit(s["comment"]) if s["comment"] else ""))
        out += [self.table_text(n, t) for n, t in m["tables"].items()]
        for n, t in m["tables"].items():
            for name, k in t["fks"].items():
                out.append("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s%s" % (
                    q(n), q(name), q(k["column"]), q(k["ref"]), q(k["key"]),
                    " ON DELETE " + k["delete"] if k["delete"] else "",
                    " ON UPDATE " + k["update"] if k["update"] else ""))
        for n, f in m["routines"].items():
            rest = "%s %s(%s)%s %s %s" % ("FUNCTION" if f["function"] else "PROCEDURE", q(n), f["arguments"],
                                         " RETURNS " + f["returns"] if f["function"] else "", f["rest"], f["body"])
            out += self.code("CREATE", f["definer"], rest, f["mode"])
        out += self.view_texts(m)
        for n, t in m["tables"].items():
            for name, g in t["triggers"].items():
                out += self.code("CREATE", g["definer"], "TRIGGER %s %s ON %s FOR EACH ROW %s" % (
                    q(name), g["when"], q(n), g["body"]), g["mode"])
        for n, e in m["events"].items():
            out += self.code("CREATE", e["definer"], "EVENT %s ON SCHEDULE %s ON COMPLETION %sPRESERVE %s%s DO SET @e = 1" % (
                q(n), e["schedule"], "" if e["preserve"] else "NOT ", "ENABLE" if e["enabled"] else "DISABLE",
                " COMMENT " + lit(e["comment"]) if e["comment"] else ""))
        return "DELIMITER //\n" + "".join(statement + "//\n" for statement in out)


def pair(seed):
    s = Schemas(seed)
    a = s.schema()
    b = s.mutate(a) if s.chance(0.8) else s.schema()
    return s.script(s.prune(a)), s.script(s.prune(b))
