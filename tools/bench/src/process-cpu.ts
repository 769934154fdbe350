import { readdirSync, readFileSync } from 'node:fs';

/** Of proc(5) `stat`: what is left to say is always in hundredths of a second (USER_HZ). */
const TICKS_A_SECOND = 100;

type Stat = { readonly parent: number; readonly ticks: number };

/** Processor time of a process, of the children that it has and of those that it had, in seconds. */
export function cpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined) return Number.NaN;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid);
  return [statOf(pid), ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / TICKS_A_SECOND;
}

/** Undefined for a process that has ended. The name of the command, before the last bracket, may hold anything. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    return { parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
  } catch {
    return undefined;
  }
}
