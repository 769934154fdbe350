import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/** Serialises changes to roles, which PostgreSQL otherwise answers with "tuple concurrently updated". */
const ROLE_LOCK = 72707370;
const ITERATIONS = 4096;

/**
 * Makes `login` able to log in with `password` and a member, inheriting, of the NOLOGIN role `role`; a login
 * that exists gets the password anew. Returns the owner's URL with the login's name and password. The server
 * is sent a SCRAM verifier (RFC 5803), so the password is in no statement and no log.
 *
 * @param {{ ownerUrl: string, role: string, login: string, password: string }} options
 * @returns {Promise<string>}
 */
export async function createLogin({ ownerUrl, role, login, password }) {
  await asOwner(ownerUrl, async (client) => {
    const name = client.escapeIdentifier(login);
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [login]);
    await client.query(
      `${rowCount === 0 ? 'create' : 'alter'} role ${name} login inherit password ${client.escapeLiteral(verifier(password))}`,
    );
    await client.query(`grant ${client.escapeIdentifier(role)} to ${name}`);
  });
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(login);
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Removes a login that `createLogin` made. Does nothing when there is none.
 *
 * @param {{ ownerUrl: string, login: string }} options
 * @returns {Promise<void>}
 */
export async function dropLogin({ ownerUrl, login }) {
  await asOwner(ownerUrl, (client) => client.query(`drop role if exists ${client.escapeIdentifier(login)}`));
}

/**
 * @param {string} ownerUrl
 * @param {(client: pg.Client) => Promise<unknown>} work
 */
async function asOwner(ownerUrl, work) {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local client_min_messages = warning');
    await client.query('select pg_advisory_xact_lock($1)', [ROLE_LOCK]);
    await work(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** What PostgreSQL keeps of a password (RFC 5803, section 3). @param {string} password */
function verifier(password) {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/**
 * @param {Buffer} key
 * @param {string} text
 */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
