SELECT i.indrelid, ic.relname, i.indisunique, i.indisprimary, i.indisvalid, m.amname,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid), i.indnkeyatts, i.indoption, ic.reloptions, s.spcname,
       {nulls_not_distinct}, o.conname, d.description, {index_text},
       e.names, e.expressions, e.opclasses, e.defaults, e.collations, i.indisclustered, i.indisreplident,
       ic.relispartition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = ic.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_constraint o
       ON o.conrelid = i.indrelid AND o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = i.indexrelid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.ord) AS names,
           pg_catalog.array_agg(CASE WHEN k.attnum = 0
                                     THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.ord::int, true) END
                                ORDER BY k.ord) AS expressions,
           pg_catalog.array_agg(p.opcname::text ORDER BY k.ord) AS opclasses,
           pg_catalog.array_agg(p.opcdefault ORDER BY k.ord) AS defaults,
           pg_catalog.array_agg(CASE WHEN l.oid <> COALESCE(a.attcollation, 100) THEN l.collname::text END
                                ORDER BY k.ord) AS collations
    FROM ROWS FROM (pg_catalog.unnest(i.indkey::int2[]), pg_catalog.unnest(i.indclass::oid[]),
                    pg_catalog.unnest(i.indcollation::oid[])) WITH ORDINALITY k(attnum, opclass, collation_id, ord)
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
    LEFT JOIN pg_catalog.pg_opclass p ON p.oid = k.opclass
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = k.collation_id AND k.collation_id <> 0
) e
WHERE c.relkind IN ('r', 'p', 'm') AND {scope}
ORDER BY i.indrelid, ic.relname
