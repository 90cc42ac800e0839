-- revision: 2c7d10f4b8a5
-- revises: none
-- message: orders
-- created: 2026-11-21T09:00:00Z

-- upgrade
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer varchar(200) NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now()
);

-- downgrade
DROP TABLE orders;
