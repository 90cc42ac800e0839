import sqlalchemy as sa
from alembic import op
def upgrade():
    bind = op.get_bind()
    m = sa.MetaData()
    t = sa.Table('child', m, autoload_with=bind)
    print(sorted(k.split(".")[-1] for k in m.tables))
    print([c.name for c in t.columns], [c.name for c in t.primary_key.columns] if 0 else '')
    print(repr(t.c.id.type), t.c.parent_id.nullable, t.c.day.type)
    p = m.tables['parent']
    bind.execute(p.insert().values(id=1, code='a'))
    bind.execute(p.insert(), [{"id": 2, "code": "b"}, {"id": 3, "code": "c"}])
    print(bind.execute(sa.select(p.c.id, p.c.code).order_by(p.c.id)).fetchall())
    print(bind.execute(p.update().where(p.c.id == 2).values(code="zz")).rowcount)
    m2 = sa.MetaData()
    m2.reflect(bind)
    print(sorted(k.split(".")[-1] for k in m2.tables))
    m3 = sa.MetaData()
    m3.reflect(bind, only=["parent"])
    print(sorted(m3.tables))
    m3 = sa.MetaData()
    m3.reflect(bind, only=lambda n, mm: n == "parts")
    print(sorted(m3.tables))
    try:
        sa.Table('nope', m, autoload_with=bind)
    except sa.exc.NoSuchTableError as e:
        print(repr(e))
    try:
        m.reflect(bind, only=["nope"])
    except sa.exc.InvalidRequestError as e:
        print("invalid")
    bind.execute(p.delete())
