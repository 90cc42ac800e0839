SELECT 1
FROM pragma_database_list d, pragma_table_info({name}, d.name) x
WHERE d.name IN ({databases})
LIMIT 1
