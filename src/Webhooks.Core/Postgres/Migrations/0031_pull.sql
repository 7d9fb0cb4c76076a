-- Webhooks that are pulled from: their receivers fetch deliveries and report what came of them, instead of getting them posted.
ALTER TABLE webhooks
    ADD COLUMN mode text NOT NULL DEFAULT 'push',
    -- When it ceased to be pulled from; NULL unless deliveries may be left that wait for that.
    ADD COLUMN pulled_until timestamptz,
    ADD CONSTRAINT webhooks_mode_known CHECK (mode IN ('push', 'pull')) NOT VALID,
    -- Not NULL: servers of before read a URL from every row. This one they cannot post to.
    ADD CONSTRAINT webhooks_pulled_without_url CHECK ((mode = 'pull') = (url = '')) NOT VALID;

-- Those whose deliveries nobody will pull any more, for whoever cancels these.
CREATE INDEX webhooks_pulled_inactive ON webhooks (id) WHERE mode = 'pull' AND NOT active;

CREATE INDEX webhooks_unpulled ON webhooks (pulled_until) WHERE pulled_until IS NOT NULL;

-- A delivery that waits to be pulled is leased until infinity, so that nothing which looks for due deliveries sees it, and without a token.
-- While somebody has pulled it, it has a token, and the end of that lease is here.
CREATE TABLE pull_leases (
    delivery_id uuid PRIMARY KEY,
    lease_token uuid NOT NULL,
    org_id      uuid NOT NULL,
    webhook_id  uuid NOT NULL,
    leased_at   timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL
);

CREATE INDEX pull_leases_by_end ON pull_leases (lease_until);

-- The mode is told, too.
CREATE OR REPLACE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
    'mode', 'url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter', 'transform', 'payload_format',
    'header_names', 'headers_set_at', 'metadata'];
