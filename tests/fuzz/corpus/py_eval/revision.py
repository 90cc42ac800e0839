"""Add a table"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "b"
down_revision = "a"
kind = sa.Enum("x", "y", name="kind")


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("k", kind, nullable=False, server_default="x"),
        sa.Column("j", postgresql.JSONB(), server_default=sa.text("'{}'")),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.ForeignKeyConstraint(["k"], ["o.id"], name=op.f("fk"), ondelete="CASCADE"),
        sa.CheckConstraint("id > 0", name="c"), sa.UniqueConstraint("k", "at"), schema="s",
    )
    op.create_index(op.f("ix_t"), "t", ["k", sa.text("lower(j)")], unique=True, postgresql_where=sa.text("a"))
    with op.batch_alter_table("t") as batch:
        batch.add_column(sa.Column("n", sa.Numeric(10, 2)))
        batch.alter_column("k", existing_type=sa.String(5), type_=sa.Text(), nullable=True)
        batch.drop_constraint("c", type_="check")
    t = sa.table("t", sa.column("id"), sa.column("k", sa.String))
    op.bulk_insert(t, [{"id": 1, "k": "x"}, {"id": 2, "k": None}])
    op.execute(t.update().where(t.c.id == 1).values(k=sa.func.upper(t.c.k)))
    op.get_bind().execute(sa.select(t.c.id).where(sa.and_(t.c.k.in_(["x"]), ~t.c.id.is_(None))))
    op.execute("UPDATE t SET k = :v")


def downgrade():
    if op.get_context().dialect.name == "postgresql":
        kind.drop(op.get_bind(), checkfirst=True)
    op.drop_index("ix_t", table_name="t")
    op.drop_column("t", "n")
    op.drop_table("t", schema="s")
