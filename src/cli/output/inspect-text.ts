import { printable } from '../../core/printable.js'
import { countsText } from '../../stats/sums/bad-records.js'
import type { Inspection } from '../../dumps/inspect.js'
import type { DeclaredBy } from '../../dumps/inspect-maps.js'
import type { Sample } from '../../dumps/inspect-sample.js'

const TOLD: { readonly [told in DeclaredBy]: string } = {
  option: 'by option',
  metadata: 'by file metadata',
  type: 'by its type',
  rows: 'by the shape of each row',
  default: 'by default',
}

/** An inspection as lines for people. */
export function inspectionText(found: Inspection): string {
  const { maps, sample, estimate, batches } = found
  const lines: [label: string, text: string][] = [
    ['format', [found.format, found.layout].filter(part => part !== null).join(', ') || '-'],
    ...(found.producer === null ? [] : [['producer', found.producer] as [string, string]]),
    ...found.notes.map((note): [string, string] => ['note', note]),
    ['size', found.bytes === null ? '-' : size(found.bytes)],
    [
      'rows',
      batches === null
        ? '-'
        : `${withThousands(found.rows ?? 0)}, read in ${withThousands(batches.count)} ${batches.count === 1 ? 'batch' : 'batches'} of at most ${withThousands(batches.most_rows)} rows, ${size(batches.most_bytes)}`,
    ],
    ['codecs', found.codecs.join(', ') || 'none'],
    ['fingerprint', found.fingerprint ?? '-'],
    ...Object.entries(found.metadata).map(([key, value]): [string, string] => [
      'metadata',
      `${key} = ${short(value)}`,
    ]),
    ...found.columns.map(({ name, type, use }): [string, string] => [
      'column',
      `${name}  ${type}${use === null ? '' : `  (${use})`}`,
    ]),
  ]
  if (maps !== null) {
    const { element, axes, alphabet } = maps
    lines.push(['maps', element])
    lines.push(['axes', `${axes.order ?? 'L4 or 4L'}, told ${TOLD[axes.told]}`])
    lines.push(['alphabet', `${alphabet.order}, told ${TOLD[alphabet.told]}`])
  }
  if (sample !== null) lines.push(...sampleLines(sample))
  if (estimate !== null) {
    const { memory, seconds } = estimate
    const time = seconds === null ? 'an unknown time, as the input is a pipe' : duration(seconds)
    lines.push(['a score', `needs about ${size(memory.total_bytes)} of memory and ${time}, with one worker`])
    lines.push(['', `and ${size(memory.saving_bytes)} more while it saves a checkpoint`])
  }
  if (found.problem !== null) lines.push(['problem', found.problem])
  const shown = lines.map(([label, text]) => `  ${label.padEnd(12)}${printable(text)}\n`)
  return `${printable(found.file)}\n${shown.join('')}`
}

function sampleLines(sample: Sample): [string, string][] {
  const { records, lengths } = sample
  const lines: [string, string][] = [['looked at', `the first ${withThousands(records)} records`]]
  if (lengths === null) return lines
  const { least, median, most } = lengths
  const counts: [number, string][] = [
    [sample.unknown_positions, 'positions are N'],
    [sample.nan_values, 'values are NaN'],
    [sample.infinite_values, 'values are infinite'],
    [sample.bad_records, `records cannot be scored (${countsText(sample.bad_records_by_reason)})`],
    [sample.dead_maps, 'maps are dead'],
    [sample.projected_maps, 'maps are projected'],
    [sample.duplicated_ids, 'ids occur more than once'],
  ]
  const length =
    least === most
      ? withThousands(least)
      : `${withThousands(least)} to ${withThousands(most)}, median ${withThousands(median)}`
  return [
    ...lines,
    ['ids', `${sample.first_ids.join(', ')}${records > sample.first_ids.length ? ', ...' : ''}`],
    ['length', length],
    ...counts
      .filter(([count]) => count > 0)
      .map(([count, what]): [string, string] => ['', `${withThousands(count)} ${what}`]),
    ...observedLines(sample),
    ...sample.warnings.map((warning): [string, string] => ['warning', warning]),
  ]
}

function observedLines(sample: Sample): [string, string][] {
  const { observed_base_share: share, observed_base_share_se: se } = sample
  if (share === null) return []
  const percent = (100 * share).toFixed(1) + (se === null ? '' : ` ± ${(100 * se).toFixed(1)}`)
  return [
    [
      'observed',
      `base has the largest corrected value at ${percent} % of attributed positions; 25 % by chance`,
    ],
  ]
}

function withThousands(value: number): string {
  return value.toLocaleString('en')
}

function short(value: string): string {
  return value.length > 80 ? `${value.slice(0, 77)}...` : value
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

function duration(seconds: number): string {
  if (seconds < 1) return 'less than a second'
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}
