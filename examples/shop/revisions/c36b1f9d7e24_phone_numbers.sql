-- revision: c36b1f9d7e24
-- revises: 8a41c7e6b052
-- message: phone numbers, none of them empty

-- upgrade
ALTER TABLE customers ADD COLUMN phone_number varchar(20);
UPDATE customers SET phone_number = '000-000-0000' WHERE phone_number IS NULL;

-- downgrade
ALTER TABLE customers DROP COLUMN phone_number;

-- verify
SELECT count(*) = 0 FROM customers WHERE phone_number IS NULL;
