import { readFileSync, writeFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

/** An array of numbers as NumPy saves it, in C order. */
export interface NumpyArray {
  readonly shape: readonly number[]
  readonly values: Uint8Array | Int8Array | Uint32Array | Float32Array | Float64Array | Int32Array
}

/** The arrays of a .npz file by name: a ZIP archive of .npy members, stored or deflated. */
export function readNpz(path: string): Map<string, NumpyArray> {
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error(`${path} is no ZIP archive`)
  const arrays = new Map<string, NumpyArray>()
  let entry = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const method = bytes.readUInt16LE(entry + 10)
    const packed = bytes.readUInt32LE(entry + 20)
    const nameLength = bytes.readUInt16LE(entry + 28)
    const name = bytes.toString('utf8', entry + 46, entry + 46 + nameLength)
    const local = bytes.readUInt32LE(entry + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const body = bytes.subarray(start, start + packed)
    arrays.set(name.replace(/\.npy$/, ''), parseNpy(method === 0 ? body : inflateRawSync(body)))
    entry += 46 + nameLength + bytes.readUInt16LE(entry + 30) + bytes.readUInt16LE(entry + 32)
  }
  return arrays
}

const TYPES = {
  '|i1': Int8Array,
  '|u1': Uint8Array,
  '<u4': Uint32Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
}

function parseNpy(bytes: Buffer): NumpyArray {
  const major = bytes[6]
  const headerLength = major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  const headerStart = major === 1 ? 10 : 12
  const header = bytes.toString('latin1', headerStart, headerStart + headerLength)
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] as keyof typeof TYPES
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter(part => part.trim() !== '')
    .map(Number)
  const text = /^<U(\d+)$/.exec(descr)?.[1]
  if ((text === undefined && !(descr in TYPES)) || /'fortran_order': True/.test(header))
    throw new Error(`cannot read ${header}`)
  // Texts are UTF-32 of one width.
  const size = shape.reduce((product, length) => product * length, Number(text ?? 1))
  const body = Uint8Array.from(bytes.subarray(headerStart + headerLength))
  return { shape, values: new (text === undefined ? TYPES[descr] : Uint32Array)(body.buffer, 0, size) }
}

/** Writes bytes as an array of uint8 in C order, as NumPy saves it. */
export function writeNpy(path: string, shape: readonly number[], values: Uint8Array): void {
  const described = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = `${described.padEnd(117)}\n`
  const start = [0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]
  writeFileSync(path, Buffer.concat([Uint8Array.from(start), Buffer.from(header), values]))
}
