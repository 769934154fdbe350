import { type Receipt, type ReceiptBody, type ReceiptDetail } from '@personr/proof';
import { type Html, html } from '../http/html.js';
import { facts, sheet, table } from '../http/paper.js';

/** Times of a receipt that its type does not know yet, or not in every version. */
type Times = { readonly unguessableAt?: string | null; readonly unguessableDueAt?: string | null };

const OUTCOMES: Readonly<Record<ReceiptBody['outcome'], string>> = {
  COMPLETED: 'Carried out in whole',
  COMPLETED_WITH_EXCEPTIONS: 'Carried out, but for what a legal ground keeps',
  CLOSED_DENIED: 'Denied',
  CLOSED_NO_DATA: 'Nothing was held',
};

const DURABILITIES: Readonly<Record<ReceiptBody['keyStoreDurability'], string>> = {
  SYNC_REMOTE: 'every write confirmed by a second server elsewhere',
  SYNC_LOCAL: 'every write confirmed by a second server',
  SINGLE: 'one server',
};

const none = (text: string): Html => html`<p>${text}</p>`;

/** A receipt as a sheet that a person reads and prints. It shows what the JSON says; the JSON is what verifies. */
export const receiptPage = (receipt: Receipt): string => {
  const { body } = receipt;
  const name = `Receipt for instruction ${body.instructionId}`;
  return sheet(
    name,
    html`<header>
        <h1>Receipt: ${body.type}</h1>
        <p class="lead"><strong>${OUTCOMES[body.outcome]}</strong> (${body.outcome})</p>
      </header>
      ${record(body)} ${erasure(body)} ${exceptions(body)} ${recipients(body)} ${kept(body)}
      ${checking(receipt)}`,
  );
};

const record = ({ request, answer, ...body }: ReceiptBody): Html =>
  html`<section aria-labelledby="record">
    <h2 id="record">The record of the request (11 CCR 7101(b))</h2>
    ${facts(
      ['Request received', request.receivedAt],
      ['Nature of the request', request.nature],
      ['Manner of the request', request.manner],
      ['Answered', answer.answeredAt],
      ['Nature of the answer', answer.nature],
      ['Basis of a denial', answer.denialBasis ?? 'nothing was denied'],
    )}
    <h2>The instruction</h2>
    ${facts(
      ['Instruction', body.instructionId],
      ['Business', body.tenantId],
      ['Subject', body.subjectRef ?? (body.outcome === 'CLOSED_NO_DATA' ? 'none was held' : 'everybody')],
      ['Type and basis', `${body.type}, ${body.basis}`],
      ['Accepted', body.acceptedAt],
      ['Ended', body.finishedAt],
      ['Policy applied', body.policyVersion],
      ['Commitment to the written order', body.writingCommitment],
    )}
  </section>`;

function erasure(body: ReceiptBody & Times): Html {
  const { stores, keys, backups } = body;
  if (body.sealedAt === null && stores.length === 0) return html``;
  return html`<section aria-labelledby="erasure">
    <h2 id="erasure">What was erased</h2>
    ${facts(
      ['Unreadable from', body.unreadableAt ?? 'not yet'],
      ['No older copy readable from', body.sealedAt ?? 'not yet'],
      ['Gone from every store', body.erasedAt ?? 'not yet'],
      ['No guess can be confirmed from', body.unguessableAt ?? dueText(body.unguessableDueAt)],
      ['Keys shredded, roots destroyed', `${keys.shredded}, ${keys.rootsDestroyed}`],
      ['The key store', DURABILITIES[body.keyStoreDurability]],
    )}
    <h2>Stores, searched afresh</h2>
    ${table(
      'Records erased from each store, and records found there afterwards',
      ['Store', '#Erased', '#Found afterwards'],
      stores.map(({ store, erased, remaining }) => [store, erased, remaining]),
    )}
    <h2>Backup sets</h2>
    ${
      backups.length === 0
        ? none('There was none that could hold the subject.')
        : table(
            'Backup sets and what became of them',
            ['Set', 'Result', 'Why'],
            backups.map(({ set, result, reason }) => [set, result, reason ?? '']),
          )
    }
  </section>`;
}

const dueText = (dueAt: string | null | undefined): string =>
  dueAt == null ? 'not yet' : `not yet; due ${dueAt}, a later edition says so`;

function exceptions({ exceptions: all }: ReceiptBody): Html {
  if (all.length === 0) return html``;
  return html`<section aria-labelledby="exceptions">
    <h2 id="exceptions">Kept on a legal ground</h2>
    ${details('What is kept, and on which ground', all)}
  </section>`;
}

function recipients({ subprocessors }: ReceiptBody): Html {
  if (subprocessors.length === 0) return html``;
  return html`<section aria-labelledby="recipients">
    <h2 id="recipients">Subprocessors that were told</h2>
    ${details('Subprocessors and what they confirmed', subprocessors)}
  </section>`;
}

/** What columns are called for people; others bear the name of the member. */
const COLUMNS: Readonly<Record<string, string>> = {
  holdId: 'Hold',
  ground: 'Ground',
  elements: 'Elements',
  endsAt: 'Until',
  holds: '#Holds',
  subjects: '#Subjects',
};

/** Objects with members of their own, in columns. */
function details(caption: string, all: readonly ReceiptDetail[]): Html {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return table(
    caption,
    names.map((name) => COLUMNS[name] ?? name),
    all.map((one) => names.map((name) => String(one[name] ?? ''))),
  );
}

const kept = ({ kept: all }: ReceiptBody): Html =>
  html`<section aria-labelledby="kept">
    <h2 id="kept">What Personr keeps</h2>
    ${table(
      'What is kept, why, and until when',
      ['What', 'Why', 'Until'],
      all.map(({ what, why, until }) => [what, why, until ?? 'no end']),
    )}
  </section>`;

const fileOf = (receipt: Receipt): string => `receipt-${receipt.body.instructionId}.json`;

const checking = (receipt: Receipt): Html =>
  html`<section aria-labelledby="checking">
    <h2 id="checking">Check it</h2>
    <p>
      This sheet shows what the receipt says; a sheet proves nothing. The receipt is a JSON file, and anyone
      can check it offline, with the key of the log from the agreement, never one that came with the receipt:
    </p>
    <pre>personr-verify receipt ${fileOf(receipt)} --key VKEY</pre>
    <p class="screen">
      <a
        download="${fileOf(receipt)}"
        href="data:application/json;base64,${Buffer.from(JSON.stringify(receipt)).toString('base64')}"
        >Save the receipt (JSON)</a
      >
    </p>
    <p class="note">
      Proved by that: the log holds, under a signed checkpoint, an entry that commits to every word of the
      receipt. Attested by Personr: what was done. No proof can show that.
    </p>
    <h2>Proof</h2>
    <pre>${receipt.proof}</pre>
  </section>`;
