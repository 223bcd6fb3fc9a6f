import type { Row, RowWriter } from '../core/table.js'

/** Rows as lines of text that nothing leads or ends, so that a later process needs to know nothing to continue. */
export function textLines(line: (row: Row) => string): RowWriter {
  return {
    groupRows: 0,
    group: rows => Buffer.from(rows.map(line).join('')),
    finish: () => new Uint8Array(0),
    save: () => '',
    restore: () => {},
  }
}
