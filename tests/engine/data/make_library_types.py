#!/usr/bin/env python3
"""Makes library_types.txt: as make_types.py, for types of other packages.

Needs importable sqlalchemy, sqlalchemy_utils, sqlmodel, fastapi_users_db_sqlalchemy and pgvector; what a package
cannot make for want of another one is left out.
Usage: make_library_types.py > library_types.txt
"""
import sys

import sqlalchemy

import make_types

PREAMBLE = """
import sqlalchemy_utils, sqlalchemy_utils.types.encrypted.encrypted_type
from sqlalchemy_utils import types as utils
import sqlmodel.sql.sqltypes
import fastapi_users_db_sqlalchemy.generics
import pgvector.sqlalchemy
"""

TYPES = """
sqlmodel.sql.sqltypes.AutoString()
sqlmodel.sql.sqltypes.AutoString(length=255)
sqlmodel.sql.sqltypes.AutoString(5, collation="C")
sqlmodel.sql.sqltypes.AutoString(collation="C")
sqlmodel.sql.sqltypes.AutoString
sqlmodel.sql.sqltypes.types.Uuid()
fastapi_users_db_sqlalchemy.generics.GUID()
fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware(timezone=True)
fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware()
pgvector.sqlalchemy.Vector(3)
pgvector.sqlalchemy.Vector()
pgvector.sqlalchemy.Vector(dim=1536)
pgvector.sqlalchemy.vector.VECTOR(3)
pgvector.sqlalchemy.HALFVEC(3)
pgvector.sqlalchemy.SPARSEVEC(3)
pgvector.sqlalchemy.BIT(3)
pgvector.sqlalchemy.BIT()
sqlalchemy_utils.UUIDType()
sqlalchemy_utils.UUIDType
sqlalchemy_utils.types.uuid.UUIDType(binary=False)
sqlalchemy_utils.types.UUIDType(binary=False, native=False)
sqlalchemy_utils.UUIDType(native=False)
sqlalchemy_utils.EmailType()
sqlalchemy_utils.EmailType(length=100)
sqlalchemy_utils.EmailType(50)
sqlalchemy_utils.URLType()
sqlalchemy_utils.URLType
utils.url.URLType(20)
sqlalchemy_utils.ChoiceType([("a", "A")])
sqlalchemy_utils.ChoiceType([("a", "A")], impl=sa.String(3))
sqlalchemy_utils.ChoiceType([(1, "A")], impl=sa.Integer())
sqlalchemy_utils.ChoiceType(choices=[("a", "A")])
sqlalchemy_utils.ChoiceType()
sqlalchemy_utils.JSONType()
sqlalchemy_utils.types.json.JSONType
sqlalchemy_utils.TSVectorType()
sqlalchemy_utils.types.ts_vector.TSVectorType("name", weights={"name": "A"})
sqlalchemy_utils.IPAddressType()
sqlalchemy_utils.IPAddressType(20)
sqlalchemy_utils.types.ip_address.IPAddressType(length=50)
sqlalchemy_utils.ScalarListType()
sqlalchemy_utils.ScalarListType(int, ";")
sqlalchemy_utils.CountryType()
sqlalchemy_utils.CountryType
sqlalchemy_utils.CurrencyType()
sqlalchemy_utils.LocaleType()
sqlalchemy_utils.TimezoneType(backend="zoneinfo")
sqlalchemy_utils.TimezoneType(backend="pytz")
sqlalchemy_utils.TimezoneType()
sqlalchemy_utils.StringEncryptedType()
sqlalchemy_utils.StringEncryptedType(length=255)
sqlalchemy_utils.types.encrypted.encrypted_type.StringEncryptedType(sa.String, "key", length=10)
sqlalchemy_utils.EncryptedType()
sqlalchemy_utils.PasswordType(max_length=100)
sqlalchemy_utils.PasswordType()
sqlalchemy_utils.PhoneNumberType()
sqlalchemy_utils.PhoneNumberType("DE", 30)
sqlalchemy_utils.ColorType()
sqlalchemy_utils.types.color.ColorType(length=20)
sqlalchemy_utils.ArrowType()
sqlalchemy_utils.ArrowType(timezone=True)
sqlalchemy_utils.types.arrow.ArrowType
sqlalchemy_utils.EnrichedDateTimeType()
sqlalchemy_utils.EnrichedDateType()
sqlalchemy_utils.LtreeType()
sqlalchemy_utils.LtreeType
sqlalchemy_utils.IntRangeType()
sqlalchemy_utils.Int8RangeType()
sqlalchemy_utils.NumericRangeType()
sqlalchemy_utils.DateRangeType
sqlalchemy_utils.DateTimeRangeType
sqlalchemy_utils.WeekDaysType()
utils.bit.BitType(5)
utils.bit.BitType()
sa.ARRAY(sqlalchemy_utils.UUIDType())
sqlalchemy_utils.UUIDType().with_variant(sa.Text(), "sqlite")
"""

BLOCKS = '''
class Mine(sqlalchemy_utils.UUIDType):
    cache_ok = True
Mine(binary=False)
#
class Mine(sqlmodel.sql.sqltypes.AutoString):
    def load_dialect_impl(self, dialect):
        if dialect.name == "sqlite":
            return sa.Text()
        return super().load_dialect_impl(dialect)
Mine(9)
'''

LITERALS = [
    ("sqlmodel.sql.sqltypes.AutoString()", "'it\\'s'"),
    ("sqlalchemy_utils.UUIDType(binary=False)", "uuid.UUID('12345678-1234-5678-1234-567812345678')"),
    ("sqlalchemy_utils.UUIDType(binary=False)", "None"),
    ("sqlalchemy_utils.URLType()", "'http://x'"),
    ("sqlalchemy_utils.TSVectorType()", "'x'"),
]


def main():
    make_types.PREAMBLE += PREAMBLE
    print("# Answers of SQLAlchemy %s, made by make_library_types.py. The layout is that of types.txt."
          % sqlalchemy.__version__)
    sources = [line for line in TYPES.strip().split("\n")] + list(make_types.blocks(BLOCKS))
    left_out = []
    for source in sources:
        answers = [(d, make_types.rendered(source, d)) for d in make_types.DIALECTS]
        if any("ImproperlyConfigured" in answer for _, answer in answers):
            left_out.append(source)
            continue
        print("\n".join("> " + line for line in source.split("\n")))
        make_types.write(answers)
    for source, value in LITERALS:
        print("\n".join("> " + line for line in source.split("\n")))
        print("= " + value)
        make_types.write((d, make_types.literal(source, value, d)) for d in make_types.DIALECTS)
    for source in left_out:
        print("left out: %s" % source, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
