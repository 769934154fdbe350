import { type ApiClientId, type TenantId } from '@personr/kernel';
import { type AuditEvent } from './audit-event.js';

/** How many of an interval have an entry each. All others of it are told of by one. */
export type Counting = { readonly singly: number; readonly seconds: number };

/** What somebody may cause as often as they like. */
export type CountableEvent = {
  /** As the entry that it has while it is one of the first. */
  readonly event: AuditEvent;
  /** The API client that did it, or in whose name it was tried. */
  readonly clientId: ApiClientId;
  /** The route of the contract it came by (`POST /v1/subjects/{id}/records`): never what was in a URL. */
  readonly route: string;
  readonly counting: Counting;
  /** How often; once when left out. */
  readonly times?: number;
};

/** What is counted together: for one client, one route, one code and one interval. */
export type Count = {
  readonly event: string;
  readonly clientId: ApiClientId;
  readonly route: string;
  readonly code: string;
  readonly fromAt: Date;
  readonly untilAt: Date;
  /** Whether the client did it, or somebody in its name who did not prove to be it. */
  readonly known: boolean;
  readonly singly: number;
  readonly count: number;
};

/** A tenant whose counts are due, and nothing more. */
export type Due = { readonly tenantId: TenantId };

/** What `Count` a countable event belongs to, as if it were the only one. */
export function countOf({ event, clientId, route, counting, times = 1 }: CountableEvent): Count {
  const interval = counting.seconds * 1000;
  const from = Math.floor(event.at.getTime() / interval) * interval;
  return {
    event: event.event,
    clientId,
    route,
    code: event.reasonCode ?? '',
    fromAt: new Date(from),
    untilAt: new Date(from + interval),
    known: event.actor.kind === 'API_CLIENT',
    singly: counting.singly,
    count: times,
  };
}

/** By what counts are told apart; in the order in which their rows are locked. */
export const keyOfCount = ({ event, clientId, route, code, fromAt }: Count): string =>
  [event, clientId, route, code, fromAt.toISOString()].join(' ');

/** The one entry about all of an interval that have none of their own; null when each has. */
export function summaryOf({ known, clientId, code, ...count }: Count, at: Date): AuditEvent | null {
  const times = count.count - count.singly;
  if (times <= 0) return null;
  return {
    event: count.event,
    at,
    actor: known ? { kind: 'API_CLIENT', id: clientId } : { kind: 'SYSTEM' },
    ...(code === '' ? {} : { reasonCode: code }),
    detail: {
      count: times,
      from: count.fromAt.toISOString(),
      route: count.route,
      until: count.untilAt.toISOString(),
      ...(known ? {} : { clientId }),
    },
  };
}
