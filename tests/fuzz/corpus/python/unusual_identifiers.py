B = "b"
revision, x = "a", 1
revision = down_revision = B; depends_on = {"c"}
upgrade = f
if x:
  def downgrade(): ...
