// Ports and pids that come back among programs, 60,000 ports round and round: nothing may be called by another's name.
//   node test/dist/soak/attribution.js [FLOWS [PORTS]]      exit 1 when a flow is named wrongly or too many are unknown; needs root
import { EventRun } from '../live/event-run.js';
import { noCapture } from '../live/live-program.js';

const MAX_UNKNOWN = 0.005;
const [flowCount = '120000', ports = '60000'] = process.argv.slice(2);
/** What one run of the workload makes; truth of more is not read. */
const MOST_FLOWS = 200_000;

if (noCapture !== false || Number(flowCount) > MOST_FLOWS) {
  process.stdout.write(`skipped: ${noCapture || `more than ${MOST_FLOWS} flows`}\n`);
} else {
  const run = new EventRun();
  try {
    await run.begin();
    const beginMs = performance.now();
    await run.workload('port-reuse', 'port-reuse', '--count', flowCount, '--clients', ports, '--seed', '1');
    const seconds = (performance.now() - beginMs) / 1000;
    await run.settle();
    const { rung, events } = run;
    const { card } = await run.judge(['port-reuse']);
    const { flows, seen, rightPid, unknown, wrong, examples } = card.scenarios[0]!;
    const isGood = wrong === 0 && flows > 0 && unknown <= flows * MAX_UNKNOWN && rung === 'capture+events';
    process.stdout.write(
      [
        `${rung}, ${flows} flows of as many processes on ${ports} ports and 16 pids in ${seconds.toFixed(0)} s, ${events.lost} events lost`,
        `seen ${seen}, right pid ${rightPid}, unknown ${unknown}, wrong ${wrong}`,
        ...examples.map((example) => JSON.stringify(example)),
        isGood ? 'nothing is named wrongly' : 'the target is missed',
        '',
      ].join('\n'),
    );
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await run.close();
  }
}
