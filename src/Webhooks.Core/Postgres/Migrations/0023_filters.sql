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

-- The filter is told, too.
CREATE OR REPLACE FUNCTION webhook_audited_settings() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['url', 'events', 'description', 'retry_delays', 'timeout_seconds', 'keep_skipped', 'filter'];
