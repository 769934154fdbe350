-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_client" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_client_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subject" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_ref" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "residency" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "erasing_by" UUID,

    CONSTRAINT "subject_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "record" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "element" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "collected_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "record_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "instruction" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "basis" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "flags" TEXT[],
    "subject_id" UUID,
    "subject_ref" TEXT,
    "api_client_id" UUID NOT NULL,
    "scope_elements" TEXT[],
    "consumer_request" JSONB,
    "verification" JSONB,
    "writing_key_id" UUID NOT NULL,
    "sealed_writing" BYTEA NOT NULL,
    "writing_commitment" TEXT NOT NULL,
    "policy_version" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "sealed_at" TIMESTAMPTZ(3),
    "unreadable_at" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "instruction_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "instruction_transition" (
    "tenant_id" UUID NOT NULL,
    "instruction_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "from_state" TEXT,
    "to_state" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "instruction_transition_pkey" PRIMARY KEY ("tenant_id","instruction_id","position")
);

-- CreateTable
CREATE TABLE "instruction_deadline" (
    "tenant_id" UUID NOT NULL,
    "instruction_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "due_on" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "late_from" TIMESTAMPTZ(3) NOT NULL,
    "rule" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "calendar_version" TEXT NOT NULL,
    "met_at" TIMESTAMPTZ(3),

    CONSTRAINT "instruction_deadline_pkey" PRIMARY KEY ("tenant_id","instruction_id","code")
);

-- CreateTable
CREATE TABLE "execution_step" (
    "tenant_id" UUID NOT NULL,
    "instruction_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "outcome" JSONB,

    CONSTRAINT "execution_step_pkey" PRIMARY KEY ("tenant_id","instruction_id","name")
);

-- CreateTable
CREATE TABLE "receipt" (
    "tenant_id" UUID NOT NULL,
    "instruction_id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "salt" BYTEA NOT NULL,
    "body" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("tenant_id","instruction_id")
);

-- CreateTable
CREATE TABLE "work" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "reference_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "leased_until" TIMESTAMPTZ(3),
    "rung_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "last_code" TEXT,

    CONSTRAINT "work_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "audit_outbox" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "entry" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_outbox_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "log_head" (
    "tenant_id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "checkpoint" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_head_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "tenant_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "entry_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "instruction_id" UUID,
    "entry" BYTEA NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("tenant_id","position")
);

-- CreateTable
CREATE TABLE "log_tile" (
    "tenant_id" UUID NOT NULL,
    "level" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "width" INTEGER NOT NULL,
    "hashes" BYTEA NOT NULL,

    CONSTRAINT "log_tile_pkey" PRIMARY KEY ("tenant_id","level","position")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "tenant_id" UUID NOT NULL,
    "tag" BYTEA NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "resource_ids" UUID[],
    "status" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("tenant_id","tag")
);

-- CreateIndex
CREATE UNIQUE INDEX "subject_tenant_id_subject_ref_key" ON "subject"("tenant_id", "subject_ref");

-- CreateIndex
CREATE INDEX "record_tenant_id_subject_id_element_idx" ON "record"("tenant_id", "subject_id", "element");

-- CreateIndex
CREATE INDEX "instruction_tenant_id_subject_id_idx" ON "instruction"("tenant_id", "subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "work_tenant_id_kind_reference_id_key" ON "work"("tenant_id", "kind", "reference_id");

-- CreateIndex
CREATE UNIQUE INDEX "log_entry_tenant_id_entry_id_key" ON "log_entry"("tenant_id", "entry_id");

-- CreateIndex
CREATE INDEX "idempotency_tenant_id_expires_at_idx" ON "idempotency"("tenant_id", "expires_at");

-- AddForeignKey
ALTER TABLE "record" ADD CONSTRAINT "record_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "instruction_transition" ADD CONSTRAINT "instruction_transition_tenant_id_instruction_id_fkey" FOREIGN KEY ("tenant_id", "instruction_id") REFERENCES "instruction"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "instruction_deadline" ADD CONSTRAINT "instruction_deadline_tenant_id_instruction_id_fkey" FOREIGN KEY ("tenant_id", "instruction_id") REFERENCES "instruction"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "execution_step" ADD CONSTRAINT "execution_step_tenant_id_instruction_id_fkey" FOREIGN KEY ("tenant_id", "instruction_id") REFERENCES "instruction"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_tenant_id_instruction_id_fkey" FOREIGN KEY ("tenant_id", "instruction_id") REFERENCES "instruction"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;


