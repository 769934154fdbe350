import { type InstructionId } from '@personr/kernel';
import { verifyReceipt } from '@personr/proof';
import { tenantPrefix } from '@personr/stores';
import { ReplayFixture } from './replay.spec-helper.js';

const RETURN = { type: 'RETURN' } as const;
const SUBJECTS = 3;

describe.each(['before', 'ordered', 'sent'])(
  'the replay of a data database of when everything was returned: %s',
  (then) => {
    let house: ReplayFixture;
    let order: InstructionId;

    beforeEach(async () => {
      house = await ReplayFixture.open();
      for (let at = 0; at < SUBJECTS; at += 1) await house.admit(`cust-${at}`);
      await house.sequence();
      await house.keep('before');
      order = await house.leave(RETURN);
      await house.sequence();
      await house.keep('ordered');
      await house.carryOut(order);
      await house.keep('sent');
    });

    afterEach(() => house.close(['before', 'ordered', 'sent']));

    const stateOf = async () => {
      const [row] = await house.ask<{ state: string }>('select state from instruction where id = $1', [
        order,
      ]);
      return row?.state;
    };
    const left = async () => {
      const [rows] = await house.ask<{ subjects: number; records: number }>(
        `select (select count(*)::int from subject) as subjects, (select count(*)::int from record) as records`,
      );
      return rows;
    };
    const goBack = async ({ isAcknowledged }: { isAcknowledged: boolean }): Promise<void> => {
      await house.goBack(then);
      // A copy of after which nothing happened is not older.
      expect(await house.tide.isOpen({ thoroughly: true })).toBe(then === 'sent' && !isAcknowledged);
      await house.replay();
      expect(await house.tide.isOpen({ thoroughly: true })).toBe(true);
    };
    const goOn = async (until: string): Promise<void> => {
      for (let turn = 0; turn < 20 && (await stateOf()) !== until; turn += 1) {
        house.clock.advance(120_000);
        await house.carryOut(order);
      }
      expect(await stateOf()).toBe(until);
    };

    it('R-55, R-57, R-62: erases on what was acknowledged, to its end', async () => {
      await house.acknowledge(order);
      await house.sequence();
      await goBack({ isAcknowledged: true });
      expect(await stateOf()).toBe('ERASING');
      await goOn('COMPLETED');
      expect(await left()).toEqual({ subjects: 0, records: 0 });
      const prefix = tenantPrefix(house.bank.tenantId);
      expect(await house.objects.remaining({ prefix })).toBe(0);
      const { receipt } = await house.receipt(order);
      const { body } = verifyReceipt(JSON.stringify(receipt), [
        house.signer.vkey('personr.example/log/replay'),
      ]);
      expect(body).toMatchObject({
        type: 'RETURN',
        answer: { nature: 'RETURNED_AND_ERASED' },
        package: { parts: 1, subjects: SUBJECTS, records: 4 * SUBJECTS },
      });
    });

    it('R-55, R-58: erases nothing of what was not, takes nothing in, and returns it', async () => {
      await goBack({ isAcknowledged: false });
      await expect(house.admit('cust-late')).rejects.toMatchObject({ code: 'TENANT_LEAVING' });
      await goOn('AWAITING_TRANSFER_ACK');
      expect(await left()).toEqual({ subjects: SUBJECTS, records: 4 * SUBJECTS });
      await house.acknowledge(order);
      await goOn('COMPLETED');
      expect(await left()).toEqual({ subjects: 0, records: 0 });
    });
  },
);
