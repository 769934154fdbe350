import { type Document, type Finding, type PackedFile, type Redaction } from '../redaction.js';
import { type ForbiddenValue } from '../values/forbidden-value.js';

/** What a child is told to do with one file. */
export type Order =
  | { readonly act: 'REDACT'; readonly document: Document; readonly bytes: Uint8Array }
  | { readonly act: 'SEARCH'; readonly file: PackedFile; readonly forbidden: readonly ForbiddenValue[] };

/** What a child says: that it is ready, or the result of its order. */
export type Answer =
  | { readonly said: 'READY' }
  | { readonly said: 'REDACTED'; readonly redaction: Redaction }
  | { readonly said: 'SEARCHED'; readonly findings: readonly Finding[] };
