SELECT seq, at_us, kind, run, actor, host, environment, target, plan, revision, direction, statement,
       statement_digest, sql, duration_us, rows, outcome, detail, previous, digest
FROM events
WHERE run = ?3 AND seq > ?1
ORDER BY seq
LIMIT ?2
