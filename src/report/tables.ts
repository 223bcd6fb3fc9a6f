import { element, escape, named, formatNumber, visible, formatInteger } from './markup.js'

/** A value of a table: what is shown, and what it is sorted and saved by. */
export interface TableCell {
  /** Markup. */
  readonly html: string
  readonly value: string | number | null
}

export interface TableColumn {
  readonly head: string
  /** What the head means, in a few words. */
  readonly about?: string
  /** Columns of a group stand under one head. */
  readonly group?: string
  readonly numeric: boolean
}

/** A value of text. */
export function textCell(text: string): TableCell {
  return { html: named(text), value: text }
}

/** A number with this many decimals; with its error, if any. */
export function numberCell(
  value: number | null | undefined,
  digits = 3,
  se: number | null = null,
): TableCell {
  const known = value ?? null
  if (known === 0) return { html: '0', value: 0 }
  const error = se === null || known === null ? '' : `<span class="se"> ± ${formatNumber(se, digits)}</span>`
  return { html: `${formatNumber(known, digits)}${error}`, value: known }
}

export function integerCell(value: number | null | undefined): TableCell {
  return { html: formatInteger(value), value: value ?? null }
}

/** A table whose columns can be sorted and which can be saved as CSV, by the page's script; without it, it is what it is. */
export function table(
  id: string,
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly { readonly anchor?: string; readonly cells: readonly TableCell[] }[],
): string {
  const groups = columns.some(({ group }) => group !== undefined) ? groupRow(columns) : ''
  const heads = columns.map(({ head, about, group, numeric }) =>
    element(
      'th',
      {
        scope: 'col',
        class: numeric ? 'number' : undefined,
        title: about,
        'data-head': group === undefined ? head : `${group} ${head}`,
      },
      escape(head),
    ),
  )
  const body = rows.map(({ anchor, cells }) =>
    element(
      'tr',
      { 'data-model': anchor },
      ...cells.map((cell, i) => {
        const value = cell.value === null ? '' : String(cell.value)
        const values = {
          class: columns[i].numeric ? 'number' : undefined,
          'data-value': visible(value),
        }
        return i === 0
          ? element('th', { ...values, scope: 'row' }, cell.html)
          : element('td', values, cell.html)
      }),
    ),
  )
  return element(
    'div',
    { class: 'table', role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      { class: 'sortable', 'data-name': id },
      element('caption', {}, escape(caption)),
      element('thead', {}, groups, element('tr', { class: 'heads' }, ...heads)),
      element('tbody', {}, ...body),
    ),
  )
}

function groupRow(columns: readonly TableColumn[]): string {
  const cells: { group: string; span: number }[] = []
  for (const { group = '' } of columns) {
    const last = cells.at(-1)
    if (last !== undefined && last.group === group) last.span++
    else cells.push({ group, span: 1 })
  }
  return element(
    'tr',
    { class: 'groups' },
    ...cells.map(({ group, span }) =>
      element(
        group === '' ? 'td' : 'th',
        { colspan: span, scope: group === '' ? undefined : 'colgroup' },
        escape(group),
      ),
    ),
  )
}
