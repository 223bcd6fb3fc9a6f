import { addressOf, doubles, integers } from '../../kernels/kernels.js'
import type { ExactSums } from './exact-sums.js'

/** Weights of a group that wait, and their cells: 64 groups take 3 MB. */
const ROOM = 4096

/** Room for weights of one group: a caller that puts weight `count` and its cell at that place raises `count`. */
export interface WaitingBlock {
  readonly cells: Int32Array
  readonly weights: Float64Array
  count: number
  /** Where they lie for kernels; undefined where kernels cannot reach them. */
  readonly at: { readonly cells: number; readonly weights: number } | undefined
}

function allocateBlock(length: number): WaitingBlock {
  const [cells, weights] = [integers(length), doubles(length)]
  const at = { cells: addressOf(cells), weights: addressOf(weights) }
  return { cells, weights, count: 0, at: at.cells && at.weights ? at : undefined }
}

/**
 * Weights that are added to exact sums later, when there are many of a group.
 *
 * Records of different groups follow each other at random, and the sums of all groups are larger than the cache near the
 * core, so that weights added at once wait for memory; in blocks of a group of 4,096 they cost 45 ns less each on the
 * whole path, of 1,024 only 15 ns less (and nothing is gained in a loop that does nothing else).
 */
export class WeightBuffer {
  private readonly blocks: (WaitingBlock | undefined)[]

  constructor(
    private readonly groups: number,
    private readonly sums: ExactSums,
  ) {
    this.blocks = Array.from({ length: groups })
  }

  /** The block of a group, with room for `more` further weights and one in addition. */
  room(group: number, more: number): WaitingBlock {
    const found = this.blocks[group]
    if (found !== undefined) {
      if (found.count + more < found.weights.length) return found
      this.settleGroup(group)
      if (more < found.weights.length) return found
    }
    return (this.blocks[group] = allocateBlock(Math.max(ROOM, more + 1)))
  }

  /** Adds all that waits. */
  flush(): void {
    for (let group = 0; group < this.groups; group++) this.settleGroup(group)
  }

  private settleGroup(group: number): void {
    const block = this.blocks[group]
    if (block === undefined) return
    const cells = this.sums.cells / this.groups
    const near = { start: group * cells, end: (group + 1) * cells }
    this.sums.addAll(block.cells, block.weights, block.count, near)
    block.count = 0
  }
}
