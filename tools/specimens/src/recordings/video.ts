import { faceTraitsOf, type FaceTraits } from '../drawing/face-traits.js';
import { face } from '../drawing/face.js';
import { rasterise, toJpeg, withGrain } from '../drawing/raster.js';
import { picture, rectangle } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { type Specimen } from '../specimen.js';
import { type Device } from './device.js';
import { quicktime } from './quicktime.js';
import { openingAt, SAMPLE_RATE, SECONDS, speak } from './sound.js';

const WIDTH = 320;
const HEIGHT = 400;
const FRAMES_PER_SECOND = 10;
const BLINKS_AT = [0.7, 1.9] as const;
const BLINK_SECONDS = 0.12;

/** The person's face, turning, blinking and speaking, as a liveness check would have recorded it. */
export async function videoOf(person: Person, device: Device): Promise<Specimen> {
  const traits = faceTraitsOf(person);
  const frames: Buffer[] = [];
  for (let frame = 0; frame < Math.floor(SECONDS * FRAMES_PER_SECOND); frame += 1) {
    frames.push(await drawFrame(traits, frame, `${person.seed}/${person.index}/frame/${frame}`));
  }
  const metadata = {
    '\xa9mak': device.make,
    '\xa9mod': device.model,
    '\xa9swr': device.software,
    '\xa9xyz': `+0${device.latitude.toFixed(4)}+00${device.longitude.toFixed(4)}/`,
    '\xa9nam': 'Specimen: film of nobody',
  };
  return {
    name: 'liveness.mov',
    element: 'VIDEO',
    contentType: 'video/quicktime',
    bytes: quicktime({
      width: WIDTH,
      height: HEIGHT,
      framesPerSecond: FRAMES_PER_SECOND,
      frames,
      sampleRate: SAMPLE_RATE,
      samples: speak(person),
      metadata,
    }),
    facts: { widthPx: WIDTH, heightPx: HEIGHT, seconds: SECONDS, metadata: Object.values(metadata) },
  };
}

async function drawFrame(traits: FaceTraits, frame: number, label: string): Promise<Buffer> {
  const second = frame / FRAMES_PER_SECOND;
  const isBlinking = BLINKS_AT.some((at) => second >= at && second < at + BLINK_SECONDS);
  const pose = {
    turn: Math.sin((second / SECONDS) * 2 * Math.PI),
    mouth: openingAt(second) * 0.8,
    lids: isBlinking ? 0.1 : 1,
  };
  const box = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const drawing = picture(
    WIDTH,
    HEIGHT,
    rectangle(box, { fill: '#c9d1d3' }),
    face(traits, pose, { box, id: 'f' }),
  );
  return toJpeg(withGrain(await rasterise(drawing), label, 10), { quality: 78 });
}
