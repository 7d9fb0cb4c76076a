-- Who changed what. An entry is written in the transaction of the change, by a trigger where the change is one of a row, so that no host or
-- version can forget it: when the entry cannot be written, nothing is changed.

-- Who makes this transaction's changes: a member (kind, id, address, request_id) of the JSON object that the transaction has set; NULL when it
-- has set none, which is so for what the system does by itself, and for servers that do not know of it yet.
CREATE FUNCTION webhook_actor(member text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('webhooks.actor', true), '')::jsonb ->> member;

CREATE TABLE audit_entries (
    -- A UUIDv7 of the time.
    id            uuid PRIMARY KEY DEFAULT webhook_delivery_id(webhook_least_id(now()), gen_random_uuid()),
    org_id        uuid NOT NULL,
    at            timestamptz NOT NULL DEFAULT now(),
    actor_kind    text NOT NULL DEFAULT coalesce(webhook_actor('kind'), 'system') CHECK (actor_kind IN ('user', 'key', 'session', 'system')),
    -- The sub of a token, the id of a key or session; NULL of the system.
    actor_id      text DEFAULT webhook_actor('id'),
    -- The address that the request came from.
    address       text DEFAULT webhook_actor('address'),
    request_id    text DEFAULT webhook_actor('request_id'),
    -- As in webhook.updated.
    action        text NOT NULL,
    -- What was changed: webhook, delivery, recovery and so on, and which one.
    resource_kind text NOT NULL,
    resource_id   text NOT NULL,
    -- The webhook that it belongs to, or is.
    webhook_id    uuid,
    -- One object for each field that was changed: field, before, after. Never a secret.
    changes       jsonb NOT NULL DEFAULT '[]'
);

CREATE INDEX audit_entries_of_org ON audit_entries (org_id, id);
CREATE INDEX audit_entries_of_webhook ON audit_entries (webhook_id, id) WHERE webhook_id IS NOT NULL;

-- The fields that two states of something differ in. NULL is the state of what is not there.
CREATE FUNCTION webhook_changes(before jsonb, after jsonb, fields text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('field', field, 'before', before -> field, 'after', after -> field) ORDER BY place), '[]')
    FROM unnest(fields) WITH ORDINALITY AS listed (field, place)
    WHERE coalesce(before -> field, 'null') <> coalesce(after -> field, 'null'));

-- What is told of a webhook. Columns are named one by one: a new one is told of only when somebody has decided that it may be.
CREATE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped'];

CREATE FUNCTION webhook_audit_webhook() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := webhook_audited_settings();
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

CREATE TRIGGER webhooks_created_audited AFTER INSERT ON webhooks FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_webhook();
CREATE TRIGGER webhooks_changed_audited AFTER UPDATE ON webhooks FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL)
    EXECUTE FUNCTION webhook_audit_webhook();

CREATE FUNCTION webhook_audit_recovery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id, changes)
    VALUES (
        NEW.org_id,
        'recovery.' || CASE WHEN TG_OP = 'INSERT' THEN 'created' WHEN NEW.state = 'running' THEN 'resumed' ELSE NEW.state END,
        'recovery', NEW.id, NEW.webhook_id,
        CASE WHEN TG_OP = 'INSERT' THEN webhook_changes(
            NULL,
            to_jsonb(NEW) || jsonb_build_object('from', webhook_time_text(NEW.created_from), 'to', webhook_time_text(NEW.created_to)),
            '{from,to,statuses,events,response_status,rate}')
        ELSE webhook_changes(to_jsonb(OLD), to_jsonb(NEW), '{state,reason}') END);
    RETURN NULL;
END $$;

CREATE TRIGGER webhook_recoveries_created_audited AFTER INSERT ON webhook_recoveries FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_recovery();
-- That one is finished nobody has changed.
CREATE TRIGGER webhook_recoveries_changed_audited AFTER UPDATE OF state ON webhook_recoveries FOR EACH ROW
    WHEN (NEW.state <> OLD.state AND NEW.state <> 'finished')
    EXECUTE FUNCTION webhook_audit_recovery();

-- Entries stay as they are. Nothing but the function below deletes any, and it none that is younger than 30 days: a statement that is not in
-- it does not have its setting, and whoever sets that by hand is held to the age all the same.
CREATE FUNCTION webhook_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('webhooks.audit_deletion', true) = 'retention' AND OLD.at < now() - interval '30 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are neither changed nor deleted'
        USING ERRCODE = 'insufficient_privilege', HINT = 'What is older than Webhooks__AuditRetention is deleted by maintenance.';
END $$;

CREATE TRIGGER audit_entries_kept BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW
    EXECUTE FUNCTION webhook_keep_audit();
CREATE TRIGGER audit_entries_kept_all BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT
    EXECUTE FUNCTION webhook_keep_audit();

-- Deletes the oldest entries that are older than some time, and tells how many. It runs as its owner: where that is another than the role of
-- the application, that role needs no right to delete.
CREATE FUNCTION webhook_forget_audit(lifetime interval, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    forgotten int;
BEGIN
    -- Only a superuser may give a function such a setting of its own, and the role that migrates is none.
    PERFORM set_config('webhooks.audit_deletion', 'retention', true);
    DELETE FROM audit_entries WHERE id = ANY (ARRAY (
        SELECT id FROM audit_entries WHERE id < webhook_least_id(now() - lifetime) AND at < now() - lifetime
        ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    PERFORM set_config('webhooks.audit_deletion', '', true);
    RETURN forgotten;
END $$;
