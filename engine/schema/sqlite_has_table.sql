SELECT 1 FROM pragma_table_info({name}, {database})
UNION ALL
SELECT 1 FROM pragma_table_info({name}, {other})
LIMIT 1
