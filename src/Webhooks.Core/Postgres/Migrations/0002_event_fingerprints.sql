-- An idempotency key names one event for good: the same event again is known by its fingerprint, another is refused.

-- Of a key that an earlier version stored, both are NULL: whatever comes under it is taken for the same event.
ALTER TABLE event_keys
    -- webhook_event_fingerprint(…) of the event that the key was first seen with.
    ADD COLUMN fingerprint bytea,
    -- How many deliveries the event has; NULL until all of them are stored. What is published again adds none.
    ADD COLUMN deliveries int;

-- What tells an event from another under the same key: 8 bytes of SHA-256 of its type, 8 of the time that its publisher gave (NULL when he
-- gave none), and 16 of its data. Of the data as PostgreSQL prints them, so white space, the order of keys and the way a number is written
-- make no difference.
CREATE FUNCTION webhook_event_fingerprint(event text, happened text, data jsonb) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN substr(sha256(convert_to(event, 'UTF8')), 1, 8)
    || substr(sha256(convert_to(coalesce(happened, ''), 'UTF8')), 1, 8)
    || substr(sha256(convert_to(data::text, 'UTF8')), 1, 16);

-- Ends the statement, because the key of an event is known and the event cannot be stored by it. SQLSTATE WH001: the key belongs to another
-- event; the error's column names what differs (event, timestamp, data). WH002: the event's deliveries may be incomplete. The error's table
-- is the organization, its constraint the event.
CREATE FUNCTION webhook_refuse_event(org_id uuid, event_id uuid, known bytea, fingerprint bytea) RETURNS bytea
    LANGUAGE plpgsql
AS $$
BEGIN
    IF known = fingerprint OR known IS NULL THEN
        RAISE EXCEPTION 'the deliveries of a webhook event that is published again may be incomplete'
            USING ERRCODE = 'WH002', TABLE = org_id, CONSTRAINT = event_id;
    END IF;
    RAISE EXCEPTION 'the id of a webhook event is that of another event'
        USING ERRCODE = 'WH001', TABLE = org_id, CONSTRAINT = event_id, COLUMN = concat_ws(',',
            CASE WHEN substr(known, 1, 8) <> substr(fingerprint, 1, 8) THEN 'event' END,
            CASE WHEN substr(known, 9, 8) <> substr(fingerprint, 9, 8) THEN 'timestamp' END,
            CASE WHEN substr(known, 17) <> substr(fingerprint, 17) THEN 'data' END);
END $$;
