-- What an entry is found by, beside event and instruction. Filled when it gets its place in the log.
ALTER TABLE "log_entry" ADD COLUMN "subject_ref" TEXT, ADD COLUMN "actor" TEXT, ADD COLUMN "outcome" TEXT;

-- Entries that have their places already: rewritten, since row-level security shows nobody all of them.
ALTER TABLE "log_entry"
  ALTER COLUMN "subject_ref" TYPE TEXT USING (convert_from("entry", 'UTF8')::jsonb ->> 'subjectRef'),
  ALTER COLUMN "actor" TYPE TEXT USING coalesce(convert_from("entry", 'UTF8')::jsonb #>> '{actor,id}',
                                                convert_from("entry", 'UTF8')::jsonb #>> '{actor,kind}'),
  ALTER COLUMN "outcome" TYPE TEXT USING coalesce(convert_from("entry", 'UTF8')::jsonb #>> '{detail,outcome}',
                                                  CASE WHEN "event" ~ '\.(refused|denied|suppressed)$' THEN 'REFUSED' ELSE 'DONE' END);

-- Whoever reads goes by time, which is the beginning of an entry's id: each of these ends in it.
CREATE INDEX "log_entry_event" ON "log_entry"("tenant_id", "event", "entry_id");
CREATE INDEX "log_entry_actor" ON "log_entry"("tenant_id", "actor", "entry_id");
CREATE INDEX "log_entry_outcome" ON "log_entry"("tenant_id", "outcome", "entry_id") WHERE "outcome" <> 'DONE';
CREATE INDEX "log_entry_subject" ON "log_entry"("tenant_id", "subject_ref", "entry_id") WHERE "subject_ref" IS NOT NULL;
CREATE INDEX "log_entry_instruction" ON "log_entry"("tenant_id", "instruction_id", "entry_id") WHERE "instruction_id" IS NOT NULL;

-- Consumers' requests by the instant at which the Business received them (Reg. 7102(a)). RFC 3339 in UTC sorts as text.
CREATE INDEX "instruction_received" ON "instruction"("tenant_id", (("consumer_request" ->> 'receivedAt') COLLATE "C"))
  WHERE "consumer_request" IS NOT NULL;
