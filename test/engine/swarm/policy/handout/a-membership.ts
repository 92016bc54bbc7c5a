import {
  HANDOUTS,
  type HandoutName,
} from '../../../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { type MemberPlace, Membership } from '../../../../../src/engine/swarm/policy/handout/membership.ts';
import { RandomStream } from '../../../../../src/sim/kernel/random-stream.ts';

const PLACE: MemberPlace = { site: 'near', isSource: false, isHidden: false };

/** A swarm behind a tracker that hands out by this rule; its seeder is member 0, at the site `near`. */
export class ASwarm {
  readonly members = new Membership();
  readonly living: number[] = [];
  readonly #handout: HandoutName;
  readonly #wanted: number;
  readonly #chance: RandomStream;

  constructor(handout: HandoutName, wanted: number, randomSeed = 1) {
    this.#handout = handout;
    this.#wanted = wanted;
    this.#chance = new RandomStream(randomSeed, 'handout');
    this.join({ isSource: true });
  }

  join(place: Partial<MemberPlace> = {}): number {
    const member = this.members.join({ ...PLACE, ...place });
    this.living.push(member);
    this.ask(member);
    return member;
  }

  ask(asker: number): number[] {
    const ask = { members: this.members, asker, wanted: this.#wanted, chance: this.#chance };
    const told = HANDOUTS[this.#handout](ask);
    this.members.tell(asker, told);
    return told;
  }

  die(member: number): void {
    this.members.leave(member);
    this.living.splice(this.living.indexOf(member), 1);
  }

  degrees(): number[] {
    return this.living.map((member) => this.members.linksOf(member).length);
  }

  /** Living members that can be reached from the first of them, over links that this allows. */
  reachable(allows: (one: number, other: number) => boolean = () => true): number {
    const reached = new Set(this.living.slice(0, 1));
    for (const member of reached) {
      for (const other of this.members.linksOf(member)) if (allows(member, other)) reached.add(other);
    }
    return reached.size;
  }
}
