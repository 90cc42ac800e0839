SELECT seq, run
FROM events
WHERE kind = 'run_started' AND run LIKE '%.%'
  AND ((SELECT count(*) FROM identity) <> 1
       OR NOT EXISTS (SELECT 1 FROM identity WHERE substr(run, length(run) - length(id)) = '.' || id))
ORDER BY seq
LIMIT 1
