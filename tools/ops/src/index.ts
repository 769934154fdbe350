export { onboard, type OnboardedTenant } from './onboard.js';
export { ClockModule, type OpsEnvironment } from './ops.module.js';
