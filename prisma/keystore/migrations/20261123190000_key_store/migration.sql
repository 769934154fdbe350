-- The key store: wrapped keys, the blind identity index and the ledger of erasures. No key here opens
-- without the tenant's root, and roots live in the keyring only. tenant_id comes first in every key.

-- Roles belong to the cluster, so another database may have made this one already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'personr_keystore') then
    create role personr_keystore nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;

-- Which root is in force. The row is committed before the root's file is made; opened_at is set once the
-- tenant's house keys hang below it. Nothing but a root id tells which root is the right one.
create table tenant_root (
  tenant_id uuid primary key,
  root_id uuid not null,
  version bigint not null default 1,
  opened_at timestamptz
);

-- The only roots that may be destroyed. A line stays for ever: a replica that comes back with one loses it.
create table retired_root (
  tenant_id uuid not null references tenant_root,
  root_id uuid not null,
  retired_at timestamptz not null,
  destroyed_at timestamptz,
  primary key (tenant_id, root_id)
);
create index retired_root_pending on retired_root (tenant_id) where destroyed_at is null;

-- One for each owner (a subject, an instruction, or the tenant itself): its key, wrapped under the root.
create table node (
  tenant_id uuid not null references tenant_root,
  owner uuid not null,
  root_id uuid not null,
  key_version integer not null default 1,
  generation integer not null default 1,
  wrapped_key bytea not null,
  primary key (tenant_id, owner)
);

-- A data key, wrapped under its owner's node. expires_at is set for the house's daily keys only.
create table leaf (
  tenant_id uuid not null,
  key_id uuid not null,
  owner uuid not null,
  label text not null,
  generation integer not null,
  wrapped_key bytea not null,
  expires_at timestamptz,
  primary key (tenant_id, key_id),
  unique (tenant_id, owner, label, generation),
  foreign key (tenant_id, owner) references node
);
create index leaf_expiring on leaf (tenant_id, expires_at) where expires_at is not null;

-- The blind index: tag = HMAC of a normalised identity. It lives as long as the leaf it hangs on.
create table index_entry (
  tenant_id uuid not null,
  type text not null check (type in ('EXTERNAL_ID', 'EMAIL', 'PHONE', 'DOCUMENT_NUMBER')),
  tag bytea not null,
  owner uuid not null,
  key_id uuid not null,
  primary key (tenant_id, type, tag, owner),
  foreign key (tenant_id, key_id) references leaf
);
create unique index index_entry_external_id on index_entry (tenant_id, tag) where type = 'EXTERNAL_ID';
create index index_entry_key on index_entry (tenant_id, key_id);
create index index_entry_owner on index_entry (tenant_id, owner);

-- What was shredded, by whose instruction. Replayed when an older data database is restored.
create table erasure_ledger (
  tenant_id uuid not null references tenant_root,
  instruction_id uuid not null,
  key_ids uuid[] not null,
  shredded_at timestamptz not null,
  sealed_at timestamptz,
  roots_destroyed integer not null default 0,
  primary key (tenant_id, instruction_id)
);
create index erasure_ledger_unsealed on erasure_ledger (tenant_id) where sealed_at is null;

do $$
declare
  name text;
begin
  foreach name in array array['tenant_root', 'retired_root', 'node', 'leaf', 'index_entry', 'erasure_ledger']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant_only on %I using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)',
      name
    );
  end loop;
end
$$;

grant usage on schema public to personr_keystore;
grant select, insert, update (root_id, version, opened_at) on tenant_root to personr_keystore;
grant select, insert, update (destroyed_at) on retired_root to personr_keystore;
grant select, insert, update (root_id, key_version, wrapped_key), delete on node to personr_keystore;
grant select, insert, update (wrapped_key), delete on leaf to personr_keystore;
grant select, insert, update (key_id), delete on index_entry to personr_keystore;
grant select, insert, update (key_ids, shredded_at, sealed_at, roots_destroyed) on erasure_ledger to personr_keystore;

-- At start the keyring is compared with the roots in force, before there is a tenant to narrow to. The role
-- itself still sees one tenant at a time: it may only call this function, which answers three columns and
-- nothing of any key. It runs as the owner, whom forced row security would blind, hence the two policies:
-- they are the owner's alone, to read, on the two tables that hold no key.
create policy owner_lists_roots on tenant_root for select to current_user using (true);
create policy owner_lists_roots on retired_root for select to current_user using (true);

create function keystore_roots()
returns table (tenant_id uuid, root_id uuid, unfinished boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.tenant_id, r.root_id,
         exists (select from public.retired_root o where o.tenant_id = r.tenant_id and o.destroyed_at is null)
  from public.tenant_root r
  where r.opened_at is not null
$$;

-- How safe a commit is. pg_stat_replication shows standbys only to its readers: the owner of this function
-- needs pg_monitor (or to be superuser), the application's role does not. Whoever cannot see says SINGLE.
create function keystore_durability()
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when current_setting('synchronous_standby_names') = '' then 'SINGLE'
    when current_setting('synchronous_commit') in ('off', 'local', 'remote_write') then 'SINGLE'
    when bool_or(s.client_addr is not null
                 and not s.client_addr <<= '127.0.0.0/8'
                 and s.client_addr <> '::1'
                 and s.client_addr is distinct from inet_server_addr()) then 'SYNC_REMOTE'
    when count(*) > 0 then 'SYNC_LOCAL'
    else 'SINGLE'
  end
  from pg_stat_replication s
  where s.sync_state in ('sync', 'quorum')
$$;

revoke all on function keystore_roots(), keystore_durability() from public;
grant execute on function keystore_roots(), keystore_durability() to personr_keystore;
