SELECT {database}, m.type, m.name, m.tbl_name, m.sql, m.rowid
FROM {master} m
WHERE m.name NOT LIKE 'sqlite~_%' ESCAPE '~' {and_table}
ORDER BY m.rowid
