export { createWorker } from './app.js';
export { readConfig, type WorkerConfig } from './config.js';
