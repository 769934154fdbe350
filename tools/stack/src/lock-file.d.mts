/** Takes the lock kept in `path` for this process: returns what releases it, or who holds it. */
export function takeLock(path: string): { release: () => void } | { holder: { pid: number } };
