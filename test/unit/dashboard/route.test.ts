import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf } from '@kaipo/cli/dashboard/address.js';
import { backOffSeconds } from '@kaipo/cli/dashboard/back-off.js';
import { changedQuery, parseRoute, pickedQuery, routeText } from '@kaipo/cli/dashboard/route.js';
import fc from 'fast-check';

describe('the address of a view', () => {
  it('says the page and what it asks', () => {
    assert.deepEqual(parseRoute('#/history?period=7d&interface=eth0&interface=wlan0'), {
      page: 'history',
      query: { period: ['7d'], interface: ['eth0', 'wlan0'] },
    });
    assert.deepEqual(parseRoute(''), { page: '', query: {} });
    assert.deepEqual(parseRoute('#/hosts/'), { page: 'hosts', query: {} });
  });

  it('is read back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), (value) => {
        const route = { page: 'flows', query: { filter: [value], zone: ['lan'] } };
        assert.deepEqual(parseRoute(routeText(route)), route);
      }),
    );
  });

  it('keeps no more than it should: values, their length, names nobody uses', () => {
    const many = Array.from({ length: 100 }, (_, index) => `interface=eth${index}`).join('&');
    assert.equal(parseRoute(`#/now?${many}`).query['interface']?.length, 32);
    assert.deepEqual(parseRoute(`#/now?name=${'x'.repeat(513)}&__proto__=1&Name=2&zone=`).query, {});
  });

  it('changes in parts, and takes parts along', () => {
    const query = { period: ['7d'], by: ['app'], interface: ['eth0'] };
    assert.deepEqual(changedQuery(query, { by: undefined, interface: [], zone: 'lan' }), {
      period: ['7d'],
      zone: ['lan'],
    });
    assert.deepEqual(pickedQuery(query, ['period', 'interface']), { period: ['7d'], interface: ['eth0'] });
  });
});

describe('addresses of the API', () => {
  it('leave out what is not asked, and repeat what is asked twice', () => {
    assert.equal(
      addressOf(
        'hosts',
        { period: 'this month', zone: undefined, name: '' },
        { interface: ['eth0', 'a&b'], limit: 50 },
      ),
      'hosts?period=this+month&interface=eth0&interface=a%26b&limit=50',
    );
    assert.equal(addressOf('today'), 'today');
  });
});

describe('trying again', () => {
  it('waits longer each time, up to half a minute and some', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((tries) => backOffSeconds(tries, 0.5));
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30]);
    assert.equal(backOffSeconds(1, 0), 0.75);
    assert.equal(backOffSeconds(20, 1), 37.5);
  });
});
