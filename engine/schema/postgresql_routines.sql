SELECT n.nspname, p.proname, pg_catalog.pg_function_is_visible(p.oid), p.prokind,
       CASE WHEN p.prokind <> 'a' THEN pg_catalog.oidvectortypes(p.proargtypes)
            WHEN p.pronargs = 0 THEN '*'
            ELSE pg_catalog.pg_get_function_identity_arguments(p.oid) END,
       pg_catalog.pg_get_function_result(p.oid), l.lanname,
       CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid)
            ELSE pg_catalog.concat(
                'CREATE AGGREGATE ', CASE WHEN n.nspname <> {default} THEN pg_catalog.quote_ident(n.nspname) || '.' END,
                pg_catalog.quote_ident(p.proname), '(',
                CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_catalog.pg_get_function_arguments(p.oid) END, ') (',
                E'\n    SFUNC = ', g.aggtransfn, E',\n    STYPE = ', pg_catalog.format_type(g.aggtranstype, NULL),
                E',\n    SSPACE = ' || NULLIF(g.aggtransspace, 0),
                E',\n    FINALFUNC = ' || NULLIF(g.aggfinalfn::text, '-'),
                CASE WHEN g.aggfinalextra THEN E',\n    FINALFUNC_EXTRA' END,
                CASE WHEN g.aggfinalmodify = CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN NULL
                     ELSE E',\n    FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify
                         WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
                E',\n    COMBINEFUNC = ' || NULLIF(g.aggcombinefn::text, '-'),
                E',\n    SERIALFUNC = ' || NULLIF(g.aggserialfn::text, '-'),
                E',\n    DESERIALFUNC = ' || NULLIF(g.aggdeserialfn::text, '-'),
                E',\n    INITCOND = ' || pg_catalog.quote_literal(g.agginitval),
                E',\n    MSFUNC = ' || NULLIF(g.aggmtransfn::text, '-'),
                E',\n    MINVFUNC = ' || NULLIF(g.aggminvtransfn::text, '-'),
                CASE WHEN g.aggmtranstype <> 0
                     THEN E',\n    MSTYPE = ' || pg_catalog.format_type(g.aggmtranstype, NULL) END,
                E',\n    MSSPACE = ' || NULLIF(g.aggmtransspace, 0),
                E',\n    MFINALFUNC = ' || NULLIF(g.aggmfinalfn::text, '-'),
                CASE WHEN g.aggmfinalextra THEN E',\n    MFINALFUNC_EXTRA' END,
                E',\n    MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval),
                CASE WHEN g.aggsortop <> 0 THEN E',\n    SORTOP = ' ||
                    pg_catalog.regexp_replace(g.aggsortop::pg_catalog.regoperator::text, '\(.*\)$', '') END,
                CASE p.proparallel WHEN 's' THEN E',\n    PARALLEL = SAFE'
                                   WHEN 'r' THEN E',\n    PARALLEL = RESTRICTED' END,
                CASE WHEN g.aggkind = 'h' THEN E',\n    HYPOTHETICAL' END, E'\n)') END,
       d.description
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
LEFT JOIN pg_catalog.pg_description d
       ON d.objoid = p.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
WHERE p.oid >= {first_oid} AND {within}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.objsubid = 0
                    AND e.deptype IN ('e', 'i'))
ORDER BY n.nspname, p.proname, 5
