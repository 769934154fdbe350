import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Instruction, type Order } from '@personr/client';
import { type Business, type Consumer } from './business.js';
import { type Deletion } from './deletion.js';
import { type Narrator } from './narrator.js';
import { openZip } from './open-zip.js';
import { type OutsideVerifier } from './outside-verifier.js';

/** A return, from the written order to the receipt. */
export type Returned = Deletion & {
  /** Everything that was held was in the package, byte for byte, and could be read until it was acknowledged. */
  readonly isWhole: boolean;
  /** Nothing of it is held any more, the package neither. */
  readonly isGone: boolean;
};

const LOOKS = 600;
const PAUSE_MILLISECONDS = 100;

const orderToReturn = (externalId: string): Order => ({
  type: 'RETURN',
  subject: { externalId },
  basis: 'END_OF_PURPOSE',
  writing: { text: 'Return what you hold about this customer, and erase it when it has arrived.' },
});

/** Orders a consumer's data back, takes the package, acknowledges it by its manifest, and watches it being erased. */
export async function takeBack(
  business: Business,
  { person, subjectId }: Consumer,
  { story, verifier }: { story: Narrator; verifier: OutsideVerifier },
): Promise<Returned> {
  const { tenant, personr, desk } = business;
  const orderedAt = performance.now();
  const { id } = await personr.forwardInstruction(orderToReturn(person.externalId));
  const acceptedInMs = performance.now() - orderedAt;
  const sent = await untilSent(business, id);
  const zip = await desk.take(`/v1/instructions/${id}/package`);
  const files = openZip(zip);
  const manifest = files.get('manifest.json') ?? Buffer.alloc(0);
  const manifestSha256 = createHash('sha256').update(manifest).digest('hex');
  story.say(`a zip of ${files.size} files, ${(zip.length / 1e6).toFixed(1)} MB; nothing is erased yet`);
  story.say(`its manifest  ${manifestSha256}`);
  const { count, intact } = await desk.compare(subjectId);
  const packed = [...files.keys()].filter((name) => name.startsWith('documents/')).length;
  const isWhole = manifestSha256 === sent && count > 0 && intact === count && packed === count;
  const { response } = await personr.http.POST('/v1/instructions/{id}/acknowledge', {
    params: { path: { id } },
    body: { manifestSha256, receivedAt: new Date().toISOString() },
  });
  story.say(`acknowledged by that hash: ${response.status}`);
  const instruction = await personr.waitForEnd(id);
  const receipt = await personr.receipt(id);
  const { accepted: verified, said } = await verifier.run(receipt, tenant.vkey);
  story.say(`the receipt: ${said.split('\n', 1).join('')}`);
  const gone = await desk.compare(subjectId);
  const again = await personr.http.GET('/v1/instructions/{id}/package', {
    params: { path: { id } },
    parseAs: 'stream',
  });
  const isGone = gone.gone === count && again.response.status === 410;
  story.say(`${gone.gone} of ${count} documents: not found; the package: ${again.response.status}`);
  const receiptAt = Date.now();
  return {
    instruction,
    tenantId: tenant.tenantId,
    receipt,
    receiptAt,
    acceptedInMs,
    verified,
    isWhole,
    isGone,
  };
}

/** The hash of the manifest that was sent, once it was. */
async function untilSent({ personr }: Business, id: string): Promise<string> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { data } = await personr.http.GET('/v1/instructions/{id}', { params: { path: { id } } });
    const { state, transfer } = data as Instruction;
    if (state === 'AWAITING_TRANSFER_ACK' && transfer !== undefined) return transfer.manifestSha256;
    await pause(PAUSE_MILLISECONDS);
  }
  throw new Error('What was to be returned was not sent.');
}
