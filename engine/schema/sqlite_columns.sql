SELECT m.rowid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM {master} m, pragma_table_xinfo(m.name, {database}) x
WHERE m.type IN ({types}) AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' {and_table} {and_readable}
ORDER BY m.rowid, x.cid
