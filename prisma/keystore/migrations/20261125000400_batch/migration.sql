-- Data keys in packs: the keys that an owner got at one time rest as one sealed value in one row, not as a row
-- each. A data key wrapped alone can be packed by nobody but a process that holds the tenant's root, so a key
-- store that already holds keys is refused. Row security would hide them from an owner who is no superuser.
alter table leaf no force row level security;
do $$
begin
  if exists (select from leaf) then
    raise exception 'This key store holds keys of a version before packs, which this version cannot read. Nothing was changed: run it with the version that made it, or begin with a new key store.';
  end if;
end
$$;

alter table index_entry drop constraint index_entry_tenant_id_key_id_fkey;
drop index index_entry_key;
drop table leaf;

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

-- An entry goes with its key, and so before the node that its owner's keys hang below.
alter table index_entry add foreign key (tenant_id, owner) references node;

alter table pack enable row level security;
alter table pack force row level security;
create policy tenant_only on pack
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update (labels, sealed), delete on pack to personr_keystore;
