-- Each entry that leaves is looked for by its key: a plan that was made while the log was short, and that a session
-- keeps, read the whole log for every run.
CREATE OR REPLACE FUNCTION entries_have_places() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF row_security_active('public.audit_outbox') AND EXISTS (
    SELECT FROM gone LEFT JOIN LATERAL (
      SELECT entry FROM public.log_entry
       WHERE tenant_id = gone.tenant_id AND entry_id = gone.id LIMIT 1
    ) placed ON true
     WHERE placed.entry IS DISTINCT FROM gone.entry
  ) THEN
    RAISE EXCEPTION 'an entry has no place in the log' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;
