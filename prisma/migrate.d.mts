/** What a refused migration says in `error.code`. */
export type MigrationErrorCode = 'MIGRATION_EDITED' | 'MIGRATION_FAILED' | 'MIGRATION_LOCKED';

/**
 * Applies every migration of `directory` (`<name>/migration.sql`) that the database has not seen, in name
 * order, one transaction each, and returns the names it applied. Rows of `_prisma_migrations` are those that
 * Prisma's own `migrate deploy` keeps. Rejects with an error whose `code` is a `MigrationErrorCode`.
 */
export function migrate(options: {
  url: string;
  directory: string;
  log?: (line: string) => void;
}): Promise<string[]>;

/**
 * Makes `login` able to log in with `password` as an inheriting member of the NOLOGIN role `role`; one that
 * exists gets the password anew. Returns the owner's URL with the login's name and password.
 */
export function createLogin(options: {
  ownerUrl: string;
  role: string;
  login: string;
  password: string;
}): Promise<string>;

/** Removes a login that `createLogin` made. Does nothing when there is none. */
export function dropLogin(options: { ownerUrl: string; login: string }): Promise<void>;
