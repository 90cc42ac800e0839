-- The database of the example, with a schema a tenant and one for Lockstep's store.
CREATE DATABASE fleet_example;
\connect fleet_example
SELECT format('CREATE SCHEMA tenant_%s', to_char(i, 'FM00')) FROM generate_series(0, 24) i
\gexec
CREATE SCHEMA lockstep;
