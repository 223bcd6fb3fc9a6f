import type { Arrays, Json } from './types.js'

/*
 * Texts and JSON values as arrays, for states that hold keys or rows. Canonical: equal lists give equal bytes.
 */

/** Each text as UTF-8, one behind the other, with its end. */
export function saveTexts(texts: readonly string[]): Arrays {
  const encoder = new TextEncoder()
  const bytes = texts.map(text => encoder.encode(text))
  const ends = new Float64Array(texts.length)
  let end = 0
  for (const [i, { length }] of bytes.entries()) ends[i] = end += length
  const joined = new Uint8Array(end)
  for (const [i, one] of bytes.entries()) joined.set(one, ends[i] - one.length)
  return { text: joined, ends }
}

/** Error: `RangeError`, for arrays that `saveTexts` did not make. */
export function loadTexts({ text, ends }: Arrays): string[] {
  if (text === undefined || ends === undefined || text.length !== (ends.at(-1) ?? 0)) {
    throw new RangeError('saved texts are incomplete')
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  return Array.from(ends, (end, i) =>
    decoder.decode((text as Uint8Array).subarray(i === 0 ? 0 : ends[i - 1], end)),
  )
}

/** JSON with the keys of objects in order. */
export function sortedJson(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
