-- R-65: what was erased stays erased. By random references for ever; by identity only as long as the key of a window
-- lives, which the key store destroys at its end.

CREATE TABLE "suppression_window" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "days" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "suppression_window_pkey" PRIMARY KEY ("tenant_id", "day", "days")
);

CREATE TABLE "suppressed_identity" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "days" INTEGER NOT NULL,
    "mac" BYTEA NOT NULL,
    "instruction_id" UUID NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "suppressed_identity_pkey" PRIMARY KEY ("tenant_id", "day", "days", "mac"),
    CONSTRAINT "suppressed_identity_mac_check" CHECK (octet_length("mac") = 16)
);

CREATE TABLE "suppressed_reference" (
    "tenant_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "instruction_id" UUID NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "suppressed_reference_pkey" PRIMARY KEY ("tenant_id", "reference")
);

ALTER TABLE "suppression_window" ADD CONSTRAINT "suppression_window_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "suppressed_identity" ADD CONSTRAINT "suppressed_identity_tenant_id_day_days_fkey" FOREIGN KEY ("tenant_id", "day", "days") REFERENCES "suppression_window"("tenant_id", "day", "days") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "suppressed_reference" ADD CONSTRAINT "suppressed_reference_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['suppression_window', 'suppressed_identity', 'suppressed_reference'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I TO personr_app
         USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
      target);
  END LOOP;
END
$$;

-- Door forTenant. A reference is never taken back; a window goes with all its identities when it has ended.
GRANT SELECT, INSERT ON suppression_window, suppressed_identity, suppressed_reference TO personr_app;
GRANT UPDATE (instruction_id, accepted_at) ON suppressed_identity TO personr_app;
GRANT DELETE ON suppression_window, suppressed_identity TO personr_app;
