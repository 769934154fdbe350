-- What an entry's commitment was made of (a receipt's salt and body): it goes to the evidence store with the entry,
-- so that a receipt outlives this database. Never part of the log.
ALTER TABLE audit_outbox ADD COLUMN opening BYTEA;
