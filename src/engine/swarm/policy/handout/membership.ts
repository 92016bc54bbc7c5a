import { Roster } from './roster.ts';

/** What a tracker knows of a member of a swarm when it joins. */
export interface MemberPlace {
  /** Members of one site reach each other without crossing a WAN. */
  readonly site: string;
  /** It has had the whole image from the start. */
  readonly isSource: boolean;
  /** It stands behind a NAT: nobody outside its site can connect to it. */
  readonly isHidden: boolean;
}

interface Member extends MemberPlace {
  /** Those that it was told of, and was to connect to. Lists, since few are known and the members may be many. */
  readonly told: number[];
  /** Those that it was told of and those that were told of it. */
  readonly links: number[];
  /** Links to other sites. */
  linksAcross: number;
  /** Those that have lost it, or could not reach it, since it was heard. */
  readonly lostBy: Set<number>;
}

/** Who is in a swarm, and who knows whom. Members are numbers, in the order in which they joined. */
export class Membership {
  readonly #members = new Map<number, Member>();
  readonly #everybody = new Roster();
  readonly #sites = new Map<string, Roster>();
  readonly #sources = new Set<number>();
  #next = 0;

  /** @returns the new member's number */
  join(place: MemberPlace): number {
    const number = this.#next++;
    this.#members.set(number, { ...place, told: [], links: [], linksAcross: 0, lostBy: new Set() });
    this.#everybody.add(number);
    if (place.isSource) this.#sources.add(number);
    if (!this.#sites.has(place.site)) this.#sites.set(place.site, new Roster());
    this.siteOf(number).add(number);
    return number;
  }

  leave(number: number): void {
    const member = this.#of(number);
    for (const other of [...member.links]) this.#unlink(number, other);
    this.siteOf(number).delete(number);
    if (this.siteOf(number).members.length === 0) this.#sites.delete(member.site);
    this.#everybody.delete(number);
    this.#sources.delete(number);
    this.#members.delete(number);
  }

  /**
   * The asker has lost a neighbour: it cannot reach it until that one is heard again. A source it may, since nobody else
   * may have what it wants, and a network that was away for all takes no source away.
   */
  part(asker: number, other: number): void {
    this.#unlink(asker, other);
    if (!this.isSource(other)) this.#of(other).lostBy.add(asker);
  }

  /** The member is there. */
  heard(number: number): void {
    this.#of(number).lostBy.clear();
  }

  /** From now on the asker knows these, and they know it. */
  tell(asker: number, others: readonly number[]): void {
    const { told, links } = this.#of(asker);
    for (const other of others) {
      if (!told.includes(other)) told.push(other);
      if (links.includes(other)) continue;
      links.push(other);
      this.#of(other).links.push(asker);
      if (!this.areApart(asker, other)) continue;
      this.#of(asker).linksAcross++;
      this.#of(other).linksAcross++;
    }
  }

  get everybody(): Roster {
    return this.#everybody;
  }

  /** The members of the same site, this one among them. */
  siteOf(number: number): Roster {
    return this.#sites.get(this.#of(number).site)!;
  }

  /** The members of all other sites, site by site. */
  sitesBeside(number: number): readonly Roster[] {
    const own = this.siteOf(number);
    return [...this.#sites.values()].filter((site) => site !== own);
  }

  /** Those who joined before, the last of them first. */
  *before(number: number): Generator<number, void> {
    for (let earlier = number - 1; earlier >= 0; earlier--) if (this.#members.has(earlier)) yield earlier;
  }

  isSource(number: number): boolean {
    return this.#of(number).isSource;
  }

  /** Whether a source stands at the member's site. */
  readonly isBySource = (number: number): boolean =>
    this.#sources.values().some((source) => !this.areApart(source, number));

  get sources(): ReadonlySet<number> {
    return this.#sources;
  }

  /** Whether the two stand at different sites. */
  areApart(one: number, other: number): boolean {
    return this.#of(one).site !== this.#of(other).site;
  }

  /** Whether `from` can connect to `to`. */
  canReach(from: number, to: number): boolean {
    const { isHidden, lostBy } = this.#of(to);
    return !lostBy.has(from) && !(isHidden && this.areApart(from, to));
  }

  toldOf(number: number): readonly number[] {
    return this.#of(number).told;
  }

  linksOf(number: number): readonly number[] {
    return this.#of(number).links;
  }

  linksAcrossOf(number: number): number {
    return this.#of(number).linksAcross;
  }

  #unlink(one: number, other: number): void {
    for (const [member, former] of [
      [this.#of(one), other],
      [this.#of(other), one],
    ] as const) {
      remove(former, member.told);
      remove(former, member.links);
      if (this.areApart(one, other)) member.linksAcross--;
    }
  }

  #of(number: number): Member {
    return this.#members.get(number)!;
  }
}

function remove(number: number, numbers: number[]): void {
  const place = numbers.indexOf(number);
  if (place !== -1) numbers.splice(place, 1);
}
