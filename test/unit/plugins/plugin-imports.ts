// The plugin API as a plugin sees it, and the class of a batch, which only the engine makes.
export * from '@kaipo/core/api/index.js';
export { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
