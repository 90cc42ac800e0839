SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid), pg_catalog.format_type(s.seqtypid, NULL),
       s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, oc.relname, oa.attname,
       p.deptype, c.relpersistence, d.description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_catalog.pg_depend p
       ON p.objid = c.oid AND p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.objsubid = 0
      AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.deptype IN ('a', 'i') AND p.refobjsubid > 0
LEFT JOIN pg_catalog.pg_class oc ON oc.oid = p.refobjid
LEFT JOIN pg_catalog.pg_attribute oa ON oa.attrelid = p.refobjid AND oa.attnum = p.refobjsubid
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
WHERE c.relkind = 'S' AND {scope} {no_member}
ORDER BY n.nspname, c.relname
