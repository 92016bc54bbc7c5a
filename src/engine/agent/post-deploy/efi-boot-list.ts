/** What efibootmgr says of the firmware's boot entries; numbers are four hexadecimal digits, as it writes them. */
export interface EfiBootList {
  /** The entry that this start came by. */
  readonly current: string | undefined;
  readonly order: readonly string[];
  readonly entries: readonly { readonly number: string; readonly label: string }[];
}

/** Reads what efibootmgr writes, versions 15 to 18: `Boot0003* label`, behind a tab the device path. */
export function parseEfiBootList(text: string): EfiBootList {
  const order = /^BootOrder: ([\dA-F,]+)$/m.exec(text)?.[1];
  return {
    current: /^BootCurrent: ([\dA-F]{4})$/m.exec(text)?.[1],
    order: order?.split(',') ?? [],
    entries: [...text.matchAll(/^Boot([\dA-F]{4})[* ] ?(.*)$/gm)].map(([, number, rest]) => ({
      number: number!,
      label: rest!.split('\t')[0]!.trim(),
    })),
  };
}

/**
 * The boot order with an entry right behind the one that this start came by: the network stays first, so that the
 * machine can be deployed again, and when it is sent on to its disk, firmware asks no other card or protocol before.
 * Where the start came by an entry that is in no order, it is first.
 */
export function orderWith(
  entry: string,
  { current, order }: Pick<EfiBootList, 'current' | 'order'>,
): string[] {
  const others = order.filter((number) => number !== entry);
  return others.toSpliced(others.indexOf(current ?? '') + 1, 0, entry);
}
