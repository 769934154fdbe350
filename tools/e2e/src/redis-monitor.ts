import { once } from 'node:events';
import { connect } from 'node:net';

/** A connection that hears every command one Redis server is given for one of its databases. */
export interface RedisMonitor {
  /** The commands heard so far, in their order, each a JSON list of its words. */
  readonly commands: readonly string[];
  /** Hears no more. */
  close(): void;
}

/** `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`: https://redis.io/docs/latest/commands/monitor/. */
const HEARD = /^\+\d+\.\d+ \[(?<database>\d+) [^\]]*\] (?<words>.*)$/su;
const WORD = /"(?<word>(?:[^"\\]|\\.)*)"/gsu;
const ESCAPED = /\\(?:x(?<hex>[0-9a-f]{2})|(?<letter>.))/gsu;
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\u0007', b: '\b' };

/** The text a word of `MONITOR` stands for: Redis escapes every byte that is not printable ASCII. */
const unescaped = (word: string): string => {
  const bytes = word.replace(ESCAPED, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
};

/** The message of one command: https://redis.io/docs/latest/develop/reference/protocol-spec/. */
const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/**
 * Hears the commands given to the server at `url` for the database it names; specs beside this one have theirs
 * on the same server. A socket of its own, since ioredis loses its place when a command of another is heard
 * in the same packet that answers `MONITOR`.
 *
 * Resolves once the server has said that it tells. Throws what the socket throws, and when the server refuses.
 */
export async function openRedisMonitor(url: string): Promise<RedisMonitor> {
  const { hostname, port, pathname, password } = new URL(url);
  const asked = [...(password === '' ? [] : [['AUTH', decodeURIComponent(password)]]), ['MONITOR']];
  const own = pathname.slice(1);
  const commands: string[] = [];
  const hear = (line: string): void => {
    const { database, words = '' } = HEARD.exec(line)?.groups ?? {};
    if (database !== own) return;
    const said = [...words.matchAll(WORD)].map(({ groups }) => unescaped(groups?.word ?? ''));
    commands.push(JSON.stringify(said));
  };
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  await once(socket, 'connect');
  await new Promise<void>((resolve, reject) => {
    let [rest, agreed] = ['', 0];
    socket.on('error', reject).on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('-')) reject(new Error('Redis refuses to be heard'));
        else if (line === '+OK' && ++agreed === asked.length) resolve();
        else hear(line);
      }
    });
    socket.write(asked.map((words) => command(...words)).join(''));
  });
  return { commands, close: () => socket.destroy() };
}
