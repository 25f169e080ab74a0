// Passive DNS: the last name asked for stands, the cache has a bound, and only addresses of address records are learnt.
import assert from 'node:assert/strict';
import test from 'node:test';
import { NameCache } from '@kaipo/core/engine/name-cache.js';
import { dnsAnswered, dnsAsked } from '../../fixtures/events.js';

test('addresses of A and AAAA answers get the name that was asked for', () => {
  const names = new NameCache();
  names.learn(dnsAnswered('www.example.com', ['cdn.example.net', '198.51.100.80', '198.51.100.81']));
  names.learn(dnsAnswered('six.example.com', ['2001:db8::80'], 'AAAA'));
  assert.equal(names.nameOf('198.51.100.80'), 'www.example.com');
  assert.equal(names.nameOf('198.51.100.81'), 'www.example.com');
  assert.equal(names.nameOf('2001:db8::80'), 'six.example.com');
  assert.equal(names.nameOf('cdn.example.net'), undefined, 'an alias is no address');
});

test('the newest name stands', () => {
  const names = new NameCache();
  names.learn(dnsAnswered('old.example', ['198.51.100.1']));
  names.learn(dnsAnswered('new.example', ['198.51.100.1']));
  assert.equal(names.nameOf('198.51.100.1'), 'new.example');
});

test('questions, other types and text that looks like an address teach nothing', () => {
  const names = new NameCache();
  names.learn(dnsAsked(1));
  names.learn(dnsAnswered('txt.example', ['198.51.100.1'], 'TXT'));
  assert.equal(names.nameOf('198.51.100.1'), undefined);
});

test('the bound holds: the least recently learnt goes first and is counted', () => {
  const names = new NameCache(3);
  for (let i = 1; i <= 3; i++) names.learn(dnsAnswered(`${i}.example`, [`198.51.100.${i}`]));
  names.learn(dnsAnswered('1.example', ['198.51.100.1']));
  names.learn(dnsAnswered('4.example', ['198.51.100.4']));
  assert.equal(names.nameOf('198.51.100.2'), undefined);
  assert.deepEqual(
    [1, 3, 4].map((i) => names.nameOf(`198.51.100.${i}`)),
    ['1.example', '3.example', '4.example'],
  );
  assert.equal(names.evicted, 1);
});
