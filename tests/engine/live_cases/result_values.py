import sqlalchemy as sa, datetime, decimal, uuid
from alembic import op
from sqlalchemy.dialects import postgresql as pg
def upgrade():
    bind = op.get_bind()
    name = bind.dialect.name
    t = op.create_table('ty', sa.Column('id', sa.Integer, primary_key=True), sa.Column('flag', sa.Boolean), sa.Column('at', sa.DateTime), sa.Column('day', sa.Date), sa.Column('tm', sa.Time), sa.Column('doc', sa.JSON), sa.Column('num', sa.Numeric(10,2)), sa.Column('fl', sa.Float), sa.Column('u', sa.Uuid), sa.Column('raw', sa.LargeBinary), sa.Column('e', sa.Enum('a','b', name='ee')), sa.Column('big', sa.BigInteger), sa.Column('iv', sa.Interval), sa.Column('txt', sa.Text))
    op.bulk_insert(t, [dict(id=1, flag=True, at=datetime.datetime(2024,1,2,3,4,5,678), day=datetime.date(2024,1,2), tm=datetime.time(1,2,3), doc={"a":[1,None]}, num=decimal.Decimal('1.50'), fl=2.5, u=uuid.UUID('12345678123456781234567812345678'), raw=b'\x00\xff', e='a', big=2**40, iv=datetime.timedelta(days=1, seconds=5), txt='x')])
    row = bind.execute(sa.select(t)).fetchone()
    for c, v in zip(t.c, row): print(c.name, repr(v))
    print(row)
    row = bind.execute(sa.text("select id, flag, at, day, tm, doc, num, fl, u, e, big, iv, txt from ty")).fetchone()
    for k, v in row._mapping.items(): print(k, repr(v), type(v).__name__)
    print(bind.execute(sa.select(sa.func.count()).select_from(t)).scalar())
    print(bind.scalar(sa.select(sa.func.max(t.c.at))))
    print(bind.execute(sa.select(t.c.flag, sa.literal(True).label('x'), (t.c.num + 1).label('n'), sa.cast(t.c.id, sa.String), sa.func.coalesce(t.c.day, None))).all())
    print(bind.execute(t.select().where(t.c.flag)).mappings().all())
    print(bind.execute(t.insert().values(id=2, flag=False)).rowcount)
    r = bind.execute(t.insert().values(flag=False)) if name != 'postgresql' else bind.execute(t.insert().values(id=3, flag=False))
    print(r.inserted_primary_key, r.inserted_primary_key[0])
    r = bind.execute(t.delete().where(t.c.id == 2).returning(t.c.flag)) if name not in ('mysql','mariadb') else None
    print(r.all() if r else None)
    for row in bind.execute(sa.select(t.c.id, t.c.flag).order_by(t.c.id)):
        print(row.id, row.flag, row[0], row[1], row)
    op.drop_table('ty')
    if name == 'postgresql':
        op.execute('drop type ee')
        print(bind.execute(sa.text("select array[1,2], array['a','b'], '{\"a\": 1}'::jsonb, now() is not null, 1.5, 2::float, '1 day'::interval, '2024-01-01'::date, null, 'x'::char(3), '10:11:12'::time, array[true], array['2024-01-01'::date], array['12345678123456781234567812345678'::uuid], '{a,b}'::name[]")).fetchone())
