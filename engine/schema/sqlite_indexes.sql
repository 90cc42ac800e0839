SELECT m.rowid, l.name, l."unique", l.origin, l.partial, x.name, x."desc", x.coll, i.sql, x.seqno
FROM {master} m, pragma_index_list(m.name, {database}) l, pragma_index_xinfo(l.name, {database}) x
LEFT JOIN {master} i ON i.type = 'index' AND i.name = l.name
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND x."key" {and_table} {and_readable}
ORDER BY m.rowid, l.seq, x.seqno
