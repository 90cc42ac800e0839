-- revision: 5d2f80c1a9e3
-- revises:
-- message: customers and products

-- upgrade
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL,
    email varchar(200) NOT NULL
);
CREATE UNIQUE INDEX customers_email ON customers (email);

CREATE TABLE products (
    id integer NOT NULL PRIMARY KEY,
    title varchar(200) NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0)
);

-- downgrade
DROP TABLE products;
DROP TABLE customers;
