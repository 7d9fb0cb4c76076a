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

-- The form is told, too.
CREATE OR REPLACE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'payload_format'];
