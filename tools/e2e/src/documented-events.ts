import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry } from './log-entries.js';

/** What the table of events says of one. */
export type DocumentedEvent = { readonly by: ReadonlySet<string>; readonly members: ReadonlySet<string> };

const ROW = /^\| `([^`]+)` +\|([^|]*)\|([^|]*)\|([^|]*)\|$/;
const ALWAYS = ['id', 'tenantId', 'event', 'at', 'actor', 'requestId', 'detail'];

const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

/** The events of `libs/audit/EVENTS.md`, in its order. Throws when one has two rows. */
export function documentedEvents(): ReadonlyMap<string, DocumentedEvent> {
  const text = readFileSync(join(process.cwd(), 'libs/audit/EVENTS.md'), 'utf8');
  const events = new Map<string, DocumentedEvent>();
  for (const line of text.split('\n')) {
    const [, name, , by = '', members = ''] = ROW.exec(line) ?? [];
    if (name === undefined) continue;
    if (events.has(name)) throw new Error(`${name} has two rows`);
    events.set(name, { by: new Set(namesIn(by)), members: new Set(namesIn(members)) });
  }
  return events;
}

/** What an entry is or has that the table does not say; nothing when it is as it says. */
export function undocumentedIn(entry: Entry, events: ReadonlyMap<string, DocumentedEvent>): string[] {
  const known = events.get(entry.event);
  if (known === undefined) return [entry.event];
  const members = [...Object.keys(entry), ...Object.keys(entry.detail ?? {})];
  const strange = members.filter((name) => !ALWAYS.includes(name) && !known.members.has(name));
  return [...(known.by.has(entry.actor.kind) ? [] : [entry.actor.kind]), ...strange].map(
    (what) => `${entry.event}: ${what}`,
  );
}
