/** Writes a line for people, on standard error, so that standard output holds only what was asked for. @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`);

/**
 * Says what is begun, and on the same line how long it took.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(what, work) {
  process.stderr.write(`${what} ... `);
  const startedAt = performance.now();
  try {
    const result = await work();
    say(`${seconds(startedAt)}`);
    return result;
  } catch (error) {
    say('failed');
    throw error;
  }
}

/** @param {number} startedAt By `performance.now()`. */
export const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
