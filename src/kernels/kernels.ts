import { readFileSync } from 'node:fs'
import { PACKAGE_ROOT } from '../package-root.js'
import { Heap } from './heap.js'

/**
 * The hot loops in WebAssembly, two doubles at a time: `assembly/` has them in AssemblyScript. Addresses are offsets in
 * bytes into the memory that `doubles` and its sibling functions allocate; lengths are in elements.
 *
 * Each has a counterpart in TypeScript that gives the same bits, which runs where there is no WebAssembly with vectors,
 * and which tests compare it with.
 */
export interface Kernels {
  /** Counterpart: `mapCorrector` in dna/corrected-map.ts. */
  readonly correctFloats: CorrectKernel
  readonly correctDoubles: CorrectKernel
  /** Counterpart: `rotator` in dna/rotation.ts. Arrays have room for whole fours of positions. */
  rotate(
    squares: number,
    magnitudes: number,
    length: number,
    seed: number,
    sines: number,
    own: number,
    third: number,
    e1: number,
    e2: number,
    e3: number,
  ): void
  /** Counterpart: `squareWindows` in dna/windows.ts, for windows that do not wrap. */
  squareWindows(
    e1: number,
    e2: number,
    e3: number,
    start: number,
    end: number,
    offset: number,
    width: number,
    squares: number,
  ): void
  /** Counterpart: `Selector` in dna/quantiles/quantile-selector.ts. */
  selectAbove(
    values: number,
    start: number,
    end: number,
    wanted: number,
    share: number,
    low: number,
    high: number,
    places: number,
    positions: number,
    candidates: number,
    inside: number,
    result: number,
  ): number
  /** Counterpart: `pointBinner` in dna/bin-points.ts. */
  layPoints(
    positions: number,
    count: number,
    squares: number,
    e1: number,
    e2: number,
    e3: number,
    offset: number,
    width: number,
    scale: number,
    base: number,
    azimuths: number,
    thetas: number,
    cells: number,
    weights: number,
    unsettled: number,
    result: number,
  ): number
  /** Counterpart: `observedBases` in dna/observed-bases.ts. `result` gets two integers. */
  readonly observedFloats: ObservedKernel
  readonly observedDoubles: ObservedKernel
  /** Counterpart: `PositionSums.add` in dna/position-sums.ts. Reads and writes whole pairs. */
  addPositions(
    e1: number,
    e2: number,
    e3: number,
    squares: number,
    length: number,
    scale: number,
    published: number,
    sums: number,
    stride: number,
  ): void
  /** Counterpart: `runFinder` in dna/runs.ts. */
  attributedRuns(positions: number, count: number, length: number, buffer: number, runs: number): number
  /** Counterpart: `decodeHalves` in kernels/float16.ts. Writes whole eights. */
  decodeHalves(halves: number, count: number, singles: number): void
  /** Counterpart: `LetterCodes` in dna/letters.ts. Writes whole sixteens. */
  encodeBases(letters: number, length: number, codes: number): void
  /** Counterpart: `hasUnknown` in dna/bases.ts. 0 where no code is that of N. */
  hasUnknown(codes: number, length: number): number
  /** Counterpart: `countKmers` in dna/kmers.ts, into counts of 32 bits. */
  countKmers(sequence: number, start: number, end: number, k: number, counts: number): number
  /** Counterpart: `KmerBuffer.addRuns` in dna/kmer-buffer.ts. */
  copyRuns(sequence: number, runs: number, runCount: number, k: number, into: number): number
  /** Counterpart: `Alias.drawPair` in stats/random.ts. */
  drawFour(
    table: number,
    shift: number,
    seeds: number,
    from: number,
    to: number,
    words: number,
    wordBytes: number,
    counts: number,
    countBytes: number,
  ): void
  /** No counterpart: brings memory near that is about to be used. */
  fetchLines(from: number, to: number): number
  /** Counterpart: `ExactSums.add` in stats/sums/exact-sums.ts. */
  addWeights(
    cells: number,
    weights: number,
    from: number,
    count: number,
    limbs: number,
    first: number,
    width: number,
  ): number
}

type CorrectKernel = (
  attribution: number,
  length: number,
  b1: number,
  b2: number,
  g2: number,
  b3: number,
  t3: number,
  squares: number,
  magnitudes: number,
  e1: number,
  e2: number,
  e3: number,
  totals: number,
) => void

type ObservedKernel = (
  attribution: number,
  sequence: number,
  positions: number,
  count: number,
  result: number,
) => void

/** Pages of 64 KiB that the memory may grow to: 2 GiB, of which only what is asked for is ever taken. */
const MOST_PAGES = 32_768

const heap = makeHeap()

/** The kernels of this thread; undefined where the machine has no vectors, or ATTRSTREAM_KERNELS=typescript says so. */
export const kernels: Kernels | undefined = heap && instantiate(heap.memory)

function makeHeap(): Heap | undefined {
  if (process.env['ATTRSTREAM_KERNELS'] === 'typescript') return undefined
  try {
    return new Heap(new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared: true }))
  } catch {
    return undefined // no address space to be had, as under `ulimit -v`
  }
}

function instantiate(memory: WebAssembly.Memory): Kernels | undefined {
  const bytes = readFileSync(new URL('dist/kernels/kernels.wasm', PACKAGE_ROOT))
  if (!WebAssembly.validate(bytes)) return undefined
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  return instance.exports as unknown as Kernels
}

/** Doubles, all 0, that kernels can reach where there are kernels and room for them. */
export function doubles(length: number): Float64Array {
  return room(8 * length, (buffer, at) => new Float64Array(buffer, at, length)) ?? new Float64Array(length)
}

/** Floats, the same way. */
export function floats(length: number): Float32Array {
  return room(4 * length, (buffer, at) => new Float32Array(buffer, at, length)) ?? new Float32Array(length)
}

/** Integers, the same way. */
export function integers(length: number): Int32Array {
  return room(4 * length, (buffer, at) => new Int32Array(buffer, at, length)) ?? new Int32Array(length)
}

/** Whole numbers >= 0, the same way. */
export function naturals(length: number): Uint32Array {
  return room(4 * length, (buffer, at) => new Uint32Array(buffer, at, length)) ?? new Uint32Array(length)
}

/** Bytes, the same way. */
export function bytes(length: number): Uint8Array {
  return room(length, (buffer, at) => new Uint8Array(buffer, at, length)) ?? new Uint8Array(length)
}

/** Bytes, the same way, that are a copy of others. */
export function holdBytes(values: Uint8Array): Uint8Array {
  const held = bytes(values.length)
  held.set(values)
  return held
}

/** Doubles, the same way, that are a copy of others. */
export function holdDoubles(values: Float64Array): Float64Array {
  const held = doubles(values.length)
  held.set(values)
  return held
}

/** Takes back the room of such an array at once, if it has any: neither it nor views of its memory may be used again. */
export function give(array: ArrayBufferView): void {
  heap?.give(array)
}

/** Whether kernels can reach an array: whether it came from the functions above, or is a view of what did, and found room. */
export function isReached(array: ArrayBufferView): boolean {
  return kernels !== undefined && heap !== undefined && heap.has(array)
}

/**
 * Where an array lies for kernels; 0, where nothing lies, for one that they cannot reach. Whoever has a lasting array keeps its
 * address, since `byteOffset` takes 6 ns, and the array with it: an address keeps no memory.
 */
export function addressOf(array: ArrayBufferView): number {
  return isReached(array) ? array.byteOffset : 0
}

/**
 * A function like `addressOf` for arrays that come again and again: it keeps the last one, with its address, which is then told
 * at once (by the other way 20 to 50 ns).
 */
export function addressKeeper(): (array: ArrayBufferView) => number {
  let last: ArrayBufferView | undefined
  let address = 0
  return array => {
    if (array !== last) {
      last = array
      address = addressOf(array)
    }
    return address
  }
}

/** Brings bytes [from, to) of an array near, where kernels can reach it: for who is about to use much of it here and there. */
export function bringNear(array: ArrayBufferView, from = 0, to = array.byteLength): void {
  const address = addressOf(array)
  if (kernels !== undefined && address !== 0) kernels.fetchLines(address + from, address + to)
}

/** Where a table lies that kernels alone read, for as long as the thread runs; 0 where there are no kernels. */
export function tableAt(values: Uint8Array): number {
  const table = holdBytes(values)
  tables.push(table)
  return addressOf(table)
}

const tables: Uint8Array[] = []

function room<T extends ArrayBufferView>(
  bytes: number,
  make: (buffer: SharedArrayBuffer, offset: number) => T,
): T | undefined {
  return kernels === undefined ? undefined : heap?.take(bytes, make)
}
