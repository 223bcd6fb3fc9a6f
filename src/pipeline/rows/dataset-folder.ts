import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, jsonDifferences } from '../../core/canonical-json.js'
import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import type { Checkpoint } from '../../engine/checkpoints/checkpoint.js'
import { loadCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { writeAtomically, writingError } from '../../io/atomic-file.js'
import { makeFolder } from '../../io/make-folder.js'
import { removeStale } from '../../io/temporary-files.js'
import type { FileTally } from './output-files.js'

/** Where what a dataset is and its units are noted: hidden, so that readers of folders do not see it. */
export const HIDDEN = '.attrstream'
const ABOUT = 'dataset.json'
const MANIFEST = 'manifest.json'

/** A file of a part, as the manifest has it. */
export interface PartFile {
  readonly output: string
  /** Below the folder of the dataset. */
  readonly path: string
  readonly rows: number
  readonly bytes: number
}

/** What a unit came to, as its state has it: written once its files stand. */
export interface UnitNotes {
  readonly unit: string
  readonly files: readonly PartFile[]
  readonly tally: FileTally
}

/** A unit whose files all stand. */
export interface DoneUnit {
  readonly notes: UnitNotes
  readonly state: Checkpoint
}

/** The folder of a dataset. */
export class DatasetFolder {
  constructor(
    private readonly path: string,
    /** What the dataset is: the same for all processes that write it. */
    private readonly about: Json,
    private readonly outputs: readonly string[],
  ) {}

  /**
   * Makes the folder and notes what it is to hold, or checks that it holds the same.
   *
   * Errors: `io`; `mismatch`, for a folder of another pipeline, options or data.
   */
  async begin(): Promise<void> {
    for (const folder of [HIDDEN, ...this.outputs]) await makeFolder(join(this.path, folder), this.path)
    await this.sweep()
    const file = join(this.path, HIDDEN, ABOUT)
    const there = await jsonOf(file)
    if (there === undefined) return writeAtomically(file, `${canonicalJson(this.about)}\n`)
    const [difference] = jsonDifferences(there as Json, this.about)
    if (difference === undefined) return
    const { path, a, b } = difference
    throw new DataError(
      'mismatch',
      `holds other rows: ${path} is ${formatValue(a)}, expected ${formatValue(b)}; give another folder, or --restart to write it again`,
      { file: this.path },
    )
  }

  /** Removes the dataset, if it is one: a folder of anything else is left to the check that follows. Error: `io`. */
  async clear(): Promise<void> {
    if ((await jsonOf(join(this.path, HIDDEN, ABOUT))) === undefined) return
    for (const name of [...this.outputs, HIDDEN, MANIFEST]) {
      await rm(join(this.path, name), { recursive: true, force: true }).catch((error: unknown) => {
        throw writingError(error, this.path)
      })
    }
  }

  /** A unit whose files all stand, with as many bytes as were written. */
  async unit(name: string): Promise<DoneUnit | undefined> {
    const state = await loadCheckpoint(join(this.path, HIDDEN, `${name}.state`)).catch(() => undefined)
    const notes = state?.notes as unknown as UnitNotes | undefined
    if (state === undefined || notes === undefined) return undefined
    for (const { path, bytes } of notes.files) {
      const found = await stat(join(this.path, path)).catch(() => undefined)
      if (found?.size !== bytes) return undefined
    }
    return { notes, state }
  }

  /** The names of all units that are noted, in order. */
  async unitNames(): Promise<string[]> {
    const names = await readdir(join(this.path, HIDDEN))
    return names
      .flatMap(name => (/^[^.].*\.state$/.test(name) ? name.slice(0, -'.state'.length) : []))
      .toSorted()
  }

  /** Writes the manifest: what the dataset is, and its parts. Error: `io`. */
  async list(units: readonly UnitNotes[], bad: number): Promise<void> {
    const files = units.flatMap(unit => unit.files)
    const outputs = this.outputs.map(output => {
      const parts = files
        .filter(file => file.output === output)
        .map(({ path, rows, bytes }) => ({ path, rows, bytes }))
      return [output, { rows: parts.reduce((sum, { rows }) => sum + rows, 0), parts }] as const
    })
    const manifest = {
      ...(this.about as object),
      records: units.reduce((sum, { tally }) => sum + tally.records, 0),
      bad_records: bad,
      outputs: Object.fromEntries(outputs),
    }
    await writeAtomically(join(this.path, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  }

  /** Removes what killed processes of this machine left. */
  private async sweep(): Promise<void> {
    const found = await readdir(this.path, { recursive: true, withFileTypes: true })
    const folders = new Set(found.flatMap(entry => (entry.name.endsWith('.tmp') ? entry.parentPath : [])))
    for (const folder of folders) await removeStale(folder)
  }
}

/** What a file of JSON holds; undefined if it is not there or not whole. */
async function jsonOf(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function formatValue(value: Json | undefined): string {
  const text = value === undefined ? 'not set' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
