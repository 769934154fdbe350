-- Many logs are sequenced together, in one transaction over their tenants. The relay still sees ids and times only; what a
-- sequencer needs beside, it gets from these functions and from nothing else: heads, edges of trees, and entries that wait,
-- which hold no personal data. They belong to no role that appends, read under policies of their owner, and write in one
-- way: entries, as they wait, behind the head that they come after.
CREATE POLICY owner_sequences ON audit_outbox TO CURRENT_USER USING (true);
CREATE POLICY owner_sequences ON log_tile TO CURRENT_USER USING (true);
CREATE POLICY owner_sequences ON log_watch FOR SELECT TO CURRENT_USER USING (true);

-- Heads, and what is wrong with their logs. READ leaves them alone; PASS locks those that nobody holds; WAIT locks all.
CREATE FUNCTION sequence_heads(wanted UUID[], how TEXT)
RETURNS TABLE (tenant_id UUID, origin TEXT, size BIGINT, root BYTEA, checkpoint TEXT, keys JSONB, horizon BIGINT, alarm TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held UUID[] := wanted;
BEGIN
  IF how = 'WAIT' THEN
    PERFORM FROM public.log_head h WHERE h.tenant_id = ANY (wanted) ORDER BY h.tenant_id FOR UPDATE;
  ELSIF how = 'PASS' THEN
    held := ARRAY(
      SELECT h.tenant_id FROM public.log_head h
       WHERE h.tenant_id = ANY (wanted) ORDER BY h.tenant_id FOR UPDATE SKIP LOCKED);
  END IF;
  -- A statement of its own: it sees what the last holders left.
  RETURN QUERY
    SELECT h.tenant_id, h.origin, h.size, h.root, h.checkpoint, h.keys, h.horizon, w.alarm
      FROM public.log_head h LEFT JOIN public.log_watch w ON w.tenant_id = h.tenant_id
     WHERE h.tenant_id = ANY (held) ORDER BY h.tenant_id;
END
$$;

-- The oldest entries without a place, of each log at most so many.
CREATE FUNCTION sequence_waiting(wanted UUID[], most INTEGER)
RETURNS TABLE (tenant_id UUID, id UUID, entry BYTEA, opening BYTEA)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT want.id, waits.id, waits.entry, waits.opening
    FROM unnest(wanted) AS want (id) CROSS JOIN LATERAL (
      SELECT o.id, o.entry, o.opening FROM public.audit_outbox o
       WHERE o.tenant_id = want.id ORDER BY o.id LIMIT most
    ) waits
$$;

-- Those of these entries that are without a place.
CREATE FUNCTION sequence_found(owner UUID, ids UUID[])
RETURNS TABLE (id UUID, entry BYTEA, opening BYTEA)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.id, o.entry, o.opening FROM public.audit_outbox o WHERE o.tenant_id = owner AND o.id = ANY (ids)
$$;

-- The tiles at the right edge of each tree: all that its root is made of, and that the next entries grow from.
CREATE FUNCTION sequence_edges(wanted UUID[])
RETURNS TABLE (tenant_id UUID, level INTEGER, "position" BIGINT, hashes BYTEA)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id, t.level, t.position, t.hashes
    FROM public.log_head h CROSS JOIN generate_series(0, 5) AS at (level)
    JOIN public.log_tile t
      ON t.tenant_id = h.tenant_id AND t.level = at.level AND t.position = h.size >> (8 * (at.level + 1))
   WHERE h.tenant_id = ANY (wanted) AND h.size >> (8 * at.level) > 0
$$;

-- Moves entries out of the outbox, as they are, to the places behind each head, in the order given; grows tiles; moves each
-- head from the size it is said to have by as many entries as it got. All of it or nothing.
CREATE FUNCTION sequence_commit(
  tenants UUID[], sizes BIGINT[], nexts BIGINT[], roots BYTEA[], checkpoints TEXT[], key_lists TEXT[], signed_at TIMESTAMPTZ,
  owners UUID[], ids UUID[], events TEXT[], instructions UUID[], subjects TEXT[], actors TEXT[], outcomes TEXT[],
  tile_owners UUID[], levels INTEGER[], positions BIGINT[], hash_lists BYTEA[]
) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  placed BIGINT;
  grown BIGINT;
  moved BIGINT;
BEGIN
  WITH new AS (
    SELECT n.*, h.size + row_number() OVER (PARTITION BY n.owner ORDER BY n.nth) - 1 AS place
      FROM unnest(owners, ids, events, instructions, subjects, actors, outcomes) WITH ORDINALITY
             AS n (owner, id, event, instruction, subject, actor, outcome, nth)
      JOIN public.log_head h ON h.tenant_id = n.owner
     WHERE n.owner = ANY (tenants)
  ), gone AS (
    DELETE FROM public.audit_outbox o USING new WHERE o.tenant_id = new.owner AND o.id = new.id
    RETURNING o.tenant_id, new.place, o.id, new.event, new.instruction, o.entry, new.subject, new.actor, new.outcome
  )
  INSERT INTO public.log_entry
    (tenant_id, position, entry_id, event, instruction_id, entry, subject_ref, actor, outcome)
  SELECT * FROM gone;
  GET DIAGNOSTICS placed = ROW_COUNT;

  INSERT INTO public.log_tile (tenant_id, level, position, width, hashes)
  SELECT n.owner, n.level, n.position, length(n.hashes) / 32, n.hashes
    FROM unnest(tile_owners, levels, positions, hash_lists) AS n (owner, level, position, hashes)
   WHERE n.owner = ANY (tenants)
      ON CONFLICT (tenant_id, level, position) DO UPDATE SET width = excluded.width, hashes = excluded.hashes
   WHERE substr(excluded.hashes, 1, length(log_tile.hashes)) = log_tile.hashes;
  GET DIAGNOSTICS grown = ROW_COUNT;

  UPDATE public.log_head h
     SET size = n.next, root = n.root, checkpoint = n.checkpoint, keys = n.keys::jsonb, updated_at = signed_at
    FROM unnest(tenants, sizes, nexts, roots, checkpoints, key_lists) AS n (tenant, size, next, root, checkpoint, keys)
    JOIN (SELECT o.owner, count(*) AS entries, (array_agg(o.id ORDER BY o.nth DESC))[1] AS last
            FROM unnest(owners, ids) WITH ORDINALITY AS o (owner, id, nth) GROUP BY o.owner) got
      ON got.owner = n.tenant
   WHERE h.tenant_id = n.tenant AND h.size = n.size AND n.next = n.size + got.entries
     -- Behind the last entry of a log that has ended, nothing comes.
     AND (h.ended_by IS NULL OR h.ended_by = got.last);
  GET DIAGNOSTICS moved = ROW_COUNT;

  IF placed <> cardinality(ids) OR grown <> cardinality(tile_owners) OR moved <> cardinality(tenants) THEN
    RAISE EXCEPTION 'a log only grows, by entries that wait' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN placed;
END
$$;

REVOKE ALL ON FUNCTION sequence_heads(UUID[], TEXT), sequence_waiting(UUID[], INTEGER), sequence_found(UUID, UUID[]),
  sequence_edges(UUID[]),
  sequence_commit(UUID[], BIGINT[], BIGINT[], BYTEA[], TEXT[], TEXT[], TIMESTAMPTZ, UUID[], UUID[], TEXT[], UUID[], TEXT[],
                  TEXT[], TEXT[], UUID[], INTEGER[], BIGINT[], BYTEA[])
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sequence_heads(UUID[], TEXT), sequence_waiting(UUID[], INTEGER), sequence_found(UUID, UUID[]),
  sequence_edges(UUID[]),
  sequence_commit(UUID[], BIGINT[], BIGINT[], BYTEA[], TEXT[], TEXT[], TIMESTAMPTZ, UUID[], UUID[], TEXT[], UUID[], TEXT[],
                  TEXT[], TEXT[], UUID[], INTEGER[], BIGINT[], BYTEA[])
  TO personr_relay;

-- The highest id of an entry that went at the end of its retention: whoever asks for that time is told so.
ALTER TABLE "log_head" ADD COLUMN "horizon_id" UUID;

CREATE OR REPLACE FUNCTION prune_log(tenant UUID, upto BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head public.log_head;
  last_id UUID;
BEGIN
  SELECT * INTO head FROM public.log_head WHERE tenant_id = tenant FOR UPDATE;
  IF head.tenant_id IS NULL OR upto <= head.horizon OR upto > head.size OR upto % 256 <> 0 THEN
    RETURN coalesce(head.horizon, 0);
  END IF;
  IF EXISTS (
    SELECT FROM public.log_entry WHERE tenant_id = tenant AND position >= head.horizon AND position < upto
       AND (convert_from(entry, 'UTF8')::jsonb ->> 'at')::timestamptz > now() - interval '24 months'
  ) THEN
    RAISE EXCEPTION 'entries of the last 24 months stay' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT entry_id INTO last_id FROM public.log_entry
   WHERE tenant_id = tenant AND position < upto ORDER BY entry_id DESC LIMIT 1;
  DELETE FROM public.log_entry WHERE tenant_id = tenant AND position < upto;
  UPDATE public.log_head SET horizon = upto, horizon_id = greatest(last_id, horizon_id) WHERE tenant_id = tenant;
  RETURN upto;
END
$$;

-- A log ends with its tenant, in two steps: from `ending_at` on nothing is appended; when all that was appended before has
-- its place, a last entry says that the log ends.
ALTER TABLE "log_head" ADD COLUMN "ending_at" TIMESTAMPTZ(3), ADD COLUMN "ended_by" UUID,
  ADD CONSTRAINT "log_head_ends_once" CHECK ("ended_by" IS NULL OR "ending_at" IS NOT NULL);
GRANT UPDATE (ending_at, ended_by) ON log_head TO personr_app;

-- What ended stays so.
CREATE OR REPLACE FUNCTION heads_grow() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF row_security_active('public.log_head')
    AND (NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
      OR (OLD.ended_by IS NOT NULL AND (NEW.ended_by IS DISTINCT FROM OLD.ended_by OR NEW.ending_at IS NULL))) THEN
    RAISE EXCEPTION 'a log only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;

-- Logs of tenants that left and whose end is not written: whether it may be, since nothing is open any more that would
-- write to them, and has not been since `before`.
CREATE POLICY owner_sequences ON tenant FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner_sequences ON instruction FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner_sequences ON hold FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION logs_ending(before TIMESTAMPTZ, most INTEGER)
RETURNS TABLE (tenant_id UUID, may_end BOOLEAN)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT found.id, found.may_end FROM (
    SELECT t.id, h.ending_at,
           NOT EXISTS (SELECT FROM public.instruction i
                        WHERE i.tenant_id = t.id
                          AND (i.finished_at IS NULL OR i.finished_at >= before
                            -- Its receipt is to have another edition.
                            OR (i.sealed_at IS NOT NULL AND (i.unguessable_at IS NULL OR i.unguessable_at >= before))))
       AND NOT EXISTS (SELECT FROM public.hold d
                        WHERE d.tenant_id = t.id AND (d.ended_at IS NULL OR d.ended_at >= before)) AS may_end
      FROM public.tenant t JOIN public.log_head h ON h.tenant_id = t.id
     WHERE t.leaving_by IS NOT NULL AND h.ended_by IS NULL
  ) found WHERE found.may_end OR found.ending_at IS NOT NULL LIMIT most
$$;
REVOKE ALL ON FUNCTION logs_ending(TIMESTAMPTZ, INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION logs_ending(TIMESTAMPTZ, INTEGER) TO personr_relay;
