import assert from 'node:assert/strict';
import test from 'node:test';
import { NameTable } from '@kaipo/plugins/applications/name-table.js';
import { TextTable } from '@kaipo/plugins/applications/text-table.js';
import fc from 'fast-check';

function tableOf(...names: readonly string[]): (host: string) => string | undefined {
  const table = new NameTable();
  for (const [at, name] of names.entries()) table.add(name, at);
  return (host) => names[table.find(host)];
}

test('a suffix is the name itself and all below, by whole labels; the longest wins', () => {
  const find = tableOf('example.com', 'mail.example.com', 'localname');
  assert.equal(find('example.com'), 'example.com');
  assert.equal(find('WWW.Example.COM.'), 'example.com');
  assert.equal(find('example.com:8080'), 'example.com');
  assert.equal(find('imap.mail.example.com'), 'mail.example.com');
  assert.equal(find('localname'), 'localname');
  for (const other of ['badexample.com', 'example.com.evil.test', 'com', '', '.', '..', 'mail.example', 'example.org'])
    assert.equal(find(other), undefined, other);
});

test('a star stands for letters of one label', () => {
  const find = tableOf(
    'amazonaws.com',
    's3.*.amazonaws.com',
    's3-*.amazonaws.com',
    'cdn-*-x.example.net',
    '*.dyn.example',
  );
  assert.equal(find('bucket.s3.eu-west-1.amazonaws.com'), 's3.*.amazonaws.com');
  assert.equal(find('s3-eu-west-1.amazonaws.com'), 's3-*.amazonaws.com');
  assert.equal(find('s3.amazonaws.com'), 'amazonaws.com');
  assert.equal(find('xs3.eu.amazonaws.com'), 'amazonaws.com');
  assert.equal(find('a.cdn-12-x.example.net'), 'cdn-*-x.example.net');
  assert.equal(find('cdn-x.example.net'), undefined);
  assert.equal(find('cdn--x.example.net'), 'cdn-*-x.example.net');
  assert.equal(find('host.dyn.example'), '*.dyn.example');
  assert.equal(find('dyn.example'), undefined);
});

test('a literal name goes before a pattern of the same length, whichever was added first', () => {
  for (const names of [
    ['www-*.example.org', 'www-1.example.org'],
    ['www-1.example.org', 'www-*.example.org'],
  ]) {
    const find = tableOf(...names);
    assert.equal(find('www-1.example.org'), 'www-1.example.org');
    assert.equal(find('www-2.example.org'), 'www-*.example.org');
  }
});

test('a brand under its countries', () => {
  const find = tableOf('brand.*', 'maps.brand.*', 'shop.brand.de', 'brand.tv');
  for (const host of ['brand.de', 'www.brand.co.uk', 'brand.com.br', 'brand.co'])
    assert.equal(find(host), 'brand.*', host);
  assert.equal(find('maps.brand.fr'), 'maps.brand.*');
  assert.equal(find('x.shop.brand.de'), 'shop.brand.de');
  assert.equal(find('www.brand.tv'), 'brand.tv');
  for (const other of ['brand.com', 'brand.org', 'brand', 'notbrand.de', 'brand.x.de', 'brand.com.com'])
    assert.equal(find(other), undefined, other);
});

test('who had a name first keeps it, and add says who', () => {
  const table = new NameTable();
  assert.equal(table.add('a.example', 1), 1);
  assert.equal(table.add('a.example', 2), 1);
  assert.equal(table.add('b-*.example', 3), 3);
  assert.equal(table.add('b-*.example', 4), 3);
  assert.equal(table.find('a.example'), 1);
});

test('addresses are no names', () => {
  const find = tableOf('4', '1.2.3.4', 'example');
  for (const host of ['1.2.3.4', '1.2.3.4:80', '::1', 'fe80::1', '2001:db8::4']) assert.equal(find(host), undefined);
});

test('any name is answered like by trying all suffixes, and none is harmful', () => {
  const names = ['example.com', 'a.example.com', 'com', '__proto__', 'constructor', 'b.c.example.com'];
  const find = tableOf(...names);
  const label = fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'example', 'com', '__proto__', 'x'),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
      const host = labels.join('.');
      const clean = host.toLowerCase().replace(/:.*/s, '').replace(/\.$/, '');
      const wanted = names.filter((name) => clean === name || clean.endsWith(`.${name}`));
      wanted.sort((one, other) => other.length - one.length);
      assert.equal(find(host), wanted[0]);
    }),
    { examples: [[['__proto__', '', '']], [['com', '', '', '']]] },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (host) => void find(host)));
  const deep = `${'a.'.repeat(120)}example.com`;
  assert.equal(find(deep), 'a.example.com');
  assert.equal(find(`${'x'.repeat(70_000)}.com`), undefined);
});

test('words of a program count where they are not the inside of other words', () => {
  const table = new TextTable();
  table.add('Thunder', 1);
  table.add('Debian APT-HTTP', 2);
  table.add('Player/', 3);
  table.add('Big Player/', 4);
  assert.equal(table.add('THUNDER', 9), 1);
  assert.equal(table.find('thunder/7.1'), 1);
  assert.equal(table.find('(Thunder; x)'), 1);
  assert.equal(table.find('Mozilla/5.0 Thunderbird/102 xThunder'), -1);
  assert.equal(table.find('Thunderbird Thunder'), 1);
  assert.equal(table.find('Debian APT-HTTP/1.3 (2.6.1)'), 2);
  assert.equal(table.find('VideoPlayer/1'), -1);
  assert.equal(table.find('Big Player/1'), 4);
  assert.equal(table.find(''), -1);
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => void table.find(text)));
});
