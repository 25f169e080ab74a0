// What other workspaces may use to find, start and supervise a capture helper.
export { type BecameUser, becomeInvokingUser, type UserState } from './become-invoking-user.js';
export type { CaptureEnd, CaptureHandler, CaptureSession, CaptureStart } from './capture-session.js';
export { findHelpers, type HelperCandidate, type HelperKind } from './find-helpers.js';
export {
  DEFAULT_PATHS,
  HELPER_GROUP,
  type HelperPaths,
  INSTALLED_HELPER,
  SERVICE_SOCKET,
  systemTool,
} from './helper-paths.js';
export { NoHelperError } from './no-helper-error.js';
export { type PreparedCapture, type PrepareOptions, prepareCapture, SPARE_HELPERS } from './prepare-capture.js';
