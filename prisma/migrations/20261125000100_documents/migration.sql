-- Documents: what is known of each rests here, its sealed bytes rest in the object store.

-- One document, whole: its row is written when the last byte rests in the object store.
CREATE TABLE "document" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "element" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "collected_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "chunk_bytes" INTEGER NOT NULL,
    "nonce_prefix" BYTEA NOT NULL,
    "key_id" UUID NOT NULL,
    "sealed_digest" BYTEA NOT NULL,

    CONSTRAINT "document_pkey" PRIMARY KEY ("tenant_id","id")
);

-- An upload under way: written before the first byte reaches the object store, gone with the upload's end. It
-- outlives the subject, so that bytes which arrive after an erasure are found by whoever sweeps. Ids only.
CREATE TABLE "document_upload" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "element" TEXT NOT NULL,
    "alive_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "document_upload_pkey" PRIMARY KEY ("tenant_id","id")
);

CREATE INDEX "document_tenant_id_subject_id_element_idx" ON "document"("tenant_id", "subject_id", "element");
CREATE INDEX "document_upload_tenant_id_subject_id_idx" ON "document_upload"("tenant_id", "subject_id");
CREATE INDEX "document_upload_due" ON "document_upload"("alive_until");

ALTER TABLE "document" ADD CONSTRAINT "document_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE document ENABLE ROW LEVEL SECURITY;
ALTER TABLE document FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON document TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
ALTER TABLE document_upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_upload FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON document_upload TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- A document is never changed: it is there or it is not.
GRANT SELECT, INSERT, DELETE ON document TO personr_app;
GRANT SELECT, INSERT, DELETE ON document_upload TO personr_app;
GRANT UPDATE (alive_until) ON document_upload TO personr_app;

-- Door forRelay: which uploads nobody keeps alive any more.
GRANT SELECT (tenant_id, id, alive_until) ON document_upload TO personr_relay;
CREATE POLICY relay_sees ON document_upload FOR SELECT TO personr_relay USING (true);
