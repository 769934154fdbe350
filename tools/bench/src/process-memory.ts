import { readFileSync } from 'node:fs';

/** The resident memory of a process, in MB. */
export function rssOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** The most that the process was seen to hold while `work` went on, in MB, and what `work` gave. */
export async function peakRssOf<T>(
  pid: number | undefined,
  work: () => Promise<T>,
): Promise<{ peak: number; result: T }> {
  let peak = rssOf(pid);
  const watching = setInterval(() => (peak = Math.max(peak, rssWhileThere(pid) ?? peak)), 20);
  try {
    const result = await work();
    return { result, peak };
  } finally {
    clearInterval(watching);
  }
}

/** Undefined for a process that has ended. */
function rssWhileThere(pid: number | undefined): number | undefined {
  try {
    const rss = rssOf(pid);
    return Number.isNaN(rss) ? undefined : rss;
  } catch {
    return undefined;
  }
}
