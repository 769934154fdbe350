import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPersonrClient } from '@personr/client';
import { identitiesOf, inventPerson, recordsOf } from '@personr/specimens';
import { startStack } from '@personr/stack';
import { backUp, toOperator } from './backup.js';
import { onboard } from './onboard.js';
import { type OwnerEnvironment } from './ops.module.js';

const PEOPLE = 6;
const ERASED = 2;

/**
 * Starts a product of its own with an invented Business and its people, backs it up, has some of them erased since, and
 * runs `work` with it and the backup. Everything goes away after.
 */
export async function inventErasures<T>(
  work: (environment: OwnerEnvironment, backup: string) => Promise<T>,
): Promise<T> {
  const stack = await startStack({ log: toOperator });
  const directory = await mkdtemp(join(tmpdir(), 'personr-drill-'));
  try {
    const environment = { ...stack.env, DATA_OWNER_URL: stack.dataOwnerUrl };
    const [tenant] = await onboard(environment, ['Invented Bank']);
    if (tenant === undefined) throw new Error('a Business was not taken in');
    const { clientId, clientSecret } = tenant;
    const personr = createPersonrClient({ baseUrl: stack.apiUrl, clientId, clientSecret });
    const people = Array.from({ length: PEOPLE }, (_, number) => inventPerson('drill', number));
    for (const person of people) {
      await personr.admitSubject({
        externalId: person.externalId,
        identities: identitiesOf(person),
        residency: 'US-CA',
        records: recordsOf(person, { collectedAt: '2026-11-20T10:00:00Z' }),
      });
    }
    const backup = join(directory, 'backup');
    await backUp(environment, backup, () => undefined);
    for (const { externalId } of people.slice(0, ERASED)) {
      const { id } = await personr.forwardInstruction({
        type: 'DELETE',
        subject: { externalId },
        basis: 'END_OF_PURPOSE',
        writing: { text: 'Erase everything held about this customer.' },
      });
      await personr.waitForEnd(id);
    }
    toOperator(`${PEOPLE} invented people were taken in and backed up; ${ERASED} were erased since`);
    return await work(environment, backup);
  } finally {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
