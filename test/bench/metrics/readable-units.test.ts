import { describe, expect, it } from 'vitest';
import {
  readableBytes,
  readableSpread,
  readableTime,
  threeDigits,
  writtenShare,
} from '../../../src/bench/metrics/readable-units.ts';

describe('times for people', () => {
  it.each([
    [0, '0 s'],
    [0.84, '840 ms'],
    [1, '1.00 s'],
    [12.06, '12.1 s'],
    [119.9, '120 s'],
    [120, '2.00 min'],
    [2724, '45.4 min'],
    [533 * 60, '533 min'],
    [10 * 3600, '10.0 h'],
    [4_000_000, '1111 h'],
  ])('%d seconds read %s', (seconds, words) => {
    expect(readableTime(seconds)).toBe(words);
  });

  it('give a range in the unit of the median', () => {
    expect(readableSpread({ min: 110, median: 130, max: 150 })).toBe('2.17 min (1.83 to 2.50)');
  });

  it('give no range where there is none to be seen', () => {
    expect(readableSpread({ min: 12.1, median: 12.1, max: 12.1001 })).toBe('12.1 s');
  });
});

describe('sizes for people', () => {
  it.each([
    [512, '512 B'],
    [1500, '1.50 kB'],
    [18e9, '18.0 GB'],
    [5e15, '5000 TB'],
  ])('%d bytes read %s', (bytes, words) => {
    expect(readableBytes(bytes)).toBe(words);
  });
});

describe('shares for people', () => {
  it.each([
    [0.07, '7 %'],
    [0.29, '29 %'],
    [0.035, '3.5 %'],
    [0.0007, '0.07 %'],
  ])('%d reads %s', (share, words) => {
    expect(writtenShare(share)).toBe(words);
  });
});

describe('numbers for people', () => {
  it.each([
    [99.94, '99.9'],
    [99.96, '100'],
    [1234.5, '1235'],
    [0.0123, '0.0123'],
    [0.000123, '0.000123'],
  ])('%d reads %s, never with an exponent', (value, words) => {
    expect(threeDigits(value)).toBe(words);
  });
});
