// An address that two devices claim by neighbour discovery (IPv6). What is a take-over is in parts/address-claims.ts.
import { AddressClaims } from '../parts/address-claims.js';
import { defineRule } from '../parts/define-rule.js';

const SETTINGS = {
  recent_s: {
    description: 'seconds within which the one who had the address must have been heard',
    default: 600,
    least: 1,
    most: 86_400,
  },
  ignore: { description: 'begins of hardware addresses that may take addresses over', default: [] },
};

export const ndpSpoofPlugin = defineRule({
  rule: 'ndp-spoof',
  title: 'A device claims the address of another (Neighbour discovery)',
  meaning:
    'Two hardware addresses claim one address by neighbour discovery (IPv6): whoever wins receives what is sent to the other. Either two devices are set up alike, or one listens in.',
  falsePositives:
    'Proxies and clusters that take an address over, a computer with two cards in one network, a new device that got the address of one just gone.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 600e6,
  create: (values) => new AddressClaims('ndp-spoof', 'ndp', values),
});
