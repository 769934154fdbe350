import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './directory.mjs';
import { fileError } from './stack-error.mjs';

/** The NOLOGIN roles the migrations make, each with one login of the stack's in it. */
const ROLES = /** @type {const} */ ([
  'personr_app',
  'personr_relay',
  'personr_directory',
  'personr_keystore',
]);

/**
 * @typedef {object} Secrets
 * @property {Record<typeof ROLES[number], { login: string, password: string }>} logins
 * @property {string} keyringDirectories Two directories, separated by ':'.
 * @property {string} tokenKeyFile ES256 private key (RFC 7518, section 3.4), PKCS #8 in PEM.
 * @property {string} logSigningKeyFile Ed25519 private key (RFC 8032), PKCS #8 in PEM.
 */

/**
 * Finds the secrets of a state directory, making on first use what is not there. Files are readable by this
 * user alone.
 *
 * @param {string} stateDirectory
 * @returns {Secrets}
 */
export function openSecrets(stateDirectory) {
  const directory = makeDirectory(join(stateDirectory, 'secrets'));
  return {
    logins: JSON.parse(readOnce(join(directory, 'logins.json'), newLogins)),
    keyringDirectories: ['a', 'b']
      .map((copy) => makeDirectory(join(stateDirectory, 'keyring', copy)))
      .join(':'),
    tokenKeyFile: keyFile(join(directory, 'token-key.pem'), newTokenKey),
    logSigningKeyFile: keyFile(join(directory, 'log-signing-key.pem'), newLogSigningKey),
  };
}

/** Names that no other stack on the same server has. */
function newLogins() {
  const suffix = randomBytes(4).toString('hex');
  const entries = ROLES.map((role) => [
    role,
    { login: `${role}_${suffix}`, password: randomBytes(24).toString('base64url') },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

const PEM = /** @type {const} */ ({ type: 'pkcs8', format: 'pem' });
const newTokenKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(PEM).toString();
const newLogSigningKey = () => generateKeyPairSync('ed25519').privateKey.export(PEM).toString();

/**
 * @param {string} path
 * @param {() => string} make
 */
function keyFile(path, make) {
  readOnce(path, make);
  return path;
}

/**
 * @param {string} path
 * @param {() => string} make
 */
function readOnce(path, make) {
  try {
    if (!existsSync(path)) writeDurably(path, make());
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * @param {string} path
 * @param {string} text
 */
function writeDurably(path, text) {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
