import { encodeBases } from '../dna/bases.js'
import { FLANK, FLANKS } from '../dna/flanks.js'
import { kmerIndex } from '../dna/kmers.js'
import type { ReadoutKmer } from './kmers.js'
import { type MotifColumn, consensusOf, type MotifMatrix, reverseMatrix, sharesOf } from './matrix.js'
import { trimmed } from './motif-match.js'
import { bestPlacement, deviationsOf, inOrder, possibleOffsets, productTable } from './similarity.js'

/** A word put together from k-mers that lie in the same surroundings. */
export interface Word {
  /** Its consensus, in codes of the IUPAC, uninformative ends left out. */
  readonly consensus: string
  /** Bases at each position, the surroundings of its k-mers laid over one another. */
  readonly matrix: MotifMatrix
  readonly kmers: readonly string[]
  readonly contribution_nats: number
  /** The smallest of its k-mers'. */
  readonly p_adjusted: number
}

/** K-mers whose surroundings are at least this similar (Pearson's r) are of one word. */
const SIMILAR = 0.75
/** Longer words are several motifs that happen to overlap; JASPAR's longest has 30 positions. */
const LONGEST = 30

/**
 * Puts k-mers together into words, greedily: the heaviest k-mer left begins a word, and the heaviest other whose
 * surroundings are similar to what is there so far joins it, in the place and on the strand where they are most so, until
 * none is.
 *
 * @param kmers By descending contribution.
 * @param contexts Bases around every k-mer; where there are none the k-mers stand alone.
 */
export function assembleWords(
  kmers: readonly ReadoutKmer[],
  contexts: Float64Array | undefined,
  fold: boolean,
): Word[] {
  const left = new Map(kmers.map(kmer => [kmer, surroundings(kmer, contexts)]))
  const words: Word[] = []
  for (const seed of kmers) {
    const own = left.get(seed)
    if (own === undefined) continue
    left.delete(seed)
    const members = [seed]
    let matrix = own
    for (let grown = true; grown; ) {
      grown = false
      for (const [kmer, other] of left) {
        const joined = join(matrix, other, seed.kmer.length, fold)
        if (joined === undefined) continue
        matrix = joined
        members.push(kmer)
        left.delete(kmer)
        grown = true
        break
      }
    }
    words.push({
      consensus: consensusOf(trimmed(matrix).matrix),
      matrix,
      kmers: members.map(({ kmer }) => kmer),
      contribution_nats: members.reduce((sum, kmer) => sum + kmer.contribution_nats, 0),
      p_adjusted: Math.min(...members.map(kmer => kmer.p_adjusted)),
    })
  }
  return words.toSorted((a, b) => b.contribution_nats - a.contribution_nats)
}

/** Bases at the k-mer and around it, on both strands where it is folded: what lies around the other strand, turned round. */
function surroundings(kmer: ReadoutKmer, contexts: Float64Array | undefined): MotifMatrix {
  if (contexts === undefined) return onStrand(kmer.kmer, kmer.count, contexts)
  const own = onStrand(kmer.kmer, kmer.count, contexts)
  if (kmer.reverse_complement === null) return own
  const other = reverseMatrix(onStrand(kmer.reverse_complement, 0, contexts))
  return own.map((column, i): MotifColumn => add(column, other[i]))
}

function onStrand(text: string, count: number, contexts: Float64Array | undefined): MotifMatrix {
  const bases = encodeBases(text)
  const core = Array.from(bases, (base): MotifColumn => {
    const column: [number, number, number, number] = [0, 0, 0, 0]
    column[base] = count
    return column
  })
  if (contexts === undefined) return core
  const place = kmerIndex(bases) * FLANKS
  const flanks = Array.from({ length: FLANKS }, (_, i): MotifColumn => {
    const at = (place + i) * 4
    return [contexts[at], contexts[at + 1], contexts[at + 2], contexts[at + 3]]
  })
  return [...flanks.slice(0, FLANK), ...core, ...flanks.slice(FLANK)]
}

/** The sum of two matrices, one laid over the other; undefined where they are not similar, or together too long. */
function join(word: MotifMatrix, other: MotifMatrix, k: number, fold: boolean): MotifMatrix | undefined {
  const target = deviationsOf(sharesOf(word))
  let best = { similarity: SIMILAR, offset: 0, matrix: undefined as MotifMatrix | undefined }
  for (const matrix of fold ? [other, reverseMatrix(other)] : [other]) {
    const query = deviationsOf(sharesOf(matrix))
    const products = productTable(query, target)
    const least = query.width > k ? Math.max(k, query.width - FLANK) : k - 1
    const offsets = possibleOffsets(query, target.width, least, SIMILAR)
    const placed = bestPlacement(query, target, products, inOrder(target.width), offsets)
    if (placed.similarity >= best.similarity) best = { ...placed, matrix }
  }
  if (best.matrix === undefined) return undefined
  const start = Math.min(0, best.offset)
  const end = Math.max(word.length, best.offset + best.matrix.length)
  if (end - start > LONGEST) return undefined
  const { matrix, offset } = best
  return Array.from({ length: end - start }, (_, i) =>
    add(word[i + start] ?? NOTHING, matrix[i + start - offset] ?? NOTHING),
  )
}

const NOTHING: MotifColumn = [0, 0, 0, 0]

function add(one: MotifColumn, other: MotifColumn): MotifColumn {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]]
}
