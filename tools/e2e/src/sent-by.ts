import { waitFor } from '@personr/testkit';
import { type House, type TestTenant } from './house.js';

/** What was sent of a RETURN, as its view says it. */
export type Sent = { readonly manifestSha256: string; readonly sizeBytes: number; readonly sentAt: string };

type View = { readonly state: string; readonly transfer?: Sent };

/** Waits until a RETURN was sent, and gives what was sent. */
export const sentBy = (house: House, tenant: TestTenant, id: string): Promise<Sent> =>
  waitFor(
    async () => {
      // The clock stands still; work that was given back becomes due only as it moves.
      house.clock.advance(10);
      const { state, transfer } = (await tenant.get(`/v1/instructions/${id}`).expect(200)).body as View;
      return state === 'AWAITING_TRANSFER_ACK' ? transfer : undefined;
    },
    { what: 'the package to be sent', timeoutMs: 60_000 },
  );
