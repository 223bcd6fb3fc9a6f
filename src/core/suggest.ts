/** The name that a misspelt one is most likely meant to be; undefined if none is near. Letters' case counts for nothing. */
export function nearest(spelt: string, names: Iterable<string>): string | undefined {
  const wanted = spelt.toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = editDistance(name.toLowerCase(), wanted)
    const most = Math.max(1, Math.floor(Math.min(name.length, spelt.length) / 3))
    if (distance <= most && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** `; did you mean X?`, or nothing. */
export function didYouMean(spelt: string, names: Iterable<string>): string {
  const near = nearest(spelt, names)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Letters to insert, delete, replace or swap with their neighbour that lead from one word to the other. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        row[j - 1] + 1,
        rows[i - 1][j] + 1,
        rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
        isSwap ? rows[i - 2][j - 2] + 1 : Number.POSITIVE_INFINITY,
      )
    }
    rows.push(row)
  }
  return rows[a.length][b.length]
}
