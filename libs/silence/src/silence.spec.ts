import { DomainError } from '@personr/kernel';
import { pino } from 'pino';
import { type FindingCode } from './finding.js';
import { type ProcessFacts } from './process-findings.js';
import { quietLogger } from './quiet-logger.js';
import { refuseLoudStart, type StartFacts, startFindings } from './quiet-start.js';
import { readProcess } from './read-process.js';
import { SERVER_RULES } from './server-findings.js';

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax core file size        ${soft.padEnd(21)}unlimited            bytes\n`;
const SWAPS = 'Filename\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

const QUIET_PROCESS: ProcessFacts = {
  limits: limits('0'),
  corePattern: 'core',
  swaps: SWAPS,
  isEncrypted: (device) => device === '/dev/dm-0',
  flags: ['--max-old-space-size=256', '--enable-source-maps'],
};
const QUIET_SERVER = Object.fromEntries(
  SERVER_RULES.map(({ name, allowed, isOptional }) => [name, isOptional ? null : (allowed[0] ?? '')]),
);
const QUIET: StartFacts = {
  process: QUIET_PROCESS,
  servers: new Map([['TENANT_DATABASE_URL', QUIET_SERVER]]),
  durability: 'SYNC_REMOTE',
  acceptsSingleKeyStore: false,
};

const findings = (facts: Partial<StartFacts>): [FindingCode, string][] =>
  startFindings({ ...QUIET, ...facts }).map(({ code, weight }) => [code, weight]);
const ofProcess = (facts: Partial<ProcessFacts>) => findings({ process: { ...QUIET_PROCESS, ...facts } });
const ofServer = (name: string, value: string | null) =>
  findings({ servers: new Map([['KEYSTORE_DATABASE_URL', { ...QUIET_SERVER, [name]: value }]]) });

describe('a start in production', () => {
  it('finds nothing where nothing is written on the side', () => {
    expect(findings({})).toEqual([]);
    expect(ofProcess({ limits: limits('1'), corePattern: '|/usr/share/apport/apport %p' })).toEqual([]);
  });

  it.each(['unlimited', '1048576'])('refuses a core dump of up to %s', (soft) => {
    expect(ofProcess({ limits: limits(soft) })).toEqual([['CORE_DUMPS_KEPT', 'REFUSE']]);
  });

  it('warns where the kernel pipes a dump to a program in spite of the limit, and where nothing can be read', () => {
    const piped = ofProcess({ corePattern: '|/usr/lib/systemd/systemd-coredump %P' });
    expect(piped).toEqual([['CORE_DUMPS_PIPED', 'WARN']]);
    expect(ofProcess({ limits: undefined })).toEqual([['CORE_DUMPS_KEPT', 'WARN']]);
  });

  it.each([
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=2',
    '--heapsnapshot_near_heap_limit=2',
    '--heap-prof',
    '--report-on-fatalerror',
    '--report-uncaught-exception',
    '--report-on-signal',
    '--abort-on-uncaught-exception',
    '--inspect=0.0.0.0:9229',
  ])('refuses a Node with %s, and names the flag alone', (flag) => {
    expect(ofProcess({ flags: [flag] })).toEqual([['MEMORY_WRITTEN', 'REFUSE']]);
    const [found] = startFindings({ ...QUIET, process: { ...QUIET_PROCESS, flags: [flag] } });
    expect(found?.sentence).not.toContain('=');
  });

  it('reads the flags of NODE_OPTIONS and what was turned on without a flag', () => {
    process.report.reportOnUncaughtException = true;
    try {
      const { flags } = readProcess(' --heap-prof  --title=x ');
      expect(flags).toEqual(
        expect.arrayContaining(['--heap-prof', '--title=x', '--report-uncaught-exception']),
      );
    } finally {
      process.report.reportOnUncaughtException = false;
    }
    expect(readProcess('').flags).not.toContain('--report-uncaught-exception');
  });

  it('warns of swap that cannot be seen to be encrypted', () => {
    const area = (line: string) => ofProcess({ swaps: `${SWAPS}${line}\n` });
    expect(area('/dev/dm-0 partition 1048572 0 -2')).toEqual([]);
    expect(area('/dev/sda2 partition 1048572 0 -2')).toEqual([['SWAP_UNENCRYPTED', 'WARN']]);
    expect(area('/dev/dm-0 file 1048572 0 -2')).toEqual([['SWAP_UNENCRYPTED', 'WARN']]);
  });

  it.each([
    ['log_min_messages', 'warning'],
    ['log_min_error_statement', 'error'],
    ['log_error_verbosity', 'default'],
    ['log_parameter_max_length', '-1'],
    ['log_parameter_max_length_on_error', '-1'],
    ['log_statement', 'all'],
    ['log_statement', null],
    ['log_min_duration_statement', '0'],
    ['auto_explain.log_min_duration', '0'],
    ['pgaudit.log', 'write'],
    ['debug_print_plan', 'on'],
  ])('refuses a server with %s = %s', (name, value) => {
    expect(ofServer(name, value)).toEqual([['SERVER_LOGS_VALUES', 'REFUSE']]);
  });

  it('refuses a key store without a standby, unless that was accepted', () => {
    expect(findings({ durability: 'SINGLE' })).toEqual([['KEY_STORE_SINGLE', 'REFUSE']]);
    const accepted = findings({ durability: 'SINGLE', acceptsSingleKeyStore: true });
    expect(accepted).toEqual([['KEY_STORE_SINGLE', 'WARN']]);
    expect(findings({ durability: 'SYNC_LOCAL' })).toEqual([]);
  });

  it('says all that refuses at once, every finding in the log, and what nobody could check', () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    const found = startFindings({
      ...QUIET,
      durability: 'SINGLE',
      process: { ...QUIET_PROCESS, flags: ['--heap-prof'], swaps: `${SWAPS}/swap file 1 0 -2\n` },
    });
    const start = () => {
      refuseLoudStart(found, logger);
    };
    expect(start).toThrow(DomainError);
    expect(start).toThrow(/MEMORY_WRITTEN: .*KEY_STORE_SINGLE: /);
    const said = lines.join('');
    for (const code of ['MEMORY_WRITTEN', 'SWAP_UNENCRYPTED', 'KEY_STORE_SINGLE', 'notChecked']) {
      expect(said).toContain(code);
    }
    refuseLoudStart(
      found.filter(({ weight }) => weight === 'WARN'),
      logger,
    );
  });
});

describe('a log line', () => {
  const MARKER = 'Marker-7d1f';
  const logged = (say: (logger: ReturnType<typeof quietLogger>) => void): string => {
    const lines: string[] = [];
    say(quietLogger({ app: 'spec', level: 'trace' }, { write: (line: string) => lines.push(line) }));
    expect(lines).toHaveLength(1);
    return lines.join('');
  };
  const failure = () =>
    Object.assign(new Error(`value ${MARKER}`, { cause: new Error(MARKER) }), {
      code: '23505',
      detail: `Key (value)=(${MARKER}) already exists.`,
    });

  it.each<[string, (logger: ReturnType<typeof quietLogger>) => void]>([
    [
      'alone',
      (logger) => {
        logger.error(failure());
      },
    ],
    [
      'alone, with a message',
      (logger) => {
        logger.error(failure(), 'it failed');
      },
    ],
    [
      'as err',
      (logger) => {
        logger.error({ err: failure() });
      },
    ],
    [
      'as error',
      (logger) => {
        logger.error({ error: failure() }, 'it failed');
      },
    ],
    [
      'in a message',
      (logger) => {
        logger.error('it failed: %s', failure());
      },
    ],
    [
      'of a child',
      (logger) => {
        logger.child({ err: failure() }).info('it failed');
      },
    ],
    [
      'thrown as a text',
      (logger) => {
        logger.error({ err: MARKER }, 'it failed');
      },
    ],
    [
      'disguised',
      (logger) => {
        logger.error({ err: { name: 'Error', message: MARKER, stack: [] } }, 'failed');
      },
    ],
  ])('shows the kind of an error and nothing it says: %s', (_, say) => {
    const line = logged(say);
    expect(line).not.toContain(MARKER);
    expect(line).toMatch(/"level":(50|30)/);
  });

  it('keeps the code of an error, which is what an operator looks up', () => {
    expect(
      logged((logger) => {
        logger.error({ err: failure() });
      }),
    ).toContain('"code":"23505"');
  });

  it.each(['authorization', 'body', 'headers', 'url', 'externalId', 'value', 'detail'])(
    'drops a member %s, at the top and one level down',
    (name) => {
      const line = logged((logger) => {
        logger.info({ [name]: MARKER, part: { [name]: MARKER, kept: 1 } }, 'said');
      });
      expect(line).not.toContain(MARKER);
      expect(line).toContain('"kept":1');
    },
  );

  it('shows of a request its id and of an answer its status', () => {
    const req = { id: 'r-1', url: MARKER, headers: { a: MARKER }, body: MARKER };
    const line = logged((logger) => {
      logger.info({ req, res: { statusCode: 500, payload: MARKER } }, 'said');
    });
    expect(line).not.toContain(MARKER);
    expect(line).toContain('"req":{"id":"r-1"}');
    expect(line).toContain('"res":{"statusCode":500}');
  });
});
