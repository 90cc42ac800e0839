SELECT m.rowid, m.type, m.name, m.tbl_name, m.sql, l.type = 'shadow'
FROM {master} m
LEFT JOIN pragma_table_list l ON m.type = 'table' AND l.schema = {database} AND l.name = m.name
WHERE m.name NOT LIKE 'sqlite~_%' ESCAPE '~' {and_table}
ORDER BY m.rowid
