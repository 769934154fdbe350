-- Which state of the data this is. The key store has the same mark, and both move on every few seconds: a database of an
-- earlier time has an earlier mark, however it came back. While it is nil, or another than the key store's, the service is
-- closed; restore_id names the replay that will open it. No tenant's, and no content.
CREATE TABLE "tide" (
    "one" BOOLEAN NOT NULL DEFAULT true CHECK ("one"),
    "mark" UUID NOT NULL,
    "restore_id" UUID,

    CONSTRAINT "tide_pkey" PRIMARY KEY ("one")
);
INSERT INTO "tide" ("mark") VALUES (gen_random_uuid());

-- One tenant's part of a replay: from where on its log was lacking, and what was made good.
CREATE TABLE "restore_run" (
    "tenant_id" UUID NOT NULL,
    "restore_id" UUID NOT NULL,
    "from_size" BIGINT NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "detail" JSONB,

    CONSTRAINT "restore_run_pkey" PRIMARY KEY ("tenant_id","restore_id")
);

-- Rows under a key that the key store does not know and no erasure accounts for. They stay where they are, unreadable.
CREATE TABLE "quarantined_row" (
    "tenant_id" UUID NOT NULL,
    "store" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "key_id" UUID NOT NULL,
    "restore_id" UUID NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quarantined_row_pkey" PRIMARY KEY ("tenant_id","store","id")
);

ALTER TABLE tide ENABLE ROW LEVEL SECURITY;
ALTER TABLE tide FORCE ROW LEVEL SECURITY;
CREATE POLICY relay_sees ON tide TO personr_relay USING (true);
GRANT SELECT, UPDATE (mark, restore_id) ON tide TO personr_relay;

ALTER TABLE restore_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE restore_run FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON restore_run TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (ended_at, detail) ON restore_run TO personr_app;

ALTER TABLE quarantined_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE quarantined_row FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON quarantined_row TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON quarantined_row TO personr_app;

-- Door forRelay: which erasures have begun, to compare with the key store. No outcome.
GRANT SELECT (tenant_id, instruction_id, name) ON execution_step TO personr_relay;
CREATE POLICY relay_sees ON execution_step FOR SELECT TO personr_relay USING (true);
