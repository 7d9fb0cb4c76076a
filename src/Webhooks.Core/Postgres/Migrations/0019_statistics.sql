-- Counts of deliveries, kept by the statements that change deliveries. None of them updates a row that others update, too: each inserts what it
-- changed, and a chore adds that up, so that who records results for one webhook at once does not queue for a row of counts.

-- What statements have changed and nobody has added up yet: a row for a statement, with an entry for each delivery.
CREATE TABLE webhook_statistics_changes (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The time of the transaction: when deliveries were created whose time of creation is not given.
    at                timestamptz NOT NULL DEFAULT now(),
    org_ids           uuid[] NOT NULL,
    webhook_ids       uuid[] NOT NULL,
    events            text[] NOT NULL,
    -- made: inserted as pending; pending: an attempt was made, and another follows; discarded: the row was deleted; otherwise the status in
    -- which the delivery ended.
    outcomes          text[] NOT NULL,
    -- Of deliveries that were there before; NULL of those that were inserted.
    created_at        timestamptz[],
    errors            text[],
    response_statuses int[],
    attempt_numbers   int[],
    -- Of the attempt that was recorded; NULL where none was.
    attempted_at      timestamptz[],
    durations_ms      int[]
) WITH (
    -- Rows live for seconds. Up to a page they stay in one piece.
    toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000
);

-- They are short-lived: compressing them is work for nothing.
ALTER TABLE webhook_statistics_changes
    ALTER org_ids SET STORAGE EXTERNAL, ALTER webhook_ids SET STORAGE EXTERNAL, ALTER events SET STORAGE EXTERNAL,
    ALTER outcomes SET STORAGE EXTERNAL, ALTER created_at SET STORAGE EXTERNAL, ALTER errors SET STORAGE EXTERNAL,
    ALTER response_statuses SET STORAGE EXTERNAL, ALTER attempt_numbers SET STORAGE EXTERNAL, ALTER attempted_at SET STORAGE EXTERNAL,
    ALTER durations_ms SET STORAGE EXTERNAL;

CREATE TABLE webhook_statistics (
    -- The length of the span that is counted: 1, 60 or 1440.
    minutes         smallint NOT NULL,
    org_id          uuid NOT NULL,
    -- All zeros: all webhooks of the organization, so that how many it has does not matter.
    webhook_id      uuid NOT NULL,
    -- The beginning of the span, in UTC.
    at              timestamptz NOT NULL,
    event           text NOT NULL,
    -- Of deliveries that have ended, and of attempts: the error, or the status of an answer that was not 2xx; empty when there was neither.
    error           text NOT NULL,
    -- By when deliveries were created.
    deliveries      bigint NOT NULL,
    succeeded       bigint NOT NULL,
    failed          bigint NOT NULL,
    canceled        bigint NOT NULL,
    skipped         bigint NOT NULL,
    -- Of those that succeeded or failed: how many succeeded at once, and all their attempts.
    first_attempt   bigint NOT NULL,
    ended_attempts  bigint NOT NULL,
    -- By when attempts were made.
    attempts        bigint NOT NULL,
    failed_attempts bigint NOT NULL,
    -- Attempts by how long they took; the code has the bounds (DurationHistogram).
    durations       int[] NOT NULL,
    PRIMARY KEY (minutes, org_id, webhook_id, at, event, error)
) WITH (fillfactor = 80);

CREATE INDEX webhook_statistics_by_age ON webhook_statistics (minutes, at);

-- What was created before is not counted.
CREATE TABLE webhook_statistics_start (since timestamptz NOT NULL);
INSERT INTO webhook_statistics_start VALUES (now());
