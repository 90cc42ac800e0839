"""Random schemas of PostgreSQL: pair(seed) gives the scripts of two, the second a mutation of the first or
unrelated to it. Whatever stops fitting after a mutation (an index on a column that went) is pruned."""
import copy
import random

RELATIONS = ["users", "orders", "Order Lines", "select", "t1", "t2", "t3", "größe", "a.b", "items", "log", "tags",
             "parts", "notes"]
COLUMNS = ["id", "a", "b", "c", "d", "name", "user", "Mixed", "order id", "val", "created"]
LABELS = ["new", "open", "it's", "closed", "Later On", "x", "y"]
COMMENTS = ["what it is for", "it's\nof two lines", "größer als 5 €", "a \\ backslash"]
SCHEMAS = ["aux", "Other Schema"]

# family: types, each with defaults
TYPES = {
    "int": [("integer", ["0", "42", "-1"]), ("bigint", ["7", "(2 + 3)"]), ("smallint", ["1"])],
    "num": [("numeric(10,2)", ["0.5"]), ("numeric", ["1"]), ("double precision", ["'1.5'"]), ("real", ["2"])],
    "text": [("text", ["'x'", "'it''s'", "CURRENT_USER"]), ("character varying(50)", ["'ab'"]),
             ("character varying", ["NULL::character varying"])],
    "char": [("character(3)", ["'abc'"]), ("\"char\"", ["'a'"]), ("name", ["'n'"])],
    "bool": [("boolean", ["true", "false"])],
    "time": [("timestamp with time zone", ["now()"]), ("timestamp(3) without time zone", ["LOCALTIMESTAMP"]),
             ("date", ["CURRENT_DATE", "'2026-01-01'"]), ("timestamp without time zone", [])],
    "span": [("interval", ["'1 day'"]), ("time without time zone", ["'10:00'"])],
    "uuid": [("uuid", ["gen_random_uuid()"])],
    "json": [("jsonb", ["'{}'", "'{\"a\": [1, 2]}'"]), ("json", ["'[]'"])],
    "bytes": [("bytea", ["'\\x00'"])],
    "net": [("inet", ["'127.0.0.1'"]), ("cidr", []), ("macaddr", [])],
    "arr": [("integer[]", ["'{}'", "ARRAY[1, 2]"]), ("text[]", ["'{a,b}'"]), ("numeric(6,1)[]", [])],
    "range": [("int4range", ["'[1,5)'"]), ("tstzrange", [])],
    "geo": [("point", ["'(1,2)'"]), ("box", [])],
    "search": [("tsvector", [])],
    "bits": [("bit(8)", ["B'00000000'"]), ("bit varying(10)", [])],
    "money": [("money", ["0"])],
}
CHECKS = {
    "int": ["{0} > 0", "{0} BETWEEN 1 AND 100", "{0} <> 7 AND {0} IS NOT NULL", "({0} % 2) = 0 OR {0} IN (1, 3, 5)"],
    "num": ["{0} >= 0", "{0} < 1000 AND NOT {0} = 3"],
    "text": ["length({0}) > 2", "{0} ~ '^[a-z]+$'", "{0} IN ('a', 'it''s', 'b')", "{0} <> ''", "{0} LIKE 'a%'"],
    "char": ["{0} <> 'zzz'"], "bool": ["{0}", "{0} IS NOT FALSE"], "time": ["{0} > '2020-01-01'"],
    "json": ["{0} IS NOT NULL"], "arr": ["cardinality({0}) < 10"], "range": ["NOT isempty({0})"],
}
KEYED = ("int", "text", "uuid", "time", "num")
EXACT = ("num", "time")  # a foreign key needs the very type
RETYPES_IN_PLACE = ("int", "num", "text")


def q(name):
    return '"' + name.replace('"', '""') + '"'


def lit(text):
    return "NULL" if text is None else ("E" if "\\" in text else "") + "'" + text.replace("\\", "\\\\").replace(
        "'", "''") + "'"


def path(name):
    """Names are "schema/name", or "name" in the default one."""
    return ".".join(q(part) for part in name.split("/"))


class Schemas:
    def __init__(self, seed, features):
        self.r = random.Random(seed)
        self.features = features

    def chance(self, p):
        return self.r.random() < p

    def pick(self, items):
        return self.r.choice(list(items))

    # -- making -------------------------------------------------------------------------------------------------
    def schema(self, size):
        m = {"schemas": {}, "enums": {}, "domains": {}, "composites": {}, "sequences": {}, "functions": {},
             "tables": {}, "views": {}}
        for name in SCHEMAS:
            if self.chance(0.5) or "schemas" not in self.features:
                m["schemas"][name] = {"comment": self.comment() if "schemas" in self.features else None}
        for _ in range(self.r.randint(0, 2)):
            self.add_enum(m)
            self.add_domain(m)
            self.add_composite(m)
            self.add_sequence(m)
            self.add_function(m)
        for _ in range(self.r.randint(1, size)):
            self.add_table(m)
        for _ in range(self.r.randint(0, size)):
            self.add_view(m)
        return m

    def comment(self):
        return self.pick(COMMENTS) if self.chance(0.15) else None

    def free(self, m, pool):
        used = set(m["tables"]) | set(m["views"]) | set(m["sequences"]) | set(m["enums"]) | set(m["domains"]) | set(
            m["composites"])
        for t in m["tables"].values():
            used |= {x["name"] for x in t["indexes"]} | {k["name"] for k in t["constraints"]}
        where = self.pick(m["schemas"]) + "/" if m["schemas"] and self.chance(0.15) else ""
        for _ in range(20):
            name = where + self.pick(pool)
            if name not in used:
                return name
        n = 1
        while "%sr%d" % (where, n) in used:
            n += 1
        return "%sr%d" % (where, n)

    def add_enum(self, m):
        labels = self.r.sample(LABELS, self.r.randint(1, 4))
        m["enums"][self.free(m, ["mood", "state", "kind"])] = {"labels": labels, "comment": self.comment()}

    def add_domain(self, m):
        family = self.pick(["int", "text"])
        kind, defaults = self.pick(TYPES[family])
        checks = [(n, self.pick(CHECKS[family]).format("VALUE")) for n in ("d_one", "d_two") if self.chance(0.3)]
        m["domains"][self.free(m, ["positive", "email", "money_amount"])] = {
            "family": family, "type": kind, "default": self.pick(defaults) if self.chance(0.3) and defaults else None,
            "not_null": self.chance(0.2), "checks": checks, "comment": self.comment()}

    def add_composite(self, m):
        if "composites" in self.features:
            fields = [(c, self.pick(TYPES[f])[0]) for c in self.r.sample(COLUMNS, self.r.randint(1, 3))
                      for f in [self.pick(("int", "text", "time"))]]
            m["composites"][self.free(m, ["address", "pair"])] = {"fields": fields, "comment": self.comment()}

    def add_sequence(self, m):
        m["sequences"][self.free(m, ["numbers", "invoice_seq"])] = {
            "options": self.sequence_options(), "comment": self.comment(), "owner": None}

    def sequence_options(self):
        return " ".join(o for o in ("INCREMENT 5", "MINVALUE -10", "MAXVALUE 30000", "START 3", "CACHE 4", "CYCLE")
                        if self.chance(0.25))

    def add_function(self, m):
        if "functions" not in self.features:
            return
        name = self.free(m, ["total", "checked", "stamp", "greet"]).split("/")[-1]
        body = self.pick(["plain", "plain", "trigger", "sql", "procedure"])
        m["functions"][name] = {"what": body, "n": self.r.randint(1, 9), "comment": self.comment(),
                                "volatile": self.pick(["IMMUTABLE", "STABLE", "VOLATILE"])}

    def type(self, m):
        """family, type, defaults, the user's type in it"""
        own = [("enum", n) for n in m["enums"]] + [("domain", n) for n in m["domains"]] + [
            ("composite", n) for n in m["composites"]]
        if own and self.chance(0.3):
            what, name = self.pick(own)
            array = self.chance(0.15)
            if what == "enum" and not array:
                return "enum/" + name, path(name), [lit(x) for x in m["enums"][name]["labels"]], name
            return ("own" if array else what), path(name) + ("[]" if array else ""), [], name
        family = self.pick(list(TYPES) + ["int", "text", "text", "time"])
        kind, defaults = self.pick(TYPES[family])
        return family, kind, defaults, None

    def column(self, m):
        family, kind, defaults, own = self.type(m)
        c = {"family": family, "type": kind, "own": own, "not_null": self.chance(0.3), "default": None,
             "identity": None, "serial": False, "generated": None, "collate": None, "comment": self.comment(),
             "storage": None, "statistics": None, "pinned": False, "inherited": False}
        if defaults and self.chance(0.4):
            c["default"] = self.pick(defaults)
        elif family == "int" and self.chance(0.2):
            c["identity"] = (self.pick(["ALWAYS", "BY DEFAULT"]), self.sequence_options())
            c["not_null"] = True
        elif family == "int" and self.chance(0.15):
            c["serial"] = True
        elif family == "int" and m["sequences"] and self.chance(0.15):
            c["default"] = "nextval(%s)" % lit(path(self.pick(m["sequences"])))
        if family == "text" and self.chance(0.15):
            c["collate"] = "C"
        if family == "text" and self.chance(0.1):
            c["storage"] = self.pick(["EXTERNAL", "MAIN"])
        if self.chance(0.05):
            c["statistics"] = self.pick([100, 500])
        return c

    def add_table(self, m):
        name = self.free(m, RELATIONS)
        t = {"columns": {}, "constraints": [], "indexes": [], "triggers": [], "policies": [], "rules": [],
             "comment": self.comment(), "unlogged": self.chance(0.1), "options": None, "rls": False,
             "partition": None, "partitions": {}, "inherits": None}
        m["tables"][name] = t
        parents = [n for n, p in m["tables"].items() if n != name and not p["partition"] and not p["unlogged"]
                   and not p["inherits"]]
        if "inherits" in self.features and parents and self.chance(0.1):
            t["inherits"] = self.pick(parents)
            t["unlogged"] = False
        for c in self.r.sample(COLUMNS, self.r.randint(0 if t["inherits"] else 1, 7)):
            if not t["inherits"] or c not in m["tables"][t["inherits"]]["columns"]:
                t["columns"][c] = self.column(m)
        if "partitions" in self.features and not t["inherits"] and self.chance(0.15):
            self.partition(m, name, t)
        if self.chance(0.15) and not t["partition"]:
            t["options"] = self.pick(["fillfactor=70", "autovacuum_enabled=false"])
        for c in list(t["columns"]):
            if self.chance(0.12) and not t["partition"]:
                self.generate(t, c)
        for _ in range(self.r.randint(0, 4)):
            self.add_constraint(m, name)
        for _ in range(self.r.randint(0, 3)):
            self.add_index(m, name)
        for _ in range(self.r.randint(0, 2)):
            self.add_behaviour(m, name)

    def partition(self, m, name, t):
        keys = [c for c, x in t["columns"].items() if x["family"] == "int" and not x["identity"] and not x["serial"]]
        if not keys:
            return
        key = self.pick(keys)
        for x in t["columns"].values():
            x["identity"] = None
            x["not_null"] = x["not_null"] and not x["serial"]
        t["columns"][key].update(pinned=True, type="integer", default=None)
        t["unlogged"] = False
        t["partition"] = (self.pick(["RANGE", "LIST", "HASH"]), key)
        for i in range(self.r.randint(0, 3)):
            t["partitions"]["%s_p%d" % (name, i)] = {"n": i}

    def generate(self, t, name):
        others = [c for c, x in t["columns"].items() if c != name and not x["generated"] and x["family"] in ("int", "text")]
        c = t["columns"][name]
        if others and not c["pinned"]:
            other = self.pick(others)
            family = t["columns"][other]["family"]
            texts = {"int": ["({0} * %d)" % self.r.randint(2, 9), "abs({0})"], "text": ["length({0})"]}
            c.update(family="int", type="bigint", own=None, default=None, identity=None, serial=False, not_null=False,
                     collate=None, storage=None, generated=(other, family, self.pick(texts[family])))

    def choose(self, t, families, n=1):
        found = [c for c, x in t["columns"].items() if x["family"] in families]
        return self.r.sample(found, n) if len(found) >= n else None

    def common(self, t, name, uses, **more):
        more.update(name=name, uses=uses, comment=self.comment())
        return more

    def add_constraint(self, m, table):
        t = m["tables"][table]
        name = self.free(m, ["%s_%s" % (table.split("/")[-1][:8], w) for w in ("key", "check", "fk", "one", "two")])
        name = name.split("/")[-1]
        if any(k["name"] == name for x in m["tables"].values() for k in x["constraints"]):
            return
        kind = self.pick(["pk", "unique", "unique", "check", "check", "check", "fk", "fk", "fk", "exclude"])
        make = {"pk": self.key, "unique": self.key, "check": self.check, "fk": self.foreign_key,
                "exclude": self.exclusion}[kind]
        k = make(m, table, t, name, kind)
        if k:
            t["constraints"].append(k)

    def key(self, m, table, t, name, kind):
        if kind == "pk" and any(k["kind"] == "pk" for k in t["constraints"]):
            return None
        cols = self.choose(t, KEYED, self.pick([1, 1, 1, 2]))
        if not cols:
            return None
        if t["partition"] and t["partition"][1] not in cols:
            cols.append(t["partition"][1])
        include = self.choose(t, KEYED) if self.chance(0.15) else None
        include = include if include and include[0] not in cols else None
        distinct = kind == "unique" and self.chance(0.15)
        uses = [(table, c, KEYED) for c in cols + (include or [])]
        return self.common(t, name, uses, kind=kind, cols=cols, include=include, not_distinct=distinct,
                           deferrable=self.pick(["", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]),
                           options=" WITH (fillfactor=80)" if self.chance(0.1) and not t["partition"] else "")

    def check(self, m, table, t, name, kind):
        cols = self.choose(t, tuple(CHECKS))
        if not cols:
            return None
        family = t["columns"][cols[0]]["family"]
        tail = "" if t["partition"] else self.pick(["", "", "", " NO INHERIT", " NOT VALID"])
        return self.common(t, name, [(table, cols[0], (family,))], kind=kind, text=self.pick(CHECKS[family]), cols=cols,
                           tail=tail)

    def foreign_key(self, m, table, t, name, kind):
        targets = [(n, k) for n, x in m["tables"].items() for k in x["constraints"]
                   if k["kind"] in ("pk", "unique") and not k["deferrable"] and (n == table or not x["unlogged"] or
                                                                               t["unlogged"])]
        if not targets:
            return None
        other, key = self.pick(targets)
        cols = []
        for c in key["cols"]:
            family = m["tables"][other]["columns"][c]["family"]
            fits = [n for n, x in t["columns"].items() if x["family"] == family and n not in cols and
                    not x["generated"] and (family not in EXACT or x["type"] == m["tables"][other]["columns"][c]["type"])]
            if not fits:
                return None
            cols.append(self.pick(fits))
        uses = [(table, c, KEYED) for c in cols] + [(other, c, KEYED) for c in key["cols"]]
        return self.common(t, name, uses, kind=kind, cols=cols, other=other, key=key["cols"],
                           tail=self.pick(["", "", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE",
                                           " MATCH FULL", " ON UPDATE RESTRICT", " DEFERRABLE INITIALLY DEFERRED",
                                           " ON DELETE SET DEFAULT DEFERRABLE"]) +
                           (" NOT VALID" if self.chance(0.1) and not t["partition"] and
                            not m["tables"][other]["partition"] else ""))

    def exclusion(self, m, table, t, name, kind):
        cols = self.choose(t, ("range",))
        if not cols or t["partition"]:
            return None
        return self.common(t, name, [(table, cols[0], ("range",))], kind=kind, cols=cols,
                           tail=self.pick(["", " DEFERRABLE", " WHERE (NOT isempty(%s))" % q(cols[0])]))

    def add_index(self, m, table):
        t = m["tables"][table]
        where = table.rsplit("/", 1)[0] + "/" if "/" in table else ""
        name = self.free(m, ["%s_%s" % (table.split("/")[-1][:8], w) for w in ("idx", "ix1", "by_name", "lookup")])
        name = name.split("/")[-1]
        if any(x["name"] == name for y in m["tables"].values() for x in y["indexes"]) or where + name in m["views"]:
            return
        method = self.pick(["btree"] * 5 + ["hash", "gin", "gist", "brin", "spgist"])
        families = {"gin": ("arr", "search"), "gist": ("range", "geo"), "spgist": ("text", "range"),
                    "brin": ("int", "time")}.get(method, KEYED)
        cols = self.choose(t, families, 2 if method == "btree" and self.chance(0.3) else 1)
        if not cols:
            return
        parts, uses = [], []
        for c in cols:
            family = t["columns"][c]["family"]
            part, need = q(c), (family,)
            if method == "btree":
                if family == "text":
                    part = self.pick([q(c), q(c), "lower(%s)" % q(c), q(c) + ' COLLATE "C"', q(c) + " text_pattern_ops"])
                elif family == "int":
                    part = self.pick([q(c), q(c), "(%s + 1)" % q(c), "abs(%s)" % q(c)])
                part += self.pick(["", "", "", " DESC", " DESC NULLS LAST", " NULLS FIRST"])
            parts.append(part)
            uses.append((table, c, need))
        unique = method == "btree" and self.chance(0.3) and not t["partition"]
        extra = ""
        include = self.choose(t, KEYED) if method == "btree" and self.chance(0.2) else None
        if include and include[0] not in cols:
            extra += " INCLUDE (%s)" % q(include[0])
            uses.append((table, include[0], None))
        if unique and self.chance(0.2):
            extra += " NULLS NOT DISTINCT"
        if self.chance(0.1) and method == "btree":
            extra += " WITH (fillfactor=60)"
        only = self.choose(t, tuple(CHECKS)) if self.chance(0.2) else None
        if only:
            family = t["columns"][only[0]]["family"]
            if family != "time":
                extra += " WHERE " + self.pick(CHECKS[family]).format(q(only[0]))
                uses.append((table, only[0], (family,)))
        t["indexes"].append(self.common(t, name, uses, text="%s USING %s (%s)%s" % (path(table), method, ", ".join(parts),
                                                                                   extra), unique=unique))

    def add_behaviour(self, m, table):
        t = m["tables"][table]
        kind = self.pick(["trigger", "policy", "rule"])
        name = self.pick(["noted", "Watch It", "keep", "x1"])
        if any(b["name"] == name for k in ("triggers", "policies", "rules") for b in t[k]) or not t["columns"]:
            return
        c = self.pick(t["columns"])
        uses = [(table, c, None)]
        if kind == "trigger":
            functions = ["noted"] + [n for n, f in m["functions"].items() if f["what"] == "trigger"]
            when = self.pick(["BEFORE INSERT OR UPDATE", "AFTER DELETE", "AFTER UPDATE OF %s" % q(c),
                              "AFTER INSERT OR DELETE"])
            each = self.pick(["ROW", "STATEMENT"])
            function = self.pick(functions)
            t["triggers"].append(self.common(t, name, uses, function=function, text="%s ON %s FOR EACH %s" % (
                when, path(table), each), state=self.pick(["", "", "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"]) if
                "fires" in self.features else self.pick(["", "", "DISABLE"])))
        elif kind == "policy" and "policies" in self.features:
            t["rls"] = self.chance(0.7)
            command, body = self.pick([("ALL", "USING"), ("SELECT", "USING"), ("INSERT", "WITH CHECK"), ("UPDATE", "USING")])
            family = t["columns"][c]["family"]
            test = self.pick(CHECKS.get(family, ["{0} IS NOT NULL"])).format(q(c))
            t["policies"].append(self.common(t, name, [(table, c, (family,))], text="%s FOR %s TO %s %s (%s)" % (
                self.pick(["", "AS RESTRICTIVE"]), command, self.pick(["PUBLIC", "CURRENT_USER"]), body, test)))
        elif kind == "rule" and "rules" in self.features and not t["partition"]:
            t["rules"].append(self.common(t, name, uses, text="ON %s TO %s DO %s" % (
                self.pick(["INSERT", "UPDATE", "DELETE"]), path(table),
                self.pick(["INSTEAD NOTHING", "ALSO NOTIFY changed"]))))

    def relations(self, m):
        return {**{n: all_columns(m, n) for n in m["tables"]}, **{n: v["columns"] for n, v in m["views"].items()}}

    def add_view(self, m, name=None):
        relations = {n: c for n, c in self.relations(m).items() if c}
        if not relations:
            return
        name = name or self.free(m, ["active", "summary", "by_day", "t1", "report", "log"])
        relations.pop(name, None)
        base = self.pick(relations)
        cols = self.r.sample(list(relations[base]), self.r.randint(1, min(4, len(relations[base]))))
        columns = {c: relations[base][c] for c in cols}
        uses = [(base, c, (relations[base][c]["family"],)) for c in cols]
        form = self.pick(["plain", "plain", "where", "count", "join", "union", "cast"])
        select = ", ".join("x.%s" % q(c) for c in cols)
        text = "SELECT %s FROM %s x" % (select, path(base))
        if form == "where":
            text += " WHERE x.%s IS NOT NULL" % q(cols[0])
        elif form == "count":
            text = "SELECT count(*) AS n FROM %s" % path(base)
            columns, uses = {"n": {"family": "int", "type": "bigint"}}, [(base, None, None)]
        elif form == "join":
            other = self.pick(relations)
            text += " LEFT JOIN %s y ON x.%s IS NULL" % (path(other), q(cols[0]))
            uses.append((other, None, None))
        elif form == "cast":
            columns = {c: {"family": "text", "type": "text"} for c in cols}
            text = "SELECT %s FROM %s x" % (", ".join("x.%s::text AS %s" % (q(c), q(c)) for c in cols), path(base))
        elif form == "union":
            text = "WITH w AS (%s) SELECT * FROM w UNION ALL SELECT * FROM w" % text
        lasting = self.chance(0.25)
        v = {"columns": columns, "uses": uses, "text": text, "lasting": lasting, "comment": self.comment(),
             "options": "", "check": "", "index": None}
        if lasting and self.chance(0.6):
            c = self.pick(columns)
            if columns[c]["family"] in KEYED:
                v["index"] = c
        elif not lasting and self.chance(0.15):
            v["options"] = " WITH (security_barrier=true)"
        elif not lasting and self.chance(0.15) and form in ("plain", "where") and base in m["tables"]:
            v["check"] = self.pick([" WITH LOCAL CHECK OPTION", " WITH CASCADED CHECK OPTION"])
        m["views"][name] = v

    # -- changing -----------------------------------------------------------------------------------------------
    def mutate(self, m):
        for _ in range(self.r.randint(1, 8)):
            self.change(m)
        prune(m)

    def change(self, m):
        what = self.pick(["table"] * 6 + ["add", "drop", "view", "type", "sequence", "function", "schema"])
        if what == "add":
            self.pick([self.add_table, self.add_view, self.add_enum, self.add_domain, self.add_sequence,
                       self.add_composite, self.add_function])(m)
        elif what == "drop":
            kind = self.pick(["tables", "views", "enums", "domains", "sequences", "composites", "functions"])
            if m[kind]:
                del m[kind][self.pick(m[kind])]
        elif what == "view" and m["views"]:
            name = self.pick(m["views"])
            if self.chance(0.3):
                m["views"][name]["comment"] = self.comment()
            elif list(m["views"])[-1] == name:
                self.add_view(m, name)
        elif what == "type":
            self.change_type(m)
        elif what == "sequence" and m["sequences"]:
            m["sequences"][self.pick(m["sequences"])].update(options=self.sequence_options(), comment=self.comment())
        elif what == "function" and m["functions"]:
            f = m["functions"][self.pick(m["functions"])]
            f.update(n=self.r.randint(1, 9), comment=self.comment())
        elif what == "schema" and m["schemas"] and "schemas" in self.features:
            m["schemas"][self.pick(m["schemas"])]["comment"] = self.comment()
        elif what == "table" and m["tables"]:
            self.change_table(m, self.pick(m["tables"]))

    def change_type(self, m):
        if m["enums"] and self.chance(0.5):
            e = m["enums"][self.pick(m["enums"])]
            free = [x for x in LABELS if x not in e["labels"]]
            if free:
                e["labels"].insert(self.r.randint(0, len(e["labels"])), self.pick(free))
            if "relabel" in self.features and self.chance(0.4):
                e["labels"] = self.r.sample(e["labels"], self.r.randint(1, len(e["labels"])))
            e["comment"] = self.comment()
        elif m["domains"]:
            name = self.pick(m["domains"])
            d = m["domains"][name]
            d.update(not_null=self.chance(0.3), comment=self.comment(),
                     checks=[(n, self.pick(CHECKS[d["family"]]).format("VALUE")) for n in ("d_one", "d_two")
                             if self.chance(0.4)])
            if "retyped domains" in self.features and self.chance(0.3):
                d["type"], defaults = self.pick(TYPES[d["family"]])
                d["default"] = None

    def change_table(self, m, name):
        t = m["tables"][name]
        what = self.pick(["column", "column", "column", "add", "drop", "constraint", "index", "behaviour", "self",
                          "drop part", "comment", "partition"])
        if what == "add":
            free = [c for c in COLUMNS if c not in all_columns(m, name) and not any(
                x["inherits"] == name and c in x["columns"] for x in m["tables"].values())]
            if free:
                c = self.column(m)
                if t["partition"]:
                    c["identity"] = None
                t["columns"][self.pick(free)] = c
        elif what == "column" and t["columns"]:
            self.change_column(m, t, self.pick(t["columns"]))
        elif what == "drop":
            going = [c for c, x in t["columns"].items() if not x["pinned"]]
            if len(going) > 1:
                del t["columns"][self.pick(going)]
        elif what == "constraint":
            self.add_constraint(m, name)
        elif what == "index":
            self.add_index(m, name)
        elif what == "behaviour":
            self.add_behaviour(m, name)
        elif what == "self" and not t["partition"] and not t["inherits"]:
            t["options"] = self.pick([None, "fillfactor=70", "fillfactor=50, autovacuum_enabled=false"])
            others = any(k["kind"] == "fk" and (k["other"] == name or n == name)
                         for n, x in m["tables"].items() for k in x["constraints"])
            if not others and not any(x["inherits"] == name for x in m["tables"].values()):
                t["unlogged"] = self.chance(0.3)
        elif what == "comment":
            for part in [t] + t["constraints"] + t["indexes"] + t["triggers"]:
                if self.chance(0.4):
                    part["comment"] = self.pick(COMMENTS + [None])
        elif what == "partition" and t["partition"]:
            if t["partitions"] and self.chance(0.5):
                del t["partitions"][self.pick(t["partitions"])]
            elif "%s_p7" % name not in m["tables"]:
                t["partitions"]["%s_p7" % name] = {"n": 7}
        elif what == "drop part":
            part = self.pick(["constraints", "indexes", "triggers", "policies", "rules"])
            if t[part]:
                t[part].remove(self.pick(t[part]))

    def change_column(self, m, t, name):
        c = t["columns"][name]
        what = self.pick(["type", "type", "null", "default", "generated", "comment", "other", "identity"])
        if what == "type" and not c["pinned"] and not c["generated"]:
            t["columns"][name] = new = self.column(m)
            if t["partition"]:
                new["identity"] = None
            if self.chance(0.5) and c["family"] in RETYPES_IN_PLACE:
                new.update(c)
                new["type"], defaults = self.pick(TYPES[c["family"]])
                new["default"] = self.pick(defaults) if defaults and not c["serial"] and not c["identity"] else None
        elif what == "null" and not c["identity"] and not c["serial"]:
            c["not_null"] = not c["not_null"]
        elif what == "default" and not c["identity"] and not c["serial"] and not c["generated"]:
            defaults = [d for k, ds in TYPES.get(c["family"], []) for d in ds if k == c["type"]]
            c["default"] = self.pick(defaults + [None])
        elif what == "generated" and not t["partition"]:
            if c["generated"]:
                c["generated"] = None
            elif not any(x["generated"] and x["generated"][0] == name for x in t["columns"].values()):
                self.generate(t, name)
        elif what == "comment":
            c["comment"] = self.pick(COMMENTS + [None])
        elif what == "other":
            c["statistics"] = self.pick([None, 50, 300])
            if c["family"] == "text":
                c["storage"] = self.pick([None, "EXTERNAL", "MAIN"])
                c["collate"] = self.pick([None, "C", "POSIX"])
        elif what == "identity" and c["family"] == "int" and not c["generated"] and not t["partition"]:
            c.update(serial=False, default=None, not_null=True,
                     identity=self.pick([None, ("ALWAYS", self.sequence_options()), ("BY DEFAULT", "")]))


def all_columns(m, name):
    t = m["tables"][name]
    parent = all_columns(m, t["inherits"]) if t["inherits"] in m["tables"] else {}
    return {**parent, **t["columns"]}


def prune(m):
    """Takes out, until nothing changes, whatever names something that is not there or is of another kind."""
    def fits(use):
        table, column, families = use
        found = all_columns(m, table) if table in m["tables"] else m["views"].get(table, {}).get("columns")
        if found is None:
            return False
        return column is None or (column in found and (families is None or found[column]["family"] in families))

    def key_there(k):
        same = [a for a in m["tables"][k["other"]]["constraints"] if a["kind"] in ("pk", "unique") and
                a["cols"] == k["key"] and not a["deferrable"]]
        mine, theirs = ([x for x, _, _ in k["uses"]][0], k["other"])
        pairs = [(m["tables"][mine]["columns"][a], m["tables"][theirs]["columns"][b])
                 for a, b in zip(k["cols"], k["key"])]
        return same and all(a["family"] == b["family"] and (a["family"] not in EXACT or a["type"] == b["type"]) and
                            not a["generated"] for a, b in pairs) and (
            m["tables"][mine]["unlogged"] or not m["tables"][theirs]["unlogged"] or mine == theirs)

    def own_there(c):
        if c["own"] and not any(c["own"] in m[k] for k in ("enums", "domains", "composites")):
            return False
        if c["own"] and c["family"].startswith("enum/") and c["default"] is not None:
            if c["own"] not in m["enums"] or c["default"] not in [lit(x) for x in m["enums"][c["own"]]["labels"]]:
                return False
        if c["default"] and "nextval" in c["default"]:
            return any(c["default"] == "nextval(%s)" % lit(path(s)) for s in m["sequences"])
        return True

    before = None
    while before != (now := repr(m)):
        before = now
        for name in [n for n, t in m["tables"].items() if t["inherits"] and t["inherits"] not in m["tables"]]:
            del m["tables"][name]
        for name, t in m["tables"].items():
            for c in [c for c, x in t["columns"].items() if not own_there(x)]:
                if t["columns"][c]["pinned"]:
                    continue
                del t["columns"][c]
            for c in t["columns"].values():
                g = c["generated"]
                if g and (g[0] not in t["columns"] or t["columns"][g[0]]["family"] != g[1] or
                          t["columns"][g[0]]["generated"]):
                    c["generated"] = None
            for part in ("constraints", "indexes", "triggers", "policies", "rules"):
                t[part] = [x for x in t[part] if all(fits(u) for u in x["uses"]) and
                           (x.get("kind") != "fk" or key_there(x)) and
                           (part != "triggers" or x["function"] == "noted" or
                            m["functions"].get(x["function"], {}).get("what") == "trigger")]
        for name in [n for n, v in m["views"].items() if not all(fits(u) for u in v["uses"])]:
            del m["views"][name]
        for v in m["views"].values():
            if v["index"] and (v["index"] not in v["columns"] or v["columns"][v["index"]]["family"] not in KEYED):
                v["index"] = None


# -- writing --------------------------------------------------------------------------------------------------------
PRELUDE = """CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""


def column_sql(name, c):
    out = "%s %s" % (q(name), {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}[c["type"]]
                     if c["serial"] else c["type"])
    if c["collate"]:
        out += " COLLATE " + q(c["collate"])
    if c["generated"]:
        out += " GENERATED ALWAYS AS (%s) STORED" % c["generated"][2].format(q(c["generated"][0]))
    elif c["identity"]:
        out += " GENERATED %s AS IDENTITY%s" % (c["identity"][0], " (%s)" % c["identity"][1] if c["identity"][1] else "")
    elif c["default"] is not None:
        out += " DEFAULT " + c["default"]
    return out + (" NOT NULL" if c["not_null"] else "")


def constraint_sql(k):
    out = "CONSTRAINT %s " % q(k["name"])
    cols = "(%s)" % ", ".join(q(c) for c in k["cols"])
    if k["kind"] in ("pk", "unique"):
        word = "PRIMARY KEY" if k["kind"] == "pk" else "UNIQUE" + (" NULLS NOT DISTINCT" if k["not_distinct"] else "")
        return out + "%s %s%s%s%s" % (word, cols, " INCLUDE (%s)" % q(k["include"][0]) if k["include"] else "",
                                      k["options"], k["deferrable"])
    if k["kind"] == "check":
        return out + "CHECK (%s)%s" % (k["text"].format(*[q(c) for c in k["cols"]]), k["tail"])
    if k["kind"] == "exclude":
        where, tail = (k["tail"], "") if "WHERE" in k["tail"] else ("", k["tail"])
        return out + "EXCLUDE USING gist (%s WITH &&)%s%s" % (q(k["cols"][0]), where, tail)
    return out + "FOREIGN KEY %s REFERENCES %s (%s)%s" % (cols, path(k["other"]), ", ".join(q(c) for c in k["key"]),
                                                         k["tail"])


def bound(kind, n):
    if kind == "RANGE":
        return "FOR VALUES FROM (%d) TO (%d)" % (n * 10, n * 10 + 10) if n < 7 else "DEFAULT"
    if kind == "LIST":
        return "FOR VALUES IN (%d, %d)" % (n * 2, n * 2 + 1)
    return "FOR VALUES WITH (MODULUS 8, REMAINDER %d)" % n


def function_sql(name, f):
    if f["what"] == "trigger":
        return "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN /* %d */ RETURN NEW; END'" % (q(name), f["n"])
    if f["what"] == "procedure":
        return "CREATE PROCEDURE %s(a integer) LANGUAGE plpgsql AS 'BEGIN a := %d; END'" % (q(name), f["n"])
    if f["what"] == "sql":
        return "CREATE FUNCTION %s(a integer, b text DEFAULT 'x') RETURNS bigint LANGUAGE sql %s AS 'SELECT a + %d::bigint'" % (
            q(name), f["volatile"], f["n"])
    return "CREATE FUNCTION %s(v integer) RETURNS integer LANGUAGE plpgsql %s AS 'BEGIN RETURN v + %d; END'" % (
        q(name), f["volatile"], f["n"])


def table_order(m):
    done = []
    for name in list(m["tables"]):
        parent = m["tables"][name]["inherits"]
        for n in (parent, name):
            if n and n not in done:
                done.append(n)
    return done


def write(m, seed):
    out = []
    say = out.append

    def comment(what, text):
        if text is not None:
            say("COMMENT ON %s IS %s" % (what, lit(text)))

    for n, s in m["schemas"].items():
        say("CREATE SCHEMA " + q(n))
        comment("SCHEMA " + q(n), s["comment"])
    for n, e in m["enums"].items():
        say("CREATE TYPE %s AS ENUM (%s)" % (path(n), ", ".join(lit(x) for x in e["labels"])))
        comment("TYPE " + path(n), e["comment"])
    for n, c in m["composites"].items():
        say("CREATE TYPE %s AS (%s)" % (path(n), ", ".join("%s %s" % (q(a), b) for a, b in c["fields"])))
        comment("TYPE " + path(n), c["comment"])
    for n, d in m["domains"].items():
        say("CREATE DOMAIN %s AS %s%s%s%s" % (
            path(n), d["type"], " DEFAULT " + d["default"] if d["default"] else "", " NOT NULL" if d["not_null"] else "",
            "".join(" CONSTRAINT %s CHECK (%s)" % (q(a), b) for a, b in d["checks"])))
        comment("DOMAIN " + path(n), d["comment"])
    for n, f in m["functions"].items():
        say(function_sql(n, f))
        what = {"trigger": "FUNCTION %s()", "procedure": "PROCEDURE %s(integer)", "sql": "FUNCTION %s(integer, text)"}
        comment(what.get(f["what"], "FUNCTION %s(integer)") % q(n), f["comment"])
    for n, s in m["sequences"].items():
        say("CREATE SEQUENCE %s %s" % (path(n), s["options"]))
        comment("SEQUENCE " + path(n), s["comment"])
    order = table_order(m)
    for n in order:
        t = m["tables"][n]
        parts = [column_sql(c, x) for c, x in t["columns"].items()]
        say("CREATE %sTABLE %s (%s)%s%s%s" % (
            "UNLOGGED " if t["unlogged"] else "", path(n), ", ".join(parts),
            " INHERITS (%s)" % path(t["inherits"]) if t["inherits"] else "",
            " PARTITION BY %s (%s)" % (t["partition"][0], q(t["partition"][1])) if t["partition"] else "",
            " WITH (%s)" % t["options"] if t["options"] else ""))
        for p, x in t["partitions"].items():
            say("CREATE TABLE %s PARTITION OF %s %s" % (path(p), path(n), bound(t["partition"][0], x["n"])))
        comment("TABLE " + path(n), t["comment"])
        for c, x in t["columns"].items():
            comment("COLUMN %s.%s" % (path(n), q(c)), x["comment"])
            if x["storage"]:
                say("ALTER TABLE %s ALTER %s SET STORAGE %s" % (path(n), q(c), x["storage"]))
            if x["statistics"]:
                say("ALTER TABLE %s ALTER %s SET STATISTICS %d" % (path(n), q(c), x["statistics"]))
    for foreign in (False, True):
        for n in order:
            for k in m["tables"][n]["constraints"]:
                if (k["kind"] == "fk") == foreign:
                    say("ALTER TABLE %s ADD %s" % (path(n), constraint_sql(k)))
                    comment("CONSTRAINT %s ON %s" % (q(k["name"]), path(n)), k["comment"])
    for n in order:
        t = m["tables"][n]
        where = path(n.split("/")[0] + "/") [:-2] if "/" in n else ""
        for x in t["indexes"]:
            say("CREATE %sINDEX %s ON %s" % ("UNIQUE " if x["unique"] else "", q(x["name"]), x["text"]))
            comment("INDEX %s%s" % (where, q(x["name"])), x["comment"])
        for g in t["triggers"]:
            say("CREATE TRIGGER %s %s EXECUTE FUNCTION %s()" % (q(g["name"]), g["text"], q(g["function"])))
            comment("TRIGGER %s ON %s" % (q(g["name"]), path(n)), g["comment"])
            if g["state"]:
                say("ALTER TABLE %s %s TRIGGER %s" % (path(n), g["state"], q(g["name"])))
        if t["rls"]:
            say("ALTER TABLE %s ENABLE ROW LEVEL SECURITY" % path(n))
        for p in t["policies"]:
            restrictive, rest = ("AS RESTRICTIVE ", p["text"][15:]) if p["text"].startswith("AS ") else ("", p["text"])
            say("CREATE POLICY %s ON %s %s%s" % (q(p["name"]), path(n), restrictive, rest))
            comment("POLICY %s ON %s" % (q(p["name"]), path(n)), p["comment"])
        for u in t["rules"]:
            say("CREATE RULE %s AS %s" % (q(u["name"]), u["text"]))
            comment("RULE %s ON %s" % (q(u["name"]), path(n)), u["comment"])
    for n, v in m["views"].items():
        word = "MATERIALIZED VIEW" if v["lasting"] else "VIEW"
        say("CREATE %s %s%s AS %s%s" % (word, path(n), v["options"], v["text"], v["check"]))
        comment("%s %s" % (word, path(n)), v["comment"])
        if v["index"]:
            say("CREATE INDEX %s ON %s (%s)" % (q(n.split("/")[-1] + "_vx"), path(n), q(v["index"])))
    clean = ["DROP SCHEMA IF EXISTS public, %s CASCADE" % ", ".join(q(s) for s in SCHEMAS), "CREATE SCHEMA public"]
    return ";\n".join(clean) + ";\n" + PRELUDE + ";\n".join(out) + ";\n"


FEATURES = {"partitions", "inherits", "schemas", "composites", "functions", "policies", "rules", "fires", "relabel", "retyped domains"}


def pair(seed, features=None, size=5):
    s = Schemas(seed, FEATURES if features is None else features)
    a = s.schema(size)
    prune(a)
    if s.chance(0.7):
        b = copy.deepcopy(a)
        s.mutate(b)
    else:
        b = s.schema(size)
        prune(b)
    return write(a, seed), write(b, seed)
