/** Some members, in no particular order; to add, to remove and to draw by place cost the same among few and many. */
export class Roster {
  readonly #members: number[] = [];
  readonly #places = new Map<number, number>();

  get members(): readonly number[] {
    return this.#members;
  }

  has(member: number): boolean {
    return this.#places.has(member);
  }

  add(member: number): void {
    this.#places.set(member, this.#members.length);
    this.#members.push(member);
  }

  /** The last one takes the place that becomes free. */
  delete(member: number): void {
    const place = this.#places.get(member)!;
    const last = this.#members.pop()!;
    this.#places.delete(member);
    if (last === member) return;
    this.#members[place] = last;
    this.#places.set(last, place);
  }
}
