UNION ALL
SELECT 'schema', NULL, n.nspname, true, pg_catalog.obj_description(n.oid, 'pg_namespace'), NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_namespace n
WHERE {all} AND {within} {no_member:pg_namespace:n}
UNION ALL
SELECT 'extension', NULLIF(n.nspname, {default}), x.extname, true, pg_catalog.obj_description(x.oid, 'pg_extension'),
       x.extversion, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_extension x
JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
WHERE {all} OR {within}
UNION ALL
SELECT 'other', n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid), pg_catalog.obj_description(t.oid, 'pg_type'),
       'composite type',
       'CREATE TYPE ' || pg_catalog.format_type(t.oid, NULL) || ' AS (' || pg_catalog.string_agg(
           pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) ||
           CASE WHEN a.attcollation <> y.typcollation
                THEN ' COLLATE ' || a.attcollation::pg_catalog.regcollation ELSE '' END,
           ', ' ORDER BY a.attnum) || ')',
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
LEFT JOIN (pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid)
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE {within} {no_type_member}
GROUP BY n.nspname, t.typname, t.oid
UNION ALL
SELECT 'other', n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid), pg_catalog.obj_description(t.oid, 'pg_type'),
       'range type',
       pg_catalog.concat('CREATE TYPE ', pg_catalog.format_type(t.oid, NULL), ' AS RANGE (SUBTYPE = ',
           pg_catalog.format_type(g.rngsubtype, NULL),
           CASE WHEN NOT p.opcdefault THEN ', SUBTYPE_OPCLASS = ' || pg_catalog.quote_ident(p.opcname) END,
           CASE WHEN g.rngcollation <> y.typcollation
                THEN ', COLLATION = ' || g.rngcollation::pg_catalog.regcollation END,
           ', CANONICAL = ' || NULLIF(g.rngcanonical::text, '-'),
           ', SUBTYPE_DIFF = ' || NULLIF(g.rngsubdiff::text, '-'), ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_range g
JOIN pg_catalog.pg_type t ON t.oid = g.rngtypid
JOIN pg_catalog.pg_type y ON y.oid = g.rngsubtype
JOIN pg_catalog.pg_opclass p ON p.oid = g.rngsubopc
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE {within} {no_type_member}
UNION ALL
SELECT 'other', n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid), pg_catalog.obj_description(t.oid, 'pg_type'),
       'base type', NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND t.typisdefined AND {within} {no_type_member}
UNION ALL
SELECT 'other', n.nspname, k.collname, pg_catalog.pg_collation_is_visible(k.oid),
       pg_catalog.obj_description(k.oid, 'pg_collation'), 'collation',
       pg_catalog.concat('CREATE COLLATION ', k.oid::pg_catalog.regcollation, ' (PROVIDER = ',
           CASE k.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
           CASE WHEN NOT k.collisdeterministic THEN ', DETERMINISTIC = false' END,
           ', LOCALE = ' || pg_catalog.quote_literal(COALESCE(j.j ->> 'colllocale', j.j ->> 'colliculocale')),
           ', LC_COLLATE = ' || pg_catalog.quote_literal(k.collcollate),
           ', LC_CTYPE = ' || pg_catalog.quote_literal(k.collctype),
           ', RULES = ' || pg_catalog.quote_literal(j.j ->> 'collicurules'), ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_collation k
JOIN pg_catalog.pg_namespace n ON n.oid = k.collnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(k)) j(j)
WHERE {within} {no_member:pg_collation:k}
UNION ALL
SELECT 'other', n.nspname, s.stxname, pg_catalog.pg_statistics_obj_is_visible(s.oid),
       pg_catalog.obj_description(s.oid, 'pg_statistic_ext'), 'statistics', pg_catalog.pg_get_statisticsobjdef(s.oid),
       NULLIF(NULLIF((pg_catalog.to_jsonb(s) ->> 'stxstattarget'), '-1'), ''), NULL, NULL, NULL
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE {within} {no_member:pg_statistic_ext:s}
UNION ALL
SELECT 'other', n.nspname, g.cfgname, pg_catalog.pg_ts_config_is_visible(g.oid),
       pg_catalog.obj_description(g.oid, 'pg_ts_config'), 'text search configuration',
       'CREATE TEXT SEARCH CONFIGURATION ' || g.oid::pg_catalog.regconfig || ' (PARSER = ' || CASE
           WHEN pg_catalog.pg_ts_parser_is_visible(p.oid) THEN '' ELSE pg_catalog.quote_ident(pn.nspname) || '.' END ||
           pg_catalog.quote_ident(p.prsname) || ')' || COALESCE((
               SELECT pg_catalog.string_agg(E';\nALTER TEXT SEARCH CONFIGURATION ' || g.oid::pg_catalog.regconfig ||
                          ' ADD MAPPING FOR ' || m.alias || ' WITH ' || m.dictionaries, '' ORDER BY m.alias)
               FROM (SELECT t.alias, pg_catalog.string_agg(x.mapdict::pg_catalog.regdictionary::text, ', '
                                                           ORDER BY x.mapseqno) AS dictionaries
                     FROM pg_catalog.pg_ts_config_map x
                     JOIN pg_catalog.ts_token_type(g.cfgparser) t ON t.tokid = x.maptokentype
                     WHERE x.mapcfg = g.oid GROUP BY t.alias) m), ''),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_config g
JOIN pg_catalog.pg_namespace n ON n.oid = g.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = g.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
WHERE {within} {no_member:pg_ts_config:g}
UNION ALL
SELECT 'other', n.nspname, g.dictname, pg_catalog.pg_ts_dict_is_visible(g.oid),
       pg_catalog.obj_description(g.oid, 'pg_ts_dict'), 'text search dictionary',
       'CREATE TEXT SEARCH DICTIONARY ' || g.oid::pg_catalog.regdictionary || ' (TEMPLATE = ' || CASE
           WHEN pg_catalog.pg_ts_template_is_visible(t.oid) THEN '' ELSE pg_catalog.quote_ident(tn.nspname) || '.' END ||
           pg_catalog.quote_ident(t.tmplname) || COALESCE(', ' || g.dictinitoption, '') || ')',
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_ts_dict g
JOIN pg_catalog.pg_namespace n ON n.oid = g.dictnamespace
JOIN pg_catalog.pg_ts_template t ON t.oid = g.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE {within} {no_member:pg_ts_dict:g}
UNION ALL
SELECT 'other', n.nspname, pg_catalog.concat(o.oprname, '(',
           COALESCE(pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL), 'NONE'), ', ',
           pg_catalog.format_type(o.oprright, NULL), ')'),
       pg_catalog.pg_operator_is_visible(o.oid), pg_catalog.obj_description(o.oid, 'pg_operator'), 'operator',
       pg_catalog.concat('CREATE OPERATOR ', CASE WHEN n.nspname <> {default} THEN pg_catalog.quote_ident(n.nspname) || '.' END,
           o.oprname, ' (FUNCTION = ', o.oprcode,
           ', LEFTARG = ' || pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL),
           ', RIGHTARG = ', pg_catalog.format_type(o.oprright, NULL),
           ', COMMUTATOR = ' || cn.oprname, ', NEGATOR = ' || gn.oprname,
           ', RESTRICT = ' || NULLIF(o.oprrest::text, '-'), ', JOIN = ' || NULLIF(o.oprjoin::text, '-'),
           CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END, ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_catalog.pg_operator cn ON cn.oid = o.oprcom
LEFT JOIN pg_catalog.pg_operator gn ON gn.oid = o.oprnegate
WHERE o.oprcode <> 0 AND {within} {no_member:pg_operator:o}
UNION ALL
SELECT 'other', NULL, '(' || pg_catalog.format_type(k.castsource, NULL) || ' AS ' || pg_catalog.format_type(k.casttarget, NULL) || ')',
       true, pg_catalog.obj_description(k.oid, 'pg_cast'), 'cast',
       pg_catalog.concat('CREATE CAST (', pg_catalog.format_type(k.castsource, NULL), ' AS ',
           pg_catalog.format_type(k.casttarget, NULL),
           CASE k.castmethod WHEN 'i' THEN ') WITH INOUT' WHEN 'b' THEN ') WITHOUT FUNCTION'
                ELSE ') WITH FUNCTION ' || k.castfunc::pg_catalog.regprocedure END,
           CASE k.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_cast k
WHERE k.oid >= 16384 {no_member:pg_cast:k}
  AND EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
              WHERE t.oid IN (k.castsource, k.casttarget) AND ({all} OR {within}))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
                  WHERE i.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND i.objid = k.oid AND i.deptype = 'i')
UNION ALL
SELECT 'other', NULL, g.evtname, true, pg_catalog.obj_description(g.oid, 'pg_event_trigger'), 'event trigger',
       pg_catalog.concat('CREATE EVENT TRIGGER ', pg_catalog.quote_ident(g.evtname), ' ON ', g.evtevent,
           ' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(x), ', ' ORDER BY x)
                                FROM pg_catalog.unnest(g.evttags) x) || ')',
           ' EXECUTE FUNCTION ', g.evtfoid::pg_catalog.regproc, '()',
           CASE g.evtenabled WHEN 'O' THEN NULL ELSE
               E';\nALTER EVENT TRIGGER ' || pg_catalog.quote_ident(g.evtname) || CASE g.evtenabled
                   WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END END),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_event_trigger g
WHERE {all} {no_member:pg_event_trigger:g}
UNION ALL
SELECT 'other', NULL, w.fdwname, true, pg_catalog.obj_description(w.oid, 'pg_foreign_data_wrapper'), 'foreign data wrapper',
       pg_catalog.concat('CREATE FOREIGN DATA WRAPPER ', pg_catalog.quote_ident(w.fdwname),
           CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::pg_catalog.regproc END,
           CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc END,
           ' OPTIONS (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(x.option_name) || ' ' ||
                                       pg_catalog.quote_literal(x.option_value), ', ' ORDER BY x.option_name)
                            FROM pg_catalog.pg_options_to_table(w.fdwoptions) x) || ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_foreign_data_wrapper w
WHERE {all} {no_member:pg_foreign_data_wrapper:w}
UNION ALL
SELECT 'other', NULL, s.srvname, true, pg_catalog.obj_description(s.oid, 'pg_foreign_server'), 'server',
       pg_catalog.concat('CREATE SERVER ', pg_catalog.quote_ident(s.srvname),
           ' TYPE ' || pg_catalog.quote_literal(s.srvtype), ' VERSION ' || pg_catalog.quote_literal(s.srvversion),
           ' FOREIGN DATA WRAPPER ', pg_catalog.quote_ident(w.fdwname),
           ' OPTIONS (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(x.option_name) || ' ' ||
                                       pg_catalog.quote_literal(x.option_value), ', ' ORDER BY x.option_name)
                            FROM pg_catalog.pg_options_to_table(s.srvoptions) x) || ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE {all} {no_member:pg_foreign_server:s}
UNION ALL
SELECT 'other', NULL, p.pubname, true, pg_catalog.obj_description(p.oid, 'pg_publication'), 'publication',
       pg_catalog.concat('CREATE PUBLICATION ', pg_catalog.quote_ident(p.pubname),
           CASE WHEN p.puballtables THEN ' FOR ALL TABLES'
                ELSE ' FOR TABLE ' || (SELECT pg_catalog.string_agg(r.prrelid::pg_catalog.regclass::text, ', '
                                                                    ORDER BY r.prrelid::pg_catalog.regclass::text)
                                       FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid) END,
           ' WITH (publish = ', pg_catalog.quote_literal(pg_catalog.concat_ws(', ',
               CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
               CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
           CASE WHEN pg_catalog.to_jsonb(p) ->> 'pubviaroot' = 'true' THEN ', publish_via_partition_root = true' END, ')'),
       NULL, NULL, NULL, NULL
FROM pg_catalog.pg_publication p
WHERE {all}
UNION ALL
SELECT 'other', n.nspname, z.name, true, z.comment, z.what, NULL, NULL, NULL, NULL, NULL
FROM (SELECT o.opcnamespace, o.opcname || ' USING ' || m.amname, 'operator class',
             pg_catalog.obj_description(o.oid, 'pg_opclass')
      FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
      WHERE o.oid >= 16384 {no_member:pg_opclass:o}
      UNION ALL
      SELECT o.opfnamespace, o.opfname || ' USING ' || m.amname, 'operator family',
             pg_catalog.obj_description(o.oid, 'pg_opfamily')
      FROM pg_catalog.pg_opfamily o JOIN pg_catalog.pg_am m ON m.oid = o.opfmethod
      WHERE o.oid >= 16384 {no_member:pg_opfamily:o}
      UNION ALL
      SELECT v.connamespace, v.conname, 'conversion', pg_catalog.obj_description(v.oid, 'pg_conversion')
      FROM pg_catalog.pg_conversion v WHERE v.oid >= 16384 {no_member:pg_conversion:v}
      UNION ALL
      SELECT p.prsnamespace, p.prsname, 'text search parser', pg_catalog.obj_description(p.oid, 'pg_ts_parser')
      FROM pg_catalog.pg_ts_parser p WHERE p.oid >= 16384 {no_member:pg_ts_parser:p}
      UNION ALL
      SELECT p.tmplnamespace, p.tmplname, 'text search template', pg_catalog.obj_description(p.oid, 'pg_ts_template')
      FROM pg_catalog.pg_ts_template p WHERE p.oid >= 16384 {no_member:pg_ts_template:p}
     ) z(namespace, name, what, comment)
JOIN pg_catalog.pg_namespace n ON n.oid = z.namespace
WHERE {within}
UNION ALL
SELECT 'other', NULL, z.name, true, z.comment, z.what, NULL, NULL, NULL, NULL, NULL
FROM (SELECT l.lanname, 'language', pg_catalog.obj_description(l.oid, 'pg_language')
      FROM pg_catalog.pg_language l WHERE l.oid >= 16384 {no_member:pg_language:l}
      UNION ALL
      SELECT m.amname, 'access method', pg_catalog.obj_description(m.oid, 'pg_am')
      FROM pg_catalog.pg_am m WHERE m.oid >= 16384 {no_member:pg_am:m}
     ) z(name, what, comment)
WHERE {all}
UNION ALL
SELECT 'unseen', NULL, z.what, NULL, NULL, pg_catalog.count(*)::text, NULL, NULL, NULL, NULL, NULL
FROM (SELECT 'user mapping' FROM pg_catalog.pg_user_mappings
      UNION ALL
      SELECT 'transform' FROM pg_catalog.pg_transform v WHERE v.oid >= 16384 {no_member:pg_transform:v}
      UNION ALL
      SELECT 'subscription' FROM pg_catalog.pg_subscription s
      JOIN pg_catalog.pg_database b ON b.oid = s.subdbid AND b.datname = pg_catalog.current_database()
      UNION ALL
      SELECT 'setting of default privileges' FROM pg_catalog.pg_default_acl
     ) z(what)
WHERE {all}
GROUP BY z.what
