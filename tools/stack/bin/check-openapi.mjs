// Fails when the committed contract, or the types made from it, are not what the code of the api says.
import { build } from '../run/build.mjs';
import { CommandError } from '../run/command-error.mjs';
import { runScript } from '../run/command.mjs';
import { say } from '../run/say.mjs';

try {
  await build();
  await runScript('tools/ops/dist/main.js', ['openapi']);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  say(error.output.trimEnd());
  process.exitCode = 1;
}
