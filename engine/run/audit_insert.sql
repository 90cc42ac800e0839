INSERT INTO events (seq, at_us, kind, run, actor, host, environment, target, plan, revision, direction, statement,
                    statement_digest, sql, duration_us, rows, outcome, detail, previous, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
