-- The event types of the installation. They belong to no organization. Processes keep a copy, which they read again when the catalog's version is
-- another; so whatever changes a type, be it by hand, is seen.
CREATE TABLE event_types (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_-]*([.][a-z0-9][a-z0-9_-]*)+$' AND length(name) <= 100),
    category    text NOT NULL,
    -- When it is published, in a sentence.
    description text NOT NULL,
    -- Realistic data. Of the type json, so that its members stay in their order.
    sample      json NOT NULL,
    -- What data has to fit, if validate says so: JSON Schema 2020-12.
    schema      json,
    validate    boolean NOT NULL DEFAULT false CHECK (NOT validate OR schema IS NOT NULL),
    -- No longer offered; what is published of it is still delivered.
    archived    boolean NOT NULL DEFAULT false,
    -- The platform's own, which are never deleted.
    built_in    boolean NOT NULL DEFAULT false,
    -- The order in which they are shown.
    place       bigint GENERATED ALWAYS AS IDENTITY,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- One row. Whoever changes event types has it locked, so they change one after the other.
CREATE TABLE event_catalog (
    version bigint NOT NULL,
    single  boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO event_catalog (version) VALUES (1);

CREATE FUNCTION webhook_event_types_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE event_catalog SET version = version + 1;
    RETURN NULL;
END $$;

INSERT INTO event_types (name, category, description, sample, built_in)
SELECT type ->> 'name', type ->> 'category', type ->> 'description', type -> 'sample', true
FROM json_array_elements($types$[
    {"category":"User","name":"user.created",
     "description":"A user was added to an organization.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","email":"ada@example.com","name":"Ada Example","role":"member","created_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","created_at":"2026-03-02T09:14:27Z"}},
    {"category":"User","name":"user.updated",
     "description":"A user's role, status or contact address was changed by an administrator.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","changes":{"role":{"from":"member","to":"admin"}},"updated_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","updated_at":"2026-03-04T15:40:02Z"}},
    {"category":"User","name":"user.deleted",
     "description":"A user was removed from an organization.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","email":"ada@example.com","reason":"left_organization","deleted_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","deleted_at":"2026-05-29T16:00:11Z"}},
    {"category":"User","name":"user.login",
     "description":"A user signed in.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","session_id":"c1a7be0a-46a5-4d6c-a6a9-13b3e2f7d9b4","method":"password","mfa":true,"ip_address":"203.0.113.24","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:138.0) Gecko/20100101 Firefox/138.0","logged_in_at":"2026-03-05T07:58:43Z"}},
    {"category":"User","name":"user.logout",
     "description":"A user signed out, or the session expired.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","session_id":"c1a7be0a-46a5-4d6c-a6a9-13b3e2f7d9b4","reason":"session_expired","session_seconds":28800,"logged_out_at":"2026-03-05T15:58:43Z"}},
    {"category":"User","name":"user.password_changed",
     "description":"A user's password was changed or reset.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","method":"reset_link","sessions_revoked":3,"ip_address":"203.0.113.24","changed_at":"2026-03-09T11:21:36Z"}},
    {"category":"User","name":"user.email_verified",
     "description":"A user proved that an e-mail address is theirs.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","email":"ada@example.com","verified_at":"2026-03-02T09:20:55Z"}},
    {"category":"User","name":"user.profile_updated",
     "description":"A user changed their own profile.",
     "sample":{"user_id":"5f0c6c1e-2f4e-4a53-9b0b-0d9a3a1c7e21","changes":{"name":{"from":"Ada Example","to":"Ada B. Example"},"time_zone":{"from":"UTC","to":"Europe/Zurich"}},"updated_at":"2026-03-11T18:05:19Z"}},
    {"category":"Subscription","name":"subscription.created",
     "description":"An organization subscribed to a plan.",
     "sample":{"subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","plan":"team","status":"trialing","seats":25,"price":{"amount":2900,"currency":"EUR","interval":"month","per":"seat"},"trial_ends_at":"2026-03-16T00:00:00Z","current_period_start":"2026-03-02T00:00:00Z","current_period_end":"2026-04-02T00:00:00Z"}},
    {"category":"Subscription","name":"subscription.updated",
     "description":"A subscription's plan, seats or status changed.",
     "sample":{"subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","plan":"business","status":"active","seats":40,"changes":{"plan":{"from":"team","to":"business"},"seats":{"from":25,"to":40}},"effective_at":"2026-04-18T10:12:00Z"}},
    {"category":"Subscription","name":"subscription.cancelled",
     "description":"A subscription was cancelled; it may run on until its paid period ends.",
     "sample":{"subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","plan":"business","reason":"too_expensive","cancelled_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","cancelled_at":"2026-06-20T08:30:45Z","ends_at":"2026-07-02T00:00:00Z"}},
    {"category":"Subscription","name":"subscription.renewed",
     "description":"A subscription was renewed for another period.",
     "sample":{"subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","plan":"business","seats":40,"invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","current_period_start":"2026-05-02T00:00:00Z","current_period_end":"2026-06-02T00:00:00Z","renewed_at":"2026-05-02T00:00:07Z"}},
    {"category":"Subscription","name":"subscription.payment_failed",
     "description":"The payment for a subscription's period failed; it is tried again until the grace period ends.",
     "sample":{"subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","amount":196000,"currency":"EUR","failure_code":"card_declined","attempt":1,"next_attempt_at":"2026-05-05T00:00:00Z","grace_period_ends_at":"2026-05-16T00:00:00Z"}},
    {"category":"Billing","name":"payment.succeeded",
     "description":"A payment was collected.",
     "sample":{"payment_id":"d2a9c3f8-54b1-4e7f-8f63-0b7a5e9c1d42","invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","amount":196000,"currency":"EUR","method":{"type":"card","brand":"visa","last4":"4242"},"paid_at":"2026-05-02T00:00:05Z"}},
    {"category":"Billing","name":"payment.failed",
     "description":"A payment was declined or could not be collected.",
     "sample":{"payment_id":"6b1e7a90-3c8d-4f25-a1e4-92d0c7b3f815","invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","amount":196000,"currency":"EUR","method":{"type":"card","brand":"visa","last4":"0341"},"failure_code":"insufficient_funds","failure_message":"The card has insufficient funds.","failed_at":"2026-05-02T00:00:05Z"}},
    {"category":"Billing","name":"payment.refunded",
     "description":"A payment was refunded, wholly or in part.",
     "sample":{"payment_id":"d2a9c3f8-54b1-4e7f-8f63-0b7a5e9c1d42","refund_id":"f40b8c27-9a6d-4b31-8e5f-1c2d3e4f5a6b","amount":49000,"currency":"EUR","remaining_amount":147000,"reason":"seats_removed","refunded_at":"2026-05-06T13:47:22Z"}},
    {"category":"Billing","name":"invoice.created",
     "description":"An invoice was issued.",
     "sample":{"invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","number":"INV-2026-00417","subscription_id":"b7f3a7d4-1d0f-4c53-8a41-6f0f2f0a9e5c","lines":[{"description":"Business plan, 40 seats, May 2026","quantity":40,"unit_amount":4900,"amount":196000}],"total":196000,"currency":"EUR","due_at":"2026-05-16T00:00:00Z","created_at":"2026-05-02T00:00:01Z"}},
    {"category":"Billing","name":"invoice.paid",
     "description":"An invoice was paid in full.",
     "sample":{"invoice_id":"0e6a4b0f-70a3-4c0e-9d43-7c8d1f2e3b6a","number":"INV-2026-00417","payment_id":"d2a9c3f8-54b1-4e7f-8f63-0b7a5e9c1d42","total":196000,"currency":"EUR","paid_at":"2026-05-02T00:00:05Z"}},
    {"category":"Billing","name":"invoice.overdue",
     "description":"An invoice was not paid by its due date.",
     "sample":{"invoice_id":"3a5d9e61-8c04-4f7b-b2d6-e7f1a0c94b38","number":"INV-2026-00388","amount_due":72500,"currency":"EUR","due_at":"2026-04-16T00:00:00Z","days_overdue":1,"reminders_sent":2}},
    {"category":"Organization","name":"organization.created",
     "description":"An organization was created.",
     "sample":{"organization_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","name":"Example Logistics","slug":"example-logistics","region":"eu-west","owner_id":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","created_at":"2026-03-02T09:10:00Z"}},
    {"category":"Organization","name":"organization.updated",
     "description":"An organization's name, owner or settings changed.",
     "sample":{"organization_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","changes":{"name":{"from":"Example Logistics","to":"Example Freight"},"require_mfa":{"from":false,"to":true}},"updated_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","updated_at":"2026-04-07T12:33:50Z"}},
    {"category":"Organization","name":"organization.deleted",
     "description":"An organization was closed; its data is erased after the retention period.",
     "sample":{"organization_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","name":"Example Freight","deleted_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","deleted_at":"2026-07-31T17:25:08Z","data_erased_at":"2026-08-30T00:00:00Z"}},
    {"category":"Edge Device","name":"device.registered",
     "description":"An edge device was enrolled.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","serial_number":"EG-4400-018273","model":"EG-4400","firmware_version":"3.8.1","site":{"site_id":"1f7b6a5c-0d3e-4c2b-9a18-7e6f5d4c3b2a","name":"Warehouse 4"},"registered_at":"2026-03-03T10:02:31Z"}},
    {"category":"Edge Device","name":"device.updated",
     "description":"An edge device's firmware, configuration or site changed.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","changes":{"firmware_version":{"from":"3.8.1","to":"3.9.0"}},"updated_at":"2026-04-12T02:15:44Z"}},
    {"category":"Edge Device","name":"device.deleted",
     "description":"An edge device was removed.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","serial_number":"EG-4400-018273","reason":"decommissioned","deleted_by":"8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10","deleted_at":"2026-07-15T14:08:00Z"}},
    {"category":"Edge Device","name":"device.online",
     "description":"An edge device connected after having been offline.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","ip_address":"198.51.100.17","firmware_version":"3.9.0","offline_seconds":412,"connected_at":"2026-04-20T05:31:09Z"}},
    {"category":"Edge Device","name":"device.offline",
     "description":"An edge device has not been heard from for longer than its heartbeat allows.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","last_seen_at":"2026-04-20T05:24:17Z","heartbeat_seconds":60,"missed_heartbeats":3}},
    {"category":"Edge Device","name":"device.alert",
     "description":"An edge device reported a fault or a reading out of range.",
     "sample":{"device_id":"e4d909c2-90d2-4f5b-8a0f-3b6c7d8e9f10","code":"temperature_high","severity":"warning","reading":{"value":81.5,"unit":"celsius","limit":75.0},"reported_at":"2026-06-11T13:59:02.417Z"}},
    {"category":"Monitoring","name":"alert.triggered",
     "description":"A monitoring rule's condition was met.",
     "sample":{"alert_id":"92c1f0b4-6e7d-4a38-b5c9-0f1e2d3c4b5a","rule":{"rule_id":"47a8e3d6-b0c5-4f19-9d72-6c5b4a392817","name":"API error rate above 5 %"},"severity":"critical","measured":{"value":7.8,"threshold":5,"unit":"percent","window_seconds":300},"dashboard_url":"https://ops.example.com/alerts/92c1f0b4-6e7d-4a38-b5c9-0f1e2d3c4b5a","triggered_at":"2026-06-18T21:07:30Z"}},
    {"category":"Monitoring","name":"alert.resolved",
     "description":"A monitoring rule's condition is no longer met, or someone resolved the alert.",
     "sample":{"alert_id":"92c1f0b4-6e7d-4a38-b5c9-0f1e2d3c4b5a","rule":{"rule_id":"47a8e3d6-b0c5-4f19-9d72-6c5b4a392817","name":"API error rate above 5 %"},"resolution":"recovered","triggered_at":"2026-06-18T21:07:30Z","resolved_at":"2026-06-18T21:19:30Z","duration_seconds":720}}
]$types$) WITH ORDINALITY AS listed (type, place)
ORDER BY place;

CREATE TRIGGER event_types_versioned AFTER INSERT OR UPDATE OR DELETE ON event_types FOR EACH STATEMENT
    EXECUTE FUNCTION webhook_event_types_changed();

-- Who changed them. The organization of these entries is the zero UUID, which no organization has.
CREATE FUNCTION webhook_audit_event_type() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changes CONSTANT jsonb := webhook_changes(
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END,
        '{category,description,sample,schema,validate,archived}');
BEGIN
    IF changes <> '[]' THEN
        INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, changes)
        VALUES ('00000000-0000-0000-0000-000000000000',
                'event_type.' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
                'event_type', CASE WHEN TG_OP = 'DELETE' THEN OLD.name ELSE NEW.name END, changes);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER event_types_audited AFTER INSERT OR UPDATE OR DELETE ON event_types FOR EACH ROW
    EXECUTE FUNCTION webhook_audit_event_type();
