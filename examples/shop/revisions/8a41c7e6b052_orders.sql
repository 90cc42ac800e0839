-- revision: 8a41c7e6b052
-- revises: 5d2f80c1a9e3
-- message: orders

-- upgrade
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    placed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
);
CREATE INDEX orders_customer ON orders (customer_id);

-- downgrade
DROP TABLE order_lines;
DROP TABLE orders;
