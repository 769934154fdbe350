import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type supertest from 'supertest';
import { type House, type TestTenant } from './house.js';

export const ISSUER = 'https://api.personr.example';
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A client as the api shows it. */
export type Shown = {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly secrets: readonly { readonly id: string }[];
};
/** What a client registers, and what it signs with. */
export type KeyPair = { readonly jwk: Record<string, unknown>; readonly privateKey: KeyObject };

/** An Ed25519 key of this name. */
export function aKey(kid = 'first'): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { jwk: { ...publicKey.export({ format: 'jwk' }), kid }, privateKey };
}

/** What a tenant does with its clients, and what those do to sign in. */
export function clientsOf(house: House, tenant: TestTenant) {
  const create = async (body: object, token = tenant.token): Promise<Shown> => {
    const answer = await house.http
      .post('/v1/api-clients')
      .auth(token, { type: 'bearer' })
      .send({ name: 'client', scopes: ['subjects:read'], ...body })
      .expect(201);
    return answer.body as Shown;
  };
  const assertionOf = (clientId: string, key: KeyPair, changes: Readonly<Record<string, unknown>> = {}) => {
    const exp = Math.floor(house.clock.now().getTime() / 1000) + 60;
    const claims = { iss: clientId, sub: clientId, aud: ISSUER, jti: randomUUID(), exp, ...changes };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: String(key.jwk.kid) })
      .sign(key.privateKey);
  };
  const form = (members: object, http = house.http): supertest.Test =>
    http
      .post('/oauth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', ...members });
  const present = (assertion: string, http = house.http): supertest.Test =>
    form({ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion }, http);
  const tokenBySecret = async ({ clientId, clientSecret = '' }: Shown): Promise<string> => {
    const answer = await form({}).auth(clientId, clientSecret).expect(200);
    return (answer.body as { access_token: string }).access_token;
  };
  return { create, assertionOf, form, present, tokenBySecret };
}
