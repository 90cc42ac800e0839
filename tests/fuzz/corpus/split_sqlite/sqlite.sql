-- Whatever makes an SQLite script hard to cut; the sqlite3 shell runs it without an error.
CREATE TABLE items (id INTEGER PRIMARY KEY, name, [odd;name], "double;""name", `back;name`);
CREATE TABLE "trigger" (x); CREATE TABLE log (x) -- the semicolon; follows
;
/* leading; ' */ INSERT INTO items (id, name) VALUES (1, 'it''s;'), (2, 'back\');
INSERT INTO items (id, name) VALUES (3, 'a
b;
c');
CREATE TRIGGER one AFTER INSERT ON items BEGIN
  -- END;
  INSERT INTO log VALUES (CASE NEW.id WHEN 4 THEN 'END;' ELSE 2 END);
  UPDATE items SET name = 'x' WHERE id = NEW.id AND CASE WHEN 1 THEN 0 END;
END;
CREATE TEMP TRIGGER two AFTER DELETE ON items BEGIN DELETE FROM log; /* ; */ END -- done
;
INSERT INTO items (id) VALUES (4); DELETE FROM items WHERE id = 4;
BEGIN; INSERT INTO log VALUES (1); END;
WITH a(x) AS (SELECT 1) INSERT INTO log SELECT x FROM a;
SELECT count(*) FROM "trigger"; ;
SELECT 'no semicolon' AS at_the_end
