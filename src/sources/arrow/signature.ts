/** The longest metadata that is read: a schema of 100,000 list columns takes 10 MB. */
export const MAX_METADATA = 64 * 2 ** 20

/** What the first bytes are: an IPC file, an IPC stream, a Feather V1 file (which is not read) or something else. */
export function signatureOf(head: Uint8Array): 'file' | 'stream' | 'feather-v1' | undefined {
  const text = String.fromCharCode(...head.subarray(0, 6))
  if (text === 'ARROW1') return 'file'
  if (text.startsWith('FEA1')) return 'feather-v1'
  if (head.length < 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (view.getUint32(0, true) === CONTINUATION) {
    const length = view.getInt32(4, true)
    return length >= 0 && length <= MAX_METADATA ? 'stream' : undefined
  }
  // Before Arrow 0.15 there was no marker: a length, then a flatbuffer, which starts with the place of its root table.
  const length = view.getInt32(0, true)
  const root = view.getInt32(4, true)
  const plausible = length >= 16 && length <= MAX_METADATA && length % 4 === 0
  return plausible && root >= 4 && root < length && root % 2 === 0 ? 'stream' : undefined
}

/** Starts every message since Arrow 0.15. */
export const CONTINUATION = 0xffffffff

/** Whether the first bytes (8 or more) of a file or pipe are those of Arrow IPC, Feather included. */
export function looksLikeArrow(head: Uint8Array): boolean {
  return signatureOf(head) !== undefined
}
