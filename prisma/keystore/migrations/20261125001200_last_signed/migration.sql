-- How far each log was signed. It lies here because this database never goes back: a data database that was restored
-- from a backup knows an older head, and whoever signed on from there would sign two trees for one size.
create table last_signed (
  tenant_id uuid not null,
  origin text not null,
  size bigint not null check (size > 0),
  root bytea not null check (length(root) = 32),
  primary key (tenant_id, origin)
);

alter table last_signed enable row level security;
alter table last_signed force row level security;
create policy tenant_only on last_signed
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update (size, root) on last_signed to personr_keystore;
