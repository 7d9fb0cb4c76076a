-- A webhook's secret can be replaced. Until the overlap ends, requests are signed with both, so that no receiver breaks before its owner has
-- acted.

ALTER TABLE webhooks
    -- The last four characters of secret. NULL for secrets that an earlier version stored: it is read from the secret itself then.
    ADD COLUMN secret_hint text,
    -- What secret replaced, encrypted like it. Requests are signed with it, too, until its end, by this database's clock.
    ADD COLUMN previous_secret text,
    ADD COLUMN previous_secret_expires_at timestamptz,
    -- Whether the header that has one signature is made with secret already, and not with previous_secret, during the overlap.
    ADD COLUMN secret_promoted boolean NOT NULL DEFAULT false,
    -- The latest rotation: when it was, and its Idempotency-Key with what was asked for; NULL when it had none.
    ADD COLUMN rotated_at timestamptz,
    ADD COLUMN rotation_key text,
    ADD COLUMN rotation_request text,
    ADD CHECK ((previous_secret IS NULL) = (previous_secret_expires_at IS NULL)),
    ADD CHECK ((rotation_key IS NULL) = (rotation_request IS NULL));

-- Servers look for what has changed, to give up what they claimed before it.
CREATE INDEX webhooks_by_change ON webhooks (updated_at);
CREATE INDEX webhooks_in_overlap ON webhooks (previous_secret_expires_at) WHERE previous_secret IS NOT NULL;

CREATE FUNCTION webhook_erase_previous_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.secret_hint := NULL;
    NEW.previous_secret := NULL;
    NEW.previous_secret_expires_at := NULL;
    RETURN NEW;
END $$;

-- Whoever deletes a webhook, also servers that do not know of it yet.
CREATE TRIGGER webhooks_erased BEFORE UPDATE ON webhooks FOR EACH ROW
    WHEN (NEW.secret IS NULL AND OLD.secret IS NOT NULL)
    EXECUTE FUNCTION webhook_erase_previous_secret();
