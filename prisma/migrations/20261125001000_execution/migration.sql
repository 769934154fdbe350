-- Erasures in batches: how far each step is, receipts that are completed later, backup sets, holds.

ALTER TABLE "execution_step" ADD COLUMN "done" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "total" INTEGER NOT NULL DEFAULT 1;
GRANT UPDATE (done, total) ON execution_step TO personr_app;

-- Until when, and since when, no right guess of an identity can be confirmed from any copy. What is due is looked
-- for over all tenants.
ALTER TABLE "instruction" ADD COLUMN "unguessable_due_at" TIMESTAMPTZ(3), ADD COLUMN "unguessable_at" TIMESTAMPTZ(3);
CREATE INDEX "instruction_unguessable_due" ON "instruction"("unguessable_due_at") WHERE "unguessable_at" IS NULL;
GRANT UPDATE (unguessable_due_at, unguessable_at) ON instruction TO personr_app;
GRANT SELECT (unguessable_due_at, unguessable_at) ON instruction TO personr_relay;

-- A later edition says what an earlier one could not say yet. None is ever changed.
ALTER TABLE "receipt" ADD COLUMN "edition" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "receipt" DROP CONSTRAINT "receipt_pkey";
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_pkey" PRIMARY KEY ("tenant_id","instruction_id","edition");

-- A copy of the stores that somebody made: a portable backup of ours, or a set that the operator declares.
CREATE TABLE "backup_set" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "contains" TEXT[],
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "backup_set_pkey" PRIMARY KEY ("tenant_id","id")
);

-- Why some of a subject may or must be kept: which elements (all, when none are named), on what ground, until when.
CREATE TABLE "hold" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "elements" TEXT[],
    "ground" TEXT NOT NULL,
    "citation" TEXT NOT NULL,
    "placed_by" UUID NOT NULL,
    "instruction_id" UUID,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "review_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE INDEX "hold_tenant_id_subject_id_idx" ON "hold"("tenant_id", "subject_id");

ALTER TABLE backup_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE backup_set FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON backup_set TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
ALTER TABLE hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE hold FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON hold TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT ON backup_set, hold TO personr_app;
GRANT UPDATE (gone_at) ON backup_set TO personr_app;
GRANT UPDATE (ended_at, end_reason) ON hold TO personr_app;
