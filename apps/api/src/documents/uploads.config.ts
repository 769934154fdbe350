import { type Environment } from '@personr/kernel';

/** How many uploads one process takes at once. Each holds four buffers of 4 MiB while it lasts. */
export type UploadsConfig = {
  /** Of one API client. */
  readonly perCredential: number;
  /** Of all API clients of one tenant together. */
  readonly perTenant: number;
  readonly perProcess: number;
};

/** What a process of 300 MB has room for. */
export const DEFAULT_UPLOADS: UploadsConfig = { perCredential: 4, perTenant: 8, perProcess: 16 };

const VARIABLES: Readonly<Record<keyof UploadsConfig, string>> = {
  perCredential: 'UPLOADS_PER_CREDENTIAL',
  perTenant: 'UPLOADS_PER_TENANT',
  perProcess: 'UPLOADS_PER_PROCESS',
};

const MOST = 999_999;

/** Reads the limits from the environment, each with its default. Throws `CONFIG_INVALID`, naming the variable. */
export function readUploads(told: Environment): UploadsConfig {
  const read = (member: keyof UploadsConfig): number =>
    told.count(VARIABLES[member], { otherwise: DEFAULT_UPLOADS[member], most: MOST });
  return {
    perCredential: read('perCredential'),
    perTenant: read('perTenant'),
    perProcess: read('perProcess'),
  };
}
