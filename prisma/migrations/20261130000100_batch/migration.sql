-- An instruction that goes before others.
ALTER TABLE instruction ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT false;

-- In which lane work waits. Nobody in one lane waits for those in another.
ALTER TABLE work ADD COLUMN lane TEXT NOT NULL DEFAULT 'INTERACTIVE'
  CHECK (lane IN ('URGENT', 'INTERACTIVE', 'BULK'));
GRANT SELECT (lane) ON work TO personr_relay;

-- The relay goes from tenant to tenant within a lane, and takes of each what has been due longest.
DROP INDEX work_due;
CREATE INDEX work_due ON work (lane, tenant_id, due_at) WHERE done_at IS NULL;
