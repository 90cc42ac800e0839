-- revision: e7f04a2b81d6
-- revises: c36b1f9d7e24
-- message: discounts (its last statement has a mistake)

-- upgrade
CREATE TABLE discounts (
    product_id integer NOT NULL REFERENCES products (id),
    percent integer NOT NULL
);
INSERT INTO discounts (product_id, percent) SELECT id, 10 FROM products;
CREATE INDEX discounts_product ON discounts (product);

-- downgrade
DROP TABLE discounts;
