import { bootFileUrl, type ScriptTarget, scriptUrl } from './boot-address.ts';
import { isKernelArgument } from './boot-catalogue.ts';
import type { BootPlan } from './boot-plan.ts';
import { isUefi } from './platform.ts';

/** Between two times that a machine asks what to do which could not fetch its boot image [s]. */
const RETRY_S = 10;
/** How long it asks: as long as an agent waits for a server that is started again (`http/deployment-client.ts`) [s]. */
const PATIENCE_S = 300;

export interface IpxeScriptOptions {
  readonly target: ScriptTarget;
  readonly plan: BootPlan;
  readonly httpUrl: string;
}

/**
 * The iPXE script for one machine (https://ipxe.org/scripting).
 * A machine that is armed and cannot fetch its boot image asks again, so that it learns when it is armed no longer.
 */
export function ipxeScript({ target, plan, httpUrl }: IpxeScriptOptions): string {
  const lines = plan.kind === 'deploy' ? deployment(plan, httpUrl) : [said(`boot from disk: ${plan.why}`)];
  const again = plan.kind === 'deploy' ? retry(scriptUrl(httpUrl, target)) : [];
  return `${['#!ipxe', ...lines, ...again, localBoot(target)].join('\n')}\n`;
}

function deployment(
  { machine, image, why }: Extract<BootPlan, { kind: 'deploy' }>,
  httpUrl: string,
): string[] {
  const files = image.initrds.map((name, index) => ({
    url: bootFileUrl(httpUrl, name),
    label: `initrd${index}`,
  }));
  // EFI kernels take the files that they are told of by name; BIOS kernels take all.
  const words = [
    ...files.map(({ label }) => `initrd=${label}`),
    ...image.arguments,
    ...machine.arguments.filter(isKernelArgument),
  ];
  return [
    said(`deployment: ${why}`),
    'imgfree',
    ['kernel', bootFileUrl(httpUrl, image.kernel), ...words, '|| goto failed'].join(' '),
    ...files.map(({ url, label }) => `initrd --name ${label} ${url} || goto failed`),
    'boot || goto failed',
  ];
}

function retry(url: string): string[] {
  return [
    ':failed',
    said(`the boot image cannot be fetched or started: asking again every ${RETRY_S} s for ${PATIENCE_S} s`),
    'imgfree',
    ...Array.from({ length: PATIENCE_S / RETRY_S }, () => [
      `sleep ${RETRY_S}`,
      // Where the answer has come, nothing below is read any more.
      `chain --replace ${url} ||`,
    ]).flat(),
  ];
}

/** BIOS goes on to the disk after `exit`; UEFI firmware only after a failure, in every script on the way. */
function localBoot({ platform }: ScriptTarget): string {
  return isUefi(platform) ? 'exit 1' : 'exit';
}

/** Names of machines come from people: nothing in them is a command, a setting or a comment of iPXE. */
function said(text: string): string {
  return `echo Swarmboot: ${text.replace(/[^\w .,:()/-]/g, '?')}`;
}
