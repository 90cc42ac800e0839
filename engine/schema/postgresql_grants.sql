UNION ALL
SELECT 'grant', g.schema, g.name, NULL, NULL, g.what,
       CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(x.grantee) END, NULL, NULL,
       pg_catalog.array_agg(x.privilege_type ORDER BY x.privilege_type)::text,
       (pg_catalog.array_agg(x.privilege_type ORDER BY x.privilege_type) FILTER (WHERE x.is_grantable))::text
FROM (SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname::text, c.relname::text, c.relowner, c.relacl
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relacl IS NOT NULL AND {within} {no_member}
      UNION ALL
      SELECT 'column', n.nspname, c.relname || '.' || a.attname, c.relowner, a.attacl
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
      WHERE {within} {no_member}
      UNION ALL
      SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname,
             p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')', p.proowner,
             COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE {within} {no_member:pg_proc:p}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
                        WHERE i.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND i.objid = p.oid AND i.deptype = 'i')
      UNION ALL
      SELECT 'schema', n.nspname, '', n.nspowner, n.nspacl
      FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL AND {within}
     ) g(what, schema, name, owner, acl)
CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) x
WHERE x.grantee <> g.owner
GROUP BY g.what, g.schema, g.name, x.grantee
