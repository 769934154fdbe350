import { type KeyId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type FailureReason } from './delivery-failure.js';
import {
  type Challenge,
  type ChallengeState,
  type EndpointId,
  type EndpointKind,
  type EndpointRow,
} from './endpoint.js';

type Row = {
  id: string;
  kind: string;
  keyId: string;
  sealedAddress: Uint8Array<ArrayBuffer>;
  sealedSecret: Uint8Array<ArrayBuffer> | null;
  challengeState: string | null;
  challengeFailure: string | null;
  challengeSentAt: Date | null;
  challengeEndsAt: Date | null;
  codeSha256: Uint8Array<ArrayBuffer> | null;
  tries: number;
  createdAt: Date;
  provedAt: Date | null;
  revokedAt: Date | null;
};

const toRow = ({ id, kind, keyId, sealedAddress, sealedSecret, ...row }: Row): EndpointRow => ({
  id: id as EndpointId,
  kind: kind as EndpointKind,
  keyId: keyId as KeyId,
  sealedAddress,
  sealedSecret,
  challenge: toChallenge(row),
  createdAt: row.createdAt,
  provedAt: row.provedAt,
  revokedAt: row.revokedAt,
});

const toChallenge = (
  row: Pick<
    Row,
    'challengeState' | 'challengeFailure' | 'challengeSentAt' | 'challengeEndsAt' | 'codeSha256' | 'tries'
  >,
): Challenge | null =>
  row.challengeState === null
    ? null
    : {
        state: row.challengeState as ChallengeState,
        failure: row.challengeFailure as FailureReason | null,
        sentAt: row.challengeSentAt,
        endsAt: row.challengeEndsAt,
        codeSha256: row.codeSha256,
        tries: row.tries,
      };

/** Writes an endpoint, without a challenge. */
export async function insertEndpoint(
  tx: TenantTx,
  row: Pick<EndpointRow, 'id' | 'kind' | 'keyId' | 'sealedAddress' | 'sealedSecret' | 'createdAt'>,
): Promise<void> {
  await tx.endpoint.create({ data: { tenantId: tx.tenantId, ...row } });
}

/** Finds the endpoint, or null. */
export async function findEndpoint(tx: TenantTx, id: EndpointId): Promise<EndpointRow | null> {
  const row = await tx.endpoint.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toRow(row);
}

/** Finds the endpoint and keeps others from changing it until the transaction ends; or null. */
export async function lockEndpoint(tx: TenantTx, id: EndpointId): Promise<EndpointRow | null> {
  await tx.$queryRaw`
    select id from endpoint where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid for update`;
  return findEndpoint(tx, id);
}

/** A page of endpoints, newest first, after the one named by `after`. */
export async function listEndpoints(
  tx: TenantTx,
  { limit, after }: { limit: number; after: EndpointId | null },
): Promise<EndpointRow[]> {
  const rows = await tx.endpoint.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRow);
}

/** Puts a challenge in the place of the one before. */
export async function keepChallenge(tx: TenantTx, id: EndpointId, challenge: Challenge): Promise<void> {
  await tx.endpoint.updateMany({
    where: { tenantId: tx.tenantId, id },
    data: {
      challengeState: challenge.state,
      challengeFailure: challenge.failure,
      challengeSentAt: challenge.sentAt,
      challengeEndsAt: challenge.endsAt,
      codeSha256: challenge.codeSha256 === null ? null : Uint8Array.from(challenge.codeSha256),
      tries: challenge.tries,
    },
  });
}

/** Makes the endpoint proved, and its code worth nothing. */
export async function setProved(tx: TenantTx, id: EndpointId, provedAt: Date): Promise<void> {
  await tx.endpoint.updateMany({
    where: { tenantId: tx.tenantId, id, provedAt: null, revokedAt: null },
    data: { provedAt, codeSha256: null },
  });
}

/** Ends the endpoint for good: what opens it goes. Returns whether it was not ended before. */
export async function setEndpointRevoked(tx: TenantTx, id: EndpointId, revokedAt: Date): Promise<boolean> {
  const { count } = await tx.endpoint.updateMany({
    where: { tenantId: tx.tenantId, id, revokedAt: null },
    data: { revokedAt, sealedSecret: null, codeSha256: null },
  });
  return count === 1;
}
