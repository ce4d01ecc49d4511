-- The role that Turnout reads with: it may look at these tables and do nothing else.
-- psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f reader.sql
-- Give it a password afterwards, in psql: \password turnout_reader

CREATE ROLE turnout_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 4;
ALTER ROLE turnout_reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA platform TO turnout_reader;
GRANT SELECT ON platform.users, platform.invitations, platform.activities, platform.blasts, platform.messages TO turnout_reader;
