SELECT o.conrelid, o.conname, o.contype,
       CASE WHEN pg_catalog.cardinality(o.conkey) = 1 THEN ARRAY[a.attname::text] ELSE
           ARRAY(SELECT a.attname::text
                 FROM pg_catalog.unnest(o.conkey) WITH ORDINALITY k(attnum, ord)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum
                 ORDER BY k.ord) END,
       CASE WHEN NOT pg_catalog.pg_table_is_visible(o.confrelid) THEN rn.nspname END, rn.nspname, rc.relname,
       CASE WHEN pg_catalog.cardinality(o.confkey) = 1 THEN ARRAY[ra.attname::text]
            WHEN o.contype = 'f' THEN
           ARRAY(SELECT a.attname::text
                 FROM pg_catalog.unnest(o.confkey) WITH ORDINALITY k(attnum, ord)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.attnum
                 ORDER BY k.ord) END,
       o.confdeltype, o.confupdtype, o.confmatchtype, o.condeferrable, o.condeferred, o.convalidated, o.connoinherit,
       CASE WHEN o.contype IN ('c', 'x') OR o.confdeltype IN ('n', 'd')
            THEN pg_catalog.pg_get_constraintdef(o.oid, true) END,
       CASE WHEN i.indnatts > i.indnkeyatts THEN
           ARRAY(SELECT a.attname::text
                 FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, ord)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum
                 WHERE k.ord > i.indnkeyatts ORDER BY k.ord)
       END,
       {nulls_not_distinct}, ic.relname, d.description,
       ic.reloptions, s.spcname, i.indisclustered, i.indisreplident,
       o.conparentid <> 0 OR o.coninhcount > 0
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_constraint o ON o.conrelid = c.oid AND o.contype IN ('p', 'u', 'f', 'c', 'x')
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1]
LEFT JOIN pg_catalog.pg_attribute ra ON ra.attrelid = o.confrelid AND ra.attnum = o.confkey[1]
LEFT JOIN pg_catalog.pg_class rc ON rc.oid = o.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = o.conindid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = o.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {scope}
ORDER BY o.conrelid, o.conname
