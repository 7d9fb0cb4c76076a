-- Events about webhooks themselves. Whatever causes one stores it here, in its own transaction; a server or the Functions app makes deliveries
-- of it afterwards. What follows from a change of a webhook is stored by a trigger, so that it holds whoever makes the change.

-- As a payload says a time: ISO 8601 in UTC with milliseconds.
CREATE FUNCTION webhook_time_text(at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

CREATE TABLE webhook_signals (
    -- What it is about.
    webhook_id   uuid NOT NULL,
    event        text NOT NULL,
    -- The moment that it tells of, or the hour, when there is to be one for an hour at most.
    period       timestamptz NOT NULL DEFAULT now(),
    -- The event's id: a UUIDv7.
    id           uuid NOT NULL DEFAULT webhook_delivery_id(webhook_least_id(now()), gen_random_uuid()),
    org_id       uuid NOT NULL,
    data         jsonb NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    -- NULL until its deliveries are stored. Kept for a while after that, so that a repeat is known.
    published_at timestamptz,
    PRIMARY KEY (webhook_id, event, period)
);

CREATE INDEX webhook_signals_unpublished ON webhook_signals (id) WHERE published_at IS NULL;
CREATE INDEX webhook_signals_by_age ON webhook_signals (published_at);

CREATE FUNCTION webhook_signal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active <> OLD.active THEN
        INSERT INTO webhook_signals (webhook_id, event, org_id, data)
        VALUES (
            NEW.id, CASE WHEN NEW.active THEN 'webhook.enabled' ELSE 'webhook.disabled' END, NEW.org_id,
            CASE WHEN NEW.active THEN jsonb_build_object('webhook_id', NEW.id)
                ELSE jsonb_build_object('webhook_id', NEW.id, 'reason', NEW.disabled_reason) END)
        ON CONFLICT DO NOTHING;
    END IF;
    IF NEW.rotated_at IS DISTINCT FROM OLD.rotated_at THEN
        INSERT INTO webhook_signals (webhook_id, event, org_id, data)
        VALUES (
            NEW.id, 'secret.rotated', NEW.org_id,
            jsonb_build_object(
                'webhook_id', NEW.id, 'previous_secret_expires_at', webhook_time_text(NEW.previous_secret_expires_at)))
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER webhooks_signaled AFTER UPDATE OF active, rotated_at ON webhooks FOR EACH ROW
    WHEN (NEW.deleted_at IS NULL AND (NEW.active <> OLD.active OR NEW.rotated_at IS DISTINCT FROM OLD.rotated_at))
    EXECUTE FUNCTION webhook_signal_change();

CREATE FUNCTION webhook_signal_health() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_signals (webhook_id, event, org_id, data)
    SELECT id, CASE WHEN NEW.consecutive_failures >= 3 THEN 'webhook.failing' ELSE 'webhook.recovered' END, org_id,
           CASE WHEN NEW.consecutive_failures >= 3
               THEN jsonb_build_object(
                   'webhook_id', id, 'consecutive_failures', NEW.consecutive_failures,
                   'failing_since', webhook_time_text(NEW.failing_since))
               ELSE jsonb_build_object('webhook_id', id) END
    FROM webhooks WHERE id = NEW.webhook_id AND deleted_at IS NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- When it begins to fail, which is so from three failures in a row on, and when that ends with a success; not when it is enabled again or gets
-- another URL, which resets its health.
CREATE TRIGGER webhook_health_signaled AFTER UPDATE OF consecutive_failures ON webhook_health FOR EACH ROW
    WHEN ((NEW.consecutive_failures >= 3) <> (OLD.consecutive_failures >= 3) AND NEW.reset_at = OLD.reset_at)
    EXECUTE FUNCTION webhook_signal_health();
