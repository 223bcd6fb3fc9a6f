import { stat } from 'node:fs/promises'
import { BgzipIndexedFasta, IndexedFasta } from '@gmod/indexedfasta'
import { asDataError, DataError } from '../../core/errors.js'
import { encodeBases } from '../../dna/bases.js'
import type { Locus } from '../../dna/locus.js'

/** A reference genome, read where it is asked for. */
export interface Genome {
  readonly name: string
  /**
   * Base codes of the forward strand at a place; shorter where the chromosome ends before. Errors: `pairing`, for a
   * chromosome that it does not have; `damaged`, `io`.
   */
  bases(place: Pick<Locus, 'chrom' | 'start' | 'end'>): Promise<Uint8Array>
}

/**
 * Opens an indexed FASTA file: plain, with its `.fai` next to it, or bgzip, with `.fai` and `.gzi`. Errors: `not-found`, for
 * the file or an index.
 */
export async function openGenome(path: string): Promise<Genome> {
  const bgzip = /\.b?gz$/.test(path)
  await mustBe(path, 'no such file; check the path')
  for (const index of bgzip ? ['.fai', '.gzi'] : ['.fai']) {
    await mustBe(`${path}${index}`, `no such index; make it with samtools faidx ${path}`)
  }
  const fasta = bgzip
    ? new BgzipIndexedFasta({ path, faiPath: `${path}.fai`, gziPath: `${path}.gzi` })
    : new IndexedFasta({ path, faiPath: `${path}.fai` })
  return {
    name: path,
    async bases({ chrom, start, end }) {
      let found: string | undefined
      try {
        found = await fasta.getSequence(chrom, start, end)
      } catch (error) {
        throw asDataError(error, 'damaged', { file: path }, 'cannot be read by its index')
      }
      if (found !== undefined) return encodeBases(found)
      const names = await fasta.getSequenceNames()
      throw new DataError(
        'pairing',
        `has no ${chrom}, found ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' ...' : ''}; give the genome that the maps are of`,
        { file: path },
      )
    },
  }
}

async function mustBe(path: string, what: string): Promise<void> {
  if (!(await stat(path).catch(() => undefined))?.isFile()) {
    throw new DataError('not-found', what, { file: path })
  }
}
