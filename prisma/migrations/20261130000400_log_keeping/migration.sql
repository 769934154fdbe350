-- What a log is kept by: the keys that sign it, its place in the log of logs, what witnesses signed, and how far it was
-- looked through.

-- Public keys that sign this log or did, each with its times, as of the newest checkpoint.
ALTER TABLE "log_head" ADD COLUMN "keys" JSONB NOT NULL DEFAULT '[]';
-- The size of the newest checkpoint that is in the log of logs.
ALTER TABLE "log_head" ADD COLUMN "anchored_size" BIGINT NOT NULL DEFAULT 0;
GRANT UPDATE (keys, anchored_size) ON log_head TO personr_app;
GRANT SELECT (tenant_id, size, anchored_size, updated_at) ON log_head TO personr_relay;
CREATE POLICY relay_sees ON log_head FOR SELECT TO personr_relay USING (true);

-- A checkpoint of this log that went into the log of logs, as the leaf SHA-256(salt + checkpoint).
CREATE TABLE "log_anchor" (
    "tenant_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "checkpoint" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "leaf_id" UUID NOT NULL,
    "anchored_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_anchor_pkey" PRIMARY KEY ("tenant_id","size")
);

-- A checkpoint of this log with the signatures of witnesses.
CREATE TABLE "log_cosigned" (
    "tenant_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "checkpoint" TEXT NOT NULL,
    "cosignatures" INTEGER NOT NULL,
    "cosigned_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_cosigned_pkey" PRIMARY KEY ("tenant_id","size")
);

-- How far this log was derived anew, and what was found wrong with it; that stays until a person had it looked through.
CREATE TABLE "log_watch" (
    "tenant_id" UUID NOT NULL,
    "tail_checked_at" TIMESTAMPTZ(3),
    "next_position" BIGINT NOT NULL DEFAULT 0,
    "round_begun_at" TIMESTAMPTZ(3),
    "round_ended_at" TIMESTAMPTZ(3),
    "alarm" TEXT,
    "alarm_at" TIMESTAMPTZ(3),
    "alarm_position" BIGINT,

    CONSTRAINT "log_watch_alarm" CHECK ("alarm" IN ('AUDIT_CHAIN_BROKEN', 'LOG_FORKED')),
    CONSTRAINT "log_watch_pkey" PRIMARY KEY ("tenant_id")
);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['log_anchor', 'log_cosigned', 'log_watch'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I TO personr_app
         USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', target);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON log_anchor TO personr_app;
GRANT SELECT, INSERT, UPDATE (checkpoint, cosignatures, cosigned_at), DELETE ON log_cosigned TO personr_app;
GRANT SELECT, INSERT,
  UPDATE (tail_checked_at, next_position, round_begun_at, round_ended_at, alarm, alarm_at, alarm_position)
  ON log_watch TO personr_app;
GRANT SELECT (tenant_id, tail_checked_at, round_begun_at, round_ended_at, alarm, alarm_at) ON log_watch TO personr_relay;
CREATE POLICY relay_sees ON log_watch FOR SELECT TO personr_relay USING (true);

-- A log only grows, whatever a role under row-level security is told to do. Whoever stands above that, as a restore does,
-- is found by the check of the whole log.

-- An entry leaves the outbox for its place in the log, as it is, in the same statement; in no other way.
CREATE FUNCTION entries_have_places() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF row_security_active('public.audit_outbox') AND EXISTS (
    SELECT FROM gone LEFT JOIN public.log_entry placed
      ON placed.tenant_id = gone.tenant_id AND placed.entry_id = gone.id AND placed.entry = gone.entry
     WHERE placed.entry_id IS NULL
  ) THEN
    RAISE EXCEPTION 'an entry has no place in the log' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER entries_have_places AFTER DELETE ON audit_outbox
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION entries_have_places();

CREATE FUNCTION tiles_grow() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF row_security_active('public.log_tile')
    AND (NEW.width < OLD.width OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes) THEN
    RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER tiles_grow BEFORE UPDATE ON log_tile FOR EACH ROW EXECUTE FUNCTION tiles_grow();

CREATE FUNCTION heads_grow() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF row_security_active('public.log_head')
    AND (NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)) THEN
    RAISE EXCEPTION 'a log only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER heads_grow BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION heads_grow();
