import type { Source } from '../../core/types.js'

/**
 * Sources stay open between tasks, since to open one its index must be read; but no more than this, of the thousands of
 * files that a population may have: systems let a process open 1,024, and each holds the index of its batches.
 */
const MOST_OPEN = 16

/** The sources that a worker used last, by path. One task uses one of them at a time. */
export class OpenSources {
  /** In the order of their last use. */
  private readonly sources = new Map<string, Source<unknown>>()

  /** The source of a path, opened by `open` where it is not open yet. */
  async get(path: string, open: () => Promise<Source<unknown>>): Promise<Source<unknown>> {
    let source = this.sources.get(path)
    if (source === undefined) {
      if (this.sources.size >= MOST_OPEN) await this.closeOldest()
      source = await open()
    } else this.sources.delete(path)
    this.sources.set(path, source)
    return source
  }

  async close(): Promise<void> {
    while (this.sources.size > 0) await this.closeOldest()
  }

  private async closeOldest(): Promise<void> {
    for (const [path, source] of this.sources) {
      this.sources.delete(path)
      await source.close()
      return
    }
  }
}
