-- What is returned is kept until the Business has acknowledged it: its package has no expiry.
ALTER TABLE "package" DROP CONSTRAINT "package_whole_check";
ALTER TABLE "package" ADD CONSTRAINT "package_whole_check" CHECK ("state" = 'BUILDING' OR ("size_bytes" IS NOT NULL
  AND "chunk_bytes" IS NOT NULL AND "nonce_prefix" IS NOT NULL AND "manifest_sha256" IS NOT NULL AND "ready_at" IS NOT NULL));

-- Whoever erases everything asks whether something that is being returned has not arrived yet.
CREATE INDEX "instruction_open_return" ON "instruction"("tenant_id") WHERE "type" = 'RETURN' AND "finished_at" IS NULL;
