/** A base code that is none of A, C, G, T. */
const N: i32 = 4

@inline
function addOne(counts: usize, index: u32): void {
  const cell = counts + (<usize>index << 2)
  store<u32>(cell, load<u32>(cell) + 1)
}

/** See `countKmers` in dna/kmers.ts. `counts` has 32 bits a cell. */
export function countKmers(sequence: usize, start: i32, end: i32, k: i32, counts: usize): i32 {
  if (end - start < k) return 0
  const mask: u32 = (1 << (2 * k)) - 1
  const whole = end - 3
  let last: u32 = 0 // the last 16 bases, two bits each
  let total = 0
  let wanted = k // bases until the next k-mer is free of N
  let i = start
  while (i < end) {
    if (i < whole && wanted <= 1) {
      const four = load<u32>(sequence + <usize>i)
      if ((four & 0x04040404) == 0) {
        // A product whose top byte has the four bases, the first one most significant.
        last = (last << 8) | ((four * 0x40100401) >> 24)
        addOne(counts, (last >> 6) & mask)
        addOne(counts, (last >> 4) & mask)
        addOne(counts, (last >> 2) & mask)
        addOne(counts, last & mask)
        total += 4
        i += 4
        continue
      }
    }
    const base = <i32>load<u8>(sequence + <usize>i)
    i++
    if (base >= N) wanted = k
    else {
      last = (last << 2) | base
      if (wanted > 1) wanted--
      else {
        addOne(counts, last & mask)
        total++
      }
    }
  }
  return total
}

/**
 * Copies the runs of at least k bases, an N behind each: see `KmerBuffer` in dna/kmer-buffer.ts. Writes up to 15 bytes
 * beyond the last, and reads as many beyond the sequence. Returns how many bytes were copied.
 */
export function copyRuns(sequence: usize, runs: usize, runCount: i32, k: i32, into: usize): i32 {
  let to = into
  for (let j = 0; j < runCount; j++) {
    const run = runs + (<usize>j << 3)
    const start = load<i32>(run)
    const length = load<i32>(run, 4) - start
    if (length < k) continue
    const from = sequence + <usize>start
    for (let i = 0; i < length; i += 16) v128.store(to + <usize>i, v128.load(from + <usize>i))
    to += <usize>length
    store<u8>(to, N)
    to++
  }
  return <i32>(to - into)
}
