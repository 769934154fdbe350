-- Which instruction to erase everything left a hold standing: its end erases what it kept.
ALTER TABLE "hold" ADD COLUMN "kept_by" UUID;
GRANT UPDATE (kept_by) ON hold TO personr_app;
CREATE INDEX "hold_kept" ON "hold"("tenant_id", "kept_by") WHERE "kept_by" IS NOT NULL;
