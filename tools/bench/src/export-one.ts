import { randomBytes } from 'node:crypto';
import { inventPerson, recordsOf, type Specimen, specimensOf } from '@personr/specimens';
import { type ExportBench } from './export.js';
import { exported, handIn, type NewDocument } from './export-door.js';
import { type Figure, judge, median } from './figure.js';
import { cpuSecondsOf } from './process-cpu.js';
import { timed } from './timings.js';

const RECORDS = 20;
const DOCUMENTS = 3;
const DOCUMENT_BYTES = 2_000_000;
const WARM_UP = 2;
const PICTURES = ['passport.png', 'licence-back.png', 'id-card-front.png'];

type Case = {
  readonly name: string;
  readonly audience: string;
  readonly rounds: number;
  readonly target?: number;
};

/**
 * One person with twenty values and three documents: of two megabytes, for the Business, so that nothing is looked into;
 * and pictures of a passport and two cards for the consumer, masked, read again and searched. From the order to the package.
 */
export async function exportOne({ stack, door, isQuick, say }: ExportBench): Promise<Figure[]> {
  const person = inventPerson('export', 0);
  const records = recordsOf(person, { collectedAt: new Date().toISOString() });
  const admit = async (externalId: string, documents: readonly NewDocument[], values = records) => {
    const { id } = await door.post<{ id: string }>('/v1/subjects', { externalId, records: values });
    for (const document of documents) await handIn(door, id, document);
  };
  await admit('plain', Array.from({ length: DOCUMENTS }, plainDocument), records.slice(0, RECORDS));
  const pictures = (await specimensOf(person)).filter(({ name }) => PICTURES.includes(name));
  await admit('pictures', pictures.map(toDocument));
  const cases: readonly Case[] = [
    { name: 'plain', audience: 'BUSINESS', rounds: isQuick ? 20 : 100, target: 500 },
    { name: 'pictures', audience: 'CONSUMER', rounds: isQuick ? 1 : 10 },
  ];
  const figures: Figure[] = [];
  for (const { name, audience, rounds, target } of cases) {
    say(`export: ${name}, ${rounds} times`);
    for (let round = 0; round < Math.min(WARM_UP, rounds); round += 1) await exported(door, name, audience);
    const before = cpuSecondsOf(stack.processes.worker);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      times.push(await timed(() => exported(door, name, audience)));
    const cpu = ((cpuSecondsOf(stack.processes.worker) - before) * 1000) / rounds;
    const common = { bench: 'export', case: titleOf(name), unit: 'ms', n: rounds };
    figures.push(
      judge({
        ...common,
        metric: 'order to package, p50',
        value: median(times),
        ...(target === undefined ? {} : { target }),
      }),
      judge({ ...common, metric: 'processor of worker and its children', value: cpu }),
    );
  }
  return figures;
}

const titleOf = (name: string): string =>
  name === 'plain'
    ? `${RECORDS} values, ${DOCUMENTS} x 2 MB, no OCR`
    : `${PICTURES.length} pictures, with OCR`;

function plainDocument(): NewDocument {
  const bytes = randomBytes(DOCUMENT_BYTES);
  return {
    element: 'VIDEO',
    mediaType: 'video/mp4',
    sizeBytes: bytes.length,
    bytes: () => [bytes],
  };
}

const toDocument = ({ element, contentType, bytes }: Specimen): NewDocument => ({
  element,
  mediaType: contentType,
  sizeBytes: bytes.length,
  bytes: () => [bytes],
});
