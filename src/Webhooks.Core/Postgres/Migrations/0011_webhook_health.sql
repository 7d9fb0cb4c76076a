-- How a webhook's receiver does, kept by the statement that records attempts, and why a webhook is not active.

ALTER TABLE webhooks
    -- Since when it is not active, and why: somebody deactivated it, its receiver answered 410, or asked for it, or had failed for days.
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN disabled_reason text CHECK (disabled_reason IN ('manual', 'gone', 'failing', 'receiver_request')),
    ADD CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL));

UPDATE webhooks SET disabled_at = updated_at, disabled_reason = 'manual' WHERE NOT active;

-- One row for each webhook. What is written to often is apart from what everybody reads, and leaves room in its pages, so that no index is
-- written to.
CREATE TABLE webhook_health (
    webhook_id           uuid PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
    -- Attempts that failed since the last that succeeded.
    consecutive_failures int NOT NULL DEFAULT 0,
    -- The first of them.
    failing_since        timestamptz,
    -- The first of them that came a while after that one: from then on, more than one moment, or one jump of the clock, speaks for it.
    failing_confirmed_at timestamptz,
    -- Written when it is some seconds old.
    last_success_at      timestamptz,
    last_failure_at      timestamptz,
    -- What was claimed before this time does not count: it was sent to another URL, or before the webhook was enabled again.
    reset_at             timestamptz NOT NULL DEFAULT '-infinity',
    enabled_at           timestamptz
) WITH (fillfactor = 50);

INSERT INTO webhook_health (webhook_id) SELECT id FROM webhooks;

-- Triggers, so that it holds whoever changes a webhook, also servers that do not know of it yet.

CREATE FUNCTION webhook_note_disabling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active THEN
        NEW.disabled_at := NULL;
        NEW.disabled_reason := NULL;
    ELSIF NEW.disabled_at IS NULL THEN
        NEW.disabled_at := now();
        NEW.disabled_reason := 'manual';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER webhooks_disabled BEFORE INSERT OR UPDATE OF active ON webhooks FOR EACH ROW
    EXECUTE FUNCTION webhook_note_disabling();

CREATE FUNCTION webhook_begin_health() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_health (webhook_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER webhooks_begun AFTER INSERT ON webhooks FOR EACH ROW
    EXECUTE FUNCTION webhook_begin_health();

CREATE FUNCTION webhook_reset_health() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE webhook_health SET
        consecutive_failures = 0,
        failing_since = NULL,
        failing_confirmed_at = NULL,
        last_success_at = NULL,
        last_failure_at = NULL,
        reset_at = now(),
        enabled_at = CASE WHEN NEW.active AND NOT OLD.active THEN now() ELSE enabled_at END
    WHERE webhook_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER webhooks_reset AFTER UPDATE OF active, url ON webhooks FOR EACH ROW
    WHEN ((NEW.active AND NOT OLD.active) OR NEW.url <> OLD.url)
    EXECUTE FUNCTION webhook_reset_health();
