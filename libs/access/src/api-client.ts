import { type ApiClientId, type Id } from '@personr/kernel';
import { type Caller } from '@personr/audit';
import { type AuthMethod } from './directory.repository.js';
import { type PublicJwk } from './key-set.js';
import { type Scope } from './scope.js';

export type ClientSecretId = Id<'client-secret'>;

/** A secret of a client, without the secret. Good until `expiresAt`, for ever when that is null. */
export type ClientSecret = {
  readonly id: ClientSecretId;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
};

/** A machine that may call for a tenant. It signs in one way, which stays what it was at the start. */
export type ApiClient = {
  readonly id: ApiClientId;
  /** What it names itself at the token endpoint. */
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly authMethod: AuthMethod;
  readonly jwks: readonly PublicJwk[] | null;
  readonly jwksUri: string | null;
  /** Those that are good now, newest first. */
  readonly secrets: readonly ClientSecret[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  /** Counts every change, from 1. */
  readonly edition: number;
};

/** The key set of a client: by value, or where it is published. */
export type KeySetSource = { readonly jwks: readonly PublicJwk[] } | { readonly jwksUri: string };

/** A client to be. Without a key set it gets a secret. */
export type NewApiClient = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly keySet?: KeySetSource | undefined;
};

/** A caller with what its own credential may do: the most it can give to another. */
export type Granter = Caller & { readonly scopes: readonly Scope[] };
