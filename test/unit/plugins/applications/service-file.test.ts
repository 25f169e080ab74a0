import assert from 'node:assert/strict';
import test from 'node:test';
import { parseServices } from '@kaipo/plugins/applications/service-file.js';
import fc from 'fast-check';

test('an application has a category, names and signs, on as many lines as it takes', () => {
  const services = parseServices(
    [
      '# a remark',
      '[video]',
      'Example TV = Example.TV cdn-*.example.net example.*',
      '    # a remark between',
      '  agent:"Example Player" alpn:ex/* asn:64500',
      '\tcert:Example protocol:ex-tv',
      '',
      '[music]\r',
      'Größe & Co. = xn--gre-6ka8i.example\r',
    ].join('\n'),
    'own.txt',
  );
  assert.deepEqual(services, [
    {
      application: 'Example TV',
      category: 'video',
      place: 'own.txt:3',
      names: ['example.tv', 'cdn-*.example.net', 'example.*'],
      signs: [
        { kind: 'agent', text: 'Example Player' },
        { kind: 'alpn', text: 'ex/*' },
        { kind: 'asn', text: '64500' },
        { kind: 'cert', text: 'Example' },
        { kind: 'protocol', text: 'ex-tv' },
      ],
    },
    {
      application: 'Größe & Co.',
      category: 'music',
      place: 'own.txt:9',
      names: ['xn--gre-6ka8i.example'],
      signs: [],
    },
  ]);
});

test('what is wrong is said with file and line', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['[a]\nName', /^own:2: neither/],
    ['Name = x.example', /^own:1: no \[category\]/],
    ['[Video]', /^own:1: "Video" is no category/],
    ['[a]\n  x.example', /^own:2: goes on with nothing/],
    ['[a]\nX = y_.example z..example', /^own:2: "z\.\.example" is no name/],
    ['[a]\nX = exämple.org', /^own:2: "exämple.org" is no name/],
    ['[a]\nX = a**.example', /^own:2: "a\*\*\.example" is no name/],
    ['[a]\nX = *.*', /^own:2: "\*\.\*" has \* where a name must end/],
    ['[a]\nX = *', /^own:2: "\*" has \*/],
    ['[a]\nX = www.exam*', /^own:2: "www\.exam\*" has \*/],
    ['[a]\nX = user:thing', /^own:2: "user:thing" has an unknown sign \(known: agent, alpn, asn, cert, protocol\)/],
    ['[a]\nX = asn:AS12', /^own:2: "AS12" is no AS number/],
    ['[a]\nX = asn:4294967296', /^own:2: .* is no AS number/],
    ['[a]\nX = agent:', /^own:2: "agent:" must have/],
    ['[a]\nX = agent:"two words', /^own:2: /],
    ['[a]\nX\u202e = x.example', /^own:2: .* cannot be the name/],
    ['[a]\n\n# r\nX =', /^own:4: "X" has no names/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseServices(text, 'own'), { message }, text);
});

test('any text is services or an error that names its file', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (lines) => {
      try {
        parseServices(`[a]\n${lines.join('\n')}`, 'own');
      } catch (error) {
        assert.match((error as Error).message, /^own:\d+: /);
      }
    }),
  );
});
