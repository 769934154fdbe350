import { type OnboardedTenant, onboard } from '@personr/ops';
import { type Stack, startStack } from '@personr/stack';
import { Door } from './door.js';
import { type Figure } from './figure.js';
import { intakeDocuments } from './intake-documents.js';
import { intakeByImport } from './intake-import.js';
import { intakeOneByOne } from './intake-subjects.js';
import { PlainSql } from './plain-sql.js';

/** What the parts of this bench work with. `say` tells whoever waits how far it is. */
export type IntakeBench = {
  readonly stack: Stack;
  readonly tenant: OnboardedTenant;
  readonly door: Door;
  readonly plain: PlainSql;
  readonly isQuick: boolean;
  readonly say: (line: string) => void;
};

const PARTS: readonly ((bench: IntakeBench) => Promise<Figure[]>)[] = [
  intakeOneByOne,
  intakeByImport,
  intakeDocuments,
];

/** The part of documents alone: no other needs files of gigabytes. */
export const documents = ({ isQuick }: { isQuick: boolean }): Promise<Figure[]> =>
  parts({ isQuick }, [intakeDocuments]);

/** People in, one by one and by the thousand, on the product and on plain SQL in turn. */
export const intake = ({ isQuick }: { isQuick: boolean }): Promise<Figure[]> => parts({ isQuick }, PARTS);

async function parts({ isQuick }: { isQuick: boolean }, wanted: typeof PARTS): Promise<Figure[]> {
  const say = (line: string): void => {
    console.error(line);
  };
  const stack = await startStack({ log: say });
  try {
    const [tenant] = await onboard(stack.env, ['Bench']);
    if (tenant === undefined) throw new Error('nobody was taken in');
    const plain = await PlainSql.open(stack.dataOwnerUrl);
    const figures: Figure[] = [];
    try {
      for (const part of wanted) {
        // A token of its own for each part: one lives ten minutes.
        const door = await Door.open(stack.apiUrl, tenant);
        figures.push(...(await part({ stack, tenant, door, plain, isQuick, say })));
      }
    } finally {
      await plain.close();
    }
    return figures;
  } finally {
    await stack.stop();
  }
}
