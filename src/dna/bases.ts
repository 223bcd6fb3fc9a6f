import { addressKeeper, kernels } from '../kernels/kernels.js'

/** Code of anything that is not A, C, G or T. */
export const N = 4

/** Letters in the order of their codes: A=0 C=1 G=2 T=3 N=4. */
export const LETTERS = 'ACGTN'

/** The same in ASCII. */
export const LETTER_BYTES: Uint8Array = Uint8Array.from(LETTERS, letter => letter.charCodeAt(0))

/** Base code of every byte: upper and lower case a, c, g, t; anything else is N. */
export const CODE_OF_BYTE: Uint8Array = new Uint8Array(256).fill(N)
for (const [code, letter] of ['A', 'C', 'G', 'T'].entries()) {
  CODE_OF_BYTE[letter.charCodeAt(0)] = code
  CODE_OF_BYTE[letter.toLowerCase().charCodeAt(0)] = code
}

const addressOfCodes = addressKeeper()

/** Whether there is an N among base codes. */
export function hasUnknown(codes: Uint8Array): boolean {
  const { length } = codes
  const address = addressOfCodes(codes)
  if (kernels !== undefined && address !== 0) return kernels.hasUnknown(address, length) !== 0
  const whole = length & ~3
  let any = 0
  for (let i = 0; i < whole; i += 4) any |= codes[i] | codes[i + 1] | codes[i + 2] | codes[i + 3]
  for (let i = whole; i < length; i++) any |= codes[i]
  return any >= N
}

/** Base codes of a text, one a character. */
export function encodeBases(text: string): Uint8Array {
  const codes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) codes[i] = CODE_OF_BYTE[text.charCodeAt(i)] ?? N
  return codes
}

/** Upper-case text of base codes in the half-open span [start, end). */
export function decodeBases(sequence: Uint8Array, start = 0, end = sequence.length): string {
  let text = ''
  for (let i = start; i < end; i++) text += LETTERS[sequence[i]]
  return text
}
