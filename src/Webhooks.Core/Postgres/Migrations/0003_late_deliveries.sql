-- Deliveries whose ids are of an earlier time than they came: of an event with the publisher's own older id, or one that waited in the queue. Who reads
-- deliveries in the order in which they came looks for them here, because by id they are behind what has been read. They are few; a table of their own
-- costs the others nothing.
CREATE TABLE late_deliveries (
    webhook_id  uuid NOT NULL,
    created_at  timestamptz NOT NULL,
    delivery_id uuid NOT NULL,
    PRIMARY KEY (webhook_id, created_at, delivery_id)
);

-- For forgetting them with their partitions.
CREATE INDEX late_deliveries_by_age ON late_deliveries USING brin (created_at);

-- The least id of a time, to the millisecond: 48 bits of time, then zeros.
CREATE FUNCTION webhook_least_id(at timestamptz) RETURNS uuid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (lpad(to_hex(floor(date_part('epoch', at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

CREATE FUNCTION webhook_note_late_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO late_deliveries (webhook_id, created_at, delivery_id) VALUES (NEW.webhook_id, NEW.created_at, NEW.id);
    RETURN NULL;
END $$;

-- Whoever inserts, also servers that do not know of it yet. A minute is what the clocks of servers and database, and the way of an event to its
-- statement, may differ by.
CREATE TRIGGER webhook_deliveries_late AFTER INSERT ON webhook_deliveries FOR EACH ROW
    WHEN (NEW.id < webhook_least_id(NEW.created_at - interval '1 minute'))
    EXECUTE FUNCTION webhook_note_late_delivery();
