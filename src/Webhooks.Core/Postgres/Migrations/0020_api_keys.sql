-- Keys that programs call the API with, in place of tokens that an authority issues. A key that is revoked is deleted.

CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    org_id       uuid NOT NULL REFERENCES organizations (id),
    name         text NOT NULL,
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
    -- SHA-256 of the key. The key itself is stored nowhere.
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    -- The key that made this one, and takes it along when it is revoked: whoever had it may have made others.
    made_by      uuid REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    -- Up to a minute late.
    last_used_at timestamptz
);

CREATE INDEX api_keys_of_org ON api_keys (org_id, id);
CREATE INDEX api_keys_made_by ON api_keys (made_by) WHERE made_by IS NOT NULL;

CREATE FUNCTION webhook_audit_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fields CONSTANT text[] := ARRAY['name', 'scopes', 'expires_at', 'made_by'];
    key CONSTANT api_keys := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
    state CONSTANT jsonb := to_jsonb(key) || jsonb_build_object('expires_at', webhook_time_text(key.expires_at));
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, changes)
    VALUES (
        key.org_id,
        CASE WHEN TG_OP = 'INSERT' THEN 'api_key.created' ELSE 'api_key.revoked' END,
        'api_key', key.id,
        CASE WHEN TG_OP = 'INSERT' THEN webhook_changes(NULL, state, fields) ELSE webhook_changes(state, NULL, fields) END);
    RETURN NULL;
END $$;

CREATE TRIGGER api_keys_audited AFTER INSERT OR DELETE ON api_keys FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_api_key();
