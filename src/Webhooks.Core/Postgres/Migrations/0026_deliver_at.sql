-- When the first attempt of a delivery is wanted, and the publisher's name for what has to come in order; NULL for most.
ALTER TABLE webhook_deliveries
    ADD COLUMN deliver_at timestamptz,
    ADD COLUMN ordering_key text;
