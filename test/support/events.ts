import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** An event, as `docs/events.md` has it. */
export interface Line {
  readonly [key: string]: unknown
}

/** Events of a run's standard error; throws where a line is none. */
export const linesOf = (stderr: string): Line[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

/** Samples of a file of metrics by name and labels; fails where a line is not of the format. */
export function samplesOf(path: string): Map<string, number> {
  const lines = readFileSync(path, 'utf8').split('\n')
  const samples = lines.filter(line => line !== '' && !/^# (HELP|TYPE) attrstream_[a-z_]+ \S/.test(line))
  return new Map(
    samples.map(line => {
      const found = /^(attrstream_[a-z_]+\{(?:[a-z]+="[^"\\]*",?)*\}) ([-+\d.e]+)$/.exec(line)
      expect(found, line).not.toBeNull()
      return [found?.[1] ?? '', Number(found?.[2])]
    }),
  )
}

/** Keys of every event, in order. */
export const COMMON = ['schema', 'time', 'level', 'event', 'message', 'host', 'pid', 'version', 'command']

/** Keys of `progress`, and of `done` where records were read. */
export const PROGRESS = [
  'records',
  'bytes',
  'expected_bytes',
  'seconds',
  'records_per_second',
  'bytes_per_second',
  'seconds_left',
]
