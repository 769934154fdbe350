-- Where tenants want packages sent, and how they show that it is theirs.

-- Address and credential are sealed under a key of the endpoint's own; no name, host or path is in the clear. Of a challenge
-- only the hash of its code is kept. What was revoked has no credential any more.
CREATE TABLE "endpoint" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key_id" UUID NOT NULL,
    "sealed_address" BYTEA NOT NULL,
    "sealed_secret" BYTEA,
    "challenge_state" TEXT,
    "challenge_failure" TEXT,
    "challenge_sent_at" TIMESTAMPTZ(3),
    "challenge_ends_at" TIMESTAMPTZ(3),
    "code_sha256" BYTEA,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "proved_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "endpoint_kind_check" CHECK ("kind" IN ('S3', 'HTTPS', 'SFTP')),
    CONSTRAINT "endpoint_challenge_check" CHECK ("challenge_state" IN ('ASKED', 'SENT', 'FAILED')),
    CONSTRAINT "endpoint_failure_check" CHECK ("challenge_failure" IN ('SLOW', 'CLOSED_MIDWAY', 'REDIRECTED', 'CERTIFICATE',
      'HOST_KEY', 'FULL', 'REFUSED', 'UNREACHABLE')),
    CONSTRAINT "endpoint_code_check" CHECK (length("code_sha256") = 32),
    CONSTRAINT "endpoint_secret_check" CHECK (("sealed_secret" IS NULL) = ("revoked_at" IS NOT NULL))
);

ALTER TABLE endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON endpoint TO personr_app
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT ON endpoint TO personr_app;
GRANT UPDATE (sealed_secret, challenge_state, challenge_failure, challenge_sent_at, challenge_ends_at, code_sha256, tries,
  proved_at, revoked_at) ON endpoint TO personr_app;
