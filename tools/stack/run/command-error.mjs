/** A tool ended in failure. `output` is all it printed, where that was not shown as it came. */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {{ output: string, exitCode: number }} result
   */
  constructor(message, { output, exitCode }) {
    super(message);
    this.name = 'CommandError';
    this.output = output;
    this.exitCode = exitCode;
  }
}
