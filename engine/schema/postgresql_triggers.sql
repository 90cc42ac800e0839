SELECT g.tgrelid, g.tgname, pg_catalog.pg_get_triggerdef(g.oid), g.tgenabled, {trigger_inherited}
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal
WHERE c.relkind IN ('r', 'p', 'f', 'v') AND {scope}
ORDER BY n.nspname, c.relname, g.tgname
