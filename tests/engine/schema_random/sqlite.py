"""Random schemas of SQLite, with rows: pair(seed) gives the scripts of two, the second a mutation of the first or
unrelated to it; models(seed) what they are made of. Whatever stops fitting after a mutation is pruned. Rows satisfy
either schema, so that none of them may be lost or refused on the way there and back."""
import copy
import random

TABLES = ["users", "orders", "Order Lines", "select", "t1", "t2", "größe", "a.b", "it's", 'q"t', "tags", "log"]
COLUMNS = ["id", "a", "b", "c", "d", "name", "user", "Mixed", "order id", "group", "val", 'x"y', "ä"]
VIEWS = ["v1", "v2", "All Users", "recent"]
TYPES = ["INTEGER", "int", "TEXT", "VARCHAR(20)", "DECIMAL(10, 2)", "REAL", "", "BLOB", "BIGINT", "unsigned big int"]
STRICT = ["INTEGER", "INT", "TEXT", "REAL", "ANY"]
CONSTANTS = ["1", "'x'", "'it''s (a, b)'", "-1.5", "+3", ".5e-3", "x'0aff'", "NULL", "TRUE", "0x10", "'a -- b'"]
EXPRESSIONS = ["1+2", "abs( -3 )", "strftime('%s','now')", "'a'||'b'", "CURRENT_TIMESTAMP", "(1)"]
CONFLICTS = ["ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"]
COLLATIONS = ["NOCASE", "RTRIM", "binary"]
ACTIONS = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]
CHECKS = ["{0} > -99", "{0} IS NULL OR length({0}) > 0", "{0} <> ')' -- not (this\n", "coalesce( {0},1 )>-99",
          "{0} NOT IN (-7, 'zz')"]
COMPUTED = ["{0} || 'x'", "coalesce({0}, 0)+1", "length( {0} )", "abs(-{0})"]


def q(name):
    return '"' + name.replace('"', '""') + '"'


class Schemas:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def chance(self, p):
        return self.r.random() < p

    def pick(self, items):
        return self.r.choice(list(items))

    def free(self, used, pool):
        low = {u.lower() for u in used}
        names = [n for n in pool if n.lower() not in low]
        return self.pick(names) if names else None

    # -- making
    def schema(self, size):
        m = {"tables": {}, "views": {}, "virtual": {}}
        for _ in range(self.r.randint(1, size)):
            self.add_table(m)
        for _ in range(self.r.randint(0, 2)):
            self.add_view(m)
        if self.chance(0.1):
            m["virtual"]["search"] = self.pick(["fts5(a, b)", "fts5(a,b,  tokenize='porter ascii')",
                                                "rtree(id, x0, x1)"])
        self.prune(m)
        return m

    def names(self, m):
        used = set(m["tables"]) | set(m["views"]) | set(m["virtual"])
        for t in m["tables"].values():
            used |= set(t["indexes"]) | set(t["triggers"])
        return used

    def add_table(self, m):
        name = self.free(self.names(m), TABLES)
        if not name:
            return
        t = m["tables"][name] = {"columns": [], "constraints": [], "indexes": {}, "triggers": {}, "strict": False,
                                 "without_rowid": False, "autoincrement": False}
        t["strict"] = self.chance(0.15)
        for _ in range(self.r.randint(1, 6)):
            self.add_column(t)
        if all(c["generated"] for c in t["columns"]):
            t["columns"][0]["generated"] = None
        if self.chance(0.7):
            self.add_key(t)
        t["without_rowid"] = bool(self.key(t)) and self.chance(0.2)
        for _ in range(self.r.randint(0, 3)):
            self.add_constraint(m, t)
        for _ in range(self.r.randint(0, 3)):
            self.add_index(m, t)
        if self.chance(0.3):
            self.add_trigger(m, name, t)

    def column(self, t, name):
        strict = t["strict"]
        c = {"name": name, "type": self.pick(STRICT if strict else TYPES), "default": None, "not_null": None,
             "collate": self.pick(COLLATIONS) if self.chance(0.15) else None, "generated": None, "stored": False}
        if self.chance(0.4):
            plain = ["1", "+3", "0x10"] if strict else CONSTANTS
            c["default"] = self.pick(plain) if self.chance(0.75) else "(%s)" % self.pick(
                ["1+2", "abs( -3 )", "(1)"] if strict else EXPRESSIONS)
        if c["default"] not in (None, "NULL") and self.chance(0.5):
            c["not_null"] = " ON CONFLICT " + self.pick(CONFLICTS) if self.chance(0.2) else ""
        return c

    def add_column(self, t):
        name = self.free({c["name"] for c in t["columns"]}, COLUMNS)
        if not name:
            return
        c = self.column(t, name)
        plain = [x["name"] for x in t["columns"] if not x["generated"]]
        if plain and self.chance(0.15) and not t["strict"]:
            c.update(generated=(self.pick(COMPUTED), self.pick(plain)), stored=self.chance(0.5), default=None,
                     not_null=None)
        t["columns"].insert(self.r.randint(0, len(t["columns"])), c)

    def key(self, t):
        return next((k for k in t["constraints"] if k["kind"] == "PRIMARY KEY"), None)

    def plain(self, t):
        return [c["name"] for c in t["columns"] if not c["generated"]]

    def sorted_columns(self, names):
        return [(n, self.pick(COLLATIONS) if self.chance(0.1) else None, self.chance(0.15)) for n in names]

    def add_key(self, t):
        plain = self.plain(t)
        k = {"kind": "PRIMARY KEY", "name": self.constraint_name(), "inline": False,
             "columns": self.sorted_columns(self.r.sample(plain, min(len(plain), self.pick([1, 1, 1, 2])))),
             "conflict": self.pick(CONFLICTS) if self.chance(0.1) else None}
        if len(k["columns"]) == 1 and self.chance(0.6):
            k["inline"] = True
            k["columns"] = [(k["columns"][0][0], None, self.chance(0.15))]
        t["constraints"].append(k)
        t["autoincrement"] = self.chance(0.3)

    def constraint_name(self):
        return self.pick(["k1", "k2", "k 3", "check"]) if self.chance(0.4) else None

    def add_constraint(self, m, t):
        plain = self.plain(t)
        kind = self.pick(["UNIQUE", "CHECK", "FOREIGN KEY"])
        k = {"kind": kind, "name": self.constraint_name(), "inline": self.chance(0.5),
             "conflict": self.pick(CONFLICTS) if self.chance(0.15) and kind == "UNIQUE" else None}
        if kind == "UNIQUE":
            k["columns"] = self.sorted_columns(self.r.sample(plain, min(len(plain), self.pick([1, 1, 2]))))
            k["inline"] = k["inline"] and len(k["columns"]) == 1 and k["columns"][0][1:] == (None, False)
        elif kind == "CHECK":
            k["columns"] = [(self.pick(plain), None, False)]
            k["expression"] = self.pick(CHECKS)
        else:
            k["columns"] = [(self.pick(plain), None, False)]
            other = self.pick(m["tables"])
            target = m["tables"][other]
            k["table"] = other
            k["ref"] = self.pick(self.plain(target)) if self.chance(0.7) and self.plain(target) else None
            k["tail"] = "".join(p for p in (" ON DELETE " + self.pick(ACTIONS), " ON UPDATE " + self.pick(ACTIONS),
                                            " MATCH FULL", self.pick([" DEFERRABLE", " NOT DEFERRABLE",
                                                                      " DEFERRABLE INITIALLY DEFERRED"]))
                                if self.chance(0.3))
        if k["name"] and any(x["name"] == k["name"] for x in t["constraints"]):
            k["name"] = None
        t["constraints"].append(k)

    def add_index(self, m, t):
        name = self.free(self.names(m), ["ix1", "ix2", "ix3", "ix4", "ix five", "unique"])
        if not name:
            return
        keys = []
        for c in self.r.sample(t["columns"], min(len(t["columns"]), self.r.randint(1, 2))):
            computed = self.chance(0.2)
            keys.append((c["name"], self.pick(["lower( {0} )", "{0}||'x'", "coalesce({0},1)"]) if computed else None,
                         self.pick(COLLATIONS) if self.chance(0.15) else None, self.pick(["", "", " DESC", " asc"])))
        t["indexes"][name] = {"unique": self.chance(0.2), "keys": keys,
                              "where": (self.pick(CHECKS[:1] + CHECKS[3:]), self.pick(t["columns"])["name"])
                              if self.chance(0.2) else None}

    def add_trigger(self, m, table, t):
        name = self.free(self.names(m), ["tr1", "tr2", "tr3", "trigger four"])
        if not name:
            return
        other = self.pick(m["tables"])
        t["triggers"][name] = {"when": self.pick(["AFTER INSERT", "BEFORE DELETE", "after  update"]), "table": other,
                               "column": self.pick(self.plain(m["tables"][other])), "comment": self.chance(0.3)}

    def add_view(self, m):
        name = self.free(self.names(m), VIEWS)
        if not name or not m["tables"]:
            return
        table = self.pick(m["tables"])
        columns = [c["name"] for c in m["tables"][table]["columns"]]
        m["views"][name] = {"table": table, "columns": self.r.sample(columns, self.r.randint(1, len(columns))),
                            "layout": self.pick(["SELECT %s FROM %s", "select  %s\n  from %s -- all\n where 1=1",
                                                 "WITH w AS(SELECT 1 AS n)SELECT %s FROM %s,w"]),
                            "trigger": self.chance(0.3)}

    # -- changing
    def mutate(self, m):
        for _ in range(self.r.randint(1, 5)):
            self.mutate_once(m)
        self.prune(m)

    def mutate_once(self, m):
        what = self.r.random()
        if what < 0.08 or not m["tables"]:
            self.add_table(m)
        elif what < 0.13:
            del m["tables"][self.pick(m["tables"])]
        elif what < 0.2:
            self.add_view(m)
        elif what < 0.25 and m["views"]:
            v = self.pick(m["views"])
            if self.chance(0.5):
                del m["views"][v]
            else:
                m["views"][v]["trigger"] = not m["views"][v]["trigger"]
        elif what < 0.28:
            m["virtual"] = {} if m["virtual"] else {"search": "fts5(a, c)"}
        else:
            name = self.pick(m["tables"])
            self.mutate_table(m, name, m["tables"][name])

    def mutate_table(self, m, name, t):
        what = self.r.random()
        if what < 0.2:
            self.add_column(t)
        elif what < 0.35 and len(self.plain(t)) > 1:
            t["columns"].remove(self.pick(t["columns"]))
        elif what < 0.55:
            c = self.pick(t["columns"])
            new = self.column(t, c["name"])
            if not c["generated"]:
                part = self.pick(["type", "default", "collate", "not_null"])
                c[part] = new[part]
                if c["default"] in (None, "NULL"):
                    c["not_null"] = None
        elif what < 0.65:
            self.add_constraint(m, t)
        elif what < 0.72 and t["constraints"]:
            t["constraints"].remove(self.pick(t["constraints"]))
        elif what < 0.8:
            self.add_index(m, t)
        elif what < 0.86 and t["indexes"]:
            del t["indexes"][self.pick(t["indexes"])]
        elif what < 0.9:
            self.add_trigger(m, name, t)
        elif what < 0.93 and t["triggers"]:
            del t["triggers"][self.pick(t["triggers"])]
        elif what < 0.95:
            t["without_rowid"] = not t["without_rowid"]
        elif what < 0.97:
            t["autoincrement"] = not t["autoincrement"]
        elif not self.key(t):
            self.add_key(t)

    # -- what no longer fits
    def prune(self, m):
        for t in m["tables"].values():
            self.prune_table(m, t)
        for v in list(m["views"]):
            t = m["tables"].get(m["views"][v]["table"])
            names = {c["name"] for c in t["columns"]} if t else set()
            if not set(m["views"][v]["columns"]) <= names:
                del m["views"][v]

    def prune_table(self, m, t):
        plain, every = set(self.plain(t)), {c["name"] for c in t["columns"]}
        t["columns"] = [c for c in t["columns"] if not c["generated"] or c["generated"][1] in plain]
        every = {c["name"] for c in t["columns"]}
        t["constraints"] = [k for k in t["constraints"] if {c[0] for c in k["columns"]} <= plain and
                            (k["kind"] != "FOREIGN KEY" or k["table"] in m["tables"] and
                             (not k["ref"] or k["ref"] in self.plain(m["tables"][k["table"]])))]
        seen = set()
        for k in list(t["constraints"]): # SQLite keeps one of two that say the same
            if k["kind"] in ("UNIQUE", "PRIMARY KEY"):
                columns = tuple(c[0] for c in k["columns"])
                if columns in seen:
                    t["constraints"].remove(k)
                seen.add(columns)
        t["indexes"] = {n: x for n, x in t["indexes"].items() if {k[0] for k in x["keys"]} <= every and
                        (not x["where"] or x["where"][1] in every)}
        t["triggers"] = {n: x for n, x in t["triggers"].items() if x["table"] in m["tables"] and
                         x["column"] in self.plain(m["tables"][x["table"]])}
        key = self.key(t)
        if t["without_rowid"] and not key:
            t["without_rowid"] = False
        column = next((c for c in t["columns"] if key and c["name"] == key["columns"][0][0]), None)
        counts = key and len(key["columns"]) == 1 and key["inline"] and not key["columns"][0][2] and (
            column["type"] == "INTEGER") and not t["without_rowid"]
        t["autoincrement"] = bool(t["autoincrement"] and counts)
        if key and (t["without_rowid"] or t["strict"]):
            for c in t["columns"]: # a new column of the key needs a value in every row
                if c["name"] in {k[0] for k in key["columns"]} and c["default"] in (None, "NULL"):
                    c["default"] = "1"

    # -- SQL
    def script(self, m):
        out = []
        for name, t in m["tables"].items():
            out.append(self.create_table(name, t))
        for name, t in m["tables"].items():
            for n, x in t["indexes"].items():
                out.append("CREATE %sINDEX %s ON %s(%s)%s" % (
                    "UNIQUE " if x["unique"] else "", q(n), q(name), ", ".join(self.index_key(k) for k in x["keys"]),
                    " WHERE " + x["where"][0].format(q(x["where"][1])) if x["where"] else ""))
        for n, v in m["views"].items():
            out.append("CREATE VIEW %s AS %s" % (q(n), v["layout"] % (", ".join(q(c) for c in v["columns"]),
                                                                      q(v["table"]))))
            if v["trigger"]:
                out.append("CREATE TRIGGER %s INSTEAD OF INSERT ON %s BEGIN SELECT 1;END" % (q("on " + n), q(n)))
        for name, t in m["tables"].items():
            for n, x in t["triggers"].items():
                out.append("CREATE TRIGGER %s %s ON %s BEGIN %s UPDATE %s SET %s=%s; SELECT  1 ; END" % (
                    q(n), x["when"], q(name), "-- why; not\n" if x["comment"] else "", q(x["table"]),
                    q(x["column"]), q(x["column"])))
        for n, text in m["virtual"].items():
            out.append("CREATE VIRTUAL TABLE %s USING %s" % (q(n), text))
        return "".join(s + ";\n" for s in out)

    def index_key(self, k):
        name, computed, collation, order = k
        return (computed.format(q(name)) if computed else q(name)) + (" COLLATE " + collation if collation else
                                                                      "") + order

    def create_table(self, name, t):
        blank = self.pick(["", " ", "\n  ", " /* so */ "])
        parts, inline = [], []
        for c in t["columns"]:
            text = q(c["name"]) + (" " + c["type"] if c["type"] else "")
            extras = [" COLLATE " + c["collate"]] if c["collate"] else []
            extras += [" NOT NULL" + c["not_null"]] if c["not_null"] is not None else []
            extras += [" DEFAULT " + c["default"]] if c["default"] else []
            if c["generated"]:
                extras.append(" GENERATED ALWAYS AS (%s) %s" % (c["generated"][0].format(q(c["generated"][1])),
                                                                "STORED" if c["stored"] else "VIRTUAL"))
            for k in t["constraints"]:
                if k["inline"] and k["columns"][0][0] == c["name"]:
                    extras.append(" " + self.constraint(k, True, t))
                    inline.append(id(k))
            self.r.shuffle(extras)
            parts.append(text + "".join(extras))
        rest = [self.constraint(k, False, t) for k in t["constraints"] if id(k) not in inline]
        self.r.shuffle(rest)
        options = [o for o, has in (("STRICT", t["strict"]), ("WITHOUT ROWID", t["without_rowid"])) if has]
        return "CREATE TABLE %s(%s%s)%s" % (q(name), blank, ("," + blank).join(parts + rest), ", ".join(options))

    def constraint(self, k, inline, t):
        text = "CONSTRAINT %s " % q(k["name"]) if k["name"] else ""
        columns = ", ".join(q(n) + (" COLLATE " + c if c else "") + (" DESC" if d else "")
                            for n, c, d in k["columns"])
        conflict = " ON CONFLICT " + k["conflict"] if k["conflict"] else ""
        if k["kind"] == "CHECK":
            return text + "CHECK (%s)" % k["expression"].format(q(k["columns"][0][0]))
        if k["kind"] == "FOREIGN KEY":
            ref = "REFERENCES %s%s%s" % (q(k["table"]), "(%s)" % q(k["ref"]) if k["ref"] else "", k["tail"])
            return text + ref if inline else text + "FOREIGN KEY(%s) %s" % (columns, ref)
        if inline:
            return text + k["kind"] + (" DESC" if k["columns"][0][2] else "") + conflict + (
                " AUTOINCREMENT" if k["kind"] == "PRIMARY KEY" and t["autoincrement"] else "")
        return text + "%s (%s)%s" % (k["kind"], columns, conflict)


def unique_columns(t):
    sets = [{c[0] for c in k["columns"]} for k in t["constraints"] if k["kind"] in ("UNIQUE", "PRIMARY KEY")]
    return sets + [{k[0] for k in x["keys"]} for x in t["indexes"].values() if x["unique"]]


def rows(models):
    """Rows of the first schema that the second would take, too: different values, of which none is NULL; one row
    alone where a key of either has a column that the other does not have."""
    out = []
    for name, t in models[0]["tables"].items():
        other = models[1]["tables"].get(name)
        columns = [c["name"] for c in t["columns"] if not c["generated"]]
        those = {c["name"] for c in other["columns"] if not c["generated"]} if other else set(columns)
        keyed = unique_columns(t) + (unique_columns(other) if other else [])
        both = set(columns) & those
        n = 3 if all(s <= both for s in keyed) else 1
        for i in range(n):
            out.append("INSERT INTO %s (%s) VALUES (%s);\n" % (
                q(name), ", ".join(q(c) for c in columns), ", ".join(str(10 * i + k + 1) for k in
                                                                     range(len(columns)))))
    return "".join(out)


def models(seed):
    s = Schemas(seed)
    first = s.schema(5)
    second = s.schema(5) if s.chance(0.15) else copy.deepcopy(first)
    s.mutate(second)
    s.prune(first)
    return s, first, second


def pair(seed):
    s, first, second = models(seed)
    return s.script(first), s.script(second)


def pair_with_rows(seed):
    s, first, second = models(seed)
    a, b = s.script(first), s.script(second)
    # before the triggers of the first one would fire
    at = a.find("CREATE TRIGGER")
    return (a[:at] if at >= 0 else a) + rows([first, second]) + (a[at:] if at >= 0 else ""), b
