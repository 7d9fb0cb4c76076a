-- The form in which a webhook gets events: 'standard', or 'cloudevents' (CloudEvents 1.0, structured mode).
ALTER TABLE webhooks
    ADD COLUMN payload_format text NOT NULL DEFAULT 'standard',
    ADD CONSTRAINT webhooks_payload_format_known CHECK (payload_format IN ('standard', 'cloudevents')) NOT VALID;

-- What a receiver is sent, in the form of its webhook. It is told from the other by its first member, which is "id" and not "data": jsonb puts short
-- names first.
CREATE FUNCTION webhook_payload(
    as_cloud_event boolean, event text, event_id uuid, org_id uuid, "timestamp" text, data jsonb, webhook_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN as_cloud_event THEN jsonb_build_object(
        'specversion', '1.0', 'id', event_id, 'source', '/organizations/' || org_id, 'type', event, 'time', "timestamp",
        'datacontenttype', 'application/json', 'data', data, 'webhookid', webhook_id)
    ELSE webhook_payload(event, "timestamp", data, webhook_id) END;

-- The function of 0023_filters, which names the settings that are told: the form is one more.
CREATE OR REPLACE FUNCTION webhook_audit_webhook() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := ARRAY[
        'url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'payload_format'];
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
