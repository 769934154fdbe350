import { StackError } from '@personr/stack';
import { attack } from './attack.js';
import { asJson, asTable, isSound } from './report.js';
import { FULL, QUICK } from './scene.js';

const USAGE = 'npm run attack [-- --quick | --json]';
const OPTIONS = ['--quick', '--json'];
/** The attack copies whole servers and reads their files, so it needs its own. */
const NOT_OURS = ['DATABASE_URL', 'KEYSTORE_URL', 'REDIS_URL', 'OBJECT_STORE_URL', 'EVIDENCE_URL'];

/** Attacks the product. Resolves with the exit code: 0 when every claim held and every fault was seen. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => !OPTIONS.includes(arg))) {
    console.error(USAGE);
    return 2;
  }
  for (const name of NOT_OURS) {
    if (process.env[name] === undefined) continue;
    console.error(`${name} is left aside: the attack starts servers of its own.`);
    Reflect.deleteProperty(process.env, name);
  }
  const startedAt = performance.now();
  const say = (line: string): void => {
    console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  };
  const outcome = await attack(args.includes('--quick') ? QUICK : FULL, say);
  console.log(args.includes('--json') ? asJson(outcome) : asTable(outcome));
  return isSound(outcome) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof StackError ? error.message : error);
    process.exit(1);
  },
);
