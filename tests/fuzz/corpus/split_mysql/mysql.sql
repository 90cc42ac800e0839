-- Whatever makes a MySQL script hard to cut; the mariadb client runs it without an error.
/*M!999999\- enable the sandbox mode */
/*!40101 SET NAMES utf8mb4 */;
SELECT 1; SELECT 2 AS two -- the semicolon; follows
;
# another comment; it's one
/* leading; ' */ SELECT 'it''s;', 'it\'s;', "double\";""", `quoted;``name` FROM (SELECT 1 AS `quoted;``name`) q;
SELECT 1--1, 2 --	tab;
+ 3, NULL IS \N;
CREATE TABLE items (id int PRIMARY KEY, name text, n int) /*!50100 ENGINE=InnoDB */ /*M!100100 COMMENT='a;b' */;
CREATE TABLE event (begin int, end int);
INSERT INTO items (id, name) VALUES (1, 'a
b;
c'), (2, 'it''s'), /* two; */ (3, "x--y # z");
DELIMITER //
CREATE PROCEDURE fill(IN many INT)
BEGIN
  DECLARE i INT DEFAULT 0;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  -- it's a loop;
  WHILE i < many DO
    INSERT INTO items (id, name) VALUES (100 + i, 'x;');
    SET i = i + 1;
  END WHILE;
END//
SELECT 3 // CALL fill(2)//
delimiter $$
CREATE TRIGGER items_n BEFORE INSERT ON items FOR EACH ROW BEGIN SET NEW.n = 1; SET NEW.n = NEW.n + 1; END; $$
  DELIMITER ;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER items_d BEFORE DELETE ON items FOR EACH ROW SET @gone = 1 */;
CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN IF(a > 1, a * 2, CASE a WHEN 1 THEN 2 ELSE 0 END);
USE mysql
SELECT COUNT(*) FROM db; USE mysql; SELECT 4;
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
SELECT 'back\'; SELECT 5;
SET sql_mode = DEFAULT;
START TRANSACTION; COMMIT;
SELECT 'no semicolon' AS at_the_end
