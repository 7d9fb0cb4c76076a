-- Recoveries: what a webhook did not get in a window of time is made again, page by page. The row is the whole state of one, and each page
-- moves it in the statement that makes the page's redeliveries.
CREATE TABLE webhook_recoveries (
    id              uuid PRIMARY KEY,
    webhook_id      uuid NOT NULL REFERENCES webhooks (id),
    org_id          uuid NOT NULL,
    -- What is recovered: deliveries that were created from the one time and before the other, in one of these states, and, unless NULL, of
    -- one of these event types and with this last answer.
    created_from    timestamptz NOT NULL,
    created_to      timestamptz NOT NULL,
    statuses        text[] NOT NULL,
    events          text[],
    response_status int,
    -- The most redeliveries a second; NULL for a quarter of what the receiver takes.
    rate            int,
    state           text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'canceled', 'finished')),
    -- Why it is paused or canceled: requested, webhook_inactive, webhook_deleted.
    reason          text,
    -- Deliveries to recover, as they were counted when it began; NULL when there was no time to count them all.
    total           int,
    -- Redeliveries made, those of them that have succeeded, and those that have ended otherwise.
    redelivered     int NOT NULL DEFAULT 0,
    done            int NOT NULL DEFAULT 0,
    failed          int NOT NULL DEFAULT 0,
    -- The last delivery that was looked at, and when there were no more.
    position        uuid NOT NULL,
    exhausted_at    timestamptz,
    -- When the next step is due, and when the redeliveries that have ended are counted again.
    next_step_at    timestamptz NOT NULL DEFAULT now(),
    next_count_at   timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    CHECK ((state IN ('canceled', 'finished')) = (finished_at IS NOT NULL))
);

-- One at a time for a webhook.
CREATE UNIQUE INDEX webhook_recoveries_unfinished ON webhook_recoveries (webhook_id) WHERE state IN ('running', 'paused');
CREATE INDEX webhook_recoveries_of_webhook ON webhook_recoveries (webhook_id, id);
CREATE INDEX webhook_recoveries_due ON webhook_recoveries (next_step_at) WHERE state = 'running';

-- The redeliveries of recoveries that have not been counted as done or failed: few, because a recovery waits for them.
CREATE TABLE recovery_deliveries (
    recovery_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    PRIMARY KEY (recovery_id, delivery_id)
);

-- The id of the redelivery that a recovery makes of a delivery: the time, then 72 bits of SHA-256(recovery, delivery) around version 7 and
-- variant 8.
CREATE FUNCTION webhook_redelivery_id(at timestamptz, recovery_id uuid, delivery_id uuid) RETURNS uuid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN webhook_delivery_id(
    overlay(recovery_id::text PLACING left(webhook_least_id(at)::text, 13) FROM 1 FOR 13)::uuid, delivery_id);

CREATE FUNCTION webhook_signal_recovery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_signals (webhook_id, event, org_id, data)
    VALUES (
        NEW.webhook_id, 'recovery.finished', NEW.org_id,
        jsonb_build_object(
            'webhook_id', NEW.webhook_id, 'recovery_id', NEW.id, 'total', NEW.total, 'done', NEW.done, 'failed', NEW.failed))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER webhook_recoveries_signaled AFTER UPDATE OF state ON webhook_recoveries FOR EACH ROW
    WHEN (NEW.state = 'finished' AND OLD.state <> 'finished')
    EXECUTE FUNCTION webhook_signal_recovery();
