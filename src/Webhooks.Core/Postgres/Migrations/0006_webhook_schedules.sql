-- A webhook's own schedule, in place of the system's, which is NULL. Servers that do not know of these columns make their attempts by the
-- system's.
ALTER TABLE webhooks
    -- The waits between attempts, in seconds; an empty array means a single attempt.
    ADD COLUMN retry_delays int[],
    -- The time for one attempt.
    ADD COLUMN timeout_seconds int,
    ADD CONSTRAINT webhooks_retry_delays CHECK (
        cardinality(retry_delays) <= 20
        AND array_position(retry_delays, NULL) IS NULL AND 1 <= ALL (retry_delays) AND 604800 >= ALL (retry_delays)),
    ADD CONSTRAINT webhooks_timeout_seconds CHECK (timeout_seconds BETWEEN 1 AND 30);
