-- How many events an organization may publish; one that has no row may publish any number. A row is a token bucket: free_at is when it is full
-- again, and each event moves that by a second's share.
CREATE TABLE publish_limits (
    org_id     uuid PRIMARY KEY REFERENCES organizations (id),
    per_second double precision NOT NULL CHECK (per_second > 0),
    burst      int NOT NULL CHECK (burst > 0),
    free_at    timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

CREATE FUNCTION webhook_audit_publish_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was CONSTANT jsonb := CASE WHEN TG_OP <> 'INSERT' THEN jsonb_build_object('per_second', OLD.per_second, 'burst', OLD.burst) END;
    becomes CONSTANT jsonb := CASE WHEN TG_OP <> 'DELETE' THEN jsonb_build_object('per_second', NEW.per_second, 'burst', NEW.burst) END;
    org CONSTANT uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.org_id ELSE NEW.org_id END;
BEGIN
    IF was IS DISTINCT FROM becomes THEN
        INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, changes)
        VALUES (
            org, 'organization.updated', 'organization', org,
            webhook_changes(jsonb_build_object('publish_rate', was), jsonb_build_object('publish_rate', becomes), ARRAY['publish_rate']));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER publish_limits_audited AFTER INSERT OR DELETE OR UPDATE OF per_second, burst ON publish_limits FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_publish_limit();
