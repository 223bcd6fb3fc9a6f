/** A base code that is none of A, C, G, T. */
const N: i32 = 4

/** Letters whose low four bits say which base they are, and the codes of these. */
const LOW = i8x16(0, 0x41, 0, 0x43, 0x54, 0, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0)
const CODES = i8x16(4, 0, 4, 1, 3, 4, 4, 2, 4, 4, 4, 4, 4, 4, 4, 4)

/** Codes of sixteen letters: see `CODE_OF_BYTE` in dna/bases.ts. */
@inline
function codesOf(letters: v128): v128 {
  const low = v128.and(letters, i8x16.splat(15))
  const upper = v128.and(letters, i8x16.splat(<i8>0xdf))
  const isBase = i8x16.eq(upper, i8x16.swizzle(LOW, low))
  return v128.bitselect(i8x16.swizzle(CODES, low), i8x16.splat(<i8>N), isBase)
}

/** Codes of letters. Reads and writes whole sixteens. */
export function encodeBases(letters: usize, length: i32, codes: usize): void {
  for (let i = 0; i < length; i += 16) v128.store(codes + <usize>i, codesOf(v128.load(letters + <usize>i)))
}

/** Whether there is an N among the codes. */
export function hasUnknown(codes: usize, length: i32): i32 {
  let any = i8x16.splat(0)
  let i = 0
  for (; i < length - 15; i += 16) any = v128.or(any, v128.load(codes + <usize>i))
  let found = i32(v128.any_true(v128.and(any, i8x16.splat(<i8>N))))
  for (; i < length; i++) found |= load<u8>(codes + <usize>i) & N
  return found
}
