SELECT s.run, s.environment, s.plan, s.actor, s.host, s.detail, s.at_us,
       (SELECT count(DISTINCT e.target) FROM events e WHERE e.run = s.run),
       (SELECT count(*) FROM events e WHERE e.run = s.run AND e.kind = 'statement'),
       (SELECT count(DISTINCT e.target) FROM events e
        WHERE e.run = s.run AND e.kind IN ('target_finished', 'stamped')
          AND e.outcome IN ('failed', 'refused', 'unreachable')),
       l.at_us,
       CASE l.kind WHEN 'run_abandoned' THEN 'abandoned' ELSE l.outcome END
FROM events s
LEFT JOIN events l ON l.seq = (SELECT max(e.seq) FROM events e
                               WHERE e.run = s.run AND e.kind IN ('run_finished', 'run_abandoned'))
WHERE s.kind = 'run_started'
ORDER BY s.seq DESC
LIMIT ?1
