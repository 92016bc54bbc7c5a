/**
 * Who of a site fetches a piece from afar: the one with the highest weight for it (rendezvous hashing, Thaler and
 * Ravishankar 1998). All who know the same members agree without a word, and when a member goes only its pieces move.
 * @param salt of a member, the same wherever it is known
 * @returns a whole number from 0 up
 */
export function ownerWeight(salt: number, piece: number): number {
  // The finaliser of MurmurHash3 (Appleby 2011), twice: neighbouring pieces get unrelated owners.
  return mixed(mixed(salt) ^ piece);
}

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
