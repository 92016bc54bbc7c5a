import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../../src/bench/executors/netns/last-words.ts';

describe('what a report tells of what a program said', () => {
  it.each([
    [
      'the last line in its own name',
      'curl: (18) 7 bytes missing\nzstd: premature end\n',
      'curl: (18) 7 bytes missing',
    ],
    [
      'else the last that tells of an error',
      'write block 3 ERROR:No space left\nPlease look',
      'write block 3 ERROR:No space left',
    ],
    ['else the last of all', 'Compressed UDP receiver\rTransfer complete.\n\n', 'Transfer complete.'],
    ['nothing where it said nothing', '', ''],
  ])('is %s', (_, said, words) => {
    expect(lastWords('curl', said)).toBe(words);
  });

  it('is without the folders of a file, which are of one run', () => {
    const said = "dd: error writing '/tmp/lab-1/m001.room/m001.img': No space left on device";
    expect(lastWords('dd', said)).toBe("dd: error writing 'm001.img': No space left on device");
  });

  it('keeps addresses as they are', () => {
    const said = 'curl: (7) no answer from http://10.0.0.1:8080/boot/clonezilla/sda1.zst';
    expect(lastWords('curl', said)).toBe(said);
  });
});
