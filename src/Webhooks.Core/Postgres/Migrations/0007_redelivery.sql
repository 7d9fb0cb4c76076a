-- Deliveries can be made again and canceled by hand. Columns without a default: no row is rewritten.
ALTER TABLE webhook_deliveries
    -- Why the next attempt is made: 'manual', 'recovery' or 'probe'. NULL, as of nearly all: the schedule wants it.
    ADD COLUMN next_trigger text,
    -- True once somebody canceled it while an attempt was under way, whose answer still counts: nothing follows it.
    ADD COLUMN cancel_requested boolean,
    -- The latest delivery that repeats this one. Of a delivery that repeats another (redelivery_of) it is NULL: what is repeated is the first.
    ADD COLUMN redelivered_as uuid;
