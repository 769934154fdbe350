-- A tree of packed keys under two roots a tenant, instead of every owner's key under one root: an erasure rewrites one
-- path of it. Keys of the time before can be hung into a tree only by who holds the roots, so a key store that already
-- holds keys is refused. Row security would hide them from an owner who is no superuser.
alter table node no force row level security;
do $$
begin
  if exists (select from node) then
    raise exception 'This key store holds keys of a version before the key tree, which this version cannot read. Nothing was changed: run it with the version that made it, or begin with a new key store.';
  end if;
end
$$;

drop function keystore_roots();
drop table index_entry, pack, node, erasure_ledger, retired_root, tenant_root;

-- Which root is in force, for each tree of a tenant: SUBJECTS holds what goes with the people, REQUESTS the records
-- of what was instructed. The row is committed before the root is made; opened_at is set once the tree hangs below
-- it; left_at when the whole tree was given up. house owns the tenant's own keys in this tree.
create table tenant_root (
  tenant_id uuid not null,
  tree text not null check (tree in ('SUBJECTS', 'REQUESTS')),
  root_id uuid not null,
  house uuid not null,
  height smallint not null,
  version bigint not null default 1,
  opened_at timestamptz,
  left_at timestamptz,
  primary key (tenant_id, tree)
);

-- The only roots that may be destroyed. A line stays for ever: a replica that comes back with one loses it.
create table retired_root (
  tenant_id uuid not null,
  root_id uuid not null,
  retired_at timestamptz not null,
  destroyed_at timestamptz,
  primary key (tenant_id, root_id)
);
create index retired_root_pending on retired_root (tenant_id) where destroyed_at is null;

-- An inner node: the keys of up to 32 children in one sealed value, in the order of their slots, under the branch's
-- own key, which lies in its parent's; the topmost is sealed under the root. Bit n of used says that slot n is taken.
-- The branch (level, place) lies in slot place % 32 of (level + 1, place / 32).
create table branch (
  tenant_id uuid not null,
  tree text not null,
  level smallint not null,
  place bigint not null,
  version integer not null,
  used integer not null,
  is_open boolean not null,
  sealed bytea not null,
  primary key (tenant_id, tree, level, place),
  foreign key (tenant_id, tree) references tenant_root
) with (fillfactor = 50);
create index branch_open on branch (tenant_id, tree, level, place) where is_open;

-- One for each owner (a subject, an instruction, an instructor, the house). Its key lies in slot place % 32 of the
-- branch (0, place / 32).
create table node (
  tenant_id uuid not null,
  owner uuid not null,
  tree text not null,
  place bigint not null,
  key_version integer not null default 1,
  generation integer not null default 1,
  primary key (tenant_id, owner),
  unique (tenant_id, tree, place)
);

-- labels[n] is the label of the key whose id is pack_id + n - 1, null once that key was shredded. sealed is the
-- keys that are left, in that order, under the owner's node. expires_at is set for the house's daily keys only.
create table pack (
  tenant_id uuid not null,
  pack_id uuid not null,
  owner uuid not null,
  generation integer not null,
  labels text[] not null,
  sealed bytea not null,
  expires_at timestamptz,
  primary key (tenant_id, pack_id),
  foreign key (tenant_id, owner) references node
);
create index pack_owner on pack (tenant_id, owner);
create index pack_expiring on pack (tenant_id, expires_at) where expires_at is not null;

-- The blind index: tag = one AES-256 block, under the key of the generation, of an HMAC of the normalised identity.
-- It lives as long as the key it hangs on. A renewal moves every entry to a new generation and shreds the key of the old.
create table index_entry (
  tenant_id uuid not null,
  generation integer not null,
  tag bytea not null,
  owner uuid not null,
  type text not null check (type in ('EXTERNAL_ID', 'EMAIL', 'PHONE', 'DOCUMENT_NUMBER')),
  key_id uuid not null,
  primary key (tenant_id, generation, tag, owner),
  foreign key (tenant_id, owner) references node
);
create unique index index_entry_external_id on index_entry (tenant_id, generation, tag) where type = 'EXTERNAL_ID';
create index index_entry_owner on index_entry (tenant_id, owner);

-- What is to be shredded, and was, by whose instruction. Replayed when an older data database is restored.
create table erasure_ledger (
  tenant_id uuid not null,
  instruction_id uuid not null,
  scope text not null check (scope in ('SUBJECT', 'TENANT')),
  subject_id uuid,
  elements text[] not null,
  key_ids uuid[] not null,
  keys_shredded integer not null default 0,
  roots_destroyed integer not null default 0,
  intended_at timestamptz not null,
  shredded_at timestamptz,
  sealed_at timestamptz,
  unguessable_at timestamptz,
  primary key (tenant_id, instruction_id)
);
create index erasure_ledger_unsealed on erasure_ledger (tenant_id)
  where shredded_at is not null and sealed_at is null;
create index erasure_ledger_guessable on erasure_ledger (tenant_id)
  where sealed_at is not null and unguessable_at is null;

do $$
declare
  name text;
begin
  foreach name in array array['tenant_root', 'retired_root', 'branch', 'node', 'pack', 'index_entry', 'erasure_ledger']
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

grant select, insert, update (root_id, height, version, opened_at, left_at) on tenant_root to personr_keystore;
grant select, insert, update (destroyed_at) on retired_root to personr_keystore;
grant select, insert, update (version, used, is_open, sealed), delete on branch to personr_keystore;
grant select, insert, update (tree, place, key_version, generation), delete on node to personr_keystore;
grant select, insert, update (labels, sealed), delete on pack to personr_keystore;
grant select, insert, update (generation, tag, key_id), delete on index_entry to personr_keystore;
grant select, insert,
      update (key_ids, keys_shredded, roots_destroyed, shredded_at, sealed_at, unguessable_at)
  on erasure_ledger to personr_keystore;

-- At start the keyring is compared with the roots in force, before there is a tenant to narrow to. The role itself
-- still sees one tenant at a time: it may only call this function, which answers ids and nothing of any key. It runs
-- as the owner, whom forced row security would blind, hence the two policies: they are the owner's alone, to read.
create policy owner_lists_roots on tenant_root for select to current_user using (true);
create policy owner_lists_roots on retired_root for select to current_user using (true);

create function keystore_roots()
returns table (tenant_id uuid, root_id uuid, unfinished boolean, has_left boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.tenant_id, r.root_id,
         exists (select from public.retired_root o where o.tenant_id = r.tenant_id and o.destroyed_at is null),
         r.left_at is not null
  from public.tenant_root r
  where r.opened_at is not null
$$;

revoke all on function keystore_roots() from public;
grant execute on function keystore_roots() to personr_keystore;
