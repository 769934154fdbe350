import { type Exif } from '../drawing/raster.js';
import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';

/** The invented telephone that the person's pictures were taken with. */
export type Device = {
  readonly make: string;
  readonly model: string;
  readonly software: string;
  readonly serial: string;
  /** Degrees north and east, within one degree of where both are 0: open sea. */
  readonly latitude: number;
  readonly longitude: number;
};

/** When every specimen was made. */
export const TAKEN_AT = { date: '2026:11:20', time: '10:00:00' } as const;

/** Invents the telephone, and the place at sea, of a person. */
export function deviceOf({ seed, index }: Pick<Person, 'seed' | 'index'>): Device {
  const stream = openStream(`${seed}/${index}/device`);
  return {
    make: 'Invented Phones',
    model: `Figment ${4 + stream.below(9)}`,
    software: `FigmentOS ${1 + stream.below(9)}.${stream.below(10)}`,
    serial: `INVENTED-${stream.digits(10)}`,
    latitude: stream.below(10_000) / 10_000,
    longitude: stream.below(10_000) / 10_000,
  };
}

/** What the telephone writes into a picture: who made it, when, and where. */
export function exifOf(device: Device, description: string): Exif {
  const at = `${TAKEN_AT.date} ${TAKEN_AT.time}`;
  return {
    IFD0: {
      ImageDescription: description,
      Make: device.make,
      Model: device.model,
      Software: device.software,
      DateTime: at,
    },
    IFD2: {
      DateTimeOriginal: at,
      DateTimeDigitized: at,
      BodySerialNumber: device.serial,
      CameraOwnerName: 'Nobody Invented',
    },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: degrees(device.latitude),
      GPSLongitudeRef: 'E',
      GPSLongitude: degrees(device.longitude),
      GPSDateStamp: TAKEN_AT.date,
    },
  };
}

/** Degrees, minutes and seconds as three fractions (EXIF 2.32, GPS attribute information). */
function degrees(value: number): string {
  const seconds = Math.round(value * 3600 * 100);
  const whole = Math.floor(seconds / 360_000);
  const minutes = Math.floor((seconds % 360_000) / 6000);
  return `${whole}/1 ${minutes}/1 ${seconds % 6000}/100`;
}
