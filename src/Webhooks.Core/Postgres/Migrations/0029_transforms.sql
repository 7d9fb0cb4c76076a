-- JavaScript that makes of a webhook's payloads what is sent; the id is another one for each script that is set, so that processes can keep them.
ALTER TABLE webhooks
    ADD COLUMN transform text,
    ADD COLUMN transform_id uuid,
    ADD CONSTRAINT webhooks_transform_named CHECK ((transform IS NULL) = (transform_id IS NULL)) NOT VALID;

-- What a transform made of a delivery's payload, which is signed and sent in its place at every attempt, or why it failed; NULL for most.
ALTER TABLE webhook_deliveries
    ADD COLUMN sent_body text,
    ADD COLUMN sent_headers jsonb,
    ADD COLUMN transform_error text;

-- The transform is told, too.
CREATE OR REPLACE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
    'url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'transform', 'payload_format',
    'header_names', 'headers_set_at', 'metadata'];
