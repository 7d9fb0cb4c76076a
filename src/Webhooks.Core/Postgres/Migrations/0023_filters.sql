-- Which events a webhook gets by what is in them: the pattern as it was given, and what it was compiled into when it was stored.
ALTER TABLE webhooks
    ADD COLUMN filter jsonb,
    ADD COLUMN filter_path jsonpath,
    ADD CONSTRAINT webhooks_filter_compiled CHECK ((filter IS NULL) = (filter_path IS NULL)) NOT VALID;

-- Whether an event passes a filter; it passes none that is NULL. What the predicate cannot tell does not match. It is inlined where it is called.
CREATE FUNCTION webhook_filter_matches(filter_path jsonpath, event text, "timestamp" text, data jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN filter_path IS NULL THEN true
    ELSE coalesce(jsonb_path_match(data, filter_path, jsonb_build_object('event', event, 'timestamp', "timestamp"), true), false) END;

-- The function of 0017_audit, which names the settings that are told: the filter is one more.
CREATE OR REPLACE FUNCTION webhook_audit_webhook() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := ARRAY['url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter'];
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
