UNION ALL
SELECT 'schema', 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, n.oid, n.nspname, true,
       NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_namespace n
WHERE {all}
UNION ALL
SELECT 'extension', 'pg_catalog.pg_extension'::pg_catalog.regclass, x.oid, x.extnamespace, x.extname, true,
       x.extversion, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_extension x
UNION ALL
SELECT 'other', 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname,
       pg_catalog.pg_type_is_visible(t.oid), 'composite type',
       'CREATE TYPE ' || pg_catalog.format_type(t.oid, NULL) || ' AS (' || COALESCE(pg_catalog.string_agg(
           pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) ||
           CASE WHEN a.attcollation <> y.typcollation
                THEN ' COLLATE ' || a.attcollation::pg_catalog.regcollation ELSE '' END,
           ', ' ORDER BY a.attnum), '') || ')', NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
LEFT JOIN (pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid)
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.oid >= {first_oid} AND t.typtype = 'c'
GROUP BY t.oid
UNION ALL
SELECT 'other', 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname,
       pg_catalog.pg_type_is_visible(t.oid), 'range type',
       pg_catalog.concat('CREATE TYPE ', pg_catalog.format_type(t.oid, NULL), ' AS RANGE (SUBTYPE = ',
           pg_catalog.format_type(g.rngsubtype, NULL),
           CASE WHEN NOT p.opcdefault THEN ', SUBTYPE_OPCLASS = ' || pg_catalog.quote_ident(p.opcname) END,
           CASE WHEN g.rngcollation <> y.typcollation
                THEN ', COLLATION = ' || g.rngcollation::pg_catalog.regcollation END,
           ', CANONICAL = ' || NULLIF(g.rngcanonical::text, '-'),
           ', SUBTYPE_DIFF = ' || NULLIF(g.rngsubdiff::text, '-'), ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_range g
JOIN pg_catalog.pg_type t ON t.oid = g.rngtypid
JOIN pg_catalog.pg_type y ON y.oid = g.rngsubtype
JOIN pg_catalog.pg_opclass p ON p.oid = g.rngsubopc
WHERE t.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace, t.typname,
       pg_catalog.pg_type_is_visible(t.oid), 'base type', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type t
WHERE t.oid >= {first_oid} AND t.typtype = 'b' AND t.typcategory <> 'A' AND t.typisdefined
UNION ALL
SELECT 'other', 'pg_catalog.pg_collation'::pg_catalog.regclass, k.oid, k.collnamespace, k.collname,
       pg_catalog.pg_collation_is_visible(k.oid), 'collation',
       pg_catalog.concat('CREATE COLLATION ', k.oid::pg_catalog.regcollation, ' (PROVIDER = ',
           CASE k.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
           CASE WHEN NOT k.collisdeterministic THEN ', DETERMINISTIC = false' END,
           ', LOCALE = ' || pg_catalog.quote_literal(COALESCE(j.j ->> 'colllocale', j.j ->> 'colliculocale')),
           ', LC_COLLATE = ' || pg_catalog.quote_literal(k.collcollate),
           ', LC_CTYPE = ' || pg_catalog.quote_literal(k.collctype),
           ', RULES = ' || pg_catalog.quote_literal(j.j ->> 'collicurules'), ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_collation k
CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(k)) j(j)
WHERE k.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxnamespace, s.stxname,
       pg_catalog.pg_statistics_obj_is_visible(s.oid), 'statistics', pg_catalog.pg_get_statisticsobjdef(s.oid),
       NULLIF(pg_catalog.to_jsonb(s) ->> 'stxstattarget', '-1'), NULL, NULL, NULL
FROM pg_catalog.pg_statistic_ext s
UNION ALL
SELECT 'other', 'pg_catalog.pg_ts_config'::pg_catalog.regclass, g.oid, g.cfgnamespace, g.cfgname,
       pg_catalog.pg_ts_config_is_visible(g.oid), 'text search configuration',
       'CREATE TEXT SEARCH CONFIGURATION ' || g.oid::pg_catalog.regconfig || ' (PARSER = ' || CASE
           WHEN pg_catalog.pg_ts_parser_is_visible(p.oid) THEN '' ELSE pg_catalog.quote_ident(pn.nspname) || '.' END ||
           pg_catalog.quote_ident(p.prsname) || ')' || COALESCE((
               SELECT pg_catalog.string_agg(E';\nALTER TEXT SEARCH CONFIGURATION ' || g.oid::pg_catalog.regconfig ||
                          ' ADD MAPPING FOR ' || m.alias || ' WITH ' || m.dictionaries, '' ORDER BY m.alias)
               FROM (SELECT t.alias, pg_catalog.string_agg(x.mapdict::pg_catalog.regdictionary::text, ', '
                                                           ORDER BY x.mapseqno) AS dictionaries
                     FROM pg_catalog.pg_ts_config_map x
                     JOIN pg_catalog.ts_token_type(g.cfgparser) t ON t.tokid = x.maptokentype
                     WHERE x.mapcfg = g.oid GROUP BY t.alias) m), ''), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_config g
JOIN pg_catalog.pg_ts_parser p ON p.oid = g.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
WHERE g.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, g.oid, g.dictnamespace, g.dictname,
       pg_catalog.pg_ts_dict_is_visible(g.oid), 'text search dictionary',
       'CREATE TEXT SEARCH DICTIONARY ' || g.oid::pg_catalog.regdictionary || ' (TEMPLATE = ' || CASE
           WHEN pg_catalog.pg_ts_template_is_visible(t.oid) THEN '' ELSE pg_catalog.quote_ident(tn.nspname) || '.' END ||
           pg_catalog.quote_ident(t.tmplname) || COALESCE(', ' || g.dictinitoption, '') || ')', NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_dict g
JOIN pg_catalog.pg_ts_template t ON t.oid = g.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE g.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, o.oprnamespace, pg_catalog.concat(o.oprname, '(',
           COALESCE(pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL), 'NONE'), ', ',
           pg_catalog.format_type(o.oprright, NULL), ')'),
       pg_catalog.pg_operator_is_visible(o.oid), 'operator',
       pg_catalog.concat('CREATE OPERATOR ', CASE WHEN n.nspname <> {default} THEN pg_catalog.quote_ident(n.nspname) || '.' END,
           o.oprname, ' (FUNCTION = ', o.oprcode,
           ', LEFTARG = ' || pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL),
           ', RIGHTARG = ', pg_catalog.format_type(o.oprright, NULL),
           ', COMMUTATOR = ' || cn.oprname, ', NEGATOR = ' || gn.oprname,
           ', RESTRICT = ' || NULLIF(o.oprrest::text, '-'), ', JOIN = ' || NULLIF(o.oprjoin::text, '-'),
           CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END, ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_catalog.pg_operator cn ON cn.oid = o.oprcom
LEFT JOIN pg_catalog.pg_operator gn ON gn.oid = o.oprnegate
WHERE o.oid >= {first_oid} AND o.oprcode <> 0
UNION ALL
SELECT 'other', 'pg_catalog.pg_cast'::pg_catalog.regclass, k.oid, CASE WHEN s.oid >= {first_oid} THEN s.typnamespace ELSE t.typnamespace END,
       '(' || pg_catalog.format_type(k.castsource, NULL) || ' AS ' || pg_catalog.format_type(k.casttarget, NULL) || ')',
       true, 'cast',
       pg_catalog.concat('CREATE CAST (', pg_catalog.format_type(k.castsource, NULL), ' AS ',
           pg_catalog.format_type(k.casttarget, NULL),
           CASE k.castmethod WHEN 'i' THEN ') WITH INOUT' WHEN 'b' THEN ') WITHOUT FUNCTION'
                ELSE ') WITH FUNCTION ' || k.castfunc::pg_catalog.regprocedure END,
           CASE k.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_cast k
JOIN pg_catalog.pg_type s ON s.oid = k.castsource
JOIN pg_catalog.pg_type t ON t.oid = k.casttarget
WHERE k.oid >= {first_oid}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
                  WHERE i.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND i.objid = k.oid AND i.deptype = 'i')
UNION ALL
SELECT 'other', 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, g.oid, NULL, g.evtname,
       true, 'event trigger',
       pg_catalog.concat('CREATE EVENT TRIGGER ', pg_catalog.quote_ident(g.evtname), ' ON ', g.evtevent,
           ' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(x), ', ' ORDER BY x)
                                FROM pg_catalog.unnest(g.evttags) x) || ')',
           ' EXECUTE FUNCTION ', g.evtfoid::pg_catalog.regproc, '()',
           CASE g.evtenabled WHEN 'O' THEN NULL ELSE
               E';\nALTER EVENT TRIGGER ' || pg_catalog.quote_ident(g.evtname) || CASE g.evtenabled
                   WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END END), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_event_trigger g
UNION ALL
SELECT 'other', 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, NULL, w.fdwname,
       true, 'foreign data wrapper',
       pg_catalog.concat('CREATE FOREIGN DATA WRAPPER ', pg_catalog.quote_ident(w.fdwname),
           CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::pg_catalog.regproc END,
           CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc END,
           ' OPTIONS (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(x.option_name) || ' ' ||
                                       pg_catalog.quote_literal(x.option_value), ', ' ORDER BY x.option_name)
                            FROM pg_catalog.pg_options_to_table(w.fdwoptions) x) || ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_foreign_data_wrapper w
UNION ALL
SELECT 'other', 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, s.oid, NULL, s.srvname,
       true, 'server',
       pg_catalog.concat('CREATE SERVER ', pg_catalog.quote_ident(s.srvname),
           ' TYPE ' || pg_catalog.quote_literal(s.srvtype), ' VERSION ' || pg_catalog.quote_literal(s.srvversion),
           ' FOREIGN DATA WRAPPER ', pg_catalog.quote_ident(w.fdwname),
           ' OPTIONS (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(x.option_name) || ' ' ||
                                       pg_catalog.quote_literal(x.option_value), ', ' ORDER BY x.option_name)
                            FROM pg_catalog.pg_options_to_table(s.srvoptions) x) || ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'other', 'pg_catalog.pg_publication'::pg_catalog.regclass, p.oid, NULL, p.pubname,
       true, 'publication',
       pg_catalog.concat('CREATE PUBLICATION ', pg_catalog.quote_ident(p.pubname),
           CASE WHEN p.puballtables THEN ' FOR ALL TABLES'
                ELSE ' FOR TABLE ' || (SELECT pg_catalog.string_agg(r.prrelid::pg_catalog.regclass::text, ', '
                                                                    ORDER BY r.prrelid::pg_catalog.regclass::text)
                                       FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid) END,
           ' WITH (publish = ', pg_catalog.quote_literal(pg_catalog.concat_ws(', ',
               CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
               CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
           CASE WHEN pg_catalog.to_jsonb(p) ->> 'pubviaroot' = 'true' THEN ', publish_via_partition_root = true' END, ')'), NULL, NULL, NULL, NULL
FROM pg_catalog.pg_publication p
UNION ALL
SELECT 'other', 'pg_catalog.pg_opclass'::pg_catalog.regclass, o.oid, o.opcnamespace, o.opcname || ' USING ' || m.amname,
       true, 'operator class', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
WHERE o.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_opfamily'::pg_catalog.regclass, o.oid, o.opfnamespace, o.opfname || ' USING ' || m.amname,
       true, 'operator family', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_opfamily o
JOIN pg_catalog.pg_am m ON m.oid = o.opfmethod
WHERE o.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_conversion'::pg_catalog.regclass, v.oid, v.connamespace, v.conname,
       true, 'conversion', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_conversion v
WHERE v.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_ts_parser'::pg_catalog.regclass, p.oid, p.prsnamespace, p.prsname,
       true, 'text search parser', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_parser p
WHERE p.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_ts_template'::pg_catalog.regclass, p.oid, p.tmplnamespace, p.tmplname,
       true, 'text search template', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_template p
WHERE p.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, NULL, l.lanname,
       true, 'language', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_language l
WHERE l.oid >= {first_oid}
UNION ALL
SELECT 'other', 'pg_catalog.pg_am'::pg_catalog.regclass, m.oid, NULL, m.amname,
       true, 'access method', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_am m
WHERE m.oid >= {first_oid}
UNION ALL
SELECT 'unseen', 0, 0, NULL, z.what, NULL, pg_catalog.count(*)::text, NULL, NULL, NULL, NULL, NULL
FROM (SELECT 'user mapping' FROM pg_catalog.pg_user_mappings
      UNION ALL
      SELECT 'transform' FROM pg_catalog.pg_transform v WHERE v.oid >= {first_oid}
      UNION ALL
      SELECT 'subscription' FROM pg_catalog.pg_subscription s
      JOIN pg_catalog.pg_database b ON b.oid = s.subdbid AND b.datname = pg_catalog.current_database()
      UNION ALL
      SELECT 'default privilege' FROM pg_catalog.pg_default_acl
     ) z(what)
GROUP BY z.what
