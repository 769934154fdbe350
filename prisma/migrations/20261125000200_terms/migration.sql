-- What was agreed with a tenant, and what a consumer agreed to.

-- R-16: a client's tenant holds what we process as a service provider; the built-in one what we hold as a Business.
ALTER TABLE "tenant" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'CLIENT' CHECK ("kind" IN ('CLIENT', 'HOUSE'));
ALTER TABLE "tenant" ADD COLUMN "role" TEXT NOT NULL GENERATED ALWAYS AS
  (CASE "kind" WHEN 'HOUSE' THEN 'BUSINESS' ELSE 'SERVICE_PROVIDER' END) STORED;
CREATE UNIQUE INDEX "tenant_id_role_key" ON "tenant"("id", "role");

-- CreateTable
CREATE TABLE "agreement" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "effective_from" TIMESTAMPTZ(3) NOT NULL,
    "effective_to" TIMESTAMPTZ(3),
    "wind_down_days" INTEGER NOT NULL,
    "purposes" TEXT[] NOT NULL,
    "checklist" INTEGER[] NOT NULL,
    "annexes" JSONB NOT NULL,
    "edition" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agreement_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "agreement_ends_after_it_begins" CHECK ("effective_to" >= "effective_from"),
    CONSTRAINT "agreement_is_complete" CHECK
      (cardinality("purposes") > 0 AND "checklist" @> ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
);

-- CreateTable
CREATE TABLE "notice_version" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "version" TEXT NOT NULL,
    "house_version" TEXT NOT NULL,
    "in_force_from" TIMESTAMPTZ(3) NOT NULL,
    "categories" TEXT[] NOT NULL,
    "purposes" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "edition" INTEGER NOT NULL,
    "values" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "instructor" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "api_client_id" UUID,
    "name_key_id" UUID,
    "sealed_name" BYTEA,
    "role" TEXT NOT NULL,
    "authority" TEXT[] NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "instructor_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "instructor_is_a_person_or_a_credential" CHECK
      (("api_client_id" IS NULL) = ("sealed_name" IS NOT NULL) AND ("sealed_name" IS NULL) = ("name_key_id" IS NULL))
);

-- CreateTable
CREATE TABLE "consent" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'SERVICE_PROVIDER',
    "policy" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "consent_is_withdrawn_after_it_is_given" CHECK ("withdrawn_at" >= "given_at")
);

-- CreateIndex
CREATE UNIQUE INDEX "agreement_tenant_id_effective_from_key" ON "agreement"("tenant_id", "effective_from");
CREATE UNIQUE INDEX "notice_version_tenant_id_version_key" ON "notice_version"("tenant_id", "version");
CREATE UNIQUE INDEX "policy_version_tenant_id_edition_key" ON "policy_version"("tenant_id", "edition");
CREATE INDEX "instructor_tenant_id_api_client_id_idx" ON "instructor"("tenant_id", "api_client_id");
CREATE UNIQUE INDEX "consent_tenant_id_subject_id_id_key" ON "consent"("tenant_id", "subject_id", "id");
CREATE UNIQUE INDEX "consent_tenant_id_subject_id_policy_version_given_at_key"
  ON "consent"("tenant_id", "subject_id", "policy", "version", "given_at");

-- Every value bears its role, and a chain of foreign keys holds it to its subject's and that to its tenant's.
-- Who names no role says SERVICE_PROVIDER, which the built-in tenant refuses.
ALTER TABLE "subject" ADD CONSTRAINT "subject_tenant_id_id_role_key" UNIQUE ("tenant_id", "id", "role");
ALTER TABLE "record" ADD COLUMN "role" TEXT NOT NULL DEFAULT 'SERVICE_PROVIDER';
ALTER TABLE "record" ADD COLUMN "consent_id" UUID;

-- AddForeignKey
ALTER TABLE "subject" ADD CONSTRAINT "subject_tenant_id_role_fkey" FOREIGN KEY ("tenant_id", "role") REFERENCES "tenant"("id", "role") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "record" DROP CONSTRAINT "record_tenant_id_subject_id_fkey";
ALTER TABLE "record" ADD CONSTRAINT "record_tenant_id_subject_id_role_fkey" FOREIGN KEY ("tenant_id", "subject_id", "role") REFERENCES "subject"("tenant_id", "id", "role") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "consent" ADD CONSTRAINT "consent_tenant_id_subject_id_role_fkey" FOREIGN KEY ("tenant_id", "subject_id", "role") REFERENCES "subject"("tenant_id", "id", "role") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "record" ADD CONSTRAINT "record_tenant_id_subject_id_consent_id_fkey" FOREIGN KEY ("tenant_id", "subject_id", "consent_id") REFERENCES "consent"("tenant_id", "subject_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
CREATE INDEX "record_tenant_id_subject_id_consent_id_idx" ON "record"("tenant_id", "subject_id", "consent_id") WHERE "consent_id" IS NOT NULL;

-- R-04: an instruction rests on an agreement and comes from somebody.
ALTER TABLE "instruction" ADD COLUMN "agreement_id" UUID;
ALTER TABLE "instruction" ADD COLUMN "instructor_id" UUID;
ALTER TABLE "instruction" ADD CONSTRAINT "instruction_tenant_id_agreement_id_fkey" FOREIGN KEY ("tenant_id", "agreement_id") REFERENCES "agreement"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "instruction" ADD CONSTRAINT "instruction_tenant_id_instructor_id_fkey" FOREIGN KEY ("tenant_id", "instructor_id") REFERENCES "instructor"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "instructor" ADD CONSTRAINT "instructor_tenant_id_api_client_id_fkey" FOREIGN KEY ("tenant_id", "api_client_id") REFERENCES "api_client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Row-level security, forced, as for every table of a tenant.
DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['agreement', 'notice_version', 'policy_version', 'instructor', 'consent'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I TO personr_app
         USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
      target);
  END LOOP;
END
$$;

-- Door forTenant. What was agreed is not edited: an agreement can end, an authority be revoked, a consent be
-- withdrawn, and only consents are ever removed, with their subject.
GRANT SELECT, INSERT ON agreement, notice_version, policy_version, instructor, consent TO personr_app;
GRANT UPDATE (effective_to, edition) ON agreement TO personr_app;
GRANT UPDATE (revoked_at) ON instructor TO personr_app;
GRANT UPDATE (withdrawn_at) ON consent TO personr_app;
GRANT DELETE ON consent TO personr_app;
