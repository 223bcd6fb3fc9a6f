import { mix32 } from '../core/hash.js'

/** What moves runs at random, as results name it. */
export const SHIFT_GENERATOR = 'MurmurHash3 finaliser of id hash, salt 73686966'

const SALT = 0x73686966

/** How far the runs of a record are moved: uniform in 1..L-1, from the hash of its id; 0 for a single position. */
export function shiftOf(idHash: number, length: number): number {
  return length < 2 ? 0 : 1 + Math.floor((mix32(idHash ^ SALT) / 2 ** 32) * (length - 1))
}
