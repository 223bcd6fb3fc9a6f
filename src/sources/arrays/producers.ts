import { basename } from 'node:path'
import { type ArrayInfo } from './array-file.js'

/** Arrays that tell where a row lies on a genome. */
export interface Coordinates {
  readonly chrom: string
  readonly start: string
  /** The start and the length of the map where there is none. */
  readonly end?: string | undefined
  readonly strand?: string | undefined
}

/** What a file of arrays was recognised as. */
export interface ArrayLayout {
  /** Who writes such files; undefined where only names or shapes told the arrays. */
  readonly producer: string | undefined
  readonly attributions: string | undefined
  readonly sequence: string | undefined
  readonly truth: string | undefined
  readonly coordinates: Coordinates | undefined
  readonly id: string | undefined
  /** What to know about such files, in words. */
  readonly notes: readonly string[]
}

interface Producer {
  readonly name: string
  readonly attributions: string
  readonly sequence?: string
  readonly coordinates?: Coordinates
  readonly id?: string
  readonly notes?: readonly string[]
}

const CALICO = { chrom: 'chr', start: 'start', end: 'end', strand: 'strand' }
const FAILED = 'a sequence that failed leaves a map of zeros, which counts as dead'

/** What producers call their arrays, as their code writes them; the first of which all are there. */
const PRODUCERS: readonly Producer[] = [
  {
    name: 'ChromBPNet',
    attributions: 'shap/seq',
    sequence: 'raw/seq',
    notes: ['maps are shap/seq; projected_shap/seq, with --attributions-column, has one channel of four'],
  },
  {
    name: 'BPNet',
    attributions: 'hyp_scores',
    sequence: 'input_seqs',
    coordinates: { chrom: 'coords_chrom', start: 'coords_start', end: 'coords_end' },
  },
  {
    name: 'BPNet, older scripts',
    attributions: 'hyp_scores',
    sequence: 'one_hot_seqs',
    coordinates: { chrom: 'coords_chrom', start: 'coords_start', end: 'coords_end' },
  },
  {
    name: 'Fi-NeMo',
    attributions: 'contributions',
    sequence: 'sequences',
    coordinates: { chrom: 'chr', start: 'start' },
  },
  { name: 'TF-MInDi', attributions: 'contrib', sequence: 'oh' },
  {
    name: 'Basenji (basenji_sat_bed)',
    attributions: 'scores',
    sequence: 'seqs',
    coordinates: { ...CALICO, chrom: 'chrom' },
    notes: [FAILED],
  },
  {
    name: 'Baskerville (hound_ism_bed)',
    attributions: 'logSUM',
    sequence: 'seqs',
    coordinates: CALICO,
    notes: [FAILED],
  },
  { name: 'Borzoi gradients', attributions: 'grads', sequence: 'seqs', coordinates: CALICO },
  { name: 'Decima', attributions: 'attribution', sequence: 'sequence', id: 'genes' },
  { name: 'TF-MInDi', attributions: 'contrib' },
]

/** Endings of the names of files with one array each, and what they hold. */
const FILE_NAMES: readonly { readonly ending: RegExp; readonly producer: string; readonly maps: boolean }[] =
  [
    { ending: /_contrib\.npz$/, producer: 'CREsted', maps: true },
    { ending: /_oh\.npz$/, producer: 'CREsted', maps: false },
    { ending: /\.attr\.npz$/, producer: 'bpnet-lite', maps: true },
    { ending: /\.ohe\.npz$/, producer: 'bpnet-lite', maps: false },
  ]

/** Endings of the names of maps, and those of their sequences. */
const BESIDE = [
  ['_contrib.npz', '_oh.npz'],
  ['.attr.npz', '.ohe.npz'],
] as const

/** What the file of sequences is called that accompanies a file of maps; undefined if no producer has one. */
export function sequencesFileOf(file: string): string | undefined {
  for (const [maps, sequences] of BESIDE) {
    if (file.endsWith(maps)) return file.slice(0, -maps.length) + sequences
  }
  return undefined
}

/** What bpnet-lite calls the file of the loci that it kept, next to its maps. */
export function keptLociFileOf(file: string): string | undefined {
  return file.endsWith('.attr.npz') ? `${file.slice(0, -'.attr.npz'.length)}.idx.npy` : undefined
}

/** Usual names of arrays, likeliest first. */
const MAPS = [
  'attributions',
  'attribution',
  'contributions',
  'contrib',
  'contrib_scores',
  'hyp_scores',
  'attr_map',
  'grads',
  'scores',
  'shap',
  'attr',
]
const SEQUENCES = [
  'sequence',
  'sequences',
  'one_hot',
  'onehot',
  'oh',
  'ohe',
  'one_hot_seqs',
  'input_seqs',
  'seqs',
  'raw/seq',
  'seq',
]
const TRUTH = ['truth']

/** Keys that an archive gives arrays without a name. */
const NAMELESS = /^arr_\d+$/

/** What the arrays of a file are, by their names and shapes, and by the file's name where it holds but one. */
export function recognise(file: string, arrays: readonly ArrayInfo[]): ArrayLayout {
  const has = (name: string | undefined) => name === undefined || arrays.some(array => array.name === name)
  const first = (names: readonly string[]) => names.find(name => has(name))
  const truth = first(TRUTH)
  const known = PRODUCERS.find(
    ({ attributions, sequence, id }) => has(attributions) && has(sequence) && has(id),
  )
  if (known !== undefined) {
    const { coordinates, id, notes = [] } = known
    const located = coordinates !== undefined && has(coordinates.chrom) && has(coordinates.start)
    return {
      producer: known.name,
      attributions: known.attributions,
      sequence: known.sequence ?? first(SEQUENCES),
      truth,
      coordinates: located ? present(coordinates, has) : undefined,
      id,
      notes,
    }
  }
  const lone = arrays.length === 1 ? arrays[0] : undefined
  if (lone !== undefined && NAMELESS.test(lone.name)) {
    const named = FILE_NAMES.find(({ ending }) => ending.test(basename(file)))
    const maps = named?.maps ?? isFloat(lone)
    return {
      producer: named?.producer ?? (maps && lone.shape[1] === 4 ? 'as tf-modisco takes it' : undefined),
      attributions: maps ? lone.name : undefined,
      sequence: maps ? undefined : lone.name,
      truth,
      coordinates: undefined,
      id: undefined,
      notes: [],
    }
  }
  const sequence = first(SEQUENCES)
  const others = arrays.filter(
    array => isFloat(array) && isMatrices(array) && array.name !== sequence && array.name !== truth,
  )
  const attributions = first(MAPS) ?? (others.length === 1 ? others[0].name : undefined)
  return {
    producer: undefined,
    attributions,
    sequence,
    truth,
    coordinates: undefined,
    id: undefined,
    notes: [],
  }
}

function present(coordinates: Coordinates, has: (name: string) => boolean): Coordinates {
  const kept = (name: string | undefined) => (name !== undefined && has(name) ? name : undefined)
  return { ...coordinates, end: kept(coordinates.end), strand: kept(coordinates.strand) }
}

function isFloat({ element }: ArrayInfo): boolean {
  return element !== undefined && element.startsWith('float')
}

function isMatrices({ shape }: ArrayInfo): boolean {
  return shape.length === 3 && (shape[1] === 4 || shape[2] === 4)
}
