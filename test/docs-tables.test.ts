import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMPARISON_COLUMNS, COMPARISON_SCHEMA } from '../src/cli/output/comparison-tables.js'
import { SELECTION_COLUMNS, SELECTION_SCHEMA } from '../src/cli/commands/select.js'
import { AGREEMENT_COLUMNS, AGREEMENT_SCHEMA } from '../src/metrics/agreement.js'
import { ROW_FORMATS } from '../src/sinks/save-rows.js'
import { STAGE_NAMES } from '../src/pipeline/built-in/stages.js'
import { MAPS_SCHEMA } from '../src/sinks/save-maps.js'
import { SCORE_COLUMNS, SCORES_TABLE } from '../src/results/scores-table.js'
import { FEATURE_TABLE } from '../src/stages/list-features.js'
import { RUN_TABLE } from '../src/stages/list-runs.js'

const read = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
const tables = read('tables.md')

/** Names and kinds of the columns in the table of a section, in their order. */
function columnsOf(schema: string): [name: string, kind: string][] {
  const section = tables.split(/^## /m).find(text => text.split('\n')[0].includes(`\`${schema}\``)) ?? ''
  return section
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .flatMap(line => {
      const [, names, kinds] = line.split('|')
      const all = [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name)
      const each = kinds.split(',').map(kind => kind.trim())
      return all.map((name, i): [string, string] => [name, each[i] ?? each[0]])
    })
}

describe('docs/tables.md', () => {
  it.each([RUN_TABLE, FEATURE_TABLE])('has the columns of $schema', ({ schema, columns }) => {
    expect(columnsOf(schema)).toEqual(Object.entries(columns))
  })
  it('tells no column of scores that is not there', () => {
    const kinds = new Map(SCORE_COLUMNS.map(({ name, kind }) => [name, kind]))
    const told = columnsOf(SCORES_TABLE)
    expect(told.length).toBeGreaterThan(60)
    for (const [name, kind] of told) expect(kinds.get(name), name).toBe(kind)
  })
  it('has the columns of comparisons and selections', () => {
    expect(columnsOf(COMPARISON_SCHEMA)).toEqual(Object.entries(COMPARISON_COLUMNS))
    expect(columnsOf(SELECTION_SCHEMA)).toEqual(Object.entries(SELECTION_COLUMNS))
    expect(columnsOf(AGREEMENT_SCHEMA)).toEqual(Object.entries(AGREEMENT_COLUMNS))
  })
  it('has the columns of maps', () => {
    expect(columnsOf(MAPS_SCHEMA).map(([name]) => name)).toEqual(['id', 'sequence', 'attributions'])
  })
})

describe('docs/transform.md', () => {
  it('names every stage and every form', () => {
    const text = read('transform.md')
    for (const name of [...STAGE_NAMES, ...ROW_FORMATS]) expect(text).toContain(`| \`${name}\` |`)
  })
})
