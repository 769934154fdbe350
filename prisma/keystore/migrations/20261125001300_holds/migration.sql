-- Active holds, as the data database has them, so that an older one that is restored does not forget what must be
-- kept. Ids and names of elements only. A line is written before the hold commits and removed after it has ended.
create table active_hold (
  tenant_id uuid not null,
  hold_id uuid not null,
  subject_id uuid not null,
  elements text[] not null,
  ground text not null,
  citation text not null,
  placed_by uuid not null,
  instruction_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz,
  review_at timestamptz,
  primary key (tenant_id, hold_id)
);

alter table active_hold enable row level security;
alter table active_hold force row level security;
create policy tenant_only on active_hold
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, delete on active_hold to personr_keystore;
