#!/usr/bin/env python3
"""Makes named_types.txt: what Alembic says offline of types that are made, dropped and checked, on four dialects.

Needs an importable alembic, sqlalchemy, geoalchemy2 and alembic_postgresql_enum. Usage: make_named_types.py > named_types.txt
The layout is that of types.txt; the lines of Python are the body of upgrade().
"""
import enum
import io
import sys
import warnings

import alembic
import sqlalchemy
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import mysql, postgresql, sqlite

import make_types

warnings.simplefilter("ignore")
CASES = r'''
sa.Enum('a','b',name='en').create(op.get_bind())
#
sa.Enum('a','b',name='en').create(op.get_bind(),checkfirst=False)
#
sa.Enum('a','b',name='en').create(op.get_bind(),checkfirst=True)
#
sa.Enum('a','b',name='en').drop(op.get_bind(),checkfirst=False)
#
pg.ENUM('a','b',name='en').create(op.get_bind(),checkfirst=True)
#
pg.ENUM('a','b',name='en').create(op.get_bind())
#
pg.ENUM('a','b',name='en').drop(op.get_bind())
#
pg.ENUM('a','b',name='en', create_type=False).create(op.get_bind())
#
pg.ENUM('a','b',name='en', schema='s').create(op.get_bind())
#
pg.ENUM('a','b').create(op.get_bind())
#
pg.ENUM(name='en').drop(op.get_bind(), checkfirst=False)
#
sa.Enum(name='en').drop(op.get_bind(), checkfirst=False)
#
sa.Enum('a','b').create(op.get_bind())
#
sa.Enum('a','b',name='en',native_enum=False).create(op.get_bind())
#
sa.Enum('it\'s','back\\slash','50%',name='en').create(op.get_bind())
#
pg.DOMAIN('d',sa.String(5),collation='C',default='x\'y',constraint_name='cc',not_null=True).create(op.get_bind())
#
pg.DOMAIN('d',sa.Integer).drop(op.get_bind())
#
e = sa.Enum('a',name='en')
e.create(op.get_bind())
op.create_table('t', sa.Column('a', e))
#
e = pg.ENUM('a',name='en', create_type=False)
e.create(op.get_bind())
op.create_table('t', sa.Column('a', e))
#
e = pg.ENUM('a',name='en')
e.create_type = False
op.create_table('t', sa.Column('a', e), sa.Column('b', sa.ARRAY(e)))
#
op.create_table('t', sa.Column('a', sa.Enum('a',name='en',schema='s')), schema='x')
#
op.create_table('t', sa.Column('a', sa.Enum('a',name='en',inherit_schema=True)), schema='x')
#
op.create_table('t', sa.Column('a', sa.Enum('a',name='en',metadata=sa.MetaData())))
#
op.create_table('t', sa.Column('a', pg.ENUM('x','y',name='en')))
#
op.create_table('t', sa.Column('a', sa.Text().with_variant(pg.ENUM('x',name='en'),'postgresql')))
#
op.create_table('t', sa.Column('a', sa.ARRAY(sa.Enum('x',name='en'))), sa.Column('b', pg.ARRAY(sa.Enum('x',name='en'))))
#
op.create_table('t', sa.Column('a', pg.DOMAIN('d',sa.Integer())))
#
op.create_table('t', sa.Column('a', sa.Enum('x','yy',name='en',native_enum=False,create_constraint=True)))
#
op.create_table('t', sa.Column('a', sa.Boolean(create_constraint=True,name='b')), sa.Column('c', sa.Boolean(create_constraint=True)))
#
op.create_table('t', sa.Column('a', sa.ARRAY(sa.Enum('x',name='en',native_enum=False,create_constraint=True))))
#
class E(enum.Enum):
    a = 1
    b = 2
op.create_table('t', sa.Column('a', sa.Enum(E)), sa.Column('b', sa.Enum(E, name='other')))
#
class T(sa.TypeDecorator):
    impl = sa.Enum('x', name='tx')
op.create_table('t', sa.Column('a', T()))
#
class T(sa.TypeDecorator):
    impl = sa.Boolean(create_constraint=True, name='ck')
op.create_table('t', sa.Column('a', T()))
#
sa.Enum('a','b',name='en').with_variant(sa.String(3),'postgresql').create(op.get_bind())
#
sa.Enum('a','b',name='en').with_variant(pg.ENUM('c',name='other'),'postgresql').create(op.get_bind())
#
sa.Boolean(create_constraint=True,name='b').create(op.get_bind())
#
op.create_table('t', sa.Column('id', sa.BigInteger().with_variant(sa.Integer(),'sqlite'), primary_key=True), sa.Column('x', mysql.TIMESTAMP(fsp=3)), sa.Column('y', pg.TIMESTAMP(precision=2)))
#
op.create_table('t', sa.Column('id', mysql.BIGINT(unsigned=True), primary_key=True))
#
op.create_table('t', sa.Column('id', sa.SmallInteger(), primary_key=True))
#
class I(sa.TypeDecorator):
    impl = sa.BigInteger
op.create_table('t', sa.Column('id', I(), primary_key=True))
#
op.alter_column('t','c',type_=sa.Enum('a',name='en'),existing_type=sa.String(5),postgresql_using='c::en')
#
op.alter_column('t','c',type_=pg.UUID(),existing_type=sa.Integer())
#
op.alter_column('t','c',type_=sa.Boolean(create_constraint=True,name='cb'),existing_type=sa.Integer())
#
class G(sa.TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(pg.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
op.add_column('t', sa.Column('g', G(), nullable=False))
#
for name in ("one", "two"):
    sa.Enum(name=name).drop(op.get_bind(), checkfirst=True)
#
op.create_table('t', sa.Column('a', sa.Enum('x',name='en')))
op.create_table('u', sa.Column('a', sa.Enum('x',name='en')))
#
op.add_column('t', sa.Column('a', sa.Enum('x',name='en',inherit_schema=True)), schema='x')
#
op.create_table('t', sa.Column('a', sa.ARRAY(sa.Enum('x',name='en',inherit_schema=True))), schema='x')
#
op.create_table('t', sa.Column('a', sa.Text().with_variant(sa.Enum('x',name='en',inherit_schema=True),'postgresql')), schema='x')
#
t = sa.Enum('x','y',name='en')
op.create_table('t', sa.Column('a', t, server_default='x'))
t.drop(op.get_bind())
#
b = op.get_bind()
if b.dialect.name == 'postgresql':
    pg.ENUM('x',name='en').create(b, checkfirst=True)
#
op.add_column('t', sa.Column('a', sa.Enum('x',name='en',create_constraint=True,native_enum=False)))
#
op.drop_table('t')
sa.Enum('x',name='en').drop(op.get_bind(), checkfirst=False)
'''.strip("\n")

# Operations of alembic_postgresql_enum, which need that package.
PLUG_IN = r'''
from alembic_postgresql_enum import TableReference
op.sync_enum_values('public', 'en', ['a', 'b'], [TableReference('t', 'c', 's'), TableReference('u', 'd', existing_server_default="'a'::en")])
#
from alembic_postgresql_enum import TableReference, ColumnType
op.sync_enum_values(enum_schema='public', enum_name='en', new_values=['a', 'b'], enum_values_to_rename=[('x', 'a'), ('y', 'b')], affected_columns=[
    TableReference(table_schema='public', table_name='t', column_name='c', existing_server_default="'x'::public.en"),
    TableReference(table_schema=None, table_name='T', column_name='D', column_type=ColumnType.ARRAY, existing_server_default="'{x,y}'::en[]")])
#
op.sync_enum_values('public', 'en', ['a'], [])
'''.strip("\n")

# On PostgreSQL alone.
POSTGRESQL = r'''
import geoalchemy2
op.create_table('t', sa.Column('g', geoalchemy2.types.Geometry('point', srid=4326), nullable=False), schema='s')
#
import geoalchemy2
op.create_table('t', sa.Column('g', geoalchemy2.Geography(geometry_type='POLYGON', srid=4326, spatial_index=False)))
#
import geoalchemy2
op.add_column('t', sa.Column('G', geoalchemy2.types.Geometry(from_text='ST_GeomFromEWKT', name='geometry')))
#
import geoalchemy2
op.add_column('t', sa.Column('g', geoalchemy2.types.Geometry(geometry_type=None)))
#
import geoalchemy2
op.add_column('t', sa.Column('g', geoalchemy2.types.Geometry))
op.drop_column('t', 'g')
op.alter_column('t', 'g', existing_type=geoalchemy2.types.Geometry('POINT', 4326), nullable=False)
op.alter_column('t', 'g', type_=geoalchemy2.types.Geometry('POINT', 4326))
'''.strip("\n")


def answer(source, dialect):
    out = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, dialect_opts={"paramstyle": "named"},
        opts=dict(as_sql=True, literal_binds=True, output_buffer=out))
    names = dict(op=op, sa=sqlalchemy, pg=postgresql, mysql=mysql, sqlite=sqlite, enum=enum)
    try:
        with Operations.context(context):
            exec(source, names)
        return out.getvalue().strip()
    except Exception as error:
        return make_types.tidy(error).replace(
            " (Background on this error at: https://sqlalche.me/e/20/l7de)", "")


def main():
    print("# Answers of Alembic %s on SQLAlchemy %s, made by make_named_types.py."
          % (alembic.__version__, sqlalchemy.__version__))
    for source in make_types.blocks(CASES):
        print("\n".join("> " + line for line in source.split("\n")))
        make_types.write((d, answer(source, d)) for d in make_types.DIALECTS)
    import alembic_postgresql_enum

    assert alembic_postgresql_enum.TableReference
    for source in make_types.blocks(PLUG_IN):
        print("\n".join("> " + line for line in source.split("\n")))
        make_types.write((d, answer(source, d)) for d in make_types.DIALECTS)
    for source in make_types.blocks(POSTGRESQL):
        print("\n".join("> " + line for line in source.split("\n")))
        make_types.write([("postgresql", answer(source, "postgresql"))])


if __name__ == "__main__":
    sys.exit(main())
