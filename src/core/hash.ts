/** Groups of records: the unit that the jackknife leaves out. */
export const GROUPS = 64

/** FNV-1a, 32 bit, of the bytes [start, end). Another multiplier gives another, unrelated hash. */
export function fnv1a(bytes: Uint8Array, start = 0, end = bytes.length, multiplier = 0x01000193): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], multiplier)
  return hash >>> 0
}

/** Multiplier of the hash that checks an id: MurmurHash3's, far from FNV's prime. */
export const CHECK_MULTIPLIER = 0x85ebca6b

/** MurmurHash3's 32-bit finaliser: every bit of the input moves every bit of the output. */
export function mix32(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** What orders the records of a sample: 53 bits of both hashes of the id, a whole number. */
export function keyOf({ idHash, idCheck }: { readonly idHash: number; readonly idCheck: number }): number {
  return mix32(idHash) * 2 ** 21 + (mix32(idCheck) >>> 11)
}

/** Group 0..63 of the record whose id has this FNV-1a hash. */
export function groupOf(idHash: number): number {
  return mix32(idHash) % GROUPS
}
