SELECT l.run, l.host, l.pid, l.started, l.boot,
       (SELECT count(*) FROM runners w WHERE w.run = l.run AND w.lease_until_us > {now}),
       (SELECT r.shared FROM runs r WHERE r.run = l.run),
       (SELECT max(e.at_us) FROM events e WHERE e.run = l.run AND e.kind IN ('run_started', 'run_resumed')),
       (SELECT e.environment FROM events e WHERE e.run = l.run AND e.kind = 'run_started' LIMIT 1),
       (SELECT e.plan FROM events e WHERE e.run = l.run AND e.kind = 'run_started' LIMIT 1)
FROM runs_alive l
ORDER BY l.run
