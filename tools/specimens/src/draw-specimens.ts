import { idCardOf } from './documents/id-card.js';
import { licencesOf } from './documents/licence.js';
import { passportOf } from './documents/passport.js';
import { signatureOf } from './documents/signature.js';
import { faceTemplatesOf } from './papers/face-template.js';
import { healthPapersOf } from './papers/health.js';
import { sourceOfFundsOf } from './papers/source-of-funds.js';
import { type Person } from './people/person.js';
import { deviceOf, exifOf } from './recordings/device.js';
import { selfieOf } from './recordings/selfie.js';
import { soundOf } from './recordings/sound.js';
import { videoOf } from './recordings/video.js';
import { type Specimen } from './specimen.js';

/** Makes every specimen of the person, one after the other. */
export async function drawSpecimens(person: Person): Promise<Specimen[]> {
  const device = deviceOf(person);
  const exif = exifOf(device, `Specimen: ${person.fullName}, who does not exist`);
  return [
    ...(await passportOf(person, exif)),
    ...(await licencesOf(person, exif)),
    ...(await idCardOf(person, exif)),
    await selfieOf(person, exif),
    await signatureOf(person),
    soundOf(person),
    await videoOf(person, device),
    ...faceTemplatesOf(person),
    ...(await healthPapersOf(person)),
    await sourceOfFundsOf(person),
  ];
}
