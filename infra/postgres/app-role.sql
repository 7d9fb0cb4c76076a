-- Lets the app's identity use the database, and nothing else. For environments where the app does not administer the server.
-- Run once by a member of the operators' group, connected to the database "postgres", with psql's variables
--   app     the deployment's output appIdentityName
--   app_id  the deployment's output appPrincipalId
-- Running it again changes nothing.
\set ON_ERROR_STOP on

SELECT pgaadauth_create_principal_with_oid(:'app', :'app_id', 'service', false, false)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app');

-- Who may publish events in transactions (docs/publishing.md). The app may not make roles; its migrations grant this one what it needs.
SELECT 'CREATE ROLE webhooks_publisher NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'webhooks_publisher') \gexec

-- Any role may connect to a new database otherwise.
REVOKE ALL ON DATABASE webhooks FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE webhooks TO :"app";

\connect webhooks

-- The app brings its tables up to date at start, and so owns them.
GRANT USAGE, CREATE ON SCHEMA public TO :"app";
