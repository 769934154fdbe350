import { loadBarcodes } from '../picture/barcodes.js';
import { loadReader } from '../picture/ocr.js';
import { withheld } from '../redaction.js';
import { disarmNetwork } from './no-network.js';
import { type Answer, type Order } from './order.js';
import { redact } from './redact.js';
import { search } from './search.js';
import { watch } from './watchdog.js';

const say = (answer: Answer): void => {
  process.send?.(answer);
};

watch(Number(process.argv[2]));
disarmNetwork();
process.on('disconnect', () => process.exit(0));
await loadBarcodes();
const reader = await loadReader();

async function obey(order: Order): Promise<Answer> {
  if (order.act === 'SEARCH') {
    return { said: 'SEARCHED', findings: await search(order.file, order.forbidden, reader) };
  }
  const redaction = await redact(order.document, Buffer.from(order.bytes), reader).catch(() =>
    withheld('UNREADABLE'),
  );
  return { said: 'REDACTED', redaction };
}

process.on('message', (order: Order) => {
  void obey(order).then(say);
});
say({ said: 'READY' });
