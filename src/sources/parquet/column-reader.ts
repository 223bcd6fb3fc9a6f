import type { Bytes } from '../../io/bytes.js'
import type { Column } from '../columns/column.js'
import type { Builder } from './builder.js'
import type { Chunk } from './chunk.js'
import { ChunkBytes } from './chunk-bytes.js'
import { damaged, guard } from './damage.js'
import { countOf, LevelReader, type Levels } from './levels.js'
import { type PageIndex, pageOf, readPageIndex } from './page-index.js'
import { type PageBody, type PageHead, readBody, readHead } from './pages.js'
import type { Leaf } from './schema.js'

/** The data page that rows are being taken from. */
interface Page {
  readonly head: PageHead
  readonly body: PageBody
  readonly levels: Levels
  /** Its first row that starts in it. */
  readonly firstRow: number
  /** The next level to take, and the values there before it. */
  at: number
  valueAt: number
  /** Whether its values are decoded: those of pages that are passed over never are. */
  opened: boolean
}

/** Takes the rows of one column of one row group, in order, page by page. */
export class ColumnReader {
  readonly #file: Bytes
  readonly #chunk: Chunk
  readonly #leaf: Leaf
  readonly #builder: Builder
  readonly #groupRows: number
  readonly #where: string
  readonly #bytes: ChunkBytes
  readonly #levelReader: LevelReader
  #page: Page | undefined
  /** Rows that have started so far. */
  #rows = 0
  /** Values of the pages so far: known where reading began at the first page. */
  #values = 0
  /** Where reading began at a later page: the index, and the next page's number in it. */
  #index: PageIndex | undefined
  #pageNumber = 0
  #hasDictionary = false
  #starts = new Int32Array(0)

  /** `where` names the column in messages. */
  constructor(file: Bytes, chunk: Chunk, leaf: Leaf, builder: Builder, groupRows: number, where: string) {
    if (chunk.refusal !== undefined) throw chunk.refusal
    if (chunk.values < groupRows) {
      throw damaged(`${where} has ${chunk.values} values, the row group ${groupRows} rows`)
    }
    this.#file = file
    this.#chunk = chunk
    this.#leaf = leaf
    this.#builder = builder
    this.#groupRows = groupRows
    this.#where = where
    this.#bytes = new ChunkBytes(file, chunk.start, chunk.end, where)
    this.#levelReader = new LevelReader(leaf)
  }

  /** Waits for a read that is under way. */
  settle(): Promise<void> {
    return this.#bytes.settle()
  }

  /** Passes over the rows before `row`, by the file's index of pages where it has one. Only before the first `take`. */
  async skipTo(row: number): Promise<void> {
    if (row === 0) return
    const index = await readPageIndex(this.#file, this.#chunk, this.#groupRows)
    const number = index === undefined ? 0 : pageOf(index, row)
    if (index !== undefined && number > 0) {
      await this.#readDictionary(index.offsets[0])
      await this.#bytes.seek(index.offsets[number])
      this.#index = index
      this.#pageNumber = number
      this.#rows = index.rows[number]
    }
    // To where the row starts: a page that ends with the row before it may be followed by more of that row.
    do {
      if (!(await this.#nextPage(row))) throw this.#tooFew()
      this.#passRows(row)
    } while (this.#page!.at === this.#page!.head.values)
  }

  /** The next `rows` rows. */
  async take(rows: number): Promise<Column> {
    const builder = this.#builder
    const target = this.#rows + rows
    builder.begin(rows)
    for (;;) {
      if (this.#page === undefined || this.#page.at === this.#page.head.values) {
        if (this.#rows === target && !this.#mayGoOn()) break
        if (!(await this.#nextPage(0))) break
      }
      const page = this.#page!
      guard(this.#where, () => this.#takeFrom(page, target))
      if (page.at < page.head.values) break
    }
    if (this.#rows < target) throw this.#tooFew()
    if (target === this.#groupRows && !this.#isDone()) {
      throw damaged(`${this.#where} has more values than the ${target} rows of its row group`)
    }
    return guard(this.#where, () => builder.finish())
  }

  #tooFew() {
    return damaged(`${this.#where} ends after ${this.#rows} rows, expected ${this.#groupRows}`)
  }

  /** Hands the builder what the page has of the rows before `target`. */
  #takeFrom(page: Page, target: number): void {
    const { levels, head } = page
    const from = page.at
    let to: number
    let rows = 0
    if (levels.repetition === undefined) {
      rows = Math.min(head.values - from, target - this.#rows)
      to = from + rows
    } else {
      const most = Math.min(head.values - from, target - this.#rows)
      if (this.#starts.length < most) this.#starts = new Int32Array(most)
      for (to = levels.repetition.indexOf(0, from); ; to = levels.repetition.indexOf(0, to + 1)) {
        if (to < 0) to = head.values
        if (to === head.values || rows === most) break
        this.#starts[rows++] = to
      }
    }
    if (to === from) return
    if (!page.opened) {
      page.opened = true
      this.#builder.open(head.encoding, page.body.values.subarray(levels.valuesAt), levels.present)
    }
    const starts = levels.repetition === undefined ? undefined : this.#starts
    page.valueAt = this.#builder.add({ levels, from, to, starts, rows, valueAt: page.valueAt })
    page.at = to
    this.#rows += rows
    if (to === head.values) this.#checkRows(page)
  }

  /** Moves within the page to where row `row` starts, or to its end. */
  #passRows(row: number): void {
    const page = this.#page!
    const { levels, head } = page
    if (levels.repetition === undefined) page.at = Math.min(head.values, row - this.#rows)
    else {
      let at = levels.repetition.indexOf(0)
      for (let rows = this.#rows; at >= 0 && rows < row; rows++) at = levels.repetition.indexOf(0, at + 1)
      page.at = at < 0 ? head.values : at
    }
    this.#rows += levels.repetition === undefined ? page.at : countOf(levels.repetition, 0, 0, page.at)
    page.valueAt =
      levels.definition === undefined ? page.at : countOf(levels.definition, this.#leaf.maxDef, 0, page.at)
    if (page.at === head.values) this.#checkRows(page)
  }

  #checkRows({ head, firstRow }: Page): void {
    if (head.kind === 'data2' && this.#rows - firstRow !== head.rows) {
      throw damaged(`a page of ${this.#where} has ${this.#rows - firstRow} rows, its head says ${head.rows}`)
    }
  }

  /** Whether the row that has started last may go on in the next page: an index of pages is one of whole rows. */
  #mayGoOn(): boolean {
    return this.#leaf.filled.length > 0 && this.#index === undefined
  }

  /** Whether there are no more pages, and no more values in the last one. */
  #isDone(): boolean {
    const page = this.#page
    if (page !== undefined && page.at < page.head.values) return false
    return this.#index === undefined
      ? this.#values === this.#chunk.values
      : this.#pageNumber === this.#index.rows.length
  }

  /**
   * Reads the next data page; false after the last. Pages whose head says that they end before row `row` are passed
   * over unread.
   */
  async #nextPage(row: number): Promise<boolean> {
    for (;;) {
      if (this.#isDone()) return false
      this.#page = undefined
      if (this.#index !== undefined) this.#checkIndex(this.#index)
      const head = await readHead(this.#bytes, this.#chunk, this.#where)
      if (head.kind === 'data' || head.kind === 'data2') {
        this.#countPage(head)
        const rows = this.#rowsOf(head)
        if (rows !== undefined && this.#rows + rows <= row) {
          this.#rows += rows
          await this.#bytes.skip(head.packed)
        } else if (head.values > 0) {
          await this.#openPage(head)
          return true
        } else await this.#bytes.skip(head.packed)
      } else if (head.kind === 'dictionary') await this.#openDictionary(head)
      else await this.#bytes.skip(head.packed)
    }
  }

  #countPage(head: PageHead): void {
    this.#pageNumber++
    this.#values += head.values
    if (this.#index === undefined && this.#values > this.#chunk.values) {
      throw damaged(`${this.#where} has more values than the ${this.#chunk.values} that are said of it`)
    }
  }

  /** The rows of a page as far as its head says them. */
  #rowsOf(head: PageHead): number | undefined {
    if (this.#leaf.filled.length === 0) return head.values
    return head.kind === 'data2' ? head.rows : undefined
  }

  async #openPage(head: PageHead): Promise<void> {
    const body = await readBody(this.#bytes, head, this.#chunk, this.#where)
    const levels = guard(this.#where, () => this.#levelReader.read(head, body))
    if (
      levels.repetition !== undefined &&
      levels.repetition[0] !== 0 &&
      (this.#rows === 0 || !this.#mayGoOn())
    ) {
      throw damaged(`a page of ${this.#where} starts within a row`)
    }
    this.#page = { head, body, levels, firstRow: this.#rows, at: 0, valueAt: 0, opened: false }
  }

  async #openDictionary(head: PageHead): Promise<void> {
    if (this.#hasDictionary) throw damaged(`${this.#where} has a second dictionary`)
    this.#hasDictionary = true
    const { values } = await readBody(this.#bytes, head, this.#chunk, this.#where)
    guard(`the dictionary of ${this.#where}`, () =>
      this.#builder.setDictionary(head.encoding, values, head.values),
    )
  }

  /** The dictionary lies before the first data page, whether the footer mentions it or not. */
  async #readDictionary(firstPage: number): Promise<void> {
    if (this.#bytes.position >= firstPage) return
    const head = await readHead(this.#bytes, this.#chunk, this.#where)
    if (head.kind === 'dictionary') await this.#openDictionary(head)
  }

  #checkIndex({ offsets, rows }: PageIndex): void {
    const number = this.#pageNumber
    if (this.#bytes.position !== offsets[number] || this.#rows !== rows[number]) {
      throw damaged(
        `page ${number} of ${this.#where} starts at byte ${this.#bytes.position} with row ${this.#rows}, its index says byte ${offsets[number]} and row ${rows[number]}`,
      )
    }
  }
}
