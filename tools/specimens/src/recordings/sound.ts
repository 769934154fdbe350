import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';
import { type Specimen } from '../specimen.js';

export const SAMPLE_RATE = 16_000;
const SYLLABLE_SECONDS = 0.24;
const SYLLABLES = 10;
/** How long the sound, and the video beside it, goes on. */
export const SECONDS = SYLLABLE_SECONDS * SYLLABLES;

/** Resonances of a mouth that says ah, eh, ee, oh, oo, in hertz. */
const VOWELS = [
  [730, 1090],
  [530, 1840],
  [270, 2290],
  [570, 840],
  [300, 870],
] as const;
const LOUDNESS = 9000;

/** A voice that says nothing: hummed syllables at the person's pitch, as WAV. */
export function soundOf(person: Person): Specimen {
  const samples = speak(person);
  const info = infoChunk({
    INAM: 'Specimen: voice of nobody',
    ISFT: 'Invented Recorder 1.0',
    ICRD: '2026-11-20',
  });
  return {
    name: 'voice.wav',
    element: 'SOUND',
    contentType: 'audio/wav',
    bytes: riff('WAVE', [format(), info, chunk('data', samples)]),
    facts: {
      seconds: SECONDS,
      metadata: ['Specimen: voice of nobody', 'Invented Recorder 1.0', '2026-11-20'],
    },
  };
}

/** How open the mouth is at that second, from 0 to 1: the envelope the syllables have. */
export function openingAt(second: number): number {
  const within = (second % SYLLABLE_SECONDS) / SYLLABLE_SECONDS;
  return Math.max(0, Math.sin(Math.PI * Math.min(1, within * 1.15)));
}

/** The syllables as 16-bit samples, little-endian, one channel. */
export function speak({ seed, index, sex }: Person): Buffer {
  const stream = openStream(`${seed}/${index}/voice`);
  const pitch = (sex === 'M' ? 105 : sex === 'F' ? 190 : 145) + stream.below(30);
  const syllables = Array.from({ length: SYLLABLES }, () => ({
    vowel: stream.pick(VOWELS),
    lift: 0.9 + stream.below(30) / 100,
  }));
  const samples = Buffer.alloc(SECONDS * SAMPLE_RATE * 2);
  let phase = 0;
  for (let at = 0; at < samples.length / 2; at += 1) {
    const second = at / SAMPLE_RATE;
    const { vowel, lift } = syllables[Math.min(SYLLABLES - 1, Math.floor(second / SYLLABLE_SECONDS))] ?? {
      vowel: VOWELS[0],
      lift: 1,
    };
    const tone = pitch * lift;
    phase = (phase + tone / SAMPLE_RATE) % 1;
    samples.writeInt16LE(Math.round(LOUDNESS * openingAt(second) * voiced(phase, tone, vowel)), at * 2);
  }
  return samples;
}

/** The harmonics of a tone, loud where the vowel resonates. */
function voiced(phase: number, tone: number, vowel: readonly [number, number]): number {
  let sum = 0;
  for (let harmonic = 1; harmonic * tone < 3200; harmonic += 1) {
    const gain = vowel.reduce(
      (most, peak) => Math.max(most, 1 / (1 + ((harmonic * tone - peak) / 160) ** 2)),
      0.05,
    );
    sum += gain * Math.sin(2 * Math.PI * ((phase * harmonic) % 1)) * 0.5;
  }
  return Math.max(-1, Math.min(1, sum));
}

// RIFF: a chunk is four letters, a length, the bytes, and a zero where the length is odd.
function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const riff = (form: string, chunks: readonly Buffer[]): Buffer =>
  chunk('RIFF', Buffer.concat([Buffer.from(form, 'latin1'), ...chunks]));

function format(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(1, 0); // PCM
  body.writeUInt16LE(1, 2); // one channel
  body.writeUInt32LE(SAMPLE_RATE, 4);
  body.writeUInt32LE(SAMPLE_RATE * 2, 8);
  body.writeUInt16LE(2, 12);
  body.writeUInt16LE(16, 14);
  return chunk('fmt ', body);
}

const infoChunk = (texts: Readonly<Record<string, string>>): Buffer =>
  chunk(
    'LIST',
    Buffer.concat([
      Buffer.from('INFO', 'latin1'),
      ...Object.entries(texts).map(([name, text]) => chunk(name, Buffer.from(`${text}\0`, 'latin1'))),
    ]),
  );
