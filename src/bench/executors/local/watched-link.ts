import { LinkRate } from '../../../engine/index.ts';

/** One direction of a link that tells of what it has carried before those hear of it who wanted it carried. */
export class WatchedLink extends LinkRate {
  /** Hears that bytes were carried. */
  watch: () => void = () => {};

  override async carry(bytes: number): Promise<void> {
    await super.carry(bytes);
    this.watch();
  }
}
