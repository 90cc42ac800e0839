revision = u"a"
print "x"
exec "y"
raise A, "b"
x <> `y` + 0777 + 10L
