SELECT r.run, r.environment, r.plan, r.command, r.actor, r.host, r.shared, r.state, r.wave, r.exit_status, r.created_us,
       r.ended_us
FROM runs r
WHERE r.plan = ?1 AND r.shared = 1 AND r.state = 'ended'
  AND EXISTS (SELECT 1 FROM run_targets t WHERE t.run = r.run AND t.outcome IN ('done', 'failed'))
  AND NOT EXISTS (SELECT 1 FROM events e
                  WHERE e.seq > (SELECT max(o.seq) FROM events o WHERE o.run = r.run AND o.kind = 'run_finished')
                    AND e.environment = r.environment AND e.kind IN ('target_started', 'stamped'))
ORDER BY r.created_us DESC
LIMIT 1
