-- The Idempotency-Key of a request that made something, what tells the request from another under the same key, and the id of what it made.
-- No answer is kept.
CREATE TABLE request_keys (
    org_id      uuid NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    made        uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, key)
);

CREATE INDEX request_keys_by_age ON request_keys (created_at);
