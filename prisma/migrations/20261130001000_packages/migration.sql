-- What leaves the house: packages of an answer, sealed in the object store, and what an export is to hold.

-- Of an EXPORT: what it holds, for whom, and from when on.
ALTER TABLE "instruction" ADD COLUMN "export_order" JSONB;

-- One attempt to build a package; its id is the object's. A row is there before the first byte reaches the object
-- store, and outlives the subject while bytes may still come. BUILDING lives until ends_at unless it says so again;
-- READY may be taken until then; of an EXPIRED one only this row is left. No value, no name: ids, sizes, hashes.
CREATE TABLE "package" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "instruction_id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "key_id" UUID,
    "sealed_salt" BYTEA,
    "size_bytes" BIGINT,
    "chunk_bytes" INTEGER,
    "nonce_prefix" BYTEA,
    "manifest_sha256" TEXT,
    "ready_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "downloads" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "package_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "package_state_check" CHECK ("state" IN ('BUILDING', 'READY', 'EXPIRED')),
    CONSTRAINT "package_whole_check" CHECK ("state" = 'BUILDING' OR ("size_bytes" IS NOT NULL AND "chunk_bytes" IS NOT NULL
      AND "nonce_prefix" IS NOT NULL AND "manifest_sha256" IS NOT NULL AND "ready_at" IS NOT NULL AND "expires_at" IS NOT NULL))
);

CREATE INDEX "package_tenant_id_subject_id_idx" ON "package"("tenant_id", "subject_id");
CREATE INDEX "package_tenant_id_instruction_id_idx" ON "package"("tenant_id", "instruction_id");
-- One instruction has one package.
CREATE UNIQUE INDEX "package_one" ON "package"("tenant_id", "instruction_id") WHERE "state" <> 'BUILDING';
CREATE INDEX "package_due" ON "package"("ends_at") WHERE "ends_at" IS NOT NULL;

ALTER TABLE package ENABLE ROW LEVEL SECURITY;
ALTER TABLE package FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON package TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT, DELETE ON package TO personr_app;
GRANT UPDATE (state, ends_at, key_id, sealed_salt, size_bytes, chunk_bytes, nonce_prefix, manifest_sha256, ready_at,
  expires_at, downloads) ON package TO personr_app;

-- Door forRelay: which of them have come to their end.
GRANT SELECT (tenant_id, id, ends_at) ON package TO personr_relay;
CREATE POLICY relay_sees ON package FOR SELECT TO personr_relay USING (true);
