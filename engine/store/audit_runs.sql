SELECT s.run, s.environment, s.plan, s.actor, s.host, s.detail, s.at_us,
       (SELECT count(DISTINCT e.target) FROM events e WHERE e.run = s.run),
       (SELECT count(*) FROM events e WHERE e.run = s.run AND e.kind = 'statement'),
       (SELECT count(*)
        FROM (SELECT e.outcome, row_number() OVER (PARTITION BY e.target ORDER BY e.seq DESC) AS nth
              FROM events e
              WHERE e.run = s.run AND e.kind IN ('target_finished', 'stamped')) AS t
        WHERE t.nth = 1 AND t.outcome IN ('failed', 'refused', 'unreachable')),
       CASE l.kind WHEN 'run_resumed' THEN 0 ELSE l.at_us END,
       CASE l.kind WHEN 'run_abandoned' THEN 'abandoned' WHEN 'run_finished' THEN l.outcome END
FROM events s
LEFT JOIN events l ON l.seq = (SELECT max(e.seq) FROM events e
                               WHERE e.run = s.run AND e.kind IN ('run_finished', 'run_abandoned', 'run_resumed'))
WHERE s.kind = 'run_started'
ORDER BY s.seq DESC
LIMIT ?1
