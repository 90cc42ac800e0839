SELECT number, name, server, wave, state, outcome, commit_order, t.runner, claim,
       CASE WHEN r.lease_until_us > {now} THEN r.lease_until_us ELSE 0 END, steps_done, taken_back, position, detail,
       duration_us, written
FROM run_targets t
LEFT JOIN runners r ON r.runner = t.runner
WHERE t.run = ?1
ORDER BY number
