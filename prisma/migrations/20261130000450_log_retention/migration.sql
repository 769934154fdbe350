-- Entries may go at the end of their retention (Reg. 7101(a)); hash tiles stay, so the tree can be proved for ever.

-- The first entry that is still here.
ALTER TABLE "log_head" ADD COLUMN "horizon" BIGINT NOT NULL DEFAULT 0;

-- The one way in which entries go, a prefix of whole bundles at a time. It belongs to no role that appends, and looks for
-- itself: nothing that was logged within 24 months goes, whoever asks.
CREATE FUNCTION prune_log(tenant UUID, upto BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head public.log_head;
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
  DELETE FROM public.log_entry WHERE tenant_id = tenant AND position < upto;
  UPDATE public.log_head SET horizon = upto WHERE tenant_id = tenant;
  RETURN upto;
END
$$;
REVOKE ALL ON FUNCTION prune_log(UUID, BIGINT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_log(UUID, BIGINT) TO personr_relay;
CREATE POLICY owner_prunes ON log_entry TO CURRENT_USER USING (true);
CREATE POLICY owner_prunes ON log_head TO CURRENT_USER USING (true);
