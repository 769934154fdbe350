import { type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Caller, ExportLog, type LoggedEntry, type LogSnapshot, type Period } from '@personr/audit';
import { type ReceiptEdition, type ReceiptName, ReadReceipts, RECEIPT_EVENTS } from '@personr/instruction';
import { Clock } from '@personr/kernel';
import { CSV_HEAD, csvOf } from './entries.csv.js';
import { toEntryView } from './entries.view.js';
import { type PackCounts, packPage, type PackedReceipt, RECEIPTS_SHOWN, verifyText } from './pack.page.js';
import { type ZippedFile, zipOf } from './zip.js';

const RECEIPTS_AT_ONCE = 100;

type Counting = PackCounts & {
  entries: number;
  receipts: number;
  byEvent: Map<string, number>;
  shown: PackedReceipt[];
};

/** Makes the pack that an auditor takes away: a log as any verifier reads it, and the same for people. */
@Injectable()
export class PackEvidence {
  constructor(
    private readonly log: ExportLog,
    private readonly receipts: ReadReceipts,
    private readonly clock: Clock,
  ) {}

  /**
   * A zip of the log as it is now, made while it is read, in little memory. Entries and receipts are those of the period;
   * hashes are of the whole log, since every proof needs them, and bundles from the period's beginning on. An entry of the
   * log says that it was made. Throws `NOT_FINISHED` for a log that holds nothing yet.
   */
  async run(caller: Caller, period: Period): Promise<Readable> {
    const snapshot = await this.log.begin(caller, period);
    return zipOf(this.files(snapshot), this.clock.now());
  }

  private async *files(snapshot: LogSnapshot): AsyncGenerator<ZippedFile> {
    const { origin, checkpoint, vkeys } = snapshot;
    const counting: Counting = { entries: 0, receipts: 0, byEvent: new Map(), shown: [] };
    yield textFile('VERIFY.txt', verifyText(snapshot));
    yield textFile('checkpoint', checkpoint);
    yield textFile('vkeys.json', `${JSON.stringify({ origin, keys: vkeys }, null, 2)}\n`);
    for await (const { path, bytes } of this.log.files(snapshot)) {
      yield { path, content: [bytes], isDense: !path.startsWith('tile/entries/') };
    }
    yield { path: 'entries.ndjson', content: this.lines(snapshot, counting) };
    yield { path: 'entries.csv', content: this.table(snapshot) };
    yield* this.receiptFiles(snapshot, counting);
    yield textFile('index.html', packPage(snapshot, counting));
  }

  private async *lines(snapshot: LogSnapshot, counting: Counting): AsyncGenerator<string> {
    for await (const entries of this.log.entries(snapshot)) {
      counting.entries += entries.length;
      for (const { event } of entries) counting.byEvent.set(event, (counting.byEvent.get(event) ?? 0) + 1);
      yield entries.map((entry) => `${JSON.stringify(toEntryView(entry))}\n`).join('');
    }
  }

  private async *table(snapshot: LogSnapshot): AsyncGenerator<string> {
    yield CSV_HEAD;
    for await (const entries of this.log.entries(snapshot)) yield csvOf(entries);
  }

  private async *receiptFiles(snapshot: LogSnapshot, counting: Counting): AsyncGenerator<ZippedFile> {
    for await (const receipt of this.receiptsOf(snapshot)) {
      const { files, packed } = filesOf(receipt);
      counting.receipts += 1;
      if (counting.shown.length < RECEIPTS_SHOWN) counting.shown.push(packed);
      yield* files;
    }
  }

  private async *receiptsOf(snapshot: LogSnapshot): AsyncGenerator<ReceiptEdition> {
    for await (const entries of this.log.entries(snapshot)) {
      const names = entries.flatMap(toReceiptName);
      for (let at = 0; at < names.length; at += RECEIPTS_AT_ONCE) {
        yield* await this.receipts.run(snapshot, names.slice(at, at + RECEIPTS_AT_ONCE));
      }
    }
  }
}

const textFile = (path: string, text: string): ZippedFile => ({ path, content: [Buffer.from(text)] });

const toReceiptName = ({ id, event, instructionId }: LoggedEntry): ReceiptName[] =>
  instructionId !== null && RECEIPT_EVENTS.includes(event) ? [{ instructionId, entryId: id }] : [];

/** An instruction may have several editions of its receipt, so the edition is in the name. */
function filesOf({ instructionId, edition, receipt, tlogProof }: ReceiptEdition) {
  const name = `receipts/${instructionId}.${String(edition)}`;
  const file = `${name}.json`;
  return {
    files: [textFile(file, `${JSON.stringify(receipt)}\n`), textFile(`${name}.tlog-proof`, tlogProof)],
    packed: { file, instructionId, outcome: receipt.body.outcome },
  };
}
