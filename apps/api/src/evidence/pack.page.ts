import { type LogSnapshot } from '@personr/audit';
import { type Html, html } from '../http/html.js';
import { facts, sheet, table } from '../http/paper.js';

/** A receipt of the pack. */
export type PackedReceipt = {
  readonly file: string;
  readonly instructionId: string;
  readonly outcome: string;
};

/** What a pack holds, as it was counted while it was written. */
export type PackCounts = {
  readonly entries: number;
  readonly byEvent: ReadonlyMap<string, number>;
  readonly receipts: number;
  /** The first of them, up to `RECEIPTS_SHOWN`. */
  readonly shown: readonly PackedReceipt[];
};

/** How many receipts the page names; all are in their directory. */
export const RECEIPTS_SHOWN = 1000;

/** What whoever has unpacked the pack runs, in its directory. */
export const VERIFY_COMMAND = 'personr-verify log . --key VKEY';

/** Says in words what to do with a pack. */
export const verifyText = ({
  origin,
}: LogSnapshot): string => `To verify this pack, in the directory that it was unpacked to:

    ${VERIFY_COMMAND}
    personr-verify receipt receipts/FILE.json --key VKEY

VKEY is the key of the log ${origin}. Take it from your agreement with
Personr, or from a copy that you kept. keys.json only says which keys it should be among: a key that comes with the
evidence proves nothing.

checkpoint and tile/ are the log as C2SP tlog-tiles lays it out (https://c2sp.org/tlog-tiles); any verifier of that
format reads them. What is proved is in the bundles, tile/entries/. entries.ndjson, entries.csv and index.html show the
same for people.
`;

/** The first page of a pack. */
export const packPage = (snapshot: LogSnapshot, counts: PackCounts): string =>
  sheet(
    'Evidence pack',
    html`${summary(snapshot, counts)} ${checking} ${events(counts)} ${receipts(counts)}`,
  );

const summary = ({ origin, size, period, firstBundle }: LogSnapshot, counts: PackCounts): Html =>
  html`<header>
      <h1>Evidence pack</h1>
      <p class="lead">The log ${origin}, at ${size} entries</p>
    </header>
    ${facts(
      ['Entries from', period.from?.toISOString() ?? 'the first that is left'],
      ['Entries before', period.to?.toISOString() ?? 'the end'],
      ['Entries in this pack', counts.entries],
      ['Receipts in this pack', counts.receipts],
      ['Bundles from entry', firstBundle * 256],
    )}`;

const checking = html`<h2>Check it</h2>
  <p>This page shows; it proves nothing. In the directory of the pack, with the key from your agreement:</p>
  <pre>${VERIFY_COMMAND}</pre>
  <p>
    That derives every tile and the root anew from the entries, and holds them against the signed checkpoint.
  </p>
  <h2>What is here</h2>
  ${table(
    'Files of the pack',
    ['File', 'What it is'],
    [
      ['checkpoint', 'The signed head of the log (C2SP tlog-checkpoint)'],
      ['tile/', 'Hashes, and in tile/entries/ the entries byte for byte (C2SP tlog-tiles)'],
      ['keys.json', 'The keys that signed the log, to be compared with your own copy'],
      ['entries.ndjson, entries.csv', 'The entries of the period, for programs and for spreadsheets'],
      ['receipts/', 'Each receipt as JSON and as a tlog-proof (C2SP)'],
      ['VERIFY.txt', 'How to verify'],
    ],
  )}`;

const events = ({ byEvent }: PackCounts): Html =>
  html`<h2>Entries by what happened</h2>
    ${table(
      'How many entries there are of each event',
      ['Event', '#Entries'],
      [...byEvent].sort(([one], [other]) => (one < other ? -1 : 1)),
    )}`;

const receipts = ({ receipts: count, shown }: PackCounts): Html =>
  html`<h2>Receipts</h2>
    ${count > shown.length ? html`<p>The first ${shown.length}; all are in receipts/.</p>` : ''}
    <table>
      <thead>
        <tr>
          <th scope="col">Instruction</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ file, instructionId, outcome }) =>
            html`<tr>
              <td><a href="${file}">${instructionId}</a></td>
              <td>${outcome}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
