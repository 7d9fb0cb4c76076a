-- A webhook whose receiver asks for time, or does not answer, is paused: its deliveries are held, and no attempt is made.

ALTER TABLE webhook_health
    -- Faults in a row that are the receiver's: it did not answer, or with 429 or 5xx. Every other answer ends them.
    ADD COLUMN receiver_faults int NOT NULL DEFAULT 0,
    -- How often the circuit has opened since it was closed; 0 while it is.
    ADD COLUMN openings        int NOT NULL DEFAULT 0,
    -- When it last opened: what was claimed before says nothing of the receiver since.
    ADD COLUMN opened_at       timestamptz NOT NULL DEFAULT '-infinity',
    -- Nothing is attempted until then. When that is past and the circuit is not closed, whoever moves it ahead may make one attempt.
    ADD COLUMN paused_until    timestamptz,
    ADD COLUMN paused_by       text CHECK (paused_by IN ('retry_after', 'circuit')),
    -- That attempt is under way, and the pause is the time that it has.
    ADD COLUMN probing         boolean NOT NULL DEFAULT false,
    ADD CHECK ((paused_until IS NULL) = (paused_by IS NULL)),
    ADD CHECK (openings = 0 OR paused_until IS NOT NULL);

CREATE INDEX webhook_health_paused ON webhook_health (webhook_id) WHERE paused_until IS NOT NULL;

CREATE OR REPLACE FUNCTION webhook_reset_health() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE webhook_health SET
        consecutive_failures = 0,
        failing_since = NULL,
        failing_confirmed_at = NULL,
        last_success_at = NULL,
        last_failure_at = NULL,
        receiver_faults = 0,
        openings = 0,
        paused_until = NULL,
        paused_by = NULL,
        probing = false,
        reset_at = now(),
        enabled_at = CASE WHEN NEW.active AND NOT OLD.active THEN now() ELSE enabled_at END
    WHERE webhook_id = NEW.id;
    RETURN NULL;
END $$;
