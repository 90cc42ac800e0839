SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_catalog.pg_get_expr(f.adbin, f.adrelid), a.attgenerated, a.attidentity,
       s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
       CASE WHEN a.attcollation <> t.typcollation THEN k.collname END, d.description,
       CASE WHEN a.attstorage <> t.typstorage AND c.relkind NOT IN ('v', 'p') THEN a.attstorage END,
       {compression}, a.attstattarget, COALESCE(a.attoptions, a.attfdwoptions),
       a.attinhcount > 0
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum AND a.atthasdef
LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation AND a.attcollation <> 0
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = a.attrelid AND d.objsubid = a.attnum
      AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
LEFT JOIN (pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence s
             ON s.seqrelid = p.objid AND p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
       ON p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype = 'i'
      AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND a.attidentity <> ''
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {scope}
ORDER BY a.attrelid, a.attnum
