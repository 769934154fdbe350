export { backUp } from './backup.js';
export { drillOn } from './drill.js';
export { onboard, type OnboardedTenant } from './onboard.js';
export { ClockModule, type OpsEnvironment, type OwnerEnvironment } from './ops.module.js';
export { load, replay } from './restore.js';
export { openSandbox, type Sandbox } from './sandbox.js';
