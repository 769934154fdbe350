import { onboard } from '@personr/ops';
import { startStack } from '@personr/stack';
import { Door } from './door.js';
import { exportDocuments } from './export-documents.js';
import { exportOne } from './export-one.js';
import { exportTenant } from './export-tenant.js';
import { type Figure } from './figure.js';
import { type IntakeBench } from './intake.js';

/** What the parts of this bench work with. */
export type ExportBench = Pick<IntakeBench, 'stack' | 'door' | 'isQuick' | 'say'>;

/** Answers out: one person's, with pictures masked and without, gigabytes of documents, and everything that a tenant has. */
export async function exporting({ isQuick }: { isQuick: boolean }): Promise<Figure[]> {
  const say = (line: string): void => {
    console.error(line);
  };
  const stack = await startStack({ log: say });
  try {
    const [tenant, leaver] = await onboard(stack.env, ['Bench', 'Leaver']);
    if (tenant === undefined || leaver === undefined) throw new Error('nobody was taken in');
    const figures: Figure[] = [];
    for (const part of [exportOne, exportDocuments]) {
      // A token of its own for each part: one lives ten minutes.
      const door = await Door.open(stack.apiUrl, tenant);
      figures.push(...(await part({ stack, door, isQuick, say })));
    }
    const door = await Door.open(stack.apiUrl, leaver);
    return [...figures, ...(await exportTenant({ stack, door, isQuick, say }))];
  } finally {
    await stack.stop();
  }
}
