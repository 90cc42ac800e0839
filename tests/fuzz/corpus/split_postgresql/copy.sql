COPY a FROM stdin; -- rows
1	2
\.
SELECT 1;