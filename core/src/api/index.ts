// The plugin API: everything a plugin may import besides `wire` and `kernel`.
export { type FrameBatch, MARK_PAYLOAD, MARK_PORTS, NO_FLOW } from '../frame/frame-batch.js';
export type * from './alert-sink.js';
export type * from './analyzer.js';
export type * from './classifier.js';
export type * from './detector.js';
export type * from './events.js';
export * from './expect-media.js';
export * from './flow-steps.js';
export * from './greeting-line.js';
export * from './interval-record.js';
export * from './line-session.js';
export * from './plugin.js';
export * from './protocol.js';
