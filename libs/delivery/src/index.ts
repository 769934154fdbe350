export { encryptTo, isAgeRecipient, type Encrypted } from './age.js';
export { type Parcel } from './carrier.js';
export { FAILURE_REASONS, type FailureReason } from './delivery-failure.js';
export { type DeliveryOptions } from './delivery.options.js';
export * from './endpoint.js';
