-- Who may see what. Roles belong to the cluster, so they may exist already; logins are made by whoever runs
-- the cluster, as members of these.
DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['personr_app', 'personr_relay', 'personr_directory'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO personr_app, personr_relay, personr_directory;

-- Row-level security is forced, so that it holds for the owner too. nullif stays: after a transaction the
-- setting is '' and not null, and ''::uuid is an error.
DO $$
DECLARE
  target text;
  tenant_column text;
BEGIN
  FOR target IN
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  LOOP
    tenant_column := CASE target WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I TO personr_app
         USING (%I = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
      target, tenant_column);
  END LOOP;
END
$$;

-- Door forTenant: everything of one tenant, and of that only what its work needs.
GRANT SELECT, INSERT ON tenant, api_client, subject, record, instruction, instruction_transition,
  instruction_deadline, execution_step, receipt, work, audit_outbox, log_head, log_entry, log_tile, idempotency
  TO personr_app;
GRANT UPDATE (state) ON tenant TO personr_app;
GRANT UPDATE (revoked_at) ON api_client TO personr_app;
GRANT UPDATE (residency, erasing_by) ON subject TO personr_app;
GRANT UPDATE (state, flags, finished_at, sealed_at, unreadable_at, erased_at) ON instruction TO personr_app;
GRANT UPDATE (met_at) ON instruction_deadline TO personr_app;
GRANT UPDATE (state, done_at, outcome) ON execution_step TO personr_app;
GRANT UPDATE (due_at, attempts, fence, leased_until, rung_at, done_at, last_code) ON work TO personr_app;
GRANT UPDATE (size, root, checkpoint, updated_at) ON log_head TO personr_app;
GRANT UPDATE (width, hashes) ON log_tile TO personr_app;
GRANT DELETE ON subject, record, audit_outbox, idempotency TO personr_app;

-- Door forRelay: ids and times of every tenant, to know whom to wake. No content.
GRANT SELECT (tenant_id, id, kind, reference_id, due_at, leased_until, rung_at, done_at) ON work TO personr_relay;
GRANT UPDATE (rung_at) ON work TO personr_relay;
GRANT SELECT (tenant_id, id, created_at) ON audit_outbox TO personr_relay;
GRANT SELECT (tenant_id, id, accepted_at, finished_at) ON instruction TO personr_relay;
CREATE POLICY relay_sees ON work TO personr_relay USING (true);
CREATE POLICY relay_sees ON audit_outbox FOR SELECT TO personr_relay USING (true);
CREATE POLICY relay_sees ON instruction FOR SELECT TO personr_relay USING (true);
CREATE INDEX work_due ON work (due_at) WHERE done_at IS NULL;

-- Door forDirectory: who is knocking.
GRANT SELECT (id, state) ON tenant TO personr_directory;
GRANT SELECT (tenant_id, id, secret_hash, scopes, revoked_at) ON api_client TO personr_directory;
CREATE POLICY directory_sees ON tenant FOR SELECT TO personr_directory USING (true);
CREATE POLICY directory_sees ON api_client FOR SELECT TO personr_directory USING (true);
