-- Deliveries can be made again and canceled by hand. Columns without a default: no row is rewritten.
ALTER TABLE webhook_deliveries
    -- Why the next attempt is made: 'manual', 'recovery' or 'probe'. NULL, as of nearly all: the schedule wants it.
    ADD COLUMN next_trigger text,
    -- True once somebody canceled it while an attempt was under way, whose answer still counts: nothing follows it.
    ADD COLUMN cancel_requested boolean,
    -- The latest delivery that repeats this one. Of a delivery that repeats another (redelivery_of) it is NULL: what is repeated is the first.
    ADD COLUMN redelivered_as uuid;

-- The Idempotency-Key of a redelivery, and what it was answered with.
CREATE TABLE redelivery_keys (
    webhook_id    uuid NOT NULL,
    key           text NOT NULL,
    -- The delivery that was asked for, and the one that its next attempt is made of: the same when it was pending.
    redelivery_of uuid NOT NULL,
    delivery_id   uuid NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (webhook_id, key)
);

CREATE INDEX redelivery_keys_by_age ON redelivery_keys (created_at);
