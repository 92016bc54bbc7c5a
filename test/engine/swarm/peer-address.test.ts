import { describe, expect, it } from 'vitest';
import {
  addressText,
  hostOf,
  isAddress,
  isCallable,
  localAddressTowards,
  parseAddress,
} from '../../../src/engine/swarm/peer-address.ts';

describe('the address of a peer', () => {
  it.each([
    ['fe80::1%br-lan', 'fe80::1'],
    ['fe80::1%eth0.100', 'fe80::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('is told without our interface: %s', (seen, told) => {
    expect(hostOf(seen)).toBe(told);
    expect(addressText(told, 1)).toBe(told.includes(':') ? `[${told}]:1` : `${told}:1`);
  });

  it.each(['10.0.0.1:6881', '[2001:db8::1]:1', '10.0.0.1:65535'])(
    'is one that can be called: %s',
    (address) => {
      expect(isAddress(address)).toBe(true);
    },
  );

  it.each([
    '10.0.0.1:99999',
    '10.0.0.1:0',
    '10.0.0.1:-1',
    '10.0.0.1:1.5',
    '10.0.0.1',
    'a-host:6881',
    ':6881',
    '',
  ])('is none where a tracker says %o', (address) => {
    expect(isAddress(address)).toBe(false);
  });

  it.each([
    ['10.0.0.1', 80, '10.0.0.1:80'],
    ['::ffff:10.0.0.1', 80, '10.0.0.1:80'],
    ['FE80:0:0::1', 1, '[fe80::1]:1'],
    ['::', 1, '[::]:1'],
    ['peer.example', 80, 'peer.example:80'],
  ])('%s at port %d is written %s', (host, port, text) => {
    expect(addressText(host, port)).toBe(text);
  });

  it('is read with brackets and without', () => {
    expect(parseAddress('[fe80::1]:65535')).toEqual({ host: 'fe80::1', port: 65_535 });
    expect(parseAddress('10.0.0.1:80')).toEqual({ host: '10.0.0.1', port: 80 });
  });

  it.each([
    ['10.0.0.9', '10.0.0.1', '10.0.0.1'],
    ['::1', 'fe80::1', 'fe80::1'],
    ['10.0.0.9', '0.0.0.0', undefined],
    ['10.0.0.9', '::', undefined],
    ['::1', '::', undefined],
    ['10.0.0.9', '::1', undefined],
    ['::1', '10.0.0.1', undefined],
    ['peer.example', '10.0.0.1', undefined],
  ])('towards %s, listening at %s, is %s', (host, own, expected) => {
    expect(localAddressTowards(host, own)).toBe(expected);
  });

  it.each([
    ['10.0.0.1:80', '10.0.0.9', true],
    ['[2001:db8::1]:80', '10.0.0.9', true],
    ['10.0.0.1:0', '10.0.0.9', false],
    ['0.0.0.0:80', '10.0.0.9', false],
    ['0.1.2.3:80', '10.0.0.9', false],
    ['255.255.255.255:80', '10.0.0.9', false],
    ['224.0.0.1:80', '10.0.0.9', false],
    ['[::]:80', '10.0.0.9', false],
    ['[ff02::1]:80', '10.0.0.9', false],
    ['127.0.0.1:80', '10.0.0.9', false],
    ['[::1]:80', 'fe80::9', false],
    ['[::ffff:127.0.0.1]:80', '10.0.0.9', false],
    ['127.0.0.1:80', '127.0.0.1', true],
    ['127.0.0.1:80', '::ffff:127.0.0.1', true],
    ['[::1]:80', '::1', true],
  ])('%s, told by %s, may be called: %s', (address, teller, expected) => {
    expect(isCallable(address, teller)).toBe(expected);
  });
});
