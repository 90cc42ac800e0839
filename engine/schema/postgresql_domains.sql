SELECT n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid),
       pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, k.collname,
       (SELECT pg_catalog.array_agg(o.conname::text ORDER BY o.conname)
        FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c'),
       (SELECT pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(o.oid, true) ORDER BY o.conname)
        FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid AND o.contype = 'c')
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_collation k ON k.oid = t.typcollation
WHERE t.typtype = 'd'
ORDER BY n.nspname, t.typname
