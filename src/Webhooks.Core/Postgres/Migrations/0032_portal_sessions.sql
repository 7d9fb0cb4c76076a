-- Sessions of the portal: short-lived links for people, each for an organization or one of its webhooks.

CREATE TABLE portal_sessions (
    id              uuid PRIMARY KEY,
    org_id          uuid NOT NULL REFERENCES organizations (id),
    -- The one webhook that it is for; NULL for all.
    webhook_id      uuid REFERENCES webhooks (id) ON DELETE CASCADE,
    read_only       boolean NOT NULL,
    -- SHA-256 of the token. The token itself is stored nowhere.
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    -- The API key that made it. A session ends with that: see the trigger.
    made_by         uuid REFERENCES api_keys (id) ON DELETE SET NULL,
    created_by_kind text NOT NULL DEFAULT coalesce(webhook_actor('kind'), 'system'),
    created_by_id   text DEFAULT webhook_actor('id'),
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);

CREATE INDEX portal_sessions_of_org ON portal_sessions (org_id, id);
CREATE INDEX portal_sessions_by_end ON portal_sessions (org_id, expires_at);
CREATE INDEX portal_sessions_of_webhook ON portal_sessions (webhook_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX portal_sessions_made_by ON portal_sessions (made_by) WHERE made_by IS NOT NULL;

CREATE FUNCTION webhook_end_portal_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revoked_at := coalesce(NEW.revoked_at, now());
    RETURN NEW;
END $$;

CREATE TRIGGER portal_sessions_end_with_their_key BEFORE UPDATE ON portal_sessions FOR EACH ROW
    WHEN (OLD.made_by IS NOT NULL AND NEW.made_by IS NULL)
    EXECUTE FUNCTION webhook_end_portal_session();

CREATE FUNCTION webhook_audit_portal_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fields CONSTANT text[] := ARRAY['webhook_id', 'read_only', 'expires_at'];
    session CONSTANT portal_sessions := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    state CONSTANT jsonb := to_jsonb(session) || jsonb_build_object('expires_at', webhook_time_text(session.expires_at));
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id, changes)
    VALUES (
        session.org_id,
        CASE WHEN TG_OP = 'INSERT' THEN 'portal_session.created' ELSE 'portal_session.revoked' END,
        'portal_session', session.id, session.webhook_id,
        CASE WHEN TG_OP = 'INSERT' THEN webhook_changes(NULL, state, fields) ELSE webhook_changes(state, NULL, fields) END);
    RETURN NULL;
END $$;

CREATE TRIGGER portal_sessions_created_audited AFTER INSERT ON portal_sessions FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_portal_session();
CREATE TRIGGER portal_sessions_revoked_audited AFTER UPDATE ON portal_sessions FOR EACH ROW
    WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION webhook_audit_portal_session();
-- With its webhook, when all that there was of that is dropped. One that has ended is only swept up.
CREATE TRIGGER portal_sessions_deleted_audited AFTER DELETE ON portal_sessions FOR EACH ROW
    WHEN (OLD.revoked_at IS NULL AND OLD.expires_at > now())
    EXECUTE FUNCTION webhook_audit_portal_session();

ALTER TABLE organizations
    -- The origins whose pages may show the portal in a frame.
    ADD COLUMN frame_ancestors text[] NOT NULL DEFAULT '{}',
    -- Where somebody whose session of the portal has ended gets another.
    ADD COLUMN refresh_url text;

CREATE OR REPLACE FUNCTION webhook_audit_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := ARRAY['name', 'max_webhooks', 'frame_ancestors', 'refresh_url'];
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
    becomes CONSTANT jsonb := to_jsonb(NEW);
    -- What an organization begins with is no change.
    begins CONSTANT jsonb := coalesce(was, '{"frame_ancestors": []}');
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, changes)
    SELECT NEW.id, change.action, 'organization', NEW.id, change.changes
    FROM (
        SELECT 'organization.erased' AS action, '[]'::jsonb AS changes
        WHERE NEW.erasing_since IS NOT NULL
        UNION ALL
        SELECT 'organization.updated', webhook_changes(begins, becomes, settings)
        WHERE NEW.erasing_since IS NULL AND webhook_changes(begins, becomes, settings) <> '[]'
    ) AS change;
    RETURN NULL;
END $$;
