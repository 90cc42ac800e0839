-- revision: 93e5ab60d1c7
-- revises: 2c7d10f4b8a5
-- message: state of orders
-- created: 2026-11-21T09:10:00Z

-- upgrade
ALTER TABLE orders ADD COLUMN state varchar(20) NOT NULL DEFAULT 'open';
CREATE INDEX orders_state ON orders (state, placed_at);

-- downgrade
DROP INDEX orders_state;
ALTER TABLE orders DROP COLUMN state;
