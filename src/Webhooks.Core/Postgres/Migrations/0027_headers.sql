-- Headers that a webhook's requests have beside the system's: names and values encrypted, and the names alone, which may be shown; and labels of the
-- organization's own.
ALTER TABLE webhooks
    ADD COLUMN headers text,
    ADD COLUMN header_names text[],
    -- Tells a change of values, which encryption by another key is not.
    ADD COLUMN headers_set_at timestamptz,
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT webhooks_headers_named CHECK ((headers IS NULL) = (header_names IS NULL)) NOT VALID;

-- The function of 0005_secret_rotation, for whoever deletes a webhook: its headers are as secret as its secret.
CREATE OR REPLACE FUNCTION webhook_erase_previous_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.secret_hint := NULL;
    NEW.previous_secret := NULL;
    NEW.previous_secret_expires_at := NULL;
    NEW.headers := NULL;
    NEW.header_names := NULL;
    RETURN NEW;
END $$;

-- Of headers, their names are told and when they were set.
CREATE OR REPLACE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
    'url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'payload_format',
    'header_names', 'headers_set_at', 'metadata'];
