// Every npm script of the root: `node tools/stack/bin/run.mjs COMMAND [args]`. Reads on any Node since 14, so that
// an old one is told so in words.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old; install Node 20.19 or newer (https://nodejs.org), then run this again.\n`,
  );
  process.exit(1);
}
import('../run/main.mjs').then(({ main }) => main(process.argv.slice(2)));
