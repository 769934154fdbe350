-- How far many logs were signed is read, and moved, together: a tenant each, one statement, one commit. Whoever reads or
-- writes the table itself still sees one tenant at a time. The owner works under a policy of its own, as for roots.
create policy owner_signs on last_signed to current_user using (true);

create function keystore_signed(tenants uuid[], origins text[])
returns table (place bigint, size bigint, root bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.place, s.size, s.root
    from unnest(tenants, origins) with ordinality as a (tenant_id, origin, place)
    join public.last_signed s on s.tenant_id = a.tenant_id and s.origin = a.origin
$$;

-- Records each head whose log was last recorded as it says (null: never), and answers which. One that was not is no reason
-- to leave out the others. None becomes less.
create function keystore_sign(
  tenants uuid[], origins text[], before_sizes bigint[], before_roots bytea[], sizes bigint[], roots bytea[])
returns table (place bigint)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
  with asked as materialized (
    select * from unnest(tenants, origins, before_sizes, before_roots, sizes, roots) with ordinality
      as a (tenant_id, origin, before_size, before_root, size, root, place)
  ), locked as materialized (
    select s.tenant_id, s.origin from public.last_signed s
      join asked a on a.tenant_id = s.tenant_id and a.origin = s.origin
     order by s.tenant_id, s.origin for update of s
  ), first as (
    insert into public.last_signed (tenant_id, origin, size, root)
    select a.tenant_id, a.origin, a.size, a.root from asked a where a.before_size is null
     order by a.tenant_id, a.origin
        on conflict do nothing returning tenant_id, origin
  ), moved as (
    update public.last_signed s set size = a.size, root = a.root
      from asked a join locked l on l.tenant_id = a.tenant_id and l.origin = a.origin
     where s.tenant_id = a.tenant_id and s.origin = a.origin
       and s.size = a.before_size and s.root = a.before_root and a.size > s.size
    returning s.tenant_id, s.origin
  )
  select a.place from asked a
    join (select * from first union all select * from moved) won
      on won.tenant_id = a.tenant_id and won.origin = a.origin
$$;

revoke all on function keystore_signed(uuid[], text[]),
  keystore_sign(uuid[], text[], bigint[], bytea[], bigint[], bytea[]) from public;
grant execute on function keystore_signed(uuid[], text[]),
  keystore_sign(uuid[], text[], bigint[], bytea[], bigint[], bytea[]) to personr_keystore;
