-- The deleted webhooks of an organization, whose deliveries are part of its history.
CREATE INDEX webhooks_deleted_of_org ON webhooks (org_id, id DESC) WHERE deleted_at IS NOT NULL;
