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

-- The function of 0025_payload_formats, which names the settings that are told: of headers, their names and when they were set.
CREATE OR REPLACE FUNCTION webhook_audit_webhook() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := ARRAY[
        'url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'payload_format',
        'header_names', 'headers_set_at', 'metadata'];
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
    becomes CONSTANT jsonb := to_jsonb(NEW);
    rotated CONSTANT boolean := TG_OP = 'UPDATE' AND NEW.rotated_at IS DISTINCT FROM OLD.rotated_at;
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id, changes)
    SELECT NEW.org_id, change.action, 'webhook', NEW.id, NEW.id, change.changes
    FROM (
        SELECT 'webhook.created' AS action, webhook_changes(NULL, becomes, ARRAY['active'] || settings) AS changes
        WHERE TG_OP = 'INSERT'
        UNION ALL
        SELECT 'webhook.deleted', webhook_changes(was, NULL, ARRAY['active'] || settings)
        WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NOT NULL
        UNION ALL
        SELECT 'webhook.updated', webhook_changes(was, becomes, settings)
        WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL AND webhook_changes(was, becomes, settings) <> '[]'
        UNION ALL
        SELECT CASE WHEN NEW.active THEN 'webhook.enabled' ELSE 'webhook.disabled' END,
               webhook_changes(was, becomes, '{active,disabled_reason}')
        WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL AND NEW.active <> OLD.active
        UNION ALL
        SELECT CASE WHEN rotated THEN 'secret.rotated' WHEN NEW.previous_secret IS NULL THEN 'secret.overlap_ended' ELSE 'secret.promoted' END,
               webhook_changes(
                   jsonb_build_object(
                       'previous_secret_expires_at', webhook_time_text(OLD.previous_secret_expires_at), 'promoted', OLD.secret_promoted),
                   jsonb_build_object(
                       'previous_secret_expires_at', webhook_time_text(NEW.previous_secret_expires_at), 'promoted', NEW.secret_promoted),
                   '{previous_secret_expires_at,promoted}')
        WHERE TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL
          -- What has expired is erased afterwards; that is no change any more.
          AND (rotated OR (NEW.secret_promoted AND NOT OLD.secret_promoted)
               OR (NEW.previous_secret IS NULL AND OLD.previous_secret_expires_at > now()))
    ) AS change;
    RETURN NULL;
END $$;
