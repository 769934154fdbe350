import { DomainError } from '@personr/kernel';

// RFC 9110, sections 5.6.2 and 8.3.1; RFC 6838, section 4.2 bounds a name.
const TOKEN = '[!#$&^_.+a-z0-9-]{1,64}';
const TYPE = new RegExp(`^(application|audio|font|image|message|model|multipart|text|video)/${TOKEN}$`);
const CHARSET = /^[a-z0-9][a-z0-9_.:+-]{0,39}$/;

/** What is said of bytes of which nothing is said. */
const UNKNOWN = 'application/octet-stream';

/**
 * What is kept of a `Content-Type`: type, subtype and character set, in lower case. Other parameters are dropped: a
 * file's name is one. Throws `VALIDATION_FAILED` for what is none, and for types that are not registered top levels.
 */
export function mediaTypeOf(sent: string): string {
  if (sent.trim() === '') return UNKNOWN;
  const [type = '', ...parameters] = sent.split(';').map((part) => part.trim().toLowerCase());
  if (!TYPE.test(type)) {
    throw new DomainError('VALIDATION_FAILED', 'Content-Type must be a media type as in image/png.');
  }
  const charset = parameters.map(charsetOf).find((name) => name !== undefined);
  return charset === undefined ? type : `${type}; charset=${charset}`;
}

function charsetOf(parameter: string): string | undefined {
  const [name, value = ''] = parameter.split('=').map((part) => part.trim());
  const charset = value.replace(/^"(.*)"$/, '$1');
  return name === 'charset' && CHARSET.test(charset) ? charset : undefined;
}
