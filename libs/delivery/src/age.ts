import { Encrypter } from 'age-encryption';
import { DomainError } from '@personr/kernel';

const SHAPE = /^age1[02-9ac-hj-np-z]{58}$/;

/** Bytes that only the holder of an identity can open, and how many they are when so many went in. */
export type Encrypted = {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly sizeOf: (plainSize: number) => number;
};

/** Says whether the text is a recipient of age: a public key of X25519 (`age1...`), 62 characters with their checksum. */
export function isAgeRecipient(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts a stream to a recipient (age-encryption.org/v1), chunk by chunk of 64 KiB. Each time it is other bytes, under a
 * key of this stream alone. Throws `VALIDATION_FAILED` for what is no recipient that can be encrypted to.
 */
export async function encryptTo(recipient: string, source: AsyncIterable<Uint8Array>): Promise<Encrypted> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
    const encrypted = await encrypter.encrypt(ReadableStream.from(source));
    return { bytes: encrypted, sizeOf: (plainSize) => encrypted.size(plainSize) };
  } catch (cause) {
    throw new DomainError('VALIDATION_FAILED', 'Nothing can be encrypted to that age recipient.', { cause });
  }
}
