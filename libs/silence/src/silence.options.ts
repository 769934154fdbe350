import { DomainError } from '@personr/kernel';

/** What the environment says about what may be written down. */
export type SilenceOptions = {
  /** Only then is anything checked. */
  readonly isProduction: boolean;
  /** The operator has taken on, in so many words, that the key store has no copy. */
  readonly acceptsSingleKeyStore: boolean;
  /** NODE_OPTIONS as it is. */
  readonly nodeOptions: string;
};

/** What ACCEPT_SINGLE_KEY_STORE has to say. */
export const SINGLE_KEY_STORE_ACCEPTED =
  'I accept that whoever was taken in since the last copy of the key store is lost with it';

/** Not production: nothing is checked. */
export const UNCHECKED: SilenceOptions = {
  isProduction: false,
  acceptsSingleKeyStore: false,
  nodeOptions: '',
};

/** Reads the environment. Throws `CONFIG_INVALID` when ACCEPT_SINGLE_KEY_STORE says anything but its sentence. */
export function readSilence({
  NODE_ENV,
  ACCEPT_SINGLE_KEY_STORE,
  NODE_OPTIONS,
}: Readonly<Record<string, string | undefined>>): SilenceOptions {
  const accepted = ACCEPT_SINGLE_KEY_STORE ?? '';
  if (accepted !== '' && accepted !== SINGLE_KEY_STORE_ACCEPTED) {
    throw new DomainError(
      'CONFIG_INVALID',
      `ACCEPT_SINGLE_KEY_STORE must be left out, or say: ${SINGLE_KEY_STORE_ACCEPTED}`,
    );
  }
  return {
    isProduction: NODE_ENV === 'production',
    acceptsSingleKeyStore: accepted !== '',
    nodeOptions: NODE_OPTIONS ?? '',
  };
}
