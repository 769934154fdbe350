-- Holds say what they came too late for, and since when what they keep may be used for nothing else. A tenant leaves:
-- by which instruction, and which instructions are about all that it has.

-- What a hold named that was gone, or going, when it was placed (R-81).
ALTER TABLE "hold" ADD COLUMN "gone_elements" TEXT[] NOT NULL DEFAULT '{}';
-- What an erasure left standing because of it: used for its ground alone from then on (R-78). By element, or ALL.
ALTER TABLE "hold" ADD COLUMN "restricted_elements" TEXT[] NOT NULL DEFAULT '{}';
GRANT UPDATE (restricted_elements) ON hold TO personr_app;
CREATE INDEX "hold_active" ON "hold"("tenant_id", "subject_id") WHERE "ended_at" IS NULL;

-- Whoever takes something in holds the tenant's row; the erasure of everything waits for them once (R-03).
ALTER TABLE "tenant" ADD COLUMN "leaving_by" UUID;
GRANT UPDATE (leaving_by) ON tenant TO personr_app;

ALTER TABLE "instruction" ADD COLUMN "whole_tenant" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "instruction" ADD CONSTRAINT "instruction_whole_tenant_check"
  CHECK (NOT "whole_tenant" OR ("subject_id" IS NULL AND cardinality("scope_elements") = 0));
