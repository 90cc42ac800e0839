-- Whatever makes a PostgreSQL script hard to cut; psql runs it without an error.
SELECT 1; SELECT 2 AS two -- the semicolon; follows
;;
/* leading /* nested; */ */ SELECT 'it''s;', 'back\', "quoted;""name" FROM (SELECT 1 AS "quoted;""name") q;
SELECT E'it\'s;', 'plain', e'\\', E'a;\''
  'b;' -- continued
  'c
  d', B'01', x'ff', N'n;', U&'d\0061t\+000061', U&"a;\0062" FROM (SELECT 1 AS "a;b") q;
SELECT 2 */* inside */ 3, 4 - -5, 6 --7;
+ 8;
CREATE TABLE items (id int PRIMARY KEY, name text, "from" text);
CREATE TABLE log (id int);
COPY items (id, name, "from") FROM stdin;
1	it's; $$ /*	\N
2	\\.	-- x
3	a\	b	"
\.

COPY log FROM STDIN WITH (FORMAT csv); -- rows below
1
2
\.
COPY items TO '/dev/null'; COPY (SELECT id FROM items) TO '/dev/null';
CREATE FUNCTION plain() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  -- $$ and $other$ stay inside;
  RETURN (SELECT count(*) FROM items WHERE name = 'x;');
END;
$body$;
DO $$BEGIN PERFORM $q$it's;$q$; END$$;
CREATE FUNCTION standard(a int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO log VALUES (a); -- END;
  SELECT 'END;';
  SELECT CASE a WHEN 1 THEN 2 ELSE 3 END;
END;
CREATE OR REPLACE PROCEDURE nothing() LANGUAGE sql BEGIN ATOMIC END;
CREATE RULE copies AS ON INSERT TO items DO ALSO (INSERT INTO log VALUES (NEW.id); DELETE FROM log WHERE id < 0);
BEGIN; INSERT INTO items VALUES (4, $_1$;$_1$); COMMIT;
BEGIN; INSERT INTO items VALUES (5, $tag$;$tag$); END;
SELECT name AS a$b$ FROM items WHERE id IN (1, 2) AND name::text <> ':x;';
SELECT (ARRAY[1, 2, 3])[1:2];
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT 'it\'s;';
RESET standard_conforming_strings;
SELECT 'back\'; CREATE INDEX CONCURRENTLY items_name ON items (name);
SELECT 'no semicolon' AS at_the_end -- and a comment
