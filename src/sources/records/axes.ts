import { DataError } from '../../core/errors.js'

/** Order of the axes of a map: position-major (`L4`) or channel-major (`4L`). */
export type Axes = 'L4' | '4L'

/** Keys of file metadata that declare what column types cannot tell. */
export const AXES_KEY = 'attrstream.axes'
export const ALPHABET_KEY = 'attrstream.alphabet'

/** Metadata of a file that attrstream writes: of maps that are position by channel, channels A C G T, and more. */
export function mapMetadata(more: { readonly [key: string]: string }): Map<string, string> {
  return new Map([[AXES_KEY, 'L4'], [ALPHABET_KEY, 'ACGT'], ...Object.entries(more)])
}

/** What an option says, else what the file's metadata says, else undefined. Errors: `axes`, for anything but L4 and 4L. */
export function declaredAxes(
  option: string | undefined,
  metadata: ReadonlyMap<string, string>,
  file: string,
): Axes | undefined {
  const found = option ?? metadata.get(AXES_KEY)
  if (found === undefined || found === 'L4' || found === '4L') return found
  const from = option === undefined ? `metadata ${AXES_KEY}` : '--axes'
  throw new DataError(
    'axes',
    `${from} is "${found}", expected L4 (position by channel) or 4L (channel by position)`,
    { file },
  )
}

/**
 * Where base b (A=0 C=1 G=2 T=3) lies among the four channels: [0, 1, 2, 3] unless an option or the file's metadata
 * declares another alphabet. Errors: `axes`, for anything but the letters A, C, G, T in some order.
 */
export function channelsOfBases(
  option: string | undefined,
  metadata: ReadonlyMap<string, string>,
  file: string,
): readonly [number, number, number, number] {
  const found = (option ?? metadata.get(ALPHABET_KEY) ?? 'ACGT').toUpperCase()
  const channels = ['A', 'C', 'G', 'T'].map(letter => found.indexOf(letter))
  if (found.length !== 4 || channels.includes(-1)) {
    const from = option === undefined ? `metadata ${ALPHABET_KEY}` : '--alphabet'
    throw new DataError(
      'axes',
      `${from} is "${found}", expected the letters A, C, G, T in the order of the channels`,
      { file },
    )
  }
  return channels as [number, number, number, number]
}
