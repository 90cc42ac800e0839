SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, pg_catalog.pg_table_is_visible(c.oid),
       d.description, c.reloptions,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
       h.parents, CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
       c.relispartition, c.relrowsecurity, c.relforcerowsecurity, m.amname, s.spcname, CASE WHEN c.relkind IN ('r', 'p') THEN c.relreplident END,
       fs.srvname, f.ftoptions, w.reloptions, c.reloftype <> 0
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
LEFT JOIN (SELECT i.inhrelid,
                  pg_catalog.array_agg(i.inhparent::pg_catalog.regclass::text ORDER BY i.inhseqno) AS parents
           FROM pg_catalog.pg_inherits i GROUP BY i.inhrelid) h
       ON h.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname <> 'heap'
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN (pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server fs ON fs.oid = f.ftserver)
       ON f.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_class w ON w.oid = c.reltoastrelid AND w.relkind = 't' AND w.reloptions IS NOT NULL
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {scope} {no_member}
ORDER BY n.nspname, c.relname
