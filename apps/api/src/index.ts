export { createApi } from './app.js';
export { type ApiConfig, readConfig } from './config.js';
export { openApiOf } from './openapi.js';
