import { ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type HandedReceipt } from '@personr/instruction';
import { IsIn, IsOptional } from 'class-validator';
import { type FastifyReply } from 'fastify';
import { preferredOf } from '../http/accepted.js';
import { SHEET_POLICY } from '../http/paper.js';
import { receiptPage } from './receipt.page.js';
import { ReceiptView } from './receipt.view.js';

const FORMATS = ['json', 'tlog-proof', 'html'] as const;

type Format = (typeof FORMATS)[number];

/** In which form a receipt is wanted. */
export class ReceiptQuery {
  @ApiPropertyOptional({
    enum: FORMATS,
    enumName: 'ReceiptFormat',
    description: 'The form, where `Accept` cannot be set, as for a link.',
  })
  @IsOptional()
  @IsIn(FORMATS)
  format?: Format;
}

const OF_TYPE = { 'application/json': 'json', 'text/plain': 'tlog-proof', 'text/html': 'html' } as const;

type Wanted = { readonly format: Format | undefined; readonly accept: string | undefined };

/** The form that is answered: the one asked for by `format`, else the one that `Accept` likes best. */
const formOf = ({ format, accept }: Wanted): Format =>
  format ?? OF_TYPE[preferredOf(accept, ['application/json', 'text/plain', 'text/html'])];

/** Answers a receipt in the form that is wanted. The page runs nothing, loads nothing and sends nothing. */
export function answerReceipt(
  reply: FastifyReply,
  { receipt, tlogProof }: HandedReceipt,
  wanted: Wanted,
): ReceiptView | string {
  void reply.headers({ 'Cache-Control': 'private', Vary: 'Accept' });
  const form = formOf(wanted);
  if (form === 'json') return { ...receipt };
  if (form === 'tlog-proof') {
    void reply.type('text/plain; charset=utf-8');
    return tlogProof;
  }
  void reply.type('text/html; charset=utf-8');
  void reply.header('Content-Security-Policy', `${SHEET_POLICY}; frame-ancestors 'none'`);
  return receiptPage(receipt);
}

/** What the contract says of the answer. */
export const RECEIPT_FORMS = {
  status: 200,
  description:
    'The receipt; for `Accept: text/plain` its tlog-proof alone (C2SP), for `Accept: text/html` a page to read and print.',
  content: {
    'application/json': { schema: { $ref: getSchemaPath(ReceiptView) } },
    'text/plain': { schema: { type: 'string' as const } },
    'text/html': { schema: { type: 'string' as const } },
  },
};
