/** Models in order, best first, and which of them differ. */
export interface Ranking {
  /** Neighbours of which not all of one group differ from all of the next; places count from 1. */
  readonly groups: readonly {
    readonly from: number
    readonly to: number
    readonly names: readonly string[]
  }[]
  /** Letters of each model: two models that share one do not differ. Null for more models than letters can show. */
  readonly letters: ReadonlyMap<string, string> | null
}

/** Letters for more models would hold more than people read. */
const MOST_LETTERED = 60

/**
 * Ranks models whose pairs were tested. A group ends where every model above differs from every model below. Letters are a compact
 * letter display (Piepho 2004, insert and absorb).
 *
 * @param names Models by falling value.
 * @param differ Whether two of them differ beyond chance.
 */
export function ranking(names: readonly string[], differ: (a: string, b: string) => boolean): Ranking {
  const groups: { from: number; to: number; names: string[] }[] = []
  let start = 0
  for (let end = 1; end <= names.length; end++) {
    const [above, below] = [names.slice(start, end), names.slice(end)]
    if (!above.every(a => below.every(b => differ(a, b)))) continue
    groups.push({ from: start + 1, to: end, names: above })
    start = end
  }
  return { groups, letters: names.length > MOST_LETTERED ? null : lettersOf(names, differ) }
}

/** `1 A > 2 B > 3-5 C, D, E`. */
export function rankingText({ groups }: Ranking): string {
  return groups
    .map(({ from, to, names }) => `${from === to ? from : `${from}-${to}`} ${names.join(', ')}`)
    .join(' > ')
}

function lettersOf(names: readonly string[], differ: (a: string, b: string) => boolean): Map<string, string> {
  let columns: Set<string>[] = [new Set(names)]
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      if (!differ(a, b)) continue
      const split = columns.flatMap(column =>
        column.has(a) && column.has(b) ? [without(column, a), without(column, b)] : [column],
      )
      columns = split.filter(
        (column, at) =>
          !split.some(
            (other, j) => j !== at && isWithin(column, other) && (column.size < other.size || j < at),
          ),
      )
    }
  }
  const first = (column: ReadonlySet<string>) => names.findIndex(name => column.has(name))
  const ordered = columns.toSorted((a, b) => first(a) - first(b))
  return new Map(
    names.map(name => [name, ordered.flatMap((column, at) => (column.has(name) ? letter(at) : [])).join('')]),
  )
}

function without(column: ReadonlySet<string>, name: string): Set<string> {
  return new Set([...column].filter(other => other !== name))
}

function isWithin(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].every(name => b.has(name))
}

/** a to z, then a1 and so on. */
function letter(at: number): string {
  return 'abcdefghijklmnopqrstuvwxyz'[at % 26] + (at < 26 ? '' : String(Math.floor(at / 26)))
}
