-- Alerts that have been told as triggered and not yet as resolved. Whoever inserts or deletes the row stores the event in the same transaction, so
-- each is told once, however many processes judge.
CREATE TABLE webhook_alerts (
    org_id       uuid NOT NULL,
    rule_id      uuid NOT NULL,
    id           uuid NOT NULL,
    triggered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, rule_id)
);

-- The last minutes of all organizations.
CREATE INDEX webhook_statistics_of_organizations ON webhook_statistics (at)
    WHERE minutes = 1 AND webhook_id = '00000000-0000-0000-0000-000000000000';
