// Tells the service manager how the recorder is (sd_notify(3)). Owns the call. Node has no datagram sockets of files, which is what
// NOTIFY_SOCKET is, so systemd's own tool sends the words; the unit says NotifyAccess=all for it. No watchdog: a child process
// every few seconds would cost more than the recorder. Does nothing where no NOTIFY_SOCKET is set. Bound: one short process.
import { spawn } from 'node:child_process';

const TIMEOUT_MS = 5000;

/** `status`: one line for a person. Resolves when it is said, or cannot be. */
export function notifyService(
  state: 'READY=1' | 'STOPPING=1',
  status: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { NOTIFY_SOCKET } = environment;
  if (process.platform !== 'linux' || NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return Promise.resolve();
  return new Promise((resolve) => {
    const args = [state, `STATUS=${status.replaceAll('\n', ' ')}`];
    const child = spawn('systemd-notify', args, { stdio: 'ignore', timeout: TIMEOUT_MS, env: environment });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
