export { dieQuietly } from './die-quietly.js';
export { quietLogger } from './quiet-logger.js';
export { SilenceModule, type SilenceSurroundings } from './silence.module.js';
export { readSilence, type SilenceOptions, SINGLE_KEY_STORE_ACCEPTED, UNCHECKED } from './silence.options.js';
