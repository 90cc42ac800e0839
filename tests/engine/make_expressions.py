#!/usr/bin/env python3
"""What Alembic renders offline for SQL expressions and statements: writes data/expressions.txt.

    PYTHONPATH=<alembic>:<sqlalchemy>/lib python3 tests/engine/make_expressions.py > tests/engine/data/expressions.txt

Needs Alembic 1.19 on SQLAlchemy 2.0.52. A case is Python whose last line gives what op.execute() is called with;
the lines after it are its text on PostgreSQL, MySQL, MariaDB and SQLite ("=": as the one before), or the exception.
"""
import ast
import io
import re
import sys
import warnings

import alembic.op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

warnings.simplefilter('ignore')

PREAMBLE = '''
import datetime, decimal, enum, uuid
import sqlalchemy as sa
from sqlalchemy import func
from sqlalchemy.dialects import mysql, postgresql, sqlite
from alembic import op
t = sa.table('t', sa.column('id', sa.Integer), sa.column('name', sa.String(50)), sa.column('flag', sa.Boolean),
    sa.column('price', sa.Numeric(10, 2)), sa.column('ratio', sa.Float), sa.column('at', sa.DateTime),
    sa.column('day', sa.Date), sa.column('data', sa.JSON), sa.column('jb', postgresql.JSONB),
    sa.column('tags', postgresql.ARRAY(sa.String)), sa.column('blob', sa.LargeBinary), sa.column('x'))
u = sa.table('u', sa.column('id', sa.Integer), sa.column('t_id', sa.Integer), sa.column('name', sa.String(50)))
s = sa.table('s', sa.column('id', sa.Integer), sa.column('Name', sa.String), schema='other')
class Color(enum.Enum):
    red = 1
    green = 2
m = sa.MetaData()
users = sa.Table('users', m, sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(50)),
    sa.Column('active', sa.Boolean, default=True), sa.Column('made', sa.DateTime, default=func.now()),
    sa.Column('changed', sa.DateTime, onupdate=func.now()), sa.Column('hits', sa.Integer, onupdate=1),
    sa.Column('color', sa.Enum(Color, name='color')), sa.Column('server', sa.String(10), server_default='x'))
notes = sa.Table('notes', m, sa.Column('id', sa.Integer, primary_key=True), sa.Column('user_id', sa.Integer, sa.ForeignKey('users.id')),
    sa.Column('body', sa.Text))
plain = sa.Table('plain', m, sa.Column('a', sa.Integer), sa.Column('b', sa.String(10)))
keyed = sa.Table('keyed', m, sa.Column('code', sa.String(8), primary_key=True), sa.Column('v', sa.Integer))
'''


def cases():
    for line in open(__file__.replace('make_expressions.py', 'data/expression_cases.txt'), encoding='utf-8'):
        line = line.rstrip('\n')
        if line and not line.startswith('#'):
            yield line.replace(' ;; ', '\n')


def answer(source, dialect):
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, dialect_opts={'paramstyle': 'named'},
        opts={'as_sql': True, 'output_buffer': buffer, 'literal_binds': True, 'target_metadata': None})
    names = {}
    with Operations.context(context):
        try:
            exec(PREAMBLE, names)
            tree = ast.parse(source)
            last = tree.body.pop()
            exec(compile(tree, 'case', 'exec'), names)
            value = eval(compile(ast.Expression(last.value), 'case', 'eval'), names)
            alembic.op.execute(value)
        except Exception as e:
            message = str(e).split('\n(Background on')[0].split(' (Background on')[0]
            message = re.sub(' object at 0x[0-9a-f]+> can', '> can', message)
            return ('! %s: %s' % (type(e).__name__, re.sub('0x[0-9a-f]+', '0x', message))).removesuffix(': ')
    text = buffer.getvalue()
    return text[:-3] if text.endswith(';\n\n') else text


def escape(text):
    return text.replace('\\', '\\\\').replace('\n', '\\n')


def main():
    out = sys.stdout
    out.write('# Made by make_expressions.py; do not edit.\n')
    for line in PREAMBLE.strip().split('\n'):
        out.write('| %s\n' % line)
    for source in cases():
        for line in source.split('\n'):
            out.write('> %s\n' % line)
        before = None
        for dialect in ('postgresql', 'mysql', 'mariadb', 'sqlite'):
            text = escape(answer(source, dialect))
            out.write('%s\n' % ('=' if text == before else text))
            before = text


if __name__ == '__main__':
    main()
