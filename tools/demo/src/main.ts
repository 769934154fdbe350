import 'reflect-metadata';
import { isDomainError } from '@personr/kernel';
import { PersonrProblem } from '@personr/client';
import { type Stack, StackError, startStack } from '@personr/stack';
import { lastFailures } from './last-failures.js';
import { Narrator } from './narrator.js';
import { outcomeOf, reasonOf } from './outcome.js';
import { play } from './play.js';

const USAGE = 'npm run demo [-- --json | --keep]';
const OPTIONS = ['--json', '--keep'];

const complain = (line: string): void => {
  console.error(line);
};

type Options = { readonly isForProgram: boolean; readonly staysUp: boolean };

/** Plays the demo. Resolves with the exit code, or null when it stays up until Ctrl-C. */
async function main(args: readonly string[]): Promise<number | null> {
  if (args.some((arg) => !OPTIONS.includes(arg))) {
    complain(USAGE);
    return 2;
  }
  const options = { isForProgram: args.includes('--json'), staysUp: args.includes('--keep') };
  const story = new Narrator(options.isForProgram ? complain : console.log);
  const stack = await story.act('The house opens: two PostgreSQL clusters, Redis, api and worker', () =>
    startStack({
      log: (line) => {
        story.say(line);
      },
    }),
  );
  try {
    const code = await tell(stack, story, options);
    if (code !== null) await stack.stop();
    return code;
  } catch (error) {
    complain(lastFailures(stack));
    await stack.stop();
    throw error;
  }
}

async function tell(stack: Stack, story: Narrator, options: Options): Promise<number | null> {
  const played = await play(stack, story);
  if (options.isForProgram) console.log(JSON.stringify(outcomeOf(played, process.uptime())));
  const reason = reasonOf(played);
  if (reason !== null) {
    complain(reason);
    return 1;
  }
  story.say();
  story.say(`Everything was as promised, in ${process.uptime().toFixed(1)} s.`);
  if (!options.staysUp) return 0;
  story.say(`The product stays up at ${stack.apiUrl} until Ctrl-C; nothing of it is kept.`);
  for (const { tenant } of played.businesses) {
    story.say();
    story.say(`# ${tenant.name}`);
    story.say(`API='${stack.apiUrl}'`);
    story.say(`CLIENT_ID='${tenant.clientId}'`);
    story.say(`CLIENT_SECRET='${tenant.clientSecret}'`);
    story.say(`VKEY='${tenant.vkey}'`);
  }
  return null;
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== null) process.exit(code);
  },
  (error: unknown) => {
    const known = error instanceof StackError || error instanceof PersonrProblem || isDomainError(error);
    complain(known ? error.message : String(error instanceof Error ? error.stack : error));
    process.exit(1);
  },
);
