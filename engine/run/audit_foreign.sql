SELECT seq, run
FROM events
WHERE kind = 'run_started' AND instr(run, '.') > 0
  AND ((SELECT count(*) FROM identity) <> 1
       OR NOT EXISTS (SELECT 1 FROM identity WHERE '.' || id = substr(run, -length(id) - 1)))
ORDER BY seq
LIMIT 1
