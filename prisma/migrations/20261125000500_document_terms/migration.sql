-- A document bears its role as every value does (R-16), and the consent it was taken in under (R-12).
ALTER TABLE "document" ADD COLUMN "role" TEXT NOT NULL DEFAULT 'SERVICE_PROVIDER';
ALTER TABLE "document" ADD COLUMN "consent_id" UUID;

ALTER TABLE "document" DROP CONSTRAINT "document_tenant_id_subject_id_fkey";
ALTER TABLE "document" ADD CONSTRAINT "document_tenant_id_subject_id_role_fkey" FOREIGN KEY ("tenant_id", "subject_id", "role") REFERENCES "subject"("tenant_id", "id", "role") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "document" ADD CONSTRAINT "document_tenant_id_subject_id_consent_id_fkey" FOREIGN KEY ("tenant_id", "subject_id", "consent_id") REFERENCES "consent"("tenant_id", "subject_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
CREATE INDEX "document_tenant_id_subject_id_consent_id_idx" ON "document"("tenant_id", "subject_id", "consent_id") WHERE "consent_id" IS NOT NULL;
