SELECT m.rowid, m.type, m.name, m.tbl_name, m.sql,
    m.type = 'table' AND m.name IN (SELECT name FROM pragma_table_list
                                    WHERE schema = {database} AND type = 'shadow')
FROM {master} m
WHERE m.name NOT LIKE 'sqlite~_%' ESCAPE '~' {and_table}
ORDER BY m.rowid
