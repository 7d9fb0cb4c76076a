-- The tables that everything else relies on. See docs/architecture.md for the way a delivery takes through them.

CREATE TABLE organizations (
    id         uuid PRIMARY KEY,
    name       text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE webhooks (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES organizations (id),
    url         text NOT NULL,
    events      text[] NOT NULL,
    -- AES-256-GCM ciphertext; NULL once the webhook is deleted.
    secret      text,
    active      boolean NOT NULL DEFAULT true,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    -- A deleted webhook keeps its row, so that its history keeps its foreign key. Nobody is shown it again.
    deleted_at  timestamptz,
    CHECK ((secret IS NULL) = (deleted_at IS NOT NULL))
);

-- Fan-out and the list of an organization's webhooks.
CREATE INDEX webhooks_of_org ON webhooks (org_id, id DESC) WHERE deleted_at IS NULL;

-- An idempotency key that is not itself a usable event id, and the event id that it got when it was first seen.
CREATE TABLE event_keys (
    org_id     uuid NOT NULL,
    key        text NOT NULL,
    event_id   uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, key)
);

CREATE INDEX event_keys_by_age ON event_keys (created_at);

-- One row per delivery. Partitioned by id, because an id (UUIDv7) carries its time: a lookup by id touches one
-- partition, and retention drops whole partitions.
CREATE TABLE webhook_deliveries (
    id              uuid NOT NULL PRIMARY KEY,
    webhook_id      uuid NOT NULL REFERENCES webhooks (id),
    org_id          uuid NOT NULL,
    event           text NOT NULL,
    event_id        uuid NOT NULL,
    -- payload::text is what is signed and sent, at every attempt.
    payload         jsonb NOT NULL,
    status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'succeeded', 'failed', 'canceled')),
    -- A test delivery gets one attempt, whether or not its webhook is active.
    test            boolean NOT NULL DEFAULT false,
    redelivery_of   uuid,
    -- The W3C traceparent of the publishing, which attempts link to; NULL when it was not traced.
    trace_parent    text,
    -- Attempts made.
    attempt_number  int NOT NULL DEFAULT 0,
    -- NULL unless pending.
    next_attempt_at timestamptz,
    -- A pending delivery is due at greatest(next_attempt_at, lease_until). Whoever holds lease_token is attempting it;
    -- a row with lease_until but no token is parked, because its webhook has all the attempts in flight that it may have.
    lease_until     timestamptz,
    lease_token     uuid,
    -- Of the last attempt; response_status is NULL when no response came, and error says why.
    response_status int,
    response_body   text,
    error           text,
    duration_ms     int,
    -- One object per attempt made, oldest first.
    attempts        jsonb NOT NULL DEFAULT '[]',
    -- When a 2xx came.
    delivered_at    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK (status = 'pending' OR (lease_until IS NULL AND lease_token IS NULL))
) PARTITION BY RANGE (id);

-- What no other partition takes: ids from before the first migration, or from a time for which no partition was made yet.
CREATE TABLE webhook_deliveries_default PARTITION OF webhook_deliveries DEFAULT;

-- Work that is due, oldest first.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (greatest(next_attempt_at, lease_until)) WHERE status = 'pending';
-- Work of one webhook, and the page of what is pending. Holds the time, so that what is not due is passed over without reading its row.
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, id, next_attempt_at) WHERE status = 'pending';
-- History pages, newest first. Every index is written to for each delivery, and costs more than all else that is done with it; so there is one for all
-- that can be asked for, whose filters pass over its entries without reading their rows, and small ones for what is rare.
CREATE INDEX webhook_deliveries_history ON webhook_deliveries (webhook_id, id, event, status, response_status);
CREATE INDEX webhook_deliveries_unsuccessful ON webhook_deliveries (webhook_id, status, id, event) WHERE status IN ('failed', 'canceled');
CREATE INDEX webhook_deliveries_refused ON webhook_deliveries (webhook_id, response_status, id, status, event) WHERE response_status NOT BETWEEN 200 AND 299;
-- The operators' query for recent failures.
CREATE INDEX webhook_deliveries_failures ON webhook_deliveries (created_at DESC) WHERE response_status NOT BETWEEN 200 AND 299;
-- The operators' query over the last 24 hours.
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries USING brin (created_at) WITH (autosummarize = on);

-- The id of the delivery of an event to a webhook: the event id's 48-bit timestamp, then 72 bits of SHA-256(event id, webhook id) around
-- version 7 and variant 8. A repeated fan-out therefore conflicts on the primary key. The digest is named once, since it is made as often as it is named.
CREATE FUNCTION webhook_delivery_id(event_id uuid, webhook_id uuid) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    left(event_id::text, 14)
    || '7'
    || left(overlay(encode(sha256(uuid_send(event_id) || uuid_send(webhook_id)), 'hex') PLACING '8' FROM 4 FOR 0), 19))::uuid;

-- What a receiver is sent. "timestamp" is ISO 8601 in UTC with Z.
CREATE FUNCTION webhook_payload(event text, "timestamp" text, data jsonb, webhook_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object('event', event, 'timestamp', "timestamp", 'data', data, 'webhook_id', webhook_id);
