// Connections that protect too little, servers that are others than before: what is told, how gravely, and what is not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changedCertificatePlugin } from '@kaipo/plugins/anomalies/changed-certificate/index.js';
import { changedHostKeyPlugin } from '@kaipo/plugins/anomalies/changed-host-key/index.js';
import { cleartextCredentialsPlugin } from '@kaipo/plugins/anomalies/cleartext-credentials/index.js';
import { expiredCertificatePlugin } from '@kaipo/plugins/anomalies/expired-certificate/index.js';
import { weakTlsPlugin } from '@kaipo/plugins/anomalies/weak-tls/index.js';
import { DetectorRun, detectorOf, flowEnded } from '../../fixtures/detector-harness.js';

const DAY_S = 86_400;
const NOW_US = 1.7e15;
const NOW_S = NOW_US / 1e6;
const OUTSIDE = { ip: '198.51.100.7', port: 443 };
const INSIDE = { ip: '192.168.1.20', port: 443 };

describe('weak-tls', () => {
  const severityOf = (about: Parameters<typeof flowEnded>[0]): string | undefined =>
    new DetectorRun(detectorOf(weakTlsPlugin)).tell(flowEnded({ server: OUTSIDE, ...about })).last?.severity;

  it('warns of what is broken, tells what is old, is silent about what is sound', () => {
    assert.equal(severityOf({ tlsVersion: 'ssl3' }), 'warning');
    for (const tlsCipher of [
      'TLS_RSA_WITH_NULL_MD5',
      'TLS_NULL_WITH_NULL_NULL',
      'TLS_RSA_EXPORT_WITH_RC4_40_MD5',
      'TLS_RSA_WITH_RC4_128_SHA',
      'TLS_DH_anon_WITH_AES_128_CBC_SHA',
      'TLS_ECDH_anon_WITH_AES_128_CBC_SHA',
      'TLS_RSA_WITH_DES_CBC_SHA',
      'TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_NULL_SHA',
    ])
      assert.equal(severityOf({ tlsVersion: '1.2', tlsCipher }), 'warning', tlsCipher);
    assert.equal(severityOf({ tlsVersion: '1.0', tlsCipher: 'TLS_RSA_WITH_AES_128_CBC_SHA' }), 'info');
    assert.equal(severityOf({ tlsVersion: '1.2', tlsCipher: 'TLS_RSA_WITH_3DES_EDE_CBC_SHA' }), 'info');
    assert.equal(severityOf({ tlsVersion: 'ssl3', server: INSIDE }), 'info');
    for (const tlsCipher of [
      'TLS_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA',
    ])
      assert.equal(severityOf({ tlsVersion: '1.2', tlsCipher }), undefined, tlsCipher);
  });

  it('says the same of the same server once an hour', () => {
    const run = new DetectorRun(detectorOf(weakTlsPlugin));
    for (let i = 0; i < 120; i++)
      run.tell(flowEnded({ server: OUTSIDE, tlsVersion: 'ssl3', endUs: NOW_US + i * 60e6 }));
    assert.equal(run.findings.length, 2);
    assert.equal(run.keys.length, 1);
  });
});

describe('expired-certificate', () => {
  const told = (notBefore: number, notAfter: number, server = OUTSIDE): DetectorRun =>
    new DetectorRun(detectorOf(expiredCertificatePlugin)).tell(
      flowEnded({ server, endUs: NOW_US, certificate: { subject: 'CN=www', notBefore, notAfter } }),
    );

  it('tells those outside their time', () => {
    const expired = told(NOW_S - 400 * DAY_S, NOW_S - 35 * DAY_S).last;
    assert.equal(expired?.severity, 'warning');
    assert.match(expired?.summary ?? '', /expired 2023-10-10, 35 days before/);
    assert.match(told(NOW_S + 2 * DAY_S, NOW_S + 90 * DAY_S).last?.summary ?? '', /is valid from/);
    assert.equal(told(0, NOW_S - DAY_S, INSIDE).last?.severity, 'info');
  });

  it('is silent about those that are valid, and about clocks that differ a little', () => {
    assert.deepEqual(told(NOW_S - DAY_S, NOW_S + 1).findings, []);
    assert.deepEqual(told(NOW_S + 600, NOW_S + DAY_S).findings, []);
    assert.deepEqual(told(NOW_S - DAY_S, NOW_S - 600).findings, []);
  });
});

describe('cleartext-credentials', () => {
  const told = (about: Parameters<typeof flowEnded>[0], raw = {}): DetectorRun =>
    new DetectorRun(detectorOf(cleartextCredentialsPlugin, raw)).tell(flowEnded({ server: OUTSIDE, ...about }));

  it('tells logins anybody can read, in the own network as information', () => {
    for (const protocol of ['ftp', 'telnet', 'pop3', 'imap', 'smtp', 'ldap', 'http'])
      assert.equal(told({ protocol, userName: 'maria' }).last?.severity, 'warning', protocol);
    assert.equal(told({ protocol: 'ftp', userName: 'maria', server: INSIDE }).last?.severity, 'info');
  });

  it('is silent about TLS, anonymous FTP, challenges, and protocols that were left out', () => {
    assert.deepEqual(told({ protocol: 'ftp', userName: 'maria', tlsVersion: '1.3' }).findings, []);
    assert.deepEqual(told({ protocol: 'ftp', userName: 'anonymous' }).findings, []);
    assert.deepEqual(told({ protocol: 'mysql', userName: 'maria' }).findings, []);
    assert.deepEqual(told({ protocol: 'ldap', userName: 'OFFICE\\maria' }).findings, []);
    assert.deepEqual(told({ protocol: 'ftp' }).findings, []);
    assert.deepEqual(told({ protocol: 'mqtt', userName: 'lamp' }, { ignored_protocols: ['mqtt'] }).findings, []);
  });
});

describe('changed-host-key', () => {
  const login = (hostKey: string, ip = OUTSIDE.ip): ReturnType<typeof flowEnded> =>
    flowEnded({ server: { ip, port: 22 }, hostKey, endUs: NOW_US });

  it('tells another key of a known server once, also after a restart', () => {
    const run = new DetectorRun(detectorOf(changedHostKeyPlugin));
    run.tell(login('SHA256:a'), login('SHA256:a'), login('SHA256:x', '198.51.100.8'));
    assert.deepEqual(run.findings, []);
    run.restart().tell(login('SHA256:b'), login('SHA256:b'), login('SHA256:a'));
    assert.equal(run.findings.length, 1);
    assert.equal(run.last?.evidence['keyBefore'], 'SHA256:a');
    run.tell(login('SHA256:x', '198.51.100.8'));
    assert.equal(run.findings.length, 1);
  });
});

describe('changed-certificate', () => {
  const visit = (serverName: string, issuer: string, subject = `CN=${serverName}`): ReturnType<typeof flowEnded> =>
    flowEnded({ server: OUTSIDE, serverName, serverNameFrom: 'sni', certificate: { subject, issuer }, endUs: NOW_US });
  const learned = (): DetectorRun =>
    new DetectorRun(detectorOf(changedCertificatePlugin)).tell(
      ...['a', 'b', 'c', 'd'].map((name) => visit(`${name}.example`, 'CN=R11')),
      ...['e', 'f'].map((name) => visit(`${name}.example`, 'CN=WE1')),
    );

  it('tells servers that are opened on the way as one incident', () => {
    const run = learned().restart();
    run.tell(...['a', 'b', 'c', 'e'].map((name) => visit(`${name}.example`, 'CN=Company Proxy')));
    assert.deepEqual(run.keys, ['CN=Company Proxy']);
    assert.equal(run.last?.severity, 'warning');
    assert.equal(learned().tell(visit('a.example', 'CN=a.example')).keys.length, 1, 'one that vouches for itself');
  });

  it('is silent when a server changes to an authority others have, or renews', () => {
    assert.deepEqual(learned().tell(visit('a.example', 'CN=WE1'), visit('b.example', 'CN=R11')).findings, []);
  });
});
