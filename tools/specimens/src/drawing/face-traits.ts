import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';

export type HairStyle = 'CROP' | 'PARTED' | 'BOB' | 'LONG' | 'CURLY' | 'BALD';

/** What an invented face looks like. Nobody's: every trait is drawn from a list by the person's seed. */
export type FaceTraits = {
  readonly skin: Tone;
  readonly hair: Tone;
  readonly style: HairStyle;
  readonly iris: string;
  readonly lips: string;
  readonly shirt: Tone;
  /** Half of the head's width, 78 to 92 of the 400 the picture is wide. */
  readonly halfWidth: number;
  readonly jaw: number;
  readonly brow: number;
  readonly nose: number;
  readonly hasGlasses: boolean;
  readonly hasBeard: boolean;
  readonly hasFreckles: boolean;
};

/** A colour, and the same in shade. */
export type Tone = { readonly light: string; readonly dark: string };

type FaceOf = Pick<Person, 'seed' | 'index' | 'sex' | 'dateOfBirth'>;

const tone = (light: string, dark: string): Tone => ({ light, dark });

const SKINS = [
  { skin: tone('#f6d7c0', '#dba684'), lips: '#c7736c' },
  { skin: tone('#eec3a0', '#c98f68'), lips: '#b9625a' },
  { skin: tone('#dba97c', '#b07a4e'), lips: '#a5544a' },
  { skin: tone('#bd8558', '#8f5c37'), lips: '#8e4a41' },
  { skin: tone('#935f3c', '#663d24'), lips: '#743a34' },
  { skin: tone('#6d4530', '#472a1c'), lips: '#5f2f2c' },
] as const;
const HAIRS = [
  tone('#2b2320', '#120e0d'),
  tone('#4a3226', '#281a13'),
  tone('#7a4f2e', '#4c2f19'),
  tone('#b98546', '#83592b'),
  tone('#a5482a', '#6b2a16'),
] as const;
const GREYS = [tone('#a9a6a2', '#75726f'), tone('#d2cfca', '#9c9995')] as const;
const STYLES: Readonly<Record<Person['sex'], readonly HairStyle[]>> = {
  F: ['BOB', 'LONG', 'CURLY', 'PARTED'],
  M: ['CROP', 'PARTED', 'CURLY', 'BALD'],
  X: ['CROP', 'BOB', 'CURLY', 'PARTED'],
};
const IRISES = ['#5b3a22', '#7a5a2c', '#4f6b3a', '#4a7396', '#6d7b85'] as const;
const SHIRTS = [
  tone('#3f5d7d', '#2a4059'),
  tone('#7d3f4b', '#592a34'),
  tone('#4d6b4f', '#334a36'),
  tone('#54506e', '#39364d'),
  tone('#a5773c', '#7b5627'),
] as const;
// Hair is grey on those born before.
const GREY_BEFORE = '1966';

/** The traits of an invented person: the same in every picture of that person. */
export function faceTraitsOf({ seed, index, sex, dateOfBirth }: FaceOf): FaceTraits {
  const stream = openStream(`${seed}/${index}/looks`);
  const isOlder = dateOfBirth < GREY_BEFORE;
  const share = (): number => stream.below(1000) / 999;
  return {
    ...stream.pick(SKINS),
    hair: isOlder ? stream.pick(GREYS) : stream.pick(HAIRS),
    style: stream.pick(STYLES[sex]),
    iris: stream.pick(IRISES),
    shirt: stream.pick(SHIRTS),
    halfWidth: 79 + 11 * share(),
    jaw: share(),
    brow: 5 + 4 * share(),
    nose: 14 + 6 * share(),
    hasGlasses: stream.below(4) === 0,
    hasBeard: sex === 'M' && stream.below(3) === 0,
    hasFreckles: stream.below(5) === 0,
  };
}
