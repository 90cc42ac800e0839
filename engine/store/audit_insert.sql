INSERT INTO events (seq, at_us, kind, run, actor, host, environment, target, plan, revision, direction, statement,
                    statement_digest, sql, duration_us, rows, outcome, detail, previous, digest)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
