import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.js';

const PROGRAM = '/usr/sbin/sshd';
const SFTP = '/usr/lib/openssh/sftp-server';

/** OpenSSH's server, as the one who runs the tests, on a free port of 127.0.0.1. */
export type SshServer = {
  readonly port: number;
  readonly user: string;
  /** As `ssh-keygen -l` shows it. */
  readonly hostKeySha256: string;
  /** Where files may be written. */
  readonly directory: string;
  /** Lets a key in, by its line of `authorized_keys`. */
  authorize(publicKey: string): void;
  /** The processes that serve sessions now. */
  sessions(): number[];
  stop(): Promise<void>;
};

/** Why there is no OpenSSH server here, or null where there is one. */
export const noSshServer: string | null =
  existsSync(PROGRAM) && existsSync(SFTP) ? null : 'OpenSSH is not installed (Debian: openssh-server)';

/** Starts one, with a host key of its own. No file may grow beyond `mostKibibytes`, as on a full disk. */
export async function startSshServer({
  home,
  mostKibibytes,
}: {
  home: string;
  mostKibibytes?: number;
}): Promise<SshServer> {
  const directory = join(home, 'incoming');
  const keys = join(home, 'authorized_keys');
  const hostKey = join(home, 'host_key');
  const config = join(home, 'sshd_config');
  mkdirSync(directory, { recursive: true });
  // Where root is asked to give its privileges up.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  writeFileSync(keys, '', { mode: 0o600 });
  const port = await freePort();
  const limit = mostKibibytes === undefined ? '' : `trap '' XFSZ; ulimit -f ${mostKibibytes}; `;
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `PidFile ${join(home, 'sshd.pid')}`,
      `AuthorizedKeysFile ${keys}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      `Subsystem sftp ${SFTP}`,
      `ForceCommand ${limit}exec ${SFTP}`,
      '',
    ].join('\n'),
  );
  const child = spawn(PROGRAM, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await waitFor(() => answers(port, child), { what: 'sshd to listen' }).catch((cause: unknown) => {
    throw new Error(`sshd did not start: ${said}`, { cause });
  });
  const [, blob = ''] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return {
    port,
    user: userInfo().username,
    hostKeySha256: `SHA256:${digest.replace(/=+$/, '')}`,
    directory,
    authorize: (publicKey) => {
      appendFileSync(keys, `${publicKey}\n`);
    },
    sessions: () => below(child.pid ?? 0),
    stop: async () => {
      for (const pid of below(child.pid ?? 0)) killed(pid);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function answers(port: number, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) throw new Error('sshd ended');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => {
        resolve(false);
      });
  });
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Every process below one, however deep. */
function below(ancestor: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    });
  const children = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([pid]) => [pid, ...children(pid)]);
  return children(ancestor);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => {
        resolve(port);
      });
    });
  });
}
