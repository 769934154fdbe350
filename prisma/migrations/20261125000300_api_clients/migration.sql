-- API clients sign in with a secret or with a key of their own. Secrets get rows of their own, so that two can be
-- good at once while one is replaced; an assertion that was used is remembered for as long as it could be used.

-- AlterTable
ALTER TABLE "api_client" ADD COLUMN "auth_method" TEXT NOT NULL DEFAULT 'client_secret_basic',
ADD COLUMN "jwks" JSONB,
ADD COLUMN "jwks_uri" TEXT,
ADD COLUMN "edition" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "api_client_secret" (
    "tenant_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_client_secret_pkey" PRIMARY KEY ("tenant_id","client_id","id")
);

-- CreateTable
CREATE TABLE "api_client_assertion" (
    "tenant_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "jti_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_client_assertion_pkey" PRIMARY KEY ("tenant_id","client_id","jti_hash")
);

-- CreateIndex
CREATE INDEX "api_client_assertion_tenant_id_expires_at_idx" ON "api_client_assertion"("tenant_id", "expires_at");

-- AddForeignKey
ALTER TABLE "api_client_secret" ADD CONSTRAINT "api_client_secret_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id") REFERENCES "api_client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "api_client_assertion" ADD CONSTRAINT "api_client_assertion_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id") REFERENCES "api_client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The secrets there are move to their own rows, each under the id of its client. Row-level security holds for the
-- owner too, so it is lifted for the length of this statement.
ALTER TABLE "api_client" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "api_client_secret" ("tenant_id", "client_id", "id", "secret_hash", "created_at")
SELECT "tenant_id", "id", "id", "secret_hash", "created_at" FROM "api_client";
ALTER TABLE "api_client" FORCE ROW LEVEL SECURITY;

-- AlterTable
ALTER TABLE "api_client" DROP COLUMN "secret_hash",
ALTER COLUMN "auth_method" DROP DEFAULT;

-- One way to sign in, and what it needs.
ALTER TABLE "api_client" ADD CONSTRAINT "api_client_signs_in_one_way" CHECK (
  CASE "auth_method"
    WHEN 'client_secret_basic' THEN num_nonnulls("jwks", "jwks_uri") = 0
    WHEN 'private_key_jwt' THEN num_nonnulls("jwks", "jwks_uri") = 1
    ELSE false
  END);

ALTER TABLE "api_client_secret" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "api_client_secret" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON "api_client_secret" TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
ALTER TABLE "api_client_assertion" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "api_client_assertion" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON "api_client_assertion" TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Door forTenant.
GRANT UPDATE (name, scopes, jwks, jwks_uri, edition) ON api_client TO personr_app;
GRANT SELECT, INSERT, DELETE ON api_client_secret, api_client_assertion TO personr_app;
-- Of an assertion it is for the lock alone that keeps two sweeps apart.
GRANT UPDATE (expires_at) ON api_client_secret, api_client_assertion TO personr_app;

-- Door forDirectory: who is knocking, and with what.
GRANT SELECT (auth_method, jwks, jwks_uri) ON api_client TO personr_directory;
GRANT SELECT (tenant_id, client_id, secret_hash, expires_at) ON api_client_secret TO personr_directory;
CREATE POLICY directory_sees ON api_client_secret FOR SELECT TO personr_directory USING (true);
