SELECT i.indrelid, ic.relname, i.indisunique, i.indisprimary, i.indisvalid, m.amname,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid), i.indnkeyatts, i.indoption, ic.reloptions, s.spcname,
       {nulls_not_distinct}, o.conname, d.description, {index_text}, e.keys, i.indisclustered, i.indisreplident,
       ic.relispartition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = ic.relam
JOIN (SELECT k.indexrelid,
             pg_catalog.array_agg(ARRAY[
                 a.attname::text,
                 CASE WHEN k.attnum = 0 THEN pg_catalog.pg_get_indexdef(k.indexrelid, k.ord, true) END,
                 p.opcname::text, p.opcdefault::text,
                 CASE WHEN l.oid <> COALESCE(a.attcollation, 100) THEN l.collname::text END] ORDER BY k.ord) AS keys,
             pg_catalog.bool_and(k.attnum <> 0 AND k.option = 0 AND p.opcdefault AND k.collation = a.attcollation
                                 AND (p.opcintype = a.atttypid OR (p.opcintype = 25 AND a.atttypid = 1043))) AS simple
      FROM (SELECT c.oid, i.indexrelid, k.ord, i.indkey[k.ord - 1] AS attnum, i.indclass[k.ord - 1] AS opclass,
                   i.indcollation[k.ord - 1] AS collation, i.indoption[k.ord - 1] AS option
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
            JOIN pg_catalog.generate_series(1, 32) k(ord) ON k.ord <= i.indnatts
            WHERE c.relkind IN ('r', 'p', 'm') AND {scope}) k
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = k.oid AND a.attnum = k.attnum AND k.attnum <> 0
      LEFT JOIN pg_catalog.pg_opclass p ON p.oid = k.opclass
      LEFT JOIN pg_catalog.pg_collation l ON l.oid = k.collation AND k.collation <> 0
      GROUP BY k.indexrelid) e ON e.indexrelid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_constraint o
       ON o.conrelid = i.indrelid AND o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = i.indexrelid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
WHERE c.relkind IN ('r', 'p', 'm') AND {scope}
ORDER BY i.indrelid, ic.relname
