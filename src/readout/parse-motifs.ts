import { DataError } from '../core/errors.js'
import type { Where } from '../core/types.js'
import type { MotifMatrix } from './matrix.js'
import type { Motif } from './motif-match.js'

/**
 * Motifs from the text of a file in one of two formats, distinguished by the first line that is not blank: JASPAR (`>ID NAME`, then
 * a row of counts for each of A, C, G and T, with or without its letter and brackets) or MEME (`MEME version 4`, then
 * `MOTIF ID NAME` and a `letter-probability matrix`).
 *
 * Errors: `format`, for text that is neither, and for a motif whose rows do not make a matrix.
 */
export function parseMotifs(text: string, where: Where): Motif[] {
  const lines = text.split(/\r?\n/)
  const first = lines.find(line => line.trim() !== '')?.trim() ?? ''
  const motifs = first.startsWith('>')
    ? parseJaspar(lines, where)
    : first.startsWith('MEME version')
      ? parseMeme(lines, where)
      : undefined
  if (motifs === undefined) {
    throw new DataError(
      'format',
      `starts with ${JSON.stringify(first.slice(0, 40))}, expected motifs: JASPAR ('>ID NAME') or MEME ('MEME version 4')`,
      where,
    )
  }
  if (motifs.length === 0) throw new DataError('format', 'holds no motif; give JASPAR or MEME motifs', where)
  return motifs
}

function parseJaspar(lines: readonly string[], where: Where): Motif[] {
  const motifs: Motif[] = []
  let head: string | undefined
  let rows: number[][] = []
  const finish = () => {
    if (head === undefined) return
    const [id, ...name] = head.split(/\s+/)
    motifs.push({ id, name: name.join(' ') || id, matrix: transpose(rows, id, where) })
    rows = []
  }
  for (const line of lines) {
    const text = line.trim()
    if (text === '') continue
    if (text.startsWith('>')) {
      finish()
      head = text.slice(1).trim()
      continue
    }
    const letter = /^[ACGTU]\b/i.exec(text)?.[0].toUpperCase()
    if (letter !== undefined && letter.replace('U', 'T') !== 'ACGT'[rows.length]) {
      throw motifError(head ?? '', `row ${rows.length} is of ${letter}, expected the rows A, C, G, T`, where)
    }
    rows.push(numbersOf(text.replace(/^[ACGTU]\b/i, '').replace(/[[\]]/g, ' '), head ?? '', where))
  }
  finish()
  return motifs
}

function parseMeme(lines: readonly string[], where: Where): Motif[] {
  const alphabet = lines.find(line => /^ALPHABET\s*=/.test(line))
  if (alphabet !== undefined && !/=\s*ACGT\s*$/.test(alphabet)) {
    throw new DataError('format', `has ${alphabet.trim()}, expected ALPHABET= ACGT`, where)
  }
  const motifs: Motif[] = []
  for (let i = 0; i < lines.length; i++) {
    const found = /^MOTIF\s+(\S+)(?:\s+(.*\S))?/.exec(lines[i])
    if (found === null) continue
    const [, id, name] = found
    let at = i + 1
    while (at < lines.length && !/^(letter-probability matrix|MOTIF)/.test(lines[at])) at++
    if (!(lines[at] ?? '').startsWith('letter-probability matrix')) {
      throw motifError(id, 'has no letter-probability matrix', where)
    }
    const width = Number(/\bw=\s*(\d+)/.exec(lines[at])?.[1] ?? Number.NaN)
    const rows: number[][] = []
    for (at++; at < lines.length && /^\s*[\d.+-]/.test(lines[at]); at++)
      rows.push(numbersOf(lines[at], id, where))
    if (!Number.isNaN(width) && width !== rows.length) {
      throw motifError(id, `has ${rows.length} rows, expected w = ${width}`, where)
    }
    motifs.push({ id, name: name ?? id, matrix: transpose(columnsOf(rows), id, where) })
  }
  return motifs
}

function columnsOf(rows: readonly number[][]): number[][] {
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, b) => rows.map(row => row[b]))
}

function transpose(rows: readonly number[][], id: string, where: Where): MotifMatrix {
  const width = rows[0]?.length ?? 0
  if (rows.length !== 4 || width === 0 || rows.some(row => row.length !== width)) {
    throw motifError(
      id,
      `has rows of ${rows.map(row => row.length).join(', ') || 'nothing'}, expected four of one length`,
      where,
    )
  }
  return Array.from({ length: width }, (_, i) => [rows[0][i], rows[1][i], rows[2][i], rows[3][i]])
}

function numbersOf(text: string, id: string, where: Where): number[] {
  const words = text.trim().split(/\s+/)
  return words.map(word => {
    const value = Number(word)
    if (word !== '' && value >= 0 && Number.isFinite(value)) return value
    throw motifError(id, `has ${JSON.stringify(word.slice(0, 20))}, expected numbers >= 0`, where)
  })
}

function motifError(id: string, what: string, where: Where): DataError {
  return new DataError('format', `motif ${JSON.stringify(id)} ${what}; correct the file`, where)
}
