import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { billingPeriod } from '@kaipo/core/query/billing-period.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { ConfigPlaceForTest } from './config-fixtures.js';

const kaipo = join(fileURLToPath(import.meta.resolve('@kaipo/cli/main.js')), '..', '..', 'bin', 'kaipo.js');

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not spawnSync: a recorder of this process has to be able to answer meanwhile. */
function run(place: ConfigPlaceForTest, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Run> {
  const env = {
    PATH: process.env['PATH'],
    HOME: place.home,
    NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
    ...more,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [kaipo, ...args], { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject).once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

async function inPlace(body: (place: ConfigPlaceForTest) => Promise<void>): Promise<void> {
  const place = new ConfigPlaceForTest();
  try {
    await body(place);
  } finally {
    place.remove();
  }
}

test('config set makes the file, keeps what is in it, and says who reads it', () =>
  inPlace(async (place) => {
    const first = await run(place, ['config', 'set', 'monitoring.poll_interval', '5s']);
    assert.deepEqual(
      { ...first, stderr: first.stderr },
      { status: 0, stderr: '', stdout: `monitoring.poll_interval: not set -> "5s" in ${place.user}\n` },
    );
    assert.equal(statSync(place.user).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(place.user)).mode & 0o777, 0o700);
    const text =
      '\ufeff# mine\r\n[monitoring]\r\npoll_interval = "5s"   # slow 😀\r\n\r\n[cost]\r\ncurrency = "EUR"\r\n';
    writeFileSync(place.user, text);
    const store = openStore({ dir: join(place.home, '.local', 'share', 'kaipo') });
    const second = await run(place, ['config', 'set', 'monitoring.poll_interval', '7', '--json']);
    await store.close();
    assert.equal(second.status, 0, second.stderr);
    assert.deepEqual(JSON.parse(second.stdout), {
      schema: 'kaipo.config-set/1',
      key: 'monitoring.poll_interval',
      file: place.user,
      before: '"5s"',
      after: '7',
    });
    assert.equal(readFileSync(place.user, 'utf8'), text.replace('"5s"', '7'));
    assert.equal(second.stderr, `kaipo: the recorder reads it with: kill -HUP ${process.pid}\n`);
    const unset = await run(place, ['config', 'set', '--unset', 'monitoring.poll_interval']);
    assert.equal(unset.stdout, `monitoring.poll_interval: 7 -> not set in ${place.user}\n`);
    assert.deepEqual(readdirSync(dirname(place.user)), ['config.toml'], 'nothing is left behind');
  }));

test('config set writes nothing wrong, and says what is', () =>
  inPlace(async (place) => {
    const wrong = await run(place, ['config', 'set', 'api.port', '99999']);
    assert.equal(wrong.status, 78);
    assert.match(wrong.stderr, /"api.port" must be a whole number from 0 to 65535, not "99999"/);
    assert.equal(existsSync(place.user), false);
    const unknown = await run(place, ['config', 'set', 'api.prot', '1']);
    assert.equal(unknown.status, 64);
    assert.match(unknown.stderr, /did you mean "api.port"\?/);
    assert.equal((await run(place, ['config', 'set', 'api.port'])).status, 64);
    assert.equal((await run(place, ['config', 'set', 'cap.limit', '5GB'])).status, 64);
    // A file that is wrong elsewhere is not touched, and can be mended by the value that is wrong.
    place.write(place.user, '[api]\nport = "x"\n[cost]\ncurrency = "QQQ"\n');
    const still = await run(place, ['config', 'set', 'api.port', '80']);
    assert.equal(still.status, 78);
    assert.match(still.stderr, /config\.toml:4:12: "cost.currency" must be/);
    assert.match(readFileSync(place.user, 'utf8'), /port = "x"/);
    place.write(place.user, '[api]\nport = "x"\n');
    assert.equal((await run(place, ['config', 'set', 'api.port', '80'])).status, 0);
    assert.equal(readFileSync(place.user, 'utf8'), '[api]\nport = 80\n');
    // A stronger source is named; a link stays a link.
    const real = place.write(join(place.root, 'real.toml'), '');
    symlinkSync(real, join(place.cwd, 'link.toml'));
    const beaten = await run(place, ['config', 'set', 'api.port', '81', '--file', 'link.toml'], {
      KAIPO_API_PORT: '82',
    });
    assert.equal(beaten.stderr, 'kaipo: KAIPO_API_PORT says otherwise and wins\n');
    assert.equal(readFileSync(real, 'utf8'), '[api]\nport = 81\n');
    const hidden = await run(place, ['config', 'set', 'plugins.mail.password', 'pa55']);
    assert.match(hidden.stdout, /not set -> "hidden"/);
  }));

test('rules for names of applications are checked with the configuration, from apps.toml and from apps.rules', () =>
  inPlace(async (place) => {
    const rules = join(dirname(place.user), 'apps.toml');
    place.write(rules, '[[app]]\nname = "x"\nfiel = "y"\n');
    const bad = await run(place, ['config', 'check']);
    assert.deepEqual(
      [bad.status, bad.stdout],
      [78, `${rules}:3:1: unknown key "fiel" in [[app]]; did you mean "file"?\n`],
    );
    place.write(rules, '[[app]]\nname = "x"\nfile = "y*"\n');
    const good = await run(place, ['config', 'check']);
    assert.deepEqual([good.status, good.stdout], [0, `${rules}: all is well\n`]);
    place.write(place.here, '[apps]\nrules = "mine.toml"\n');
    const missing = await run(place, ['config', 'check']);
    assert.equal(missing.status, 78);
    assert.match(missing.stdout, /^"apps\.rules" names .*mine\.toml, and there is no such file$/m);
    place.write(join(place.cwd, 'mine.toml'), '[[app]]\nname = "z"\ncomm = ["z"]\n');
    const named = await run(place, ['config', 'check']);
    assert.deepEqual(
      [named.status, named.stdout],
      [0, `${place.here}, ${join(place.cwd, 'mine.toml')}: all is well\n`],
    );
  }));

test('config check, show, path and init', () =>
  inPlace(async (place) => {
    const init = await run(place, ['config', 'init']);
    assert.equal(init.status, 0, init.stderr);
    assert.equal((await run(place, ['config', 'init'])).status, 73);
    const good = await run(place, ['config', 'check']);
    assert.deepEqual([good.status, good.stdout], [0, `${place.user}: all is well\n`]);
    const sound = JSON.parse((await run(place, ['config', 'check', '--format', 'ndjson'])).stdout);
    assert.deepEqual(sound, { type: 'check', ok: true, files: [place.user], warnings: [] });
    assert.deepEqual(JSON.parse((await run(place, ['cap', '--format', 'ndjson'])).stdout).configured, 0);
    place.write(place.here, '[api]\nprot = 1\n[capture]\nsnaplen = 1\n');
    const bad = await run(place, ['config', 'check']);
    assert.equal(bad.status, 78);
    assert.equal(
      bad.stdout,
      `${place.here}:2:1: unknown key "prot" in [api]; did you mean "port"?\n${place.here}:4:11: "capture.snaplen" must be a whole number from 64 to 262144, not 1\n`,
    );
    const rows = (await run(place, ['config', 'check', 'kaipo.toml', '--format', 'ndjson'])).stdout.trim().split('\n');
    assert.deepEqual(JSON.parse(rows[0]!), { type: 'check', ok: false, files: [place.here], warnings: [] });
    assert.deepEqual(JSON.parse(rows[1]!), {
      type: 'problem',
      file: place.here,
      line: 2,
      column: 1,
      message: 'unknown key "prot" in [api]; did you mean "port"?',
    });
    // Nothing starts with a bad configuration.
    const status = await run(place, ['status']);
    assert.equal(status.status, 78);
    assert.match(status.stderr, /kaipo\.toml:2:1: unknown key/);
    assert.match(
      (await run(place, ['doctor'])).stdout,
      /fail {2}configuration +.*:2:1: unknown key "prot".*\(and 1 more\)/,
    );
    place.write(place.here, '[api]\nport = 1\n');
    const show = await run(place, ['config', 'show', '--origin'], { KAIPO_COST_CURRENCY: 'eur' });
    assert.match(show.stdout, new RegExp(`^port = 1 {2}# ${place.here}:2$`, 'm'));
    assert.match(show.stdout, /^currency = "eur" {2}# KAIPO_COST_CURRENCY$/m);
    assert.match(show.stdout, /^# A value without a note is a default\.$/m);
    assert.match(show.stdout, /^poll_interval = "1s"$/m);
    const csv = (await run(place, ['config', 'show', '--format', 'csv'])).stdout.split('\r\n');
    assert.equal(csv[0], 'key,value,from,where');
    assert.ok(csv.includes(`api.port,1,file,${place.here}:2`));
    const paths = JSON.parse((await run(place, ['config', 'path', '--json'])).stdout) as {
      files: { path: string; exists: boolean }[];
    };
    assert.deepEqual(
      paths.files.slice(0, 2).map(({ path, exists }) => [path, exists]),
      [
        [place.here, true],
        [place.user, true],
      ],
    );
  }));

test('a cap of a history with holes says that its forecast rests on a part of the time', () =>
  inPlace(async (place) => {
    place.write(place.here, '[[cap]]\nname = "a"\nlimit = "1GB"\nperiod = "week"\n');
    const dir = join(dirname(place.here), 'history');
    const store = openStore({ dir });
    const nowUs = Date.now() * 1000;
    const hour = 3_600_000_000;
    const sums = { name: 'eth0', txBytes: 1000, rxBytes: 3000, txPackets: 1, rxPackets: 1 };
    const mondayUs = billingPeriod('week', 1, nowUs).fromUs;
    // Until now a third of the time, however late in the week it is.
    const stepUs = Math.floor((nowUs - mondayUs) / 12);
    const intervals = Array.from({ length: 12 }, (_, step) => {
      const startUs = mondayUs + step * stepUs;
      return { ...emptyInterval(startUs, 'counters'), endUs: startUs + Math.floor(stepUs / 3), interfaces: [sums] };
    });
    await store.append({ intervals });
    await store.close();
    const { rows } = JSON.parse((await run(place, ['cap', '--json', '--store', dir])).stdout);
    // In the first hour of a week there is no forecast yet.
    if (nowUs - mondayUs < hour) return;
    assert.ok(rows[0].forecast.recordedShare < 0.5, JSON.stringify(rows));
    const { stdout } = await run(place, ['cap', '--store', dir]);
    assert.match(stdout, /; low if anything moved unrecorded: 3\d % of the time was recorded\)/);
  }));

test('cost and cap', () =>
  inPlace(async (place) => {
    const noPrice = await run(place, ['cost']);
    assert.equal(noPrice.status, 78);
    assert.match(noPrice.stderr, /no price is set.*\n.*config set cost\.rate_per_gb 7\.50/);
    const dir = join(place.root, 'store');
    mkdirSync(dir, { mode: 0o700 });
    const store = openStore({ dir });
    const startUs = (Math.floor(Date.now() / 1000) - 1) * 1_000_000;
    const sums = { txBytes: 125_829_120, rxBytes: 524_288_000, txPackets: 1, rxPackets: 1 };
    await store.append({
      intervals: [
        { ...emptyInterval(startUs, 'counters'), endUs: startUs + 1_000_000, interfaces: [{ name: 'eth0', ...sums }] },
      ],
    });
    await store.close();
    place.write(place.user, `[store]\npath = "${dir}"\n[cost]\nrate_per_gb = 7.50\ncurrency = "INR"\n`);
    const cost = JSON.parse((await run(place, ['cost', '--from', '-2h', '--json'])).stdout) as Record<string, unknown>;
    assert.equal(cost['schema'], 'kaipo.cost/1');
    assert.deepEqual(cost['total'], {
      txBytes: sums.txBytes,
      rxBytes: sums.rxBytes,
      cost: {
        sent: { cost: 0.94, cost_formatted: '₹0.94' },
        received: { cost: 3.93, cost_formatted: '₹3.93' },
        total: { cost: 4.87, cost_formatted: '₹4.87' },
      },
    });
    assert.match(
      (await run(place, ['cost', '--from', '-2h'])).stdout,
      /7\.5 INR a GB\n {2}Day .*Cost\n.*₹4\.87\n {2}Total .*₹4\.87\n/,
    );
    assert.equal((await run(place, ['cost', '--month', '2026-13'])).status, 64);
    const none = await run(place, ['cap']);
    assert.deepEqual([none.status, none.stdout], [0, '']);
    assert.match(none.stderr, /no cap is configured/);
    assert.equal((await run(place, ['cap', '--add', 'small', '--limit', '500MB', '-i', 'eth0'])).status, 0);
    assert.equal((await run(place, ['cap', '--add', 'small', '--limit', '5GB'])).status, 78, 'two of one name');
    assert.equal((await run(place, ['cap', '--add', 'all'])).status, 64);
    assert.equal((await run(place, ['cap', '--add', 'all', '--limit', '5GB'])).status, 0);
    const cap = await run(place, ['cap', '--json']);
    assert.equal(cap.status, 1, 'one is over');
    const { rows } = JSON.parse(cap.stdout) as {
      rows: { name: string; state: string; usedBytes: number; remainingBytes: number }[];
    };
    assert.deepEqual(
      rows.map(({ name, state, usedBytes, remainingBytes }) => [name, state, usedBytes, remainingBytes]),
      [
        ['small', 'over', 650_117_120, 0],
        ['all', 'ok', 650_117_120, 4_349_882_880],
      ],
    );
    assert.match((await run(place, ['cap'])).stdout, /small +over +650 MB +500 MB +130 %/);
    assert.match((await run(place, ['cap'])).stderr, /kaipo: all: recorded 1 s of /);
    assert.equal((await run(place, ['cap', '--remove', 'none'])).status, 64);
    assert.equal((await run(place, ['cap', '--remove', 'small'])).status, 0);
    assert.equal((JSON.parse((await run(place, ['cap', '--json'])).stdout) as { rows: unknown[] }).rows.length, 1);
    assert.match((await run(place, ['config', 'set', 'cap.limit', '5GB'])).stderr, /\[\[cap\]\]\n {2}name = "mobile"/);
    const webhook = await run(place, ['config', 'set', 'alerts.webhook.url', 'http://x']);
    assert.match(webhook.stderr, /\[\[alerts\.webhook\]\]\n {2}url = "https/);
    const words = await run(place, ['cost', 'last', '2', 'hours']);
    assert.match(words.stdout, /Total .*₹4\.87\n/);
    assert.match(words.stderr, /recorded 1 s of 2 h/);
    assert.equal((await run(place, ['cost', 'yesterday', '--month', '2026-10'])).status, 64);
    assert.equal((await run(place, ['cost', '-i', 'eth9'])).status, 66);
  }));
