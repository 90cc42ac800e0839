UNION ALL
SELECT p.polrelid, 'p', p.polname, pg_catalog.pg_get_expr(p.polqual, p.polrelid, true),
       CASE WHEN p.polpermissive THEN 'p' ELSE 'r' END, d.description, p.polcmd::text,
       (SELECT pg_catalog.array_agg(COALESCE(r.rolname::text, 'public') ORDER BY r.rolname)::text
        FROM pg_catalog.unnest(p.polroles) u(role) LEFT JOIN pg_catalog.pg_roles r ON r.oid = u.role),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid, true), false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = p.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass
WHERE {scope}
UNION ALL
SELECT r.ev_class, 'r', r.rulename, pg_catalog.pg_get_ruledef(r.oid, true), r.ev_enabled::text, d.description,
       NULL, NULL, NULL, false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = r.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
WHERE {scope}
