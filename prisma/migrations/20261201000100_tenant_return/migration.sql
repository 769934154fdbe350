-- Everything of a tenant is returned in parts: packages of one instruction, numbered from 1 on, and one that lists them, 0.
-- They lie under a name of their own, as if they were of a subject of that name.
ALTER TABLE "package" ADD COLUMN "part" INTEGER;
-- Of a part: the last of its subjects, after whom the next part begins; what it holds, in numbers and hashes.
ALTER TABLE "package" ADD COLUMN "last_subject_id" UUID;
ALTER TABLE "package" ADD COLUMN "part_facts" JSONB;
ALTER TABLE "package" ADD CONSTRAINT "package_part_check" CHECK ("part" >= 0);
ALTER TABLE "package" ADD CONSTRAINT "package_part_whole_check" CHECK ("part" IS NULL OR "state" = 'BUILDING'
  OR ("part_facts" IS NOT NULL AND jsonb_typeof("part_facts") = 'object' AND ("part" = 0 OR "last_subject_id" IS NOT NULL)));
GRANT UPDATE (last_subject_id, part_facts) ON package TO personr_app;

-- One instruction has one package, or one of each part.
DROP INDEX "package_one";
CREATE UNIQUE INDEX "package_one" ON "package"("tenant_id", "instruction_id", (coalesce("part", 0))) WHERE "state" <> 'BUILDING';
