import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@personr/kernel';
import { Vault } from '@personr/vault';
import { type OpenedEndpoint } from './carrier-of.js';
import {
  type Endpoint,
  type EndpointAddress,
  type EndpointId,
  type EndpointRow,
  type EndpointSecret,
} from './endpoint.js';

const LABEL = 'ENDPOINT';

const bindingOf = (id: EndpointId, part: 'address' | 'secret'): string[] => ['endpoint', id, part];
const toBytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const toValue = (bytes: Uint8Array | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(bytes)) as unknown;

/** An address as it is sealed, with the tenant's own words for it. */
type Named = { readonly name: string; readonly address: EndpointAddress };

/** Keeps where endpoints are, and what opens them, sealed: both under a key of that endpoint alone. */
@Injectable()
export class SealedEndpoints {
  constructor(private readonly vault: Vault) {}

  /** Seals both under a new key of the endpoint. */
  async seal(
    tenantId: TenantId,
    id: EndpointId,
    { name, address, secret }: Named & { readonly secret: EndpointSecret },
  ): Promise<
    Pick<EndpointRow, 'keyId' | 'sealedAddress'> & { readonly sealedSecret: Uint8Array<ArrayBuffer> }
  > {
    const item = { owner: id, label: LABEL };
    const [sealedAddress, sealedSecret] = await this.vault.sealAllFor(tenantId, {
      tree: 'REQUESTS',
      items: [
        { ...item, binding: bindingOf(id, 'address'), plaintext: toBytes({ name, address }) },
        { ...item, binding: bindingOf(id, 'secret'), plaintext: toBytes(secret) },
      ],
    });
    if (sealedAddress === undefined || sealedSecret === undefined)
      throw new Error('what was sealed did not come back');
    return {
      keyId: sealedAddress.keyId,
      sealedAddress: Uint8Array.from(sealedAddress.sealed),
      sealedSecret: Uint8Array.from(sealedSecret.sealed),
    };
  }

  /** Opens the addresses of these endpoints, in order, and nothing else. Throws `SEAL_BROKEN` for one that was tampered with. */
  async open(tenantId: TenantId, rows: readonly EndpointRow[]): Promise<Endpoint[]> {
    if (rows.length === 0) return [];
    const opened = await this.vault.open(
      tenantId,
      rows.map(({ id, keyId, sealedAddress: sealed }) => ({
        keyId,
        binding: bindingOf(id, 'address'),
        sealed,
      })),
    );
    return rows.map(({ id, kind, challenge, createdAt, provedAt, revokedAt }, at) => ({
      id,
      kind,
      challenge,
      createdAt,
      provedAt,
      revokedAt,
      ...(toValue(opened[at]) as Named),
    }));
  }

  /** The same for one. */
  async openOne(tenantId: TenantId, row: EndpointRow): Promise<Endpoint> {
    const [endpoint] = await this.open(tenantId, [row]);
    if (endpoint === undefined) throw new Error('what was opened did not come back');
    return endpoint;
  }

  /** Opens address and secret of one. Throws `ENDPOINT_REVOKED` when the secret is gone, `SEAL_BROKEN`. */
  async openForDelivery(tenantId: TenantId, row: EndpointRow): Promise<OpenedEndpoint> {
    const { id, keyId, sealedAddress, sealedSecret } = row;
    if (sealedSecret === null) throw new DomainError('ENDPOINT_REVOKED', 'The endpoint was revoked.');
    const [address, secret] = await this.vault.open(tenantId, [
      { keyId, binding: bindingOf(id, 'address'), sealed: sealedAddress },
      { keyId, binding: bindingOf(id, 'secret'), sealed: sealedSecret },
    ]);
    return { address: (toValue(address) as Named).address, secret: toValue(secret) as EndpointSecret };
  }
}
