-- What a data database of any age needs to catch up with this one, which never goes back.

-- An instruction as it was accepted: its rows, letter by letter, the written order sealed. Kept as long as the record of
-- the request, whose key is here too. Written when the acceptance is committed and before it is answered.
create table intent (
  tenant_id uuid not null,
  instruction_id uuid not null,
  kept_at timestamptz not null,
  record jsonb not null,
  primary key (tenant_id, instruction_id)
);
create index intent_kept on intent using brin (kept_at);
create index erasure_ledger_intended on erasure_ledger using brin (intended_at);

-- Identities of whoever was erased, as MACs under the key of a window, which hangs in this store and goes at its end.
create table window_mark (
  tenant_id uuid not null,
  use text not null,
  day date not null,
  days integer not null,
  mac bytea not null check (length(mac) = 16),
  instruction_id uuid not null,
  accepted_at timestamptz not null,
  primary key (tenant_id, use, day, days, mac)
);

-- The mark of the data database that goes with this store: its own, or `next` while it moves on.
create table tide (
  one boolean primary key default true check (one),
  mark uuid not null,
  next uuid,
  rolled_at timestamptz not null
);

do $$
declare
  name text;
begin
  foreach name in array array['intent', 'window_mark'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_only on %I using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
      name
    );
  end loop;
end
$$;
grant select, insert on intent to personr_keystore;
grant select, insert, update (instruction_id, accepted_at), delete on window_mark to personr_keystore;

alter table tide enable row level security;
alter table tide force row level security;
create policy everyone on tide using (true);
grant select, insert, update (mark, next, rolled_at) on tide to personr_keystore;

-- At start the newest instructions and erasures are looked for in the data database, before there is a tenant to narrow
-- to: one that is not there proves that it is older. Ids alone; the owner reads under policies of its own, as for roots.
create policy owner_lists_recent on intent for select to current_user using (true);
create policy owner_lists_recent on erasure_ledger for select to current_user using (true);

create function keystore_recent(since timestamptz, most integer)
returns table (tenant_id uuid, instruction_id uuid, is_erasure boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  (select i.tenant_id, i.instruction_id, false from public.intent i
    where i.kept_at >= since order by i.kept_at desc limit most)
  union all
  (select l.tenant_id, l.instruction_id, true from public.erasure_ledger l
    where l.intended_at >= since and l.scope = 'SUBJECT' order by l.intended_at desc limit most)
$$;

revoke all on function keystore_recent(timestamptz, integer) from public;
grant execute on function keystore_recent(timestamptz, integer) to personr_keystore;
