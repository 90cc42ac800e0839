SELECT u.kind, n.nspname, u.name, u.visible, d.description, u.a, u.b, u.c, u.e, u.first, u.second
FROM (
    SELECT 'enum', 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.oid, t.typnamespace, t.typname::text,
           pg_catalog.pg_type_is_visible(t.oid), NULL, NULL, NULL, NULL, e.labels::text, NULL
    FROM pg_catalog.pg_type t
    LEFT JOIN (SELECT l.enumtypid, pg_catalog.array_agg(l.enumlabel::text ORDER BY l.enumsortorder) AS labels
               FROM pg_catalog.pg_enum l GROUP BY l.enumtypid) e ON e.enumtypid = t.oid
    WHERE t.typtype = 'e' AND t.oid >= {first_oid}
    UNION ALL
    SELECT 'domain', 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname,
           pg_catalog.pg_type_is_visible(t.oid),
           pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull::text,
           pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass),
           {domain_collation}, o.names::text, o.texts::text
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation k ON k.oid = t.typcollation
    LEFT JOIN (SELECT o.contypid, pg_catalog.array_agg(o.conname::text ORDER BY o.conname) AS names,
                      pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(o.oid, true) ORDER BY o.conname) AS texts
               FROM pg_catalog.pg_constraint o WHERE o.contypid <> 0 AND o.contype = 'c' GROUP BY o.contypid) o
           ON o.contypid = t.oid
    WHERE t.typtype = 'd' AND t.oid >= {first_oid}
    {rest}
) u(kind, class, oid, namespace, name, visible, a, b, c, e, first, second)
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = u.namespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = u.oid AND d.classoid = u.class AND d.objsubid = 0
WHERE {type_scope}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend m
                  WHERE m.deptype = 'e' AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                    AND m.classid = u.class AND m.objid = u.oid AND {whole})
ORDER BY 1, 2, 3
