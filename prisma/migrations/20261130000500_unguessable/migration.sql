-- What the fourth instant of an erasure waits for: that the blind index is under another key, and that the last window
-- that may have an identity of it, hashed, has ended and its key is destroyed.
ALTER TABLE "instruction" ADD COLUMN "index_renewed_at" TIMESTAMPTZ(3), ADD COLUMN "suppressed_until" TIMESTAMPTZ(3);
GRANT UPDATE (index_renewed_at, suppressed_until) ON instruction TO personr_app;
GRANT SELECT (sealed_at, index_renewed_at, suppressed_until) ON instruction TO personr_relay;

-- The relay looks over all tenants for what is due of either.
DROP INDEX "instruction_unguessable_due";
CREATE INDEX "instruction_index_due" ON "instruction"("sealed_at") WHERE "index_renewed_at" IS NULL;
CREATE INDEX "instruction_unguessable_due" ON "instruction"((coalesce("suppressed_until", "index_renewed_at")))
    WHERE "unguessable_at" IS NULL AND "index_renewed_at" IS NOT NULL AND "finished_at" IS NOT NULL;
