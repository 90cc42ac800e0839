SELECT 1;
\connect x
