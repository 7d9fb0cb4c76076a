-- Operators see organizations, bound what each may have, and erase all that there is of one.
ALTER TABLE organizations
    -- The most webhooks that it may have; NULL for the installation's limit.
    ADD COLUMN max_webhooks int CHECK (max_webhooks >= 0),
    -- Since when it is being erased, or is erased: nothing is published or made for it any more. Its row stays, so that this stays known, with
    -- its id, these times, who asked for it and how many rows were erased.
    ADD COLUMN erasing_since timestamptz,
    ADD COLUMN erased_by text,
    -- A time after the commit of the erasure's beginning, by the clock and not the transaction's: who begins a transaction later sees it.
    ADD COLUMN erasing_from timestamptz,
    ADD COLUMN erased_rows jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN erased_at timestamptz,
    ADD CHECK (erased_at IS NULL OR erasing_since IS NOT NULL);

-- Whoever publishes looks here, in the statement that stores; there is next to nothing in it.
CREATE INDEX organizations_erased ON organizations (id) WHERE erasing_since IS NOT NULL;

-- Ends the statement, because it would store something of an organization that is erased. The error's table is the organization.
CREATE FUNCTION webhook_refuse_organization(org_id uuid) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the organization is erased' USING ERRCODE = 'WH003', TABLE = org_id;
END $$;

CREATE FUNCTION webhook_audit_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settings CONSTANT text[] := ARRAY['name', 'max_webhooks'];
    was CONSTANT jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
    becomes CONSTANT jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, changes)
    SELECT NEW.id, change.action, 'organization', NEW.id, change.changes
    FROM (
        SELECT 'organization.erased' AS action, '[]'::jsonb AS changes
        WHERE NEW.erasing_since IS NOT NULL
        UNION ALL
        SELECT 'organization.updated', webhook_changes(was, becomes, settings)
        WHERE NEW.erasing_since IS NULL AND webhook_changes(was, becomes, settings) <> '[]'
    ) AS change;
    RETURN NULL;
END $$;

CREATE TRIGGER organizations_created_audited AFTER INSERT ON organizations FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_organization();
CREATE TRIGGER organizations_changed_audited AFTER UPDATE ON organizations FOR EACH ROW
    WHEN (OLD.erasing_since IS NULL)
    EXECUTE FUNCTION webhook_audit_organization();

CREATE OR REPLACE FUNCTION webhook_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('webhooks.audit_deletion', true) = 'retention' AND OLD.at < now() - interval '30 days' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('webhooks.audit_deletion', true) = 'erasure'
        AND EXISTS (SELECT FROM organizations WHERE id = OLD.org_id AND erasing_since IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries are neither changed nor deleted'
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'What is older than Webhooks__AuditRetention is deleted by maintenance, and what is of an erased organization with it.';
END $$;

-- Deletes entries of an organization that is being erased, and tells how many; as webhook_forget_audit does, as its owner.
CREATE FUNCTION webhook_erase_audit(erased_org uuid, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    forgotten int;
BEGIN
    PERFORM set_config('webhooks.audit_deletion', 'erasure', true);
    DELETE FROM audit_entries WHERE id = ANY (ARRAY (
        SELECT id FROM audit_entries WHERE org_id = erased_org ORDER BY id LIMIT most));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    PERFORM set_config('webhooks.audit_deletion', '', true);
    RETURN forgotten;
END $$;
