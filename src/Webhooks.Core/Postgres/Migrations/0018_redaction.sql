-- What was sent and answered can be erased while the delivery's row stays. Its payload is then JSON's null, which an older server shows as such.
ALTER TABLE webhook_deliveries ADD COLUMN redacted_at timestamptz;

-- Attempts without what receivers answered.
CREATE FUNCTION webhook_redacted_attempts(attempts jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_set(attempt, '{response_body}', 'null', false) ORDER BY number), '[]')
    FROM jsonb_array_elements(attempts) WITH ORDINALITY AS element (attempt, number));

-- How far payloads have been erased whose time is over: the last id, and the time before which deliveries came whose ids are of an earlier time.
CREATE TABLE payload_erasure (
    id       uuid NOT NULL,
    late     timestamptz NOT NULL,
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
);

INSERT INTO payload_erasure (id, late) VALUES ('00000000-0000-0000-0000-000000000000', '-infinity');

-- Deliveries behind that id whose payloads are still there: they were pending, or came late.
CREATE TABLE unerased_payloads (
    delivery_id uuid PRIMARY KEY
);
