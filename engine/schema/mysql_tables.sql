SELECT t.TABLE_SCHEMA AS in_schema, t.TABLE_NAME AS name, t.TABLE_TYPE, t.ENGINE, t.TABLE_COLLATION, t.CREATE_OPTIONS,
       t.TABLE_COMMENT, NULL AS definition, NULL AS check_option, NULL AS definer, NULL AS security, NULL AS algorithm
FROM information_schema.TABLES t
WHERE {scope} AND t.TABLE_TYPE NOT LIKE '%VIEW'
UNION ALL
SELECT t.TABLE_SCHEMA, t.TABLE_NAME, 'VIEW', NULL, NULL, NULL, NULL, t.VIEW_DEFINITION, t.CHECK_OPTION, t.DEFINER,
       t.SECURITY_TYPE, {algorithm}
FROM information_schema.VIEWS t
WHERE {scope}
ORDER BY in_schema, name
