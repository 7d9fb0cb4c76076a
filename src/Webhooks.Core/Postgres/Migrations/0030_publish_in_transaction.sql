-- Events are published by a function in SQL, so that they are accepted if and only if the transaction of whoever calls it commits. It does what
-- an application's role must not: so the role needs no other right. What it accepts waits here until a process has fanned it out.
CREATE TABLE event_inbox (
    org_id        uuid NOT NULL,
    event_id      uuid NOT NULL,
    event         text NOT NULL,
    data          jsonb NOT NULL,
    -- Its idempotency key, whose row in event_keys was made with it; NULL without one.
    key           text,
    "timestamp"   timestamptz NOT NULL,
    trace_parent  text,
    deliver_at    timestamptz,
    ordering_key  text,
    published_at  timestamptz NOT NULL DEFAULT now(),
    -- When it is fanned out next: at once, then when the lease of a process has ended that took it, or when a limit allows it.
    due_at        timestamptz NOT NULL DEFAULT now(),
    tries         int NOT NULL DEFAULT 0,
    -- Why it can never be fanned out, and since when that is known; NULL for those that wait.
    refused       text,
    refused_at    timestamptz,
    PRIMARY KEY (org_id, event_id)
);
CREATE INDEX event_inbox_due ON event_inbox (due_at) WHERE refused_at IS NULL;
CREATE INDEX event_inbox_refused ON event_inbox (refused_at) WHERE refused_at IS NOT NULL;

-- One row: the limits of what is published here, as the processes' settings say (Webhooks__Limits__…). The last one that starts is right.
CREATE TABLE inbox_limits (
    event_bytes      int NOT NULL DEFAULT 262144,
    event_key_length int NOT NULL DEFAULT 255,
    single           boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO inbox_limits DEFAULT VALUES;

-- Ends the statement, because what is published cannot be accepted. The error's column is the field at fault.
CREATE FUNCTION webhook_refuse_field(field text, fault text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', field, fault USING ERRCODE = 'WH004', COLUMN = field;
END $$;

-- How many slips of the pen lie between two words: as EditDistance says.
CREATE FUNCTION webhook_edit_distance(first text, second text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    one CONSTANT text[] := string_to_array(first, NULL);
    other CONSTANT text[] := string_to_array(second, NULL);
    width CONSTANT int := coalesce(cardinality(other), 0);
    before_last int[];
    last int[];
    -- Distances to every beginning of the other word; the first is to the empty one.
    current int[] := ARRAY (SELECT generate_series(0, width));
BEGIN
    FOR i IN 1 .. coalesce(cardinality(one), 0) LOOP
        before_last := last;
        last := current;
        current[1] := i;
        FOR j IN 1 .. width LOOP
            current[j + 1] := least(last[j] + CASE WHEN one[i] = other[j] THEN 0 ELSE 1 END, last[j + 1] + 1, current[j] + 1);
            IF i > 1 AND j > 1 AND one[i] = other[j - 1] AND one[i - 1] = other[j] THEN
                current[j + 1] := least(current[j + 1], before_last[j - 1] + 1);
            END IF;
        END LOOP;
    END LOOP;
    RETURN current[width + 1];
END $$;

-- Up to three event types that were perhaps meant, nearest first: as EventCatalog says.
CREATE FUNCTION webhook_nearest_event_types(name text) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH written AS (
        SELECT lower(regexp_replace($1, '^\s+|\s+$', '', 'g')) AS word
    ), offered AS (
        SELECT types.name, word, min(place) OVER (PARTITION BY category) AS first, place,
               abs(length(types.name) - length(word)) <= 3 AS alike,
               starts_with(types.name, word) OR right(types.name, length(word)) = word AS part,
               starts_with(word, left(types.name, strpos(types.name, '.'))) AS related
        FROM event_types AS types, written
        WHERE NOT archived AND length(word) BETWEEN 1 AND 64
    ), measured AS (
        SELECT *, CASE WHEN alike OR part OR related THEN webhook_edit_distance(word, offered.name) END AS distance FROM offered
    ), judged AS (
        SELECT *, part OR coalesce(distance <= least(3, length(word) / 4), false) AS near FROM measured
    )
    SELECT coalesce(array_agg(meant.name ORDER BY distance, first, place), '{}')
    FROM (
        SELECT * FROM judged
        WHERE CASE WHEN (SELECT bool_or(near) FROM judged) THEN near ELSE related END
        ORDER BY distance, first, place LIMIT 3
    ) AS meant
$$;

-- The class of characters that are for control or format, or break lines: what Excerpt.IsPrintable refuses.
CREATE FUNCTION webhook_unprintable() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '[\u0001-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e'
    '\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]';

-- What is wrong with a short text by which the publisher names something; NULL when nothing is. It has as many characters as .NET counts.
CREATE FUNCTION webhook_fault_of_name(name text, most int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN length(name) + regexp_count(name, '[\U00010000-\U0010ffff]') NOT BETWEEN 1 AND most
        THEN format('It must have 1 to %s characters.', most)
    WHEN name ~ webhook_unprintable()
        THEN 'It must have printable characters only: no control characters, no line breaks.'
END;

-- A new id (UUIDv7) of now.
CREATE FUNCTION webhook_new_id() RETURNS uuid LANGUAGE sql VOLATILE
RETURN overlay(
    overlay(gen_random_uuid()::text PLACING left(webhook_least_id(clock_timestamp())::text, 13) FROM 1 FOR 13) PLACING '7' FROM 15 FOR 1)::uuid;

-- Publishes an event in the transaction of the caller, with the checks of an event message and the same words (SQLSTATE WH004, the error's
-- column names the field). Returns the event's id, which receivers see as webhook-id. An id that was published before is known for 7 days: the
-- same event again changes nothing, another one is refused (WH001), as is one of an organization that is erased (WH003).
CREATE FUNCTION publish_webhook_event(
    org_id uuid, event text, data jsonb, id text DEFAULT NULL, "timestamp" timestamptz DEFAULT NULL, traceparent text DEFAULT NULL,
    deliver_at timestamptz DEFAULT NULL, ordering_key text DEFAULT NULL
) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    the_org ALIAS FOR $1;
    the_event ALIAS FOR $2;
    the_data ALIAS FOR $3;
    the_id ALIAS FOR $4;
    the_time ALIAS FOR $5;
    the_trace ALIAS FOR $6;
    the_start ALIAS FOR $7;
    the_order ALIAS FOR $8;
    where_to_look CONSTANT text := 'GET /api/v1/webhooks/events/available lists them all.';
    own_id CONSTANT text := '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
    memory CONSTANT interval := '7 days';
    limits inbox_limits;
    at CONSTANT timestamptz := clock_timestamp();
    the_key text;
    the_event_id uuid := webhook_new_id();
    the_print bytea;
    known event_keys;
    fault text;
    nearest text[];
BEGIN
    SELECT * INTO STRICT limits FROM inbox_limits;

    IF the_org IS NULL THEN
        PERFORM webhook_refuse_field('org_id', 'It is missing: name the organization whose webhooks get the event, by its UUID.');
    END IF;
    IF EXISTS (SELECT FROM organizations AS erased WHERE erased.id = the_org AND erased.erasing_since IS NOT NULL) THEN
        RAISE EXCEPTION 'The organization % was erased, for good: nothing is published or made for it.', the_org
            USING ERRCODE = 'WH003', TABLE = the_org;
    END IF;

    IF the_event IS NULL THEN
        PERFORM webhook_refuse_field('event', 'It is missing: name an event type. ' || where_to_look);
    ELSIF NOT EXISTS (SELECT FROM event_types WHERE name = the_event) THEN
        nearest := webhook_nearest_event_types(the_event);
        PERFORM webhook_refuse_field('event', format(
            '''%s'' is not an event type. %s%s',
            regexp_replace(left(the_event, 64), webhook_unprintable(), U&'\FFFD', 'g')
                || CASE WHEN length(the_event) > 64 THEN '…' ELSE '' END,
            CASE cardinality(nearest)
                WHEN 0 THEN ''
                WHEN 1 THEN format('Did you mean %s? ', nearest[1])
                ELSE format(
                    'Did you mean %s or %s? ', array_to_string(trim_array(nearest, 1), ', '), nearest[cardinality(nearest)]) END,
            where_to_look));
    END IF;

    fault := CASE
        WHEN the_data IS NULL THEN 'It is missing: describe what happened in a JSON object, which may be empty.'
        WHEN jsonb_typeof(the_data) <> 'object' THEN format(
            'It must be a JSON object, not %s.', CASE jsonb_typeof(the_data)
                WHEN 'array' THEN 'an array' WHEN 'string' THEN 'a string' WHEN 'number' THEN 'a number' WHEN 'null' THEN 'null'
                ELSE 'true or false' END)
        WHEN octet_length(the_data::text) > limits.event_bytes THEN format(
            'It has more than %s bytes when it is written out for receivers, which is the most that is allowed.', limits.event_bytes)
        WHEN jsonb_path_exists(the_data, 'strict $.**{63} ? (@.type() == "object" || @.type() == "array")')
            THEN 'Objects and arrays are nested too deeply here: a message may have 64 levels.'
        -- Few have a number of so many digits, or a text that looks like one.
        WHEN the_data::text ~ '[0-9]{201}' AND EXISTS (
            SELECT FROM jsonb_path_query(the_data, 'strict $.** ? (@.type() == "number")') AS number
            WHERE abs(number::numeric) >= 1e400 OR scale(number::numeric) > 400)
            THEN 'A number may have 400 digits before its decimal point and 400 after it, written out. Send it as a string.' END;
    IF fault IS NOT NULL THEN
        PERFORM webhook_refuse_field('data', fault);
    END IF;

    fault := webhook_fault_of_name(the_id, limits.event_key_length);
    IF fault IS NOT NULL THEN
        PERFORM webhook_refuse_field('id', fault);
    END IF;
    fault := webhook_fault_of_name(the_order, 128);
    IF fault IS NOT NULL THEN
        PERFORM webhook_refuse_field('ordering_key', fault);
    END IF;
    IF the_trace !~ '^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$' THEN
        PERFORM webhook_refuse_field(
            'traceparent', 'It must be a W3C trace context, as in 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.');
    END IF;
    IF the_time < 'epoch' THEN
        PERFORM webhook_refuse_field('timestamp', 'It must not be before 1970.');
    ELSIF the_time >= '10000-01-01Z' THEN
        PERFORM webhook_refuse_field('timestamp', 'It must not be after 9999.');
    END IF;
    IF the_start < 'epoch' THEN
        PERFORM webhook_refuse_field('deliver_at', 'It must not be before 1970.');
    ELSIF the_start > at + memory THEN
        PERFORM webhook_refuse_field('deliver_at', format(
            'It must be at most 7 days ahead; it is %s, and now it is %s.',
            CASE WHEN the_start < '10000-01-01Z' THEN webhook_time_text(the_start) ELSE the_start::text END, webhook_time_text(at)));
    END IF;

    IF the_id IS NOT NULL THEN
        the_key := the_id;
        the_print := webhook_event_fingerprint(the_event, webhook_time_text(the_time), the_data);

        -- A UUIDv7 of about now is the event's own id.
        IF the_id ~* own_id
            AND the_id::uuid BETWEEN webhook_least_id(at - memory) AND webhook_least_id(at + interval '5 minutes 1 millisecond') THEN
            the_key := lower(the_id);
            the_event_id := the_id::uuid;
        END IF;

        LOOP
            INSERT INTO event_keys (org_id, key, event_id, fingerprint) VALUES (the_org, the_key, the_event_id, the_print)
            ON CONFLICT (org_id, key) DO NOTHING;
            EXIT WHEN FOUND;

            -- Its lifetime has ended, and nobody has forgotten it yet.
            UPDATE event_keys SET event_id = the_event_id, created_at = now(), deliveries = NULL, fingerprint = the_print
            WHERE event_keys.org_id = the_org AND event_keys.key = the_key AND created_at < now() - memory;
            EXIT WHEN FOUND;

            SELECT * INTO known FROM event_keys WHERE event_keys.org_id = the_org AND event_keys.key = the_key;
            CONTINUE WHEN NOT FOUND;
            IF known.fingerprint <> the_print THEN
                RAISE EXCEPTION 'The id was used for another event within the last 7 days; what differs is: %. An id names one event for '
                    'good. Publish the same event again, or give the new one an id of its own.', concat_ws(', ',
                        CASE WHEN substr(known.fingerprint, 1, 8) <> substr(the_print, 1, 8) THEN 'event' END,
                        CASE WHEN substr(known.fingerprint, 9, 8) <> substr(the_print, 9, 8) THEN 'timestamp' END,
                        CASE WHEN substr(known.fingerprint, 17) <> substr(the_print, 17) THEN 'data' END)
                    USING ERRCODE = 'WH001', TABLE = the_org, CONSTRAINT = known.event_id, COLUMN = 'id';
            ELSIF known.fingerprint IS NULL OR known.deliveries IS NOT NULL THEN
                RETURN known.event_id;
            END IF;

            -- It waits here already, or a publishing ended between its parts, which is completed from here.
            the_event_id := known.event_id;
            EXIT;
        END LOOP;
    END IF;

    INSERT INTO event_inbox (org_id, event_id, event, data, key, "timestamp", trace_parent, deliver_at, ordering_key)
    VALUES (the_org, the_event_id, the_event, the_data, the_key, coalesce(the_time, at), the_trace, the_start, the_order)
    ON CONFLICT (org_id, event_id) DO NOTHING;
    PERFORM pg_notify('webhook_deliveries', 'inbox');
    RETURN the_event_id;
END $$;

REVOKE EXECUTE ON FUNCTION publish_webhook_event FROM PUBLIC;

-- Others than the system itself may connect from now on, and what deletes entries of the audit is not for them.
REVOKE EXECUTE ON FUNCTION webhook_forget_audit, webhook_erase_audit FROM PUBLIC;

DO $$
BEGIN
    -- Temporary tables come last, or a caller's own would be taken for ours.
    EXECUTE format('ALTER FUNCTION publish_webhook_event SET search_path = %I, pg_temp', current_schema());

    -- Roles belong to all databases of the server, so another installation may have made it, or make it now. Who may not make roles leaves that
    -- to an administrator, who then grants both rights below.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'webhooks_publisher') THEN
        BEGIN
            CREATE ROLE webhooks_publisher NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN RAISE NOTICE 'the role webhooks_publisher is not made: %', SQLERRM;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'webhooks_publisher') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO webhooks_publisher', current_schema());
        GRANT EXECUTE ON FUNCTION publish_webhook_event TO webhooks_publisher;
    END IF;
END $$;
