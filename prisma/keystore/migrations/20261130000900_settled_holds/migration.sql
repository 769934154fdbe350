-- A line whose hold is known to have committed: a data database that does not know that hold is an older one. A line
-- that is not settled may be of a process that died before its hold committed, and proves nothing.
alter table active_hold add column is_settled boolean not null default false;
grant update (is_settled) on active_hold to personr_keystore;
