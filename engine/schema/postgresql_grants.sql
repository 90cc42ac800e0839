UNION ALL
SELECT 'grant', 0, 0, g.namespace, g.name, NULL, g.what,
       CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(x.grantee) END, NULL, NULL,
       pg_catalog.array_agg(x.privilege_type ORDER BY x.privilege_type)::text,
       (pg_catalog.array_agg(x.privilege_type ORDER BY x.privilege_type) FILTER (WHERE x.is_grantable))::text
FROM (SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, c.relnamespace, c.relname::text, c.relowner, c.relacl
      FROM pg_catalog.pg_class c
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relacl IS NOT NULL AND c.oid >= {first_oid} {no_member}
      UNION ALL
      SELECT 'column', c.relnamespace, c.relname || '.' || a.attname, c.relowner, a.attacl
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
      WHERE c.oid >= {first_oid} {no_member}
      UNION ALL
      SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.pronamespace,
             p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', p.proowner, p.proacl
      FROM pg_catalog.pg_proc p
      WHERE p.oid >= {first_oid} AND p.proacl IS NOT NULL
      UNION ALL
      SELECT 'schema', n.oid, '', n.nspowner, n.nspacl FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL
     ) g(what, namespace, name, owner, acl)
CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) x
WHERE x.grantee <> g.owner AND NOT (x.grantee = 0 AND g.what IN ('function', 'procedure'))
GROUP BY g.what, g.namespace, g.name, x.grantee
UNION ALL
SELECT 'grant', 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, p.pronamespace,
       p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', NULL,
       CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, 'public', NULL, NULL, '{}', NULL
FROM pg_catalog.pg_proc p
WHERE p.oid >= {first_oid} AND p.proacl IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) x WHERE x.grantee = 0)
