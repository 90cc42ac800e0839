revision = "a"
down_revision = [
"b",
]
def upgrade():
    pass
