import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { missingParts } from '../../../../src/bench/executors/netns/missing-parts-reader.ts';

const INSTALLS_PACKAGES = new URL('../../../../tools/system-packages.sh', import.meta.url);

describe('what the netns lab lacks', () => {
  it('is root, or a user namespace, for whoever is neither', () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    const [sentence, ...others] = missingParts('p2p');
    vi.restoreAllMocks();
    expect(sentence).toMatch(/^--on netns: .* run the command as root, or in a user namespace: unshare /);
    expect(others).toEqual([]);
  });

  it('is named with the Debian package that brings it, and our tool installs that', async () => {
    vi.stubEnv('PATH', '/nowhere');
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    const sentences = missingParts('clonezilla-unicast', { isOverNfs: true });
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    const packages = sentences.map((sentence) => /the Debian package (\S+),/.exec(sentence)?.[1]);
    expect(packages).toEqual(
      expect.arrayContaining(['partclone', 'curl', 'nfs-ganesha', 'nfs-ganesha-vfs', 'libnfs-utils']),
    );
    const installed = (await readFile(INSTALLS_PACKAGES, 'utf8')).split('\n').map((line) => line.trim());
    expect(installed).toEqual(expect.arrayContaining(packages));
  });
});
