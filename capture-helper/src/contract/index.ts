// The helper's contract: all that other workspaces may know about the stream.
export * from './blocks.js';
export * from './reports.js';
