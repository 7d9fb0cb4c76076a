-- A migration of its own, because statements lock the two tables in either order.
ALTER TABLE webhooks
    -- Whether events that come while it is inactive are kept as skipped deliveries.
    ADD COLUMN keep_skipped boolean NOT NULL DEFAULT true;
