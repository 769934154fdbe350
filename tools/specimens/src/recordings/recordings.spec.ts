import sharp from 'sharp';
import { inventPerson } from '../people/invent-person.js';
import { atomAt, atomsOf } from '../specimens.spec-helper.js';
import { type Specimen } from '../specimen.js';
import { deviceOf, exifOf } from './device.js';
import { selfieOf } from './selfie.js';
import { soundOf } from './sound.js';
import { videoOf } from './video.js';

const PERSON = inventPerson('demo', 0);
const DEVICE = deviceOf(PERSON);
const SOUND = soundOf(PERSON);

describe('the selfie', () => {
  let selfie: Specimen;
  beforeAll(async () => {
    selfie = await selfieOf(PERSON, exifOf(DEVICE, `Specimen: ${PERSON.fullName}`));
  });

  it('carries EXIF with device, owner, time and place, which a re-encoding drops', async () => {
    const { bytes, facts } = selfie;
    const { exif } = await sharp(bytes).metadata();
    const text = exif!.toString('latin1');
    for (const secret of [DEVICE.make, DEVICE.model, DEVICE.serial, PERSON.fullName, '2026:11:20 10:00:00']) {
      expect(text).toContain(secret);
      expect(facts.metadata!.some((listed) => listed.includes(secret))).toBe(true);
    }
    const stripped = await sharp(bytes).jpeg().toBuffer();
    expect((await sharp(stripped).metadata()).exif).toBeUndefined();
    expect(stripped.toString('latin1')).not.toContain(DEVICE.serial);
  });

  it('says it was taken on the open sea, within a degree of where latitude and longitude are 0', async () => {
    const { exif } = await sharp(selfie.bytes).metadata();
    const place = placeIn(exif!);
    const { latitude, longitude } = DEVICE;
    expect(place[0]).toBeCloseTo(latitude, 5);
    expect(place[1]).toBeCloseTo(longitude, 5);
    expect(Math.max(...place)).toBeLessThan(1);
  });
});

describe('the sound', () => {
  it('is a WAV of 16-bit samples whose header agrees with its length', () => {
    const { bytes, facts } = SOUND;
    expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
    const [format, channels, bits] = [20, 22, 34].map((at) => bytes.readUInt16LE(at));
    expect([format, channels, bits]).toEqual([1, 1, 16]);
    const data = bytes.indexOf('data');
    const length = bytes.readUInt32LE(data + 4);
    expect(data + 8 + length).toBe(bytes.length);
    expect(length / bytes.readUInt32LE(28)).toBeCloseTo(facts.seconds!, 6);
    const samples = new Int16Array(new Uint8Array(bytes.subarray(data + 8)).buffer);
    expect(samples.filter((sample) => Math.abs(sample) > 1000).length).toBeGreaterThan(samples.length / 10);
    expect(facts.metadata!.every((text) => bytes.includes(text))).toBe(true);
  });
});

describe('the video', () => {
  let video: Specimen;
  beforeAll(async () => {
    video = await videoOf(PERSON, DEVICE);
  });
  const film = () => video.bytes;
  const tracks = () =>
    atomsOf(atomAt(film(), 'moov'))
      .filter(({ name }) => name === 'trak')
      .map(({ body }) => body);

  it('is a QuickTime film of one picture and one sound track of the same length', () => {
    expect(atomsOf(film()).map(({ name }) => name)).toEqual(['ftyp', 'mdat', 'moov']);
    const kinds = tracks().map((track) => atomAt(track, 'mdia', 'hdlr').toString('latin1', 8, 12));
    expect(kinds).toEqual(['vide', 'soun']);
    const seconds = tracks().map((track) => {
      const header = atomAt(track, 'mdia', 'mdhd');
      return header.readUInt32BE(16) / header.readUInt32BE(12);
    });
    expect(seconds).toEqual([2.4, 2.4]);
  });

  it('points at frames that open as pictures, and move', async () => {
    const table = atomAt(tracks()[0]!, 'mdia', 'minf', 'stbl');
    const [sizes, places] = [atomAt(table, 'stsz'), atomAt(table, 'stco')];
    const count = places.readUInt32BE(4);
    const frames = Array.from({ length: count }, (_, index) => {
      const at = places.readUInt32BE(8 + index * 4);
      return film().subarray(at, at + sizes.readUInt32BE(12 + index * 4));
    });
    expect(count).toBe(24);
    for (const frame of frames) {
      const { format, width, height } = await sharp(frame).metadata();
      expect([format, width, height]).toEqual(['jpeg', 320, 400]);
    }
    expect(new Set(frames.map((frame) => frame.toString('latin1'))).size).toBe(count);
  });

  it('points at the sound that the sound file has', () => {
    const at = atomAt(tracks()[1]!, 'mdia', 'minf', 'stbl', 'stco').readUInt32BE(8);
    const sound = SOUND.bytes;
    const samples = sound.subarray(sound.indexOf('data') + 8);
    expect(
      film()
        .subarray(at, at + samples.length)
        .equals(samples),
    ).toBe(true);
  });

  it('says who recorded it and where, in metadata to be stripped', () => {
    const texts = atomAt(film(), 'moov', 'udta').toString('latin1');
    const { metadata } = video.facts;
    expect(metadata).toHaveLength(5);
    expect(metadata!.filter((text) => !texts.includes(text))).toEqual([]);
  });
});

/** Latitude and longitude from the third directory of EXIF (TIFF 6.0, little-endian), in degrees. */
function placeIn(exif: Buffer): number[] {
  const tiff = exif.subarray(exif.indexOf('II*\0'));
  const entries = (directory: number) =>
    Array.from({ length: tiff.readUInt16LE(directory) }, (_, index) => directory + 2 + index * 12);
  const valueOf = (directory: number, tag: number) =>
    tiff.readUInt32LE(entries(directory).find((at) => tiff.readUInt16LE(at) === tag)! + 8);
  const gps = valueOf(tiff.readUInt32LE(4), 0x8825);
  return [2, 4].map((tag) => {
    const at = valueOf(gps, tag);
    const [degrees, minutes, seconds] = [0, 8, 16].map(
      (more) => tiff.readUInt32LE(at + more) / tiff.readUInt32LE(at + more + 4),
    );
    return degrees! + minutes! / 60 + seconds! / 3600;
  });
}
