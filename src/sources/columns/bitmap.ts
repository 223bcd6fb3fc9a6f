/** One bit for each of `length` items, the first the lowest of its byte, set where `isSet`: as Arrow has its flags. */
export function bitmapOf(length: number, isSet: (index: number) => boolean): Uint8Array {
  const bits = new Uint8Array((length + 7) >>> 3)
  for (let i = 0; i < length; i++) if (isSet(i)) bits[i >>> 3] |= 1 << (i & 7)
  return bits
}
