export { onboard, type OnboardedTenant } from './onboard.js';
export { type OpsEnvironment } from './ops.module.js';
