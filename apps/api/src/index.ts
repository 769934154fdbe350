export { createApi } from './app.js';
export { type ApiConfig, readConfig } from './config.js';
export { describeApi } from './describe-api.js';
export { ImportLimits } from './import/import-limits.js';
export { BatchLimits } from './instructions/batch-limits.js';
export { DEFAULT_UPLOADS, type UploadsConfig } from './documents/uploads.config.js';
export { openApiOf } from './openapi/openapi.js';
export { DEFAULT_RATES, type RatesConfig } from './rates/rates.config.js';
