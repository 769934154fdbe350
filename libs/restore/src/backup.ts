/** A file of a backup, and what it is to be. `path` is below the backup's directory. */
export type BackupPart = { readonly path: string; readonly sizeBytes: number; readonly sha256: string };

/** A table of the data database: its columns in the order in which they were copied. */
export type BackupTable = BackupPart & {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
};

/** How far a tenant's log went in the snapshot. `root` is base64. */
export type BackupHead = {
  readonly tenantId: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
};

/** What a backup says of itself: written last, signed, and so the sign that it is whole. */
export type BackupManifest = {
  readonly format: typeof BACKUP_FORMAT;
  readonly id: string;
  /** Not before the snapshot, RFC 3339. */
  readonly madeAt: string;
  /** Migrations of the data database, in their order, with the SHA-256 of each file. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  readonly tables: readonly BackupTable[];
  /** The list of documents' objects, a line each; those an erasure took away meanwhile are not among them. */
  readonly objects: BackupPart & { readonly count: number; readonly totalBytes: number };
  readonly tenants: readonly string[];
  readonly heads: readonly BackupHead[];
};

export const BACKUP_FORMAT = 'personr-backup/1';

/** The name under which the key that signs the log signs backups. */
export const BACKUP_ORIGIN = 'personr.example/backup';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
export const OBJECTS = 'objects.ndjson';

/** A document's object in a backup, as a line of `objects.ndjson`. */
export type BackupObject = BackupPart & { readonly name: string };

/** Told what goes on, a line at a time. */
export type Progress = (line: string) => void;
