SELECT g.tgrelid, 't' AS what, g.tgname AS name, {trigger_text} AS text, g.tgenabled::text AS fires, d.description,
       NULL AS command, NULL AS roles, NULL AS with_check, {trigger_inherited}
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = g.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
WHERE c.relkind IN ('r', 'p', 'f', 'v') AND {scope}
{rest}
ORDER BY 1, 2, 3
