// A small analyzer that the tests start as a process: does what the program's main does first, then captures and says what
// happens as one JSON object a line. Ends in order when its stdin ends.
//   node launch-probe.js live -i lo        KAIPO_TEST_INSTALLED=PATH: where the installed helper is
import { becomeInvokingUser, DEFAULT_PATHS, prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import { elevateThenDrop, prepareOptions } from '@kaipo/cli/elevate.js';

const say = (event: object): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

const { prepared, report } = await elevateThenDrop(process.argv.slice(2));
const tries = [() => process.setuid!(0), () => process.seteuid!(0)].map((attempt) => {
  try {
    attempt();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
});
const { HOME, USER, LOGNAME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR } = process.env;
say({
  event: 'dropped',
  pid: process.pid,
  uid: process.getuid!(),
  euid: process.geteuid!(),
  groups: process.getgroups!(),
  tries,
  prepared: prepared !== undefined,
  spares: prepared?.spares,
  env: { HOME, USER, LOGNAME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR },
  // Nothing is left to give up; asked without the environment of sudo, so that plain root shows what it would be told.
  again: becomeInvokingUser({}).why,
  report,
});
if (report.request !== undefined) {
  try {
    const installed = process.env['KAIPO_TEST_INSTALLED'];
    const paths = installed === undefined ? DEFAULT_PATHS : { ...DEFAULT_PATHS, installed };
    const capture = prepared ?? (await prepareCapture({ ...prepareOptions(report.request!), paths }));
    let bytes = 0;
    const session = capture.start({
      onStart: (info) => say({ event: 'start', ...info }),
      onBytes: (chunk) => {
        if (bytes === 0) say({ event: 'bytes', first: Buffer.from(chunk.subarray(0, 4)).toString('hex') });
        bytes += chunk.length;
      },
      onGap: (reason) => {
        bytes = 0;
        say({ event: 'gap', reason });
      },
      onNotice: (text) => say({ event: 'notice', text }),
      onEnd: (end) => say({ event: 'end', ...end }),
    });
    process.stdin.on('end', () => void session.stop()).resume();
  } catch (error) {
    const { name, message, exitCode, fix } = error as Error & { exitCode?: number; fix?: string };
    say({ event: 'refused', name, message, exitCode, fix });
  }
}
