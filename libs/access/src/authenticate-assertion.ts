import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AccessTokens } from './access-tokens.js';
import { type Assertion, proveAssertion, readAssertion } from './assertion.js';
import { rememberAssertion } from './assertion.repository.js';
import { type ClientName, parseClientId } from './client-id.js';
import { CredentialRefused } from './credential-refused.js';
import { findKnocking, type Knocking } from './directory.repository.js';
import { type Grant } from './grant.js';
import { type ClientAlgorithm, type PublicJwk } from './key-set.js';
import { NOBODYS_KEYS } from './nobodys-keys.js';
import { PublishedKeys } from './published-keys.js';
import { isScope } from './scope.js';

/** What a client sends to sign in with its key: an assertion and, if it likes, its id beside it. */
export type Presented = { readonly assertion: string; readonly clientId?: string | undefined };

/** Knows an API client by an assertion that it signed (`private_key_jwt`; RFC 7523, section 2.2). */
@Injectable()
export class AuthenticateAssertion {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publishedKeys: PublishedKeys,
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns what the client may do, once for each assertion. Throws `CREDENTIAL_INVALID` alike for an unknown
   * client, a key that is not its own, a revoked client and a closed tenant, after a verification in every case; a
   * client that has proved its key is told what is wrong with its claims.
   */
  async run({ assertion: text, clientId }: Presented): Promise<Grant> {
    const now = this.clock.now();
    const assertion = readAssertion(text);
    const name = nameOf(assertion, clientId);
    const client = await this.tenancy.askDirectory((tx) => findKnocking(tx, name, now));
    try {
      const scopes = await this.prove(assertion, { name, client, now });
      return { tenantId: name.tenantId, clientId: name.id, scopes: scopes.filter(isScope) };
    } catch (error) {
      throw client !== null && error instanceof CredentialRefused ? error.inNameOf(name) : error;
    }
  }

  private async prove(
    assertion: Assertion,
    { name, client, now }: { name: ClientName; client: Knocking | null; now: Date },
  ): Promise<readonly string[]> {
    const key = client?.mayKnock === true ? await this.keyOf(client, assertion) : null;
    const proved = await proveAssertion(assertion, {
      key: key ?? NOBODYS_KEYS[assertion.alg],
      audience: this.tokens.issuer,
      now,
    });
    if (client === null || key === null) throw new CredentialRefused('KEY');
    await this.useOnce(name, proved);
    return client.scopes;
  }

  /** The key that the assertion names; when it names none, the client's only one of the kind. */
  private async keyOf(client: Knocking, { subject, alg, kid }: Assertion): Promise<PublicJwk | null> {
    const { jwks, jwksUri: uri } = client;
    const keys =
      uri === null ? (jwks?.keys ?? []) : await this.publishedKeys.get({ clientId: subject, uri, kid });
    return onlyOne(keys, alg, kid);
  }

  private async useOnce(
    name: ClientName,
    { jti, expiresAt }: { jti: string; expiresAt: Date },
  ): Promise<void> {
    const now = this.clock.now();
    const isFirst = await this.tenancy.forTenant(name.tenantId, (tx) =>
      rememberAssertion(tx, { clientId: name.id, jti, expiresAt, now }),
    );
    if (!isFirst) {
      throw new CredentialRefused('REPLAY', 'The assertion was used before. Sign one with a new jti.');
    }
  }
}

/** RFC 7521, section 4.2: a client_id beside the assertion names the same client. */
function nameOf({ subject }: Assertion, clientId: string = subject): ClientName {
  const name = parseClientId(subject);
  if (name === null || clientId !== subject) throw new CredentialRefused('CLIENT');
  return name;
}

function onlyOne(
  keys: readonly PublicJwk[],
  alg: ClientAlgorithm,
  kid: string | undefined,
): PublicJwk | null {
  const fitting = keys.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}
