#!/usr/bin/env python3
"""Makes types.txt: what SQLAlchemy answers for column types and for literals under them, on four dialects.

Needs an importable sqlalchemy (the table in the repository was made with the version that its first line names).
Usage: make_types.py > types.txt        The layout is described in the first lines of what it writes.
"""
import itertools
import re
import sys
import warnings

import sqlalchemy
from sqlalchemy.engine.url import make_url

warnings.simplefilter("ignore")
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")
PREAMBLE = """import datetime as dt, decimal, enum, uuid
import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql, postgresql as pg, sqlite
"""

# --- types: one expression each, or lines whose last one is the expression ---

TYPES = """
sa.Integer() sa.SmallInteger() sa.BigInteger() sa.String() sa.String(20) sa.String(20,collation="utf8mb4_bin")
sa.Unicode(20) sa.Text() sa.Text(100) sa.UnicodeText() sa.Boolean() sa.DateTime() sa.DateTime(timezone=True)
sa.Date() sa.Time() sa.Time(timezone=True) sa.Interval() sa.Float() sa.Float(precision=53) sa.Double()
sa.Numeric() sa.Numeric(10,2) sa.Numeric(precision=10) sa.DECIMAL(10,2) sa.REAL() sa.LargeBinary()
sa.LargeBinary(length=100) sa.BINARY(16) sa.VARBINARY(16) sa.BLOB() sa.JSON() sa.Uuid() sa.UUID()
sa.Uuid(as_uuid=False) sa.Uuid(native_uuid=False) sa.Enum("a","b",name="en")
sa.Enum("a","bbb",name="en",native_enum=False) sa.Enum("a","bbb",name="en",native_enum=False,length=50)
sa.PickleType() sa.ARRAY(sa.Integer()) sa.ARRAY(sa.String(5),dimensions=2) sa.CHAR(2) sa.CHAR() sa.VARCHAR(5)
sa.VARCHAR() sa.NCHAR(4) sa.NVARCHAR(4) sa.INTEGER() sa.BIGINT() sa.SMALLINT() sa.TIMESTAMP()
sa.TIMESTAMP(timezone=True) sa.DATETIME() sa.BOOLEAN() sa.FLOAT() sa.NUMERIC(5,1) sa.TEXT() sa.CLOB()
sa.types.NullType() pg.JSONB() pg.JSON() pg.UUID() pg.UUID(as_uuid=True) pg.ARRAY(sa.Text()) pg.INET() pg.CIDR()
pg.MACADDR() pg.BYTEA() pg.DOUBLE_PRECISION() pg.TIMESTAMP(precision=3) pg.TIMESTAMP(timezone=True,precision=6)
pg.INTERVAL() pg.TSVECTOR() pg.HSTORE() pg.CITEXT() pg.ENUM("a","b",name="en") pg.INT4RANGE() pg.TSTZRANGE()
pg.BIT(3) pg.OID() pg.MONEY() mysql.TINYINT(1) mysql.TINYINT(display_width=1) mysql.INTEGER(unsigned=True)
mysql.INTEGER(display_width=11) mysql.BIGINT(unsigned=True)
mysql.VARCHAR(10,charset="utf8mb4",collation="utf8mb4_bin") mysql.TEXT() mysql.MEDIUMTEXT() mysql.LONGTEXT()
mysql.TINYTEXT() mysql.MEDIUMBLOB() mysql.LONGBLOB() mysql.DATETIME(fsp=6) mysql.TIMESTAMP(fsp=3)
mysql.ENUM("a","b") mysql.SET("a","b") mysql.DOUBLE() mysql.DECIMAL(10,2,unsigned=True) mysql.YEAR() mysql.BIT(1)
mysql.JSON() mysql.CHAR(36,collation="ascii_bin") sqlite.JSON() sqlite.DATETIME()
sa.JSON().with_variant(pg.JSONB(),"postgresql") sa.Text().with_variant(mysql.LONGTEXT(),"mysql")
sa.BigInteger().with_variant(sa.Integer(),"sqlite") sa.String(10).with_variant(sa.String(5),"mysql","mariadb")
""".split()

# Every class without arguments, and as a class.
PLAIN = {
    "sa": "ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB DATE DATETIME DECIMAL DOUBLE "
          "DOUBLE_PRECISION Date DateTime Double Enum FLOAT Float INT INTEGER Integer Interval JSON LargeBinary "
          "NCHAR NUMERIC NVARCHAR Numeric PickleType REAL SMALLINT SmallInteger String TEXT TIME TIMESTAMP Text "
          "Time UUID Unicode UnicodeText Uuid VARBINARY VARCHAR",
    "types": "NullType MatchType String Integer TypeEngine UserDefinedType",
    "pg": "ARRAY BIGINT BIT BOOLEAN BYTEA CHAR CIDR CITEXT DATE DATEMULTIRANGE DATERANGE DOUBLE_PRECISION FLOAT "
          "HSTORE INET INT4MULTIRANGE INT4RANGE INT8MULTIRANGE INT8RANGE INTEGER INTERVAL JSON JSONB JSONPATH "
          "MACADDR MACADDR8 MONEY NUMERIC NUMMULTIRANGE NUMRANGE OID REAL REGCLASS REGCONFIG SMALLINT TEXT TIME "
          "TIMESTAMP TSMULTIRANGE TSQUERY TSRANGE TSTZMULTIRANGE TSTZRANGE TSVECTOR UUID VARCHAR",
    "mysql": "BIGINT BINARY BIT BLOB BOOLEAN CHAR DATE DATETIME DECIMAL DOUBLE ENUM FLOAT INET4 INET6 INTEGER JSON "
             "LONGBLOB LONGTEXT MEDIUMBLOB MEDIUMINT MEDIUMTEXT NCHAR NUMERIC NVARCHAR REAL SET SMALLINT TEXT TIME "
             "TIMESTAMP TINYBLOB TINYINT TINYTEXT VARBINARY VARCHAR YEAR",
    "sqlite": "BLOB BOOLEAN CHAR DATE DATETIME DECIMAL FLOAT INTEGER JSON NUMERIC REAL SMALLINT TEXT TIME TIMESTAMP "
              "VARCHAR",
}

# class: argument lists
ARGUMENTS = {
    "sa.String": ["0", "None", "length=7", "collation='C'", "5, 'de_DE'", "50, None"],
    "sa.Unicode": ["collation='x y'"],
    "sa.Text": ["collation='C'", "0", "65536, collation='C'"],
    "sa.UnicodeText": ["65536", "collation='C'"],
    "sa.VARCHAR": ["length=7", "0", "20, 'C'"],
    "sa.NVARCHAR": ["4, 'C'", "collation='C'"],
    "sa.NCHAR": ["", "4, 'C'"],
    "sa.CHAR": ["1, 'C'", "0"],
    "sa.CLOB": ["10, 'C'"],
    "sa.TEXT": ["10, 'C'", "collation='C'"],
    "sa.Numeric": ["10, 0", "0", "scale=2", "10, 2, 3", "10, 2, asdecimal=False", "precision=10, scale=None"],
    "sa.Float": ["0", "24", "53, True", "precision=5, decimal_return_scale=2", "asdecimal=True"],
    "sa.FLOAT": ["24"],
    "sa.REAL": ["24"],
    "sa.Double": ["53", "53, True"],
    "sa.DOUBLE": ["53"],
    "sa.DOUBLE_PRECISION": ["53"],
    "sa.DECIMAL": ["5", "5, 2"],
    "sa.DateTime": ["True", "False", "timezone=False"],
    "sa.DATETIME": ["True"],
    "sa.TIME": ["True", "timezone=True"],
    "sa.TIMESTAMP": ["False"],
    "sa.LargeBinary": ["0", "16"],
    "sa.BLOB": ["16"],
    "sa.BINARY": ["0"],
    "sa.VARBINARY": ["0"],
    "sa.Boolean": ["create_constraint=True", "name='x'", "True, 'x'"],
    "sa.Interval": ["native=False", "second_precision=3", "True, 0, 2", "day_precision=2"],
    "sa.JSON": ["none_as_null=True", "True"],
    "sa.Uuid": ["False", "native_uuid=False, as_uuid=False", "True, True"],
    "sa.UUID": ["False", "as_uuid=True"],
    "sa.PickleType": ["impl=sa.LargeBinary(10)", "impl=mysql.MEDIUMBLOB"],
    "sa.ARRAY": ["sa.Text", "sa.String", "sa.Integer, dimensions=1", "sa.Integer, True, 3", "pg.UUID(as_uuid=True)",
                 "sa.Enum('a', name='e')", "sa.DateTime(timezone=True)", "sa.String(collation='C')", "sa.JSON",
                 "sa.Integer(), zero_indexes=True", "sa.Numeric(10, 2)", "sa.LargeBinary", "sa.ARRAY(sa.Integer)"],
    "sa.Enum": ["'x', name='e'", "'x', 'yy', name='Mixed'", "'a', name='order'", "'a', name='e', schema='s'",
                "'a', name='e', schema='S'", "'it\\'s', 'b\"c', name='e'", "'back\\\\slash', name='e'",
                "'a%b', name='e'", "'', name='e'", "'ä', 'ßx', name='e'", "'a', name='e', native_enum=False",
                "'a', 'bb', native_enum=False", "'a', name='e', native_enum=False, length=None",
                "'abc', name='e', native_enum=False, length=2", "'a', name='e', length=20", "'a'",
                "'a', name='e', quote=True", "'a', name='E', quote=False", "name='e'", "'a', name=None",
                "'a', name='e', create_constraint=True", "'a', name='e', validate_strings=True",
                "'a', name='e', inherit_schema=True", "'a', name='e', metadata=None", "1, 2, name='e'",
                "*['a', 'b'], **{'name': 'e'}"],
    "pg.ENUM": ["'a'", "'a', name='e', create_type=False", "'a', name='e', schema='s'", "name='e'",
                "'a', name='e', native_enum=False", "'it\\'s', name='e'", "'a', name='Mixed'"],
    "pg.ARRAY": ["sa.Integer", "sa.Text, dimensions=2", "sa.String(5)", "pg.ENUM('a', name='e')", "pg.UUID",
                 "sa.String(5, collation='C'), dimensions=2", "sa.ARRAY(sa.Integer)", "pg.ARRAY(sa.Integer)",
                 "pg.JSONB(astext_type=sa.Text())", "sa.TEXT(), as_tuple=True", "mysql.TINYINT"],
    "pg.TIMESTAMP": ["True", "False, 0", "precision=6", "timezone=True"],
    "pg.TIME": ["True", "precision=0", "True, 3"],
    "pg.INTERVAL": ["3", "fields='DAY TO HOUR'", "0, 'SECOND'", "precision=6"],
    "pg.BIT": ["8", "varying=True", "8, True", "length=0"],
    "pg.JSON": ["none_as_null=True", "astext_type=sa.Text()"],
    "pg.JSONB": ["astext_type=sa.Text()", "True"],
    "pg.HSTORE": ["text_type=sa.Text()"],
    "pg.CITEXT": ["10", "collation='C'"],
    "pg.BYTEA": ["10"],
    "pg.UUID": ["False"],
    "pg.DOMAIN": ["'d', sa.Integer", "'Dom', sa.String(5), schema='s'", "name='d', data_type=sa.Text()",
                  "'d', sa.Integer, check='VALUE > 0', not_null=True"],
    "mysql.INTEGER": ["11", "11, unsigned=True, zerofill=True", "display_width=0"],
    "mysql.TINYINT": ["1, unsigned=True", "unsigned=True", "zerofill=True"],
    "mysql.SMALLINT": ["5", "unsigned=True"],
    "mysql.MEDIUMINT": ["8", "unsigned=True"],
    "mysql.BIGINT": ["20", "20, zerofill=True"],
    "mysql.BIT": ["8", "0"],
    "mysql.YEAR": ["4"],
    "mysql.FLOAT": ["10", "10, 2", "precision=10, scale=2, unsigned=True", "scale=2"],
    "mysql.DOUBLE": ["10, 2", "10", "scale=2", "asdecimal=False", "10, 2, unsigned=True, zerofill=True"],
    "mysql.REAL": ["10, 2", "unsigned=True"],
    "mysql.NUMERIC": ["10", "10, 2", "10, 2, unsigned=True", "decimal_return_scale=3"],
    "mysql.DECIMAL": ["10", "precision=10, scale=2", "zerofill=True"],
    "mysql.DATETIME": ["True", "False, 3", "fsp=0"],
    "mysql.TIMESTAMP": ["True", "True, 6"],
    "mysql.TIME": ["fsp=3", "True"],
    "mysql.TEXT": ["100", "charset='utf8'", "collation='utf8_bin'", "65536, charset='utf8', collation='utf8_bin'",
                   "binary=True", "ascii=True", "unicode=True", "national=True", "national=True, collation='x'",
                   "charset='utf8', ascii=True", "collation='x', binary=True", "collate='utf8_bin'"],
    "mysql.LONGTEXT": ["charset='utf8mb4'", "collation='utf8mb4_bin'", "length=10", "national=True"],
    "mysql.MEDIUMTEXT": ["collation='utf8mb4_bin'", "unicode=True"],
    "mysql.TINYTEXT": ["binary=True"],
    "mysql.VARCHAR": ["255", "length=255, charset='latin1'", "255, national=True", "20, binary=True, ascii=True"],
    "mysql.CHAR": ["", "36", "36, charset='ascii'", "1, national=True, binary=True"],
    "mysql.NVARCHAR": ["10", "10, collation='x'"],
    "mysql.NCHAR": ["", "10", "10, binary=True"],
    "mysql.LONGBLOB": ["10"],
    "mysql.VARBINARY": ["10"],
    "mysql.ENUM": ["'a', 'it\\'s'", "'a', charset='utf8'", "'a', collation='utf8_bin'", "'a', name='e'",
                   "'a', national=True", "'a\\\\b'", "'50%'", "'a', charset='utf8', binary=True", "'a', strict=True"],
    "mysql.SET": ["'a', 'it\\'s'", "'a', charset='utf8', collation='utf8_bin'", "'', retrieve_as_bitwise=True",
                  "''", "'a', length=5"],
    "sqlite.DATETIME": ["storage_format='%(year)04d%(month)02d%(day)02d'", "truncate_microseconds=True",
                        "storage_format='%(year)04d-%(month)02d'", "timezone=True"],
    "sqlite.DATE": ["storage_format='%(year)04d%(month)02d%(day)02d'", "storage_format='%(day)02d/%(month)02d'"],
    "sqlite.TIME": ["storage_format='%(hour)02d%(minute)02d'", "truncate_microseconds=True"],
}

BLOCKS = '''
class Color(enum.Enum):
    red = 1
    green = "GREEN"
    also_red = 1
sa.Enum(Color)
#
class Color(enum.Enum):
    red = "r"
    green = "gg"
sa.Enum(Color, values_callable=lambda e: [m.value for m in e], name="colors")
#
class Color(str, enum.Enum):
    RED = "red"
    GREEN = "green"
sa.Enum(Color, native_enum=False)
#
class Color(str, enum.Enum):
    RED = "red"
pg.ENUM(Color, name="color_type", create_type=False)
#
class Level(enum.IntEnum):
    low = 1
    high = 2
sa.Enum(Level, length=30, native_enum=False, name="level")
#
class Color(enum.Enum):
    red = "r"
sa.Enum(Color, name=None)
#
class Empty(enum.Enum):
    pass
sa.Enum(Empty, name="empty")
#
class Guid(sa.types.TypeDecorator):
    impl = sa.CHAR
    cache_ok = True
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
Guid()
#
class Guid(sa.types.TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
sa.ARRAY(Guid)
#
class Json(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.JSONB())
        elif dialect.name == "mysql":
            return dialect.type_descriptor(mysql.JSON())
        else:
            return super().load_dialect_impl(dialect)
Json
#
class Name(sa.TypeDecorator):
    impl = sa.String
Name(30)
#
class Name(sa.TypeDecorator):
    impl = sa.String(40)
Name()
#
class Name(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, length=None, **kwargs):
        super().__init__(length or 77, **kwargs)
Name(collation="C")
#
class Name(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, length):
        self.size = length
        super(Name, self).__init__()
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.String(self.size * 2))
Name(8)
#
class Amount(sa.TypeDecorator):
    impl = sa.Numeric(10, 2)
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.DECIMAL(12, 4))
Amount()
#
class Real(sa.TypeDecorator):
    impl = sa.REAL
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.REAL())
Real()
#
class Precise(sa.TypeDecorator):
    impl = sa.Float
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.DOUBLE_PRECISION())
Precise()
#
class When(sa.TypeDecorator):
    impl = sa.DateTime
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
When()
#
class When(sa.TypeDecorator):
    impl = sa.DateTime(timezone=True)
    cache_ok = True
    def process_bind_param(self, value, dialect):
        return value
When().with_variant(sa.Text(), "sqlite")
#
class Outer(sa.TypeDecorator):
    class Inner(sa.TypeDecorator):
        impl = sa.Integer
    impl = Inner
Outer()
#
class Kind(sa.TypeDecorator):
    impl = sa.Enum("a", "b", name="kind")
Kind()
#
class Kind(sa.TypeDecorator):
    impl = sa.Enum
Kind("a", "bcd", name="kind", native_enum=False)
#
class Lost(sa.TypeDecorator):
    pass
Lost()
#
class Point(types.UserDefinedType):
    cache_ok = True
    def get_col_spec(self, **kw):
        return "POINT"
Point()
#
class Vector(types.UserDefinedType):
    def __init__(self, n):
        self.n = n
    def get_col_spec(self, **kw):
        return "VECTOR(%d)" % self.n
pg.ARRAY(Vector(3))
#
class Nothing(types.UserDefinedType):
    pass
Nothing()
#
class Short(sa.String):
    pass
Short(9)
#
class Short(sa.String):
    def __init__(self):
        super().__init__(length=11)
Short()
#
class FLAG(mysql.TINYINT):
    def __init__(self):
        super().__init__(1)
FLAG()
#
class Money(sa.Numeric):
    def __init__(self):
        sa.Numeric.__init__(self, 12, 2)
Money()
#
t = sa.Enum("a", name="e")
t.name = "other"
t
#
t = sa.String(10)
t.length = 20
t
#
t = pg.ENUM("a", name="e")
t.create_type = False
t
#
t = sa.Enum("a", "b", name="e")
sa.String(max(len(v) for v in t.enums) + t.length)
#
t = sa.String(10)
sa.String(t.length * 2, collation=t.collation)
#
sa.String(5).with_variant(sa.Text(), "mysql").with_variant(pg.CITEXT(), "postgresql")
#
sa.String(5).with_variant(sa.Text(), "mysql").with_variant(sa.Text(), "mysql")
#
sa.String(5).with_variant(sa.Text())
#
sa.JSON().with_variant(sa.JSON().with_variant(pg.JSONB, "postgresql"), "postgresql")
#
sa.JSON().with_variant(pg.JSONB, "postgresql").with_variant(sqlite.JSON, "sqlite")
#
sa.ARRAY(sa.JSON().with_variant(pg.JSONB(), "postgresql"))
#
sa.Enum("a", name="e").with_variant(sa.String(3), "sqlite", "mysql")
#
sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql").with_variant(pg.TIMESTAMP(precision=3), "postgresql")
#
sa.Integer(5)
#
sa.String(1, 2, 3)
#
sa.String(size=5)
#
mysql.INTEGER(11, 2)
#
sa.Enum("a", name="e", foo=1)
#
mysql.ENUM("a", foo=1)
#
sa.Text(length=None)
#
class Sized(sa.TypeDecorator):
    impl = sa.String
    def load_dialect_impl(self, dialect):
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.VARCHAR(self.impl.length, charset="utf8mb4"))
        return dialect.type_descriptor(self.impl)
Sized(70)
#
class Names(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, *names):
        self.impl = sa.String(sum(len(n) for n in names))
Names("ab", "cde")
#
class Names(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, size):
        super().__init__()
        self.impl = sa.String(size)
Names(6)
#
class Base(sa.TypeDecorator):
    impl = sa.Text
    abstract = True
class Child(Base):
    impl = sa.JSON
Child()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Enum("x", "yy", name="both"))
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Interval())
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Time(timezone=True))
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.ARRAY(sa.Integer))
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Uuid(native_uuid=False))
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Double(53))
Both()
#
class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Float(24))
Both()
#
class Fails(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        raise ValueError("no type for " + dialect.name)
Fails()
#
from sqlalchemy.ext.mutable import MutableDict
MutableDict.as_mutable(pg.JSONB)
#
class Spec(types.UserDefinedType):
    def get_col_spec(self):
        return "SPEC"
Spec()
#
class Spec(types.UserDefinedType):
    def get_col_spec(self, **kw):
        raise ValueError("none")
Spec()
#
from sqlalchemy.ext.compiler import compiles
class JSONB(sa.JSON):
    __visit_name__ = "JSONB"
@compiles(JSONB, "sqlite")
def _(*args, **kwargs):
    return "JSONB"
sa.JSON().with_variant(pg.JSONB(), "postgresql").with_variant(JSONB(), "sqlite")
#
from sqlalchemy.ext.compiler import compiles
class Blurb(sa.Text):
    pass
@compiles(Blurb, "mysql", "mariadb")
def _blurb(element, compiler, **kw):
    return "BLURB ON " + compiler.dialect.name
Blurb()
#
from sqlalchemy.ext.compiler import compiles
class Blurb(sa.Text):
    pass
@compiles(Blurb)
def _any(element, compiler, **kw):
    return "BLURB(%d)" % (element.length or 0)
class Longer(Blurb):
    pass
sa.ARRAY(Longer(7)) if False else Longer(7)
#
from typing import Any
class Generic(sa.TypeDecorator[Any]):
    impl = sa.Text
Generic()
#
class Generic(types.UserDefinedType[int]):
    def get_col_spec(self, **kw):
        return "GENERIC"
Generic()
#
class Visited(sa.String):
    __visit_name__ = "CHAR"
Visited(3)
#
class Visited(sa.JSON):
    __visit_name__ = "JSONB"
Visited()
#
T = sa.Text().with_variant(sa.String(3), "sqlite")
sa.String(5).with_variant(mysql.VARCHAR(7, charset="utf8"), "mysql")
'''

# --- literals: type expression: values ---

TEXTS = ["'plain'", "'it\\'s'", "'back\\\\slash'", "'100%'", "'a:b'", "'ünïcode'", "''", "'line\\nfeed'", "5", "None",
         "True", "b'x'"]
LITERALS = {
    "sa.String()": TEXTS, "sa.Text()": TEXTS[:4], "sa.Unicode(10)": ["'é'"], "pg.CITEXT()": ["'x'"],
    "mysql.LONGTEXT()": ["'x'"], "sa.CHAR(3)": ["'abc'"],
    "sa.Integer()": ["1", "-5", "0", "True", "1.9", "-1.9", "'12'", "' 7 '", "'007'", "'-0'", "'1_000'", "'x'",
                     "decimal.Decimal('3.7')", "None", "9223372036854775807", "b'1'", "[1]", "'1.5'", "1e20"],
    "sa.BigInteger()": ["4294967296"], "sa.SmallInteger()": ["3"],
    "sa.Numeric(10, 2)": ["1", "1.5", "decimal.Decimal('1.50')", "'2.5'", "True", "0.1",
                          "1e-7", "1e22", "decimal.Decimal('-0.00')", "[1]", "None"],
    "sa.Float()": ["1", "1.5", "1e100", "-0.0", "123456789.123", "3.0", "decimal.Decimal('1.5')",
                   "float('nan')", "float('inf')"],
    "sa.Boolean()": ["True", "False", "1", "0", "2", "'x'", "None", "1.0"],
    "sa.DateTime()": ["dt.datetime(2020, 1, 2, 3, 4, 5)", "dt.datetime(2020, 1, 2, 3, 4, 5, 678)",
                      "dt.datetime(2020, 1, 2)", "dt.date(2020, 1, 2)", "dt.time(3, 4)", "'2020-01-02'", "5",
                      "dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc)",
                      "dt.datetime(2020, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=-5, minutes=-30)))", "None"],
    "sa.DateTime(timezone=True)": ["dt.datetime(2020, 1, 2, tzinfo=dt.timezone.utc)"],
    "sa.TIMESTAMP()": ["dt.datetime(2020, 1, 2, 3, 4, 5)"],
    "sa.Date()": ["dt.date(2020, 1, 2)", "dt.datetime(2020, 1, 2, 3, 4, 5)", "'2020-01-02'", "dt.time(1, 2)"],
    "sa.Time()": ["dt.time(3, 4)", "dt.time(3, 4, 5, 600)", "dt.datetime(2020, 1, 2, 3, 4, 5)", "dt.date(2020, 1, 2)",
                  "'03:04'"],
    "sqlite.DATETIME(truncate_microseconds=True)": ["dt.datetime(2020, 1, 2, 3, 4, 5, 6)"],
    "sqlite.DATE(storage_format='%(day)02d/%(month)d/%(year)04d')": ["dt.date(2020, 1, 2)"],
    "sa.Interval()": ["dt.timedelta(days=1)", "dt.timedelta(seconds=90, microseconds=5)", "5",
                      "dt.timedelta(days=-1, seconds=5)"],
    "sa.Interval(native=False)": ["dt.timedelta(days=1)"],
    "pg.INTERVAL()": ["dt.timedelta(days=1)"],
    "sa.LargeBinary()": ["b'abc'", "b\"it's\"", "b'\\\\x00ff'", "b'\\xff'", "'text'", "None"],
    "pg.BYTEA()": ["b'abc'"],
    "sa.Uuid()": ["uuid.UUID('12345678-1234-5678-1234-567812345678')", "'12345678-1234-5678-1234-567812345678'",
                  "None"],
    "sa.Uuid(as_uuid=False)": ["'12345678-1234-5678-1234-567812345678'",
                               "uuid.UUID('12345678-1234-5678-1234-567812345678')"],
    "sa.Uuid(native_uuid=False)": ["uuid.UUID('12345678-1234-5678-1234-567812345678')"],
    "sa.UUID()": ["uuid.UUID('12345678-1234-5678-1234-567812345678')"],
    "pg.UUID(as_uuid=True)": ["uuid.UUID('12345678-1234-5678-1234-567812345678')",
                              "'12345678-1234-5678-1234-567812345678'"],
    "pg.UUID(as_uuid=False)": ["'12345678-1234-5678-1234-567812345678'"],
    "sa.Enum('a', 'b', name='e')": ["'a'", "'c'", "'it\\'s'", "None", "5"],
    "sa.Enum('a', name='e', validate_strings=True)": ["'a'", "'c'"],
    "pg.ENUM('a', name='e')": ["'a'"], "mysql.ENUM('a')": ["'a'"],
    "sa.JSON()": ["{'a': 1}", "[1, 2]", "'text'", "None", "5"],
    "pg.JSONB()": ["{'a': [1, None]}", "None"],
    "pg.ARRAY(sa.Integer())": ["[1, 2]", "[]", "[[1], [2]]", "[1, None]", "(1, 2)", "5"],
    "pg.ARRAY(sa.String())": ["['a', 'it\\'s']", "[None]", "['back\\\\slash']"],
    "pg.ARRAY(sa.Integer(), dimensions=2)": ["[[1, 2], [3, 4]]"],
    "pg.ARRAY(sa.Enum('a', name='e'))": ["['a']"],
    "pg.ARRAY(pg.JSONB())": ["[{}]"],
    "pg.INET()": ["'127.0.0.1'"], "pg.TSVECTOR()": ["'x'"], "pg.HSTORE()": ["'x'"], "pg.OID()": ["5"],
    "pg.BIT(3)": ["'101'"], "mysql.YEAR()": ["2020"], "mysql.BIT()": ["1"],
    "mysql.TINYINT(1)": ["1", "True"], "mysql.SET('a')": ["'a'"],
    "sa.PickleType()": ["b'abc'", "{}"],
    "types.NullType()": ["'x'", "5", "[1]"],
    "sa.Text().with_variant(sa.Integer(), 'mysql')": ["'5'", "'x'"],
    "pg.INT4RANGE()": ["'[1,2)'"], "pg.MONEY()": ["5"],
}
LITERAL_BLOCKS = '''
class Color(enum.Enum):
    red = "r"
    green = "g"
sa.Enum(Color)
Color.red | Color.green | "red" | "r" | None
#
class Color(enum.Enum):
    red = "r"
    green = "g"
sa.Enum(Color, values_callable=lambda e: [m.value for m in e])
Color.red | "r" | "red"
#
class Color(str, enum.Enum):
    red = "r"
sa.String()
Color.red | Color.red.value
#
class Color(str, enum.Enum):
    red = "r"
sa.Enum("r", "g", name="e")
Color.red | Color.red.value
#
class Color(enum.Enum):
    red = "r"
sa.String()
Color.red
#
class Upper(sa.TypeDecorator):
    impl = sa.String
    def process_bind_param(self, value, dialect):
        return value.upper() if value is not None else None
Upper()
"abc" | "it's"
#
class Literal(sa.TypeDecorator):
    impl = sa.String
    def process_literal_param(self, value, dialect):
        return "<" + value + ">"
Literal()
"abc"
#
class Raw(sa.TypeDecorator):
    impl = sa.JSON
    def process_literal_param(self, value, dialect):
        return "'" + dialect.name + "'"
Raw()
"abc"
#
class Bound(sa.TypeDecorator):
    impl = sa.JSON
    def process_bind_param(self, value, dialect):
        return "x"
Bound()
"abc"
#
class Guid(sa.TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
    def process_bind_param(self, value, dialect):
        if value is None:
            return value
        elif dialect.name == "postgresql":
            return str(value)
        return value.hex
Guid()
uuid.UUID("12345678-1234-5678-1234-567812345678")
#
class Plain(sa.TypeDecorator):
    impl = sa.Integer
Plain()
5 | "x"
#
class Picky(sa.TypeDecorator):
    impl = sa.Integer
    def process_bind_param(self, value, dialect):
        if value > 5:
            raise ValueError("too much")
        return value * 2
Picky()
5 | 6
#
class Twice(sa.TypeDecorator):
    class Inner(sa.TypeDecorator):
        impl = sa.String
        def process_bind_param(self, value, dialect):
            return value + "!"
    impl = Inner
    def process_bind_param(self, value, dialect):
        return value + "?"
Twice()
"a"
#
class Csv(sa.TypeDecorator):
    impl = sa.Text
    def process_bind_param(self, value, dialect):
        return ",".join(value)
Csv()
["a", "b"] | ("c",) | {"d": 1}
'''


def dialect_of(name):
    return make_url(name + "://").get_dialect()(paramstyle="named")


def tidy(error):
    text = str(error).split("\n")[0]
    return "! %s: %s" % (type(error).__name__, re.sub(r" object at 0x[0-9a-f]+", "", text))


def evaluate(source):
    *lines, last = source.rstrip("\n").split("\n")
    names = {}
    exec(PREAMBLE + "\n".join(lines), names)
    return eval(last, names), names


def rendered(source, name):
    """A type's text in a column."""
    try:
        dialect, value = dialect_of(name), evaluate(source)[0]
        value = value() if isinstance(value, type) else value
        if name == "postgresql":
            value.dialect_impl(dialect)
        return value.compile(dialect)
    except Exception as error:
        return tidy(error)


def literal(source, expression, name):
    try:
        dialect, (kind, names) = dialect_of(name), evaluate(source)
        value = eval(expression, names)
        bound = sqlalchemy.bindparam("x", value, type_=kind)
        return str(bound.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    except Exception as error:
        return tidy(error)


def write(answers):
    answers = dict(answers)
    answers = {d: a.replace("\\", "\\\\").replace("\n", "\\n") for d, a in answers.items()}
    if len(answers) > 1 and len(set(answers.values())) == 1:
        answers = {"*": answers[DIALECTS[0]]}
    for dialect, answer in answers.items():
        print("%s\t%s" % (dialect, answer))
    print()


def blocks(text):
    for block in text.strip("\n").split("\n#\n"):
        yield block


def type_sources():
    yield from TYPES
    for module, names in PLAIN.items():
        for name in names.split():
            yield "%s.%s()" % (module, name)
            yield "%s.%s" % (module, name)
    for name, lists in ARGUMENTS.items():
        for arguments in lists:
            yield "%s(%s)" % (name, arguments)
    yield from blocks(BLOCKS)


def main():
    print("# Answers of SQLAlchemy %s, made by make_types.py." % sqlalchemy.__version__)
    print("# Lines of Python after '> '; the last one is the type. '= ' is a value whose literal under the type is")
    print("# asked for; without it, it is the type's text. An answer for each dialect, or * for all: with")
    print("# backslashes and line feeds escaped, and after '! ' the exception.")
    seen = set()
    for source in type_sources():
        if source in seen:
            continue
        seen.add(source)
        print("\n".join("> " + line for line in source.split("\n")))
        write((d, rendered(source, d)) for d in DIALECTS)
    pairs = list(itertools.chain.from_iterable(((t, v) for v in values) for t, values in LITERALS.items()))
    for block in blocks(LITERAL_BLOCKS):
        source, values = block.rsplit("\n", 1)
        pairs += [(source, v.strip()) for v in values.split("|")]
    for source, value in pairs:
        print("\n".join("> " + line for line in source.split("\n")))
        print("= " + value)
        write((d, literal(source, value, d)) for d in DIALECTS)


if __name__ == "__main__":
    sys.exit(main())
