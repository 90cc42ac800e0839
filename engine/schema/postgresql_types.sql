SELECT 'enum' AS kind, n.nspname AS schema, t.typname AS name, pg_catalog.pg_type_is_visible(t.oid) AS visible,
       d.description AS comment, NULL AS a, NULL AS b, NULL AS c, NULL AS e, e.labels::text AS first, NULL AS second
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN (SELECT l.enumtypid, pg_catalog.array_agg(l.enumlabel::text ORDER BY l.enumsortorder) AS labels
           FROM pg_catalog.pg_enum l GROUP BY l.enumtypid) e ON e.enumtypid = t.oid
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = t.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
WHERE t.typtype = 'e' AND {within} {no_type_member}
UNION ALL
SELECT 'domain', n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid), d.description,
       pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull::text,
       pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass),
       {domain_collation}, o.names::text, o.texts::text
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation k ON k.oid = t.typcollation
LEFT JOIN (SELECT o.contypid, pg_catalog.array_agg(o.conname::text ORDER BY o.conname) AS names,
                  pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(o.oid, true) ORDER BY o.conname) AS texts
           FROM pg_catalog.pg_constraint o WHERE o.contypid <> 0 AND o.contype = 'c' GROUP BY o.contypid) o
       ON o.contypid = t.oid
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = t.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
WHERE t.typtype = 'd' AND {within} {no_type_member}
{rest}
ORDER BY 1, 2, 3
