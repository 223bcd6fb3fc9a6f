/** What starts and ends a file, and an encrypted one; the length of the footer stands before its end. */
export const MAGIC = 'PAR1'
export const ENCRYPTED = 'PARE'

/** Whether a file that starts with these bytes is Parquet, an encrypted one, which is not read, among them. */
export function looksLikeParquet(head: Uint8Array): boolean {
  const magic = magicOf(head)
  return magic === MAGIC || magic === ENCRYPTED
}

/** The four bytes of a signature as text. */
export function magicOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1')
}
